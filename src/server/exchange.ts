import { asProxyError, errorBody, errorResponse } from '../errors/error-response.ts';
import type { Loss, MessageEvent, MessagesRequest } from '../messages/types.ts';
import type { Log } from '../observe/log.ts';
import type { RequestRecord } from '../observe/request-record.ts';
import { type CallRepair, callName, type SeenAnswer, type Target } from '../providers/provider.ts';
import type { PromptEstimate } from '../tokens/estimate.ts';
import type { LearnedRatios } from '../tokens/learned-ratio.ts';
import { newId } from './new-id.ts';
import { costOfCalls, seenTokens, type UsedTokens, usedTokens } from './used-tokens.ts';

/** The status in the log where there was nobody to send one to; nginx has made it common. */
const clientClosed = 499;

/** What was expected of a prompt, and who learns from the truth. */
export interface ExpectedPrompt {
  /** As it was estimated by length. */
  readonly estimate: PromptEstimate;
  /** As it was told to the client, corrected by what is known of the model. */
  readonly tokens: number;
  readonly ratios: LearnedRatios;
}

/** Why a request's signal is aborted when there is nobody left to tell. */
export const clientLeft = new Error('The client has left.');

const answerOver = new Error('The answer has ended.');

/**
 * One request and its answer: its id, the one signal that ends it, and what becomes of it. Holds no part of the
 * request's body: an open stream must not keep it in memory.
 */
export class Exchange {
  readonly requestId = newId('req_');
  readonly path: string;
  readonly sessionId: string | undefined;
  readonly agentId: string | undefined;
  /** Set once the answer is a stream that goes on after its response has been handed over. */
  isStreaming = false;
  losses: readonly Loss[] = [];
  upstreamRequestId: string | undefined;

  readonly #startedAt = performance.now();
  readonly #log: Log;
  readonly #onFinish: () => void;
  readonly #end = new AbortController();
  #clientSignal: AbortSignal | undefined;
  #target: Target | undefined;
  #requestedModel: string | undefined;
  #isStreamed = false;
  #request: { tools: number; messages: number } | undefined;
  #firstEventMs: number | undefined;
  #usage: { input: number | undefined; cached: number | undefined; output: number | undefined } | undefined;
  #expected: ExpectedPrompt | undefined;
  #used: UsedTokens | undefined;
  #stopReason: string | undefined;
  #turns = 0;
  #attempts = 0;
  readonly #callRepairs = new Map<CallRepair, number>();
  /** Something in a call of the model was repaired. By itself, since open streams hold it: it must hold no request. */
  readonly noteCallRepair = (repair: CallRepair): void => {
    this.#callRepairs.set(repair, (this.#callRepairs.get(repair) ?? 0) + 1);
  };
  /** What the upstream says that its calls have cost. */
  #toldCostUsd: number | undefined;
  readonly noteCost = (usd: number): void => {
    this.#toldCostUsd = (this.#toldCostUsd ?? 0) + usd;
  };
  /** What is read along of an answer that passes through; it grows with it. */
  #seen: SeenAnswer | undefined;
  #isWhole = false;
  #isUpstreamDone = false;
  #isFinished = false;
  #status = 200;
  #failure: unknown;

  constructor(path: string, headers: Headers, log: Log, onFinish: () => void) {
    this.path = path;
    this.sessionId = headers.get('x-claude-code-session-id') ?? undefined;
    this.agentId = headers.get('x-claude-code-agent-id') ?? undefined;
    this.#log = log;
    this.#onFinish = onFinish;
  }

