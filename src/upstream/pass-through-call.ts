import { ProxyError } from '../errors/proxy-error.ts';
import type { Target } from '../providers/provider.ts';
import { CallLife } from './call-life.ts';
import type { Limits } from './time-limits.ts';
import { describeHost, transportFailure } from './transport-failure.ts';
import { uploadBytes } from './upload.ts';

export interface PassThroughJob {
  readonly method: string;
  readonly url: string;
  /** Everything that goes out; the length of a body in hand is added. */
  readonly headers: Headers;
  /** Bytes in hand, or what still comes from the client. */
  readonly body: Buffer | ReadableStream<Uint8Array> | undefined;
  readonly target: Target;
  /** Ends the call: the client has left, or the proxy stops. Its reason is what the call fails with. */
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** Tells of every try. */
  readonly onAttempt: (attempts: number) => void;
}

/** What Bun's fetch says where it has not connected, so that nothing was sent. */
const neverConnected: ReadonlySet<unknown> = new Set([
  'ConnectionRefused',
  'ECONNREFUSED',
  'FailedToOpenSocket',
  'ENOTFOUND',
  'DNS_ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * A call whose bytes pass through as they are. It is made a second time only where nothing of it has left the proxy:
 * everything else is for the client to decide, which sees every answer.
 */
export async function callThrough(job: PassThroughJob): Promise<PassThroughAnswer> {
  const call = new Call(job);
  try {
    job.onAttempt(1);
    return await call.send(job);
  } catch (error) {
    const isWorthAgain =
      !(job.body instanceof ReadableStream) && !job.signal.aborted && neverConnected.has(codeOf(error));
    if (!isWorthAgain) throw call.fail(error);
    try {
      await Bun.sleep(job.limits.retryPauseMs);
      job.signal.throwIfAborted();
      job.onAttempt(2);
      return await call.send(job);
    } catch (second) {
      throw call.fail(second);
    }
  }
}

/** An answer as it comes. Nothing is read ahead: whoever takes the pieces sets the pace. */
export interface PassThroughAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where the method or the status allows a body. */
  readonly hasBody: boolean;
  /** The next piece; undefined at the end. Throws where the upstream breaks off. */
  next(): Promise<Uint8Array | undefined>;
}

/** One call to its end, and the true reason for that. */
class Call extends CallLife {
  readonly #target: Target;
  readonly #idleMs: number;
  #answered = false;

  constructor({ signal, limits, target }: PassThroughJob) {
    const { passThroughIdleMs: silentMs } = limits;
    super(signal, { silentMs, totalMs: Number.POSITIVE_INFINITY }, () => this.#timeOut());
    this.#target = target;
    this.#idleMs = silentMs;
  }

  async send({ method, url, headers, body }: PassThroughJob): Promise<PassThroughAnswer> {
    const response = await fetch(url, {
      method,
      ...this.#outgoing(body, headers),
      signal: this.signal,
      // Followed, a redirect would carry the credentials to another host.
      redirect: 'manual',
      decompress: false,
      timeout: false,
    });
    this.#answered = true;
    this.resting();
    return new Answer(this, response, method === 'HEAD');
  }

  /** Closes the connection and tells why it really failed: what an abort throws is not always its reason. */
  fail(error: unknown): unknown {
    const { aborted, reason } = this.signal;
    const failure = aborted ? reason : transportFailure(error, this.#target, this.#answered);
    this.cut();
    return failure;
  }

  #outgoing(body: PassThroughJob['body'], headers: Headers) {
    if (body === undefined) return { headers };
    if (body instanceof ReadableStream) return { headers, body: this.#watched(body) };
    const { body: sent, length } = uploadBytes(body);
    headers.set('content-length', length);
    return { headers, body: sent };
  }

  /** An upload shows that the call is alive, for as long as it takes. */
  #watched(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    return new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await reader.read();
        this.waiting();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  #timeOut(): ProxyError {
    const seconds = Math.round(this.#idleMs / 1000);
    const where = this.#answered ? ' in the middle of its answer' : '';
    return new ProxyError('upstream-timeout', `${describeHost(this.#target)} sent nothing for ${seconds} s${where}.`);
  }
}

class Answer implements PassThroughAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly hasBody: boolean;
  readonly #call: Call;
  readonly #reader:
    | { read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> }
    | undefined;

  constructor(call: Call, response: Response, isHead: boolean) {
    this.status = response.status;
    this.headers = response.headers;
    this.#call = call;
    this.hasBody = response.body !== null && !isHead && ![204, 205, 304].includes(response.status);
    this.#reader = this.hasBody ? response.body?.getReader() : undefined;
    if (!this.hasBody) call.end();
  }

  async next(): Promise<Uint8Array | undefined> {
    try {
      this.#call.waiting();
      const piece = await this.#reader?.read();
      this.#call.resting();
      if (piece?.done === false) return piece.value;
      this.#call.end();
      return undefined;
    } catch (error) {
      throw this.#call.fail(error);
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
