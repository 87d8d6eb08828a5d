import type { ErrorKind } from '../../errors/proxy-error.ts';
import { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import type { MessageEvent, MessagesRequest, Usage } from '../../messages/types.ts';
import { geminiModelOf } from '../../models/gemini-models.ts';
import { answerFactsOf } from '../../translation/answer-facts.ts';
import { type CountedUsage, closingUsage, OutputEstimate, openingUsage } from '../../translation/answer-usage.ts';
import { refusalDetails } from '../../translation/refusal-details.ts';
import { safeText, upstreamName } from '../error-text.ts';
import { readEventData } from '../event-data.ts';
import {
  type Repair,
  type SseEvent,
  type StreamTranslator,
  type Target,
  type TranslationContext,
  UpstreamFailure,
} from '../provider.ts';
import { unlessApplied } from '../repairs.ts';
import { blockOf, candidateOf, type Fields, isErrorChunk, partsOf, textOf } from './answer-wire.ts';
import { readGeminiStreamError } from './errors.ts';
import { type FinishKind, finishKindOf, isCut, laterFinish, mapStopReason } from './finish.ts';
import { GroundedAnswer } from './grounding.ts';
import { nameRule } from './name-rule.ts';
import { PartWriter } from './parts.ts';
import { givenBeginning } from './repeated-beginning.ts';
import { wantedPagesOf } from './server-tools.ts';
import { UnreadableArguments } from './streamed-arguments.ts';
import { argumentNamesFor } from './translation.ts';
import { UsageReader } from './usage.ts';

/** Reads one streamed answer of `streamGenerateContent`, chunk by chunk. */
export function openGeminiStream(request: MessagesRequest, target: Target, context: TranslationContext): GeminiStream {
  return new GeminiStream(request, target, context);
}

export class GeminiStream implements StreamTranslator {
  /** Of use while the upstream may still refuse it; let go when the answer begins. */
  #request: MessagesRequest;
  readonly #target: Target;
  readonly #context: TranslationContext;
  readonly #output = new OutputEstimate();
  readonly #usage = new UsageReader();
  #state: 'open' | 'complete' | 'stopped' = 'open';
  #answer: Answer | undefined;
  #finish: string | undefined;
  #finishMessage: string | undefined;
  /** Something was said after the finish: it was none. */
  #wentOn = false;
  /** More can be had for a token: the answer is not whole, and its stream may end without a word about it. */
  #continuable = false;
  #blocked: string | undefined;

  constructor(request: MessagesRequest, target: Target, context: TranslationContext) {
    this.#request = request;
    this.#target = target;
    this.#context = context;
  }

  get state(): StreamTranslator['state'] {
    const finished = this.#blocked !== undefined || (this.#finish !== undefined && !this.#wentOn);
    return this.#state === 'open' && finished ? 'finished' : this.#state;
  }

  push(one: SseEvent): readonly MessageEvent[] {
    const { event, data } = one;
    if (this.#state !== 'open') return none;
    // Google sends no such end; a gateway in front of it may.
    if (data.trim() === '[DONE]') return none;
    const chunk = readEventData(one, this.#target);
    if (event === 'error' && !isErrorChunk(chunk) && !Array.isArray(chunk)) return this.read({ error: chunk });
    return this.read(chunk);
  }

  /** One chunk, or several in a list: a stream that was not asked for as server-sent events is one JSON list. */
  read(chunk: unknown): readonly MessageEvent[] {
    if (Array.isArray(chunk)) return chunk.flatMap((one) => this.read(one));
    if (this.#state !== 'open') return none;
    if (isErrorChunk(chunk)) throw readGeminiStreamError(chunk, this.#request, this.#target, this.#context);
    if (!isRecord(chunk)) throw this.#failure('upstream-malformed', 'sent an event that is no object');
    this.#usage.read(chunk.usageMetadata);
    const block = blockOf(chunk);
    const candidate = candidateOf(chunk);
    if (block !== undefined && (candidate === undefined || partsOf(candidate).length === 0)) {
      this.#blocked = `Gemini refused the prompt (${this.#shown(block.reason)})${this.#reason(block.message)}`;
    }
    return candidate === undefined ? none : this.#readCandidate(candidate);
  }

  end(): readonly MessageEvent[] {
    if (this.#state !== 'open') return none;
    // A call that began behind the finish has none of its own.
    const inCall = this.#wentOn && this.#answer?.parts.isInCall === true;
    if (inCall || (this.#finish === undefined && this.#blocked === undefined && !this.#continuable)) {
      throw this.#failure('upstream-truncated', 'ended its stream before the answer was complete');
    }
    return this.#complete();
  }

  #readCandidate(candidate: Fields): readonly MessageEvent[] {
    this.#answer ??= this.#begin();
    const { writer, parts, grounded } = this.#answer;
    grounded?.read(candidate);
    for (const part of partsOf(candidate)) {
      if (this.#finish !== undefined && saysSomething(part)) this.#wentOn = true;
      this.#writePart(part, parts);
      if (writer.stopSequence === undefined) continue;
      const events = this.#complete();
      this.#state = 'stopped';
      return events;
    }
    this.#continuable = textOf(candidate.continuationToken) !== undefined;
    const finish = textOf(candidate.finishReason);
    if (finish !== undefined) {
      this.#finish = laterFinish(this.#finish, finish);
      this.#finishMessage = textOf(candidate.finishMessage) ?? this.#finishMessage;
      this.#wentOn = false;
      this.#checkFinish(finishKindOf(this.#finish), parts);
    }
    return writer.take();
  }

  #writePart(part: Fields, parts: PartWriter): void {
    try {
      parts.write(part);
    } catch (error) {
      if (!(error instanceof UnreadableArguments)) throw error;
      throw this.#failure('upstream-fault', `sent a function call that cannot be read: ${error.message}`);
    }
  }

  /**
   * Endings that a second try may better: the client gets an error, and before anything was sent none but the result of
   * that try. An `end_turn` would be a lie, and would stop an agent in the middle of its task.
   */
  #checkFinish(finish: FinishKind, parts: PartWriter): void {
    // A call that came whole can be run, whatever the model tried next.
    if (parts.wholeCalls > 0 && !parts.isInCall) return;
    const word = this.#shown(this.#finish ?? '');
    switch (finish) {
      case 'broken call':
        throw this.#failure('upstream-fault', `wrote a tool call that cannot be read (${word})`, {
          kind: 'validate-calls',
          scope: 'request',
        });
      case 'unexpected call': {
        const repair = parts.offersTools ? ({ kind: 'validate-calls', scope: 'request' } as const) : undefined;
        throw this.#failure('upstream-fault', `called a tool where none may be called (${word})`, repair);
      }
      case 'unsigned call':
        throw this.#failure('upstream-fault', `misses a thought signature (${word})`, {
          kind: 'skip-signatures',
          scope: 'request',
        });
      case 'broken':
        throw this.#failure('upstream-fault', `broke off its answer (${word})`);
      case 'unexplained':
        if (parts.isInCall) throw this.#failure('upstream-fault', `broke off in a tool call (${word})`);
        if (!parts.hasText) throw this.#failure('upstream-overloaded', `ended its answer without a word (${word})`);
        return;
      default:
        return;
    }
  }

  #begin(): Answer {
    const { newId, messageId, inputTokenEstimate } = this.#context;
    const facts = answerFactsOf(this.#request, nameRule);
    const argumentNames = argumentNamesFor(this.#request, this.#target, this.#context);
    const pages = wantedPagesOf(this.#request, this.#target, this.#context);
    const grounded = pages && new GroundedAnswer(pages, this.#target, newId);
    const given = givenBeginning(this.#request, this.#target);
    this.#request = { model: facts.model, max_tokens: this.#request.max_tokens, messages: [] };
    const writer = new EventWriter({
      id: messageId,
      model: facts.model,
      usage: headUsage(this.#usage.counted, inputTokenEstimate),
      stopSequences: facts.stopSequences,
      contextManaged: facts.contextManaged,
      isKnownToolId: (id) => facts.knownToolIds.has(id),
      newToolId: () => newId('toolu_'),
    });
    const parts = new PartWriter(
      writer,
      facts,
      this.#target,
      this.#context,
      this.#output,
      argumentNames,
      grounded,
      given,
    );
    return { writer, parts, grounded };
  }

  #complete(): readonly MessageEvent[] {
    this.#answer ??= this.#begin();
    const { writer, parts, grounded } = this.#answer;
    const finish = this.#blocked === undefined ? finishKindOf(this.#finish ?? 'CONTINUATION') : 'refused';
    const cut = isCut(finish);
    parts.end(cut);
    const usage = this.#usage.counted;
    const stopReason = mapStopReason({
      finish,
      calls: parts.wholeCalls,
      halfCall: parts.halfCall,
      windowFull: this.#fillsWindow(usage),
    });
    writer.finish({
      stopReason,
      stopDetails: stopReason === 'refusal' ? refusalDetails(this.#explanation()) : null,
      usage: {
        ...closingUsage(usage, { input: this.#context.inputTokenEstimate, output: this.#output.tokens }),
        server_tool_use: grounded?.usage ?? null,
      },
      cut,
    });
    this.#state = 'complete';
    return writer.take();
  }

  #explanation(): string {
    const stopped = `Gemini stopped the answer (${this.#shown(this.#finish ?? '')})`;
    return this.#blocked ?? stopped + this.#reason(this.#finishMessage);
  }

  #reason(message: string | undefined): string {
    return message === undefined ? '.' : `: ${this.#shown(message)}`;
  }

  #shown(text: string): string {
    return safeText(text, this.#request, this.#target).slice(0, longestShown);
  }

  #fillsWindow(usage: CountedUsage | undefined): boolean {
    return usage !== undefined && usage.prompt + usage.output >= geminiModelOf(this.#target).contextWindow;
  }

  #failure(kind: ErrorKind, what: string, repair?: Repair): UpstreamFailure {
    return new UpstreamFailure(kind, `${upstreamName(this.#target)} ${what}.`, {
      repair: repair === undefined ? undefined : unlessApplied(repair, this.#context),
    });
  }
}

interface Answer {
  readonly writer: EventWriter;
  readonly parts: PartWriter;
  /** Present where the model may search the web. */
  readonly grounded: GroundedAnswer | undefined;
}

const none: readonly MessageEvent[] = [];
const longestShown = 500;

/** The AI Studio API counts in every chunk: then the head of the message need not guess. */
function headUsage(usage: CountedUsage | undefined, estimate: number): Usage {
  if (usage === undefined || usage.prompt === 0) return openingUsage(estimate, 'standard');
  const fresh = Math.max(1, usage.prompt - usage.cached);
  return { ...openingUsage(fresh, 'standard'), cache_read_input_tokens: usage.prompt - fresh };
}

function saysSomething({ text, functionCall }: Fields): boolean {
  return textOf(text) !== undefined || isRecord(functionCall);
}