  /** Ends whatever is done for this exchange: the client has left, or the proxy stops. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get hasClientLeft(): boolean {
    // A connection that the proxy itself closes when it stops looks like a client that leaves.
    const { aborted, reason } = this.#end.signal;
    return aborted ? reason === clientLeft : this.#clientSignal?.aborted === true;
  }

  get target(): Target | undefined {
    return this.#target;
  }

  /** From now on the client's going away ends the exchange at once. */
  followClient(signal: AbortSignal): void {
    this.#clientSignal = signal;
    if (signal.aborted) this.#onClientLeft();
    else signal.addEventListener('abort', this.#onClientLeft);
  }

  stop(reason: Error): void {
    this.#end.abort(reason);
  }

  noteRequest(request: MessagesRequest): void {
    const { model, stream, tools, messages } = request;
    this.#requestedModel = model;
    this.#isStreamed = stream === true;
    this.#request = { tools: tools?.length ?? 0, messages: messages.length };
  }

  /** The same of a body that is not read any further. */
  noteModel(model: string | undefined): void {
    this.#requestedModel = model;
  }

  noteTarget(target: Target): void {
    this.#target = target;
  }

  /** From now on the upstream's count of the prompt is held against what was expected. */
  expectPrompt(expected: ExpectedPrompt): void {
    this.#expected = expected;
  }

  /** The upstream is called: which turn of the model it is for, and the how manieth call in all. */
  noteCall(turn: number, attempts: number): void {
    this.#turns = turn;
    this.#attempts = attempts;
  }

  /** What was noted of it so far. */
  get calls(): { readonly turns: number; readonly attempts: number } {
    return { turns: this.#turns, attempts: this.#attempts };
  }

  /** Reads along in the answer: how it ends and what it cost. */
  noteEvent(event: MessageEvent): void {
    switch (event.type) {
      case 'message_start':
        this.#firstEventMs ??= performance.now() - this.#startedAt;
        break;
      case 'message_delta': {
        const { usage, delta } = event;
        this.#stopReason = delta.stop_reason ?? this.#stopReason;
        const cached = usage.cache_read_input_tokens ?? undefined;
        const written = usage.cache_creation_input_tokens ?? 0;
        const fresh = usage.input_tokens ?? undefined;
        const input = fresh === undefined ? undefined : fresh + written + (cached ?? 0);
        this.#usage = { input, cached, output: usage.output_tokens };
        this.#learnFrom(usedTokens(usage, this.#expected?.tokens));
        break;
      }
      case 'message_stop':
        this.#isWhole = true;
        break;
    }
  }

  /** An answer that passes through has begun. */
  noteAnswer(status: number, isStreamed: boolean, seen: SeenAnswer): void {
    this.#status = status;
    this.#isStreamed = isStreamed;
    this.#seen = seen;
  }

  /** Its last byte has come: there is nothing left to be ended. */
  noteUpstreamEnd(): void {
    this.#isUpstreamDone = true;
  }

  /** Its first piece is here. */
  noteFirstPiece(): void {
    this.#firstEventMs ??= performance.now() - this.#startedAt;
  }

  /** What a failure is to the client before anything was sent. */
  failureResponse(error: unknown): Response {
    this.noteFailure(error);
    const response = errorResponse(error, this.requestId);
    this.#status = this.hasClientLeft ? clientClosed : response.status;
    return response;
  }

  noteFailure(error: unknown): void {
    this.#failure = error;
    if (asProxyError(error) !== error && !this.hasClientLeft) {
      this.#log.error('A fault of the proxy', { requestId: this.requestId, error });
    }
  }

  /** The end, in whatever way it comes about; only the first call counts. */
  finish(how: 'ended' | 'cut' = 'ended'): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    if (how === 'cut') this.#end.abort(clientLeft);
    this.#clientSignal?.removeEventListener('abort', this.#onClientLeft);
    this.#onFinish();
    this.#log.request(this.#record(this.#outcome(how)));
    // What is still being done for it would be done for nobody.
    if (!this.#isWhole && !this.#isUpstreamDone) this.#end.abort(answerOver);
  }

  #learnFrom(used: UsedTokens): void {
    this.#used = used;
    const { prompt } = used;
    if (!used.isCounted || prompt === undefined || this.#expected === undefined || this.#target === undefined) return;
    const { ratios, estimate } = this.#expected;
    ratios.learn(this.#target, estimate, prompt);
  }

  readonly #onClientLeft = (): void => {
    this.#end.abort(clientLeft);
    // A stream that nobody has begun to pull never runs to its own end.
    if (this.isStreaming) this.finish('cut');
  };

  #outcome(how: 'ended' | 'cut'): RequestRecord['outcome'] {
    if (this.#failure !== undefined) return this.hasClientLeft ? 'client-left' : 'failed';
    const seen = this.#seen;
    if (seen?.error !== undefined) return 'failed';
    // A client may close the connection as soon as it has read the last event.
    if (this.#isWhole || seen?.state === 'whole') return 'answered';
    if (how === 'ended') return seen?.state === 'begun' || this.#status >= 400 ? 'failed' : 'answered';
    return this.hasClientLeft ? 'client-left' : 'failed';
  }

  #error(): RequestRecord['error'] {
    if (this.#failure !== undefined) return errorBody(this.#failure, this.requestId).error;
    const seen = this.#seen;
    if (seen === undefined) return errorBody(this.signal.reason, this.requestId).error;
    if (seen.error !== undefined) return seen.error;
    const message =
      seen.state === 'begun'
        ? 'The upstream ended the stream before its answer.'
        : 'The upstream said no more than that.';
    return { type: 'api_error', message };
  }

  /** Who sends the bill knows it better than any table of prices. */
  #costUsd(used: UsedTokens | undefined): number | undefined {
    if (this.#toldCostUsd !== undefined || used === undefined) return this.#toldCostUsd;
    return costOfCalls(used, this.#target?.known?.prices, new Date());
  }

  #record(outcome: RequestRecord['outcome']): RequestRecord {
    const target = this.#target;
    const seen = this.#seen;
    const used = this.#used ?? (seen === undefined ? undefined : seenTokens(seen));
    return {
      requestId: this.requestId,
      path: this.path,
      status: this.#status,
      durationMs: performance.now() - this.#startedAt,
      firstEventMs: this.#firstEventMs,
      stream: this.#isStreamed,
      requestedModel: this.#requestedModel,
      model: target === undefined ? undefined : nameOf(target),
      route: target?.route,
      tools: this.#request?.tools,
      messages: this.#request?.messages,
      inputTokens: this.#usage?.input ?? seen?.inputTokens,
      cachedTokens: this.#usage?.cached ?? seen?.cachedTokens,
      outputTokens: this.#usage?.output ?? seen?.outputTokens,
      costUsd: this.#costUsd(used),
      stopReason: this.#stopReason ?? seen?.stopReason,
      losses: this.losses,
      turns: this.#turns,
      attempts: this.#attempts,
      callRepairs: Object.fromEntries(this.#callRepairs),
      upstreamRequestId: this.upstreamRequestId,
      sessionId: this.sessionId,
      agentId: this.agentId,
      outcome,
      error: outcome === 'failed' ? this.#error() : undefined,
    };
  }
}

/** Where a request names no model, as one for a file does, who is called is all there is to tell. */
export function nameOf(target: Target): string {
  const { model } = target;
  return model === '' ? callName(target) : `${callName(target)}/${model}`;
}
