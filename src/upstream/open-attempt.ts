import { ProxyError } from '../errors/proxy-error.ts';
import type { MessageEvent, MessagesRequest } from '../messages/types.ts';
import type {
  BuiltRequest,
  StreamTranslator,
  Target,
  TranslatingProvider,
  TranslationContext,
} from '../providers/provider.ts';
import { readRequestId } from '../providers/request-id.ts';
import { CallLife } from './call-life.ts';
import type { Authorization } from './credentials.ts';
import { readCapped } from './read-capped.ts';
import { SseDecoder } from './sse-decoder.ts';
import type { Limits } from './time-limits.ts';
import { describeHost, transportFailure } from './transport-failure.ts';
import { upload } from './upload.ts';

export interface AttemptJob {
  readonly provider: TranslatingProvider;
  readonly request: MessagesRequest;
  readonly target: Target;
  readonly context: TranslationContext;
  readonly built: BuiltRequest;
  /** What the call carries beside that. */
  readonly authorization: Authorization | undefined;
  /** Ends the call: the client has left, or the proxy stops. Its reason is what the attempt fails with. */
  readonly signal: AbortSignal;
  readonly limits: Limits;
}

/** One call to the upstream that has said its first words. */
export interface Attempt {
  /** The first real events, never empty. */
  readonly first: readonly MessageEvent[];
  readonly upstreamRequestId: string | undefined;
  /** The events of the next network chunk that has any; undefined once the answer is whole. */
  next(): Promise<readonly MessageEvent[] | undefined>;
}

/** Makes one call and waits for its first real event. Whatever goes wrong before that fails the attempt. */
export async function openAttempt(job: AttemptJob): Promise<Attempt> {
  const call = new Call(job.signal, job.limits, job.target);
  try {
    const response = await call.send(job.built, job.authorization);
    const upstreamRequestId = readRequestId(response.headers, job.target);
    const form = formOf(response);
    const { limits, provider, request, target, context } = job;
    if (form === 'stream') {
      const stream = new EventStream(call, provider.openStream(request, target, context), response, upstreamRequestId);
      await stream.open();
      return stream;
    }
    if (form === 'failure') {
      call.limit(limits.errorBodyMs);
      const body = await readCapped(response.body, limits.errorBodyBytes, 'keep what came');
      if (job.signal.aborted) throw job.signal.reason;
      throw provider.readError({ status: response.status, headers: response.headers, body }, request, target, context);
    }
    call.limit(limits.idleMs);
    const body = await readCapped(response.body, limits.jsonBodyBytes, 'fail', () => call.waiting());
    const events = provider.readAnswer(body, request, target, context);
    call.end();
    return { first: events, upstreamRequestId, next: nothingMore };
  } catch (error) {
    throw call.fail(error);
  }
}

function nothingMore(): Promise<undefined> {
  return Promise.resolve(undefined);
}

/** A success may come as a stream, or as one JSON body although a stream was asked for; a web page is no answer. */
function formOf(response: Response): 'stream' | 'json' | 'failure' {
  if (!response.ok) return 'failure';
  const type = response.headers.get('content-type') ?? '';
  if (/[/+]json\b/i.test(type)) return 'json';
  return /^text\/html\b/i.test(type) ? 'failure' : 'stream';
}

/** One call to its end, and the true reason for that. */
class Call extends CallLife {
  readonly #target: Target;
  readonly drainMs: number;
  readonly finishedMs: number;
  readonly #idleMs: number;
  #answered = false;
  #failure: { readonly reason: unknown } | undefined;

  constructor(asker: AbortSignal, limits: Limits, target: Target) {
    super(asker, { silentMs: limits.firstByteMs, totalMs: limits.totalMs }, (phase) => this.#timeOut(phase));
    this.#target = target;
    this.drainMs = limits.drainMs;
    this.finishedMs = limits.finishedMs;
    this.#idleMs = limits.idleMs;
  }

  async send(built: BuiltRequest, authorization: Authorization | undefined): Promise<Response> {
    const { body, headers } = upload(built.body);
    const response = await fetch(built.url, {
      method: 'POST',
      headers: { ...built.headers, ...authorization?.headers, ...headers },
      body,
      signal: this.signal,
      // Followed, a redirect would carry the key to another host.
      redirect: 'manual',
      // Bun's own limit of five minutes knows nothing of ours.
      timeout: false,
    });
    this.#answered = true;
    this.limit(this.#idleMs);
    return response;
  }

  /** Closes the connection and tells why it really failed: what an abort throws is not always its reason. */
  fail(error: unknown): unknown {
    if (this.#failure === undefined) {
      const { aborted, reason } = this.signal;
      const isOurs = error instanceof ProxyError || !aborted;
      this.#failure = { reason: isOurs ? transportFailure(error, this.#target, this.#answered) : reason };
      this.cut();
    }
    return this.#failure.reason;
  }

  #timeOut(phase: 'silent' | 'total'): ProxyError {
    const what =
      phase === 'total'
        ? 'took longer for its answer than a request may last'
        : this.#answered
          ? `sent nothing for ${Math.round(this.#idleMs / 1000)} s in the middle of its answer`
          : 'did not begin to answer in time';
    return new ProxyError('upstream-timeout', `${describeHost(this.#target)} ${what}.`);
  }
}

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}

/**
 * Network chunks in, the events of each chunk out. Nothing is read ahead: whoever takes the events sets the pace.
 * It is the attempt itself, because a closure made in `openAttempt` would hold the request for as long as it streams.
 */
class EventStream implements Attempt {
  readonly upstreamRequestId: string | undefined;
  first: readonly MessageEvent[] = [];
  readonly #call: Call;
  readonly #translator: StreamTranslator;
  readonly #decoder = new SseDecoder();
  readonly #reader: Reader | undefined;
  #ended = false;
  /** What went wrong after events of the same chunk that the client still has to get. */
  #failure: { readonly error: unknown } | undefined;

  constructor(call: Call, translator: StreamTranslator, response: Response, upstreamRequestId: string | undefined) {
    this.upstreamRequestId = upstreamRequestId;
    this.#call = call;
    this.#translator = translator;
    this.#reader = response.body?.getReader();
  }

  /** Nothing has been sent yet: a failure in the first chunk counts, whatever stood before it. */
  async open(): Promise<void> {
    this.first = (await this.#read()) ?? [];
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async next(): Promise<readonly MessageEvent[] | undefined> {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      return await this.#read();
    } catch (error) {
      throw this.#call.fail(error);
    }
  }

  async #read(): Promise<readonly MessageEvent[] | undefined> {
    while (!this.#ended) {
      this.#call.waiting();
      let bytes: Uint8Array | undefined;
      try {
        bytes = (await this.#reader?.read())?.value;
      } catch (error) {
        if (this.#translator.state !== 'finished' || this.#call.isCalledOff) throw error;
        return this.#endWithoutEnd();
      }
      this.#call.resting();
      const said = bytes === undefined ? this.#translateEnd() : this.#translate(bytes);
      if (said.length > 0 || this.#failure !== undefined) return said;
    }
    return undefined;
  }

  #translate(bytes: Uint8Array): readonly MessageEvent[] {
    const said: MessageEvent[] = [];
    try {
      for (const event of this.#decoder.push(bytes)) {
        for (const one of this.#translator.push(event)) said.push(one);
        if (this.#hasEnded()) break;
      }
    } catch (error) {
      this.#failure = { error: this.#call.fail(error) };
      return said;
    }
    switch (this.#translator.state) {
      case 'open':
        break;
      case 'finished':
        this.#call.limit(this.#call.finishedMs);
        // Until the next read it is the client that is waited for.
        this.#call.resting();
        break;
      case 'complete':
        this.#drain();
        break;
      case 'stopped':
        this.#ended = true;
        this.#call.cut();
        break;
    }
    return said;
  }

  #hasEnded(): boolean {
    const { state } = this.#translator;
    return state === 'complete' || state === 'stopped';
  }

  #translateEnd(): readonly MessageEvent[] {
    this.#ended = true;
    const said: MessageEvent[] = [];
    try {
      for (const event of this.#decoder.end()) {
        if (this.#hasEnded()) break;
        for (const one of this.#translator.push(event)) said.push(one);
      }
      if (!this.#hasEnded()) for (const one of this.#translator.end()) said.push(one);
      this.#call.end();
    } catch (error) {
      this.#failure = { error: this.#call.fail(error) };
    }
    return said;
  }

  /** The last word has come, and then silence or a broken connection: nothing of the answer is missing. */
  #endWithoutEnd(): readonly MessageEvent[] {
    this.#ended = true;
    this.#call.cut();
    return this.#translator.end();
  }

  /** The answer is whole. Its connection is worth keeping, if what is left of it comes at once. */
  #drain(): void {
    this.#ended = true;
    this.#call.limit(this.#call.drainMs);
    const readOn = async (): Promise<void> => {
      try {
        while (this.#reader !== undefined && !(await this.#reader.read()).done);
        this.#call.end();
      } catch {
        // Cut after its last word: that costs a connection, and nobody has to hear of it.
        this.#call.cut();
      }
    };
    void readOn();
  }
}
