import { promptTooLongMessage } from '../../errors/prompt-too-long.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import type { MessageEvent, MessagesRequest } from '../../messages/types.ts';
import { traitsOf } from '../../models/model-traits.ts';
import { type AnswerFacts, answerFactsOf } from '../../translation/answer-facts.ts';
import { type CountedUsage, closingUsage, OutputEstimate, openingUsage } from '../../translation/answer-usage.ts';
import { refusalDetails } from '../../translation/refusal-details.ts';
import { upstreamName } from '../error-text.ts';
import { readEventData } from '../event-data.ts';
import { mapServiceTier } from '../openai/answer-counts.ts';
import { dialectOf } from '../openai/dialect.ts';
import { isErrorValue } from '../openai/error-shapes.ts';
import { nameRule } from '../openai/name-rule.ts';
import { windowOf } from '../openai/window.ts';
import {
  type SseEvent,
  type StreamTranslator,
  type Target,
  type TranslationContext,
  UpstreamFailure,
} from '../provider.ts';
import { ChunkTemplate } from './chunk-template.ts';
import { CitedSearch } from './cited-search.ts';
import { readChatStreamError } from './errors.ts';
import { finishKindOf, isCut, mapStopReason, weightierFinish } from './finish.ts';
import { ReasoningReader } from './reasoning.ts';
import { searchedPages } from './search-tool.ts';
import { type SplitText, ThinkTagSplitter } from './think-tag.ts';
import { ToolCallReader } from './tool-calls.ts';
import { findUsage, readCost, readUsage } from './usage.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads one streamed answer of Chat Completions, piece by piece. */
export function openChatStream(
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): StreamTranslator {
  return new ChatStream(request, target, context);
}

class ChatStream implements StreamTranslator {
  /** Of use while the upstream may still refuse it; let go when the answer begins. */
  #request: MessagesRequest;
  readonly #target: Target;
  readonly #context: TranslationContext;
  readonly #chunks = new ChunkTemplate();
  readonly #parse = (json: string) => this.#chunks.parse(json);
  readonly #output = new OutputEstimate();
  #state: 'open' | 'complete' | 'stopped' = 'open';
  /** Made when the first chunk of the answer comes: the head of a message tells its service tier. */
  #answer: Answer | undefined;
  #thinkTags: ThinkTagSplitter | undefined = new ThinkTagSplitter();
  #usage: unknown;
  #finish: string | undefined;
  /** Something was said after the finish: this server's word for it does not mean the end. */
  #wentOn = false;
  #stopSequence: string | undefined;
  #refused = false;

  constructor(request: MessagesRequest, target: Target, context: TranslationContext) {
    this.#request = request;
    this.#target = target;
    this.#context = context;
  }

  get state(): StreamTranslator['state'] {
    return this.#state === 'open' && this.#finish !== undefined && !this.#wentOn ? 'finished' : this.#state;
  }

  push(one: SseEvent): readonly MessageEvent[] {
    const { event, data } = one;
    if (this.#state !== 'open') return none;
    if (data === '[DONE]' || data.trim() === '[DONE]') return this.#complete();
    const chunk = readEventData(one, this.#target, this.#parse);
    if (event === 'error' || isErrorValue(chunk)) {
      throw readChatStreamError(chunk, this.#request, this.#target, this.#context);
    }
    if (!isRecord(chunk)) throw this.#failure('upstream-malformed', 'sent an event that is no object');
    const usage = findUsage(chunk);
    if (usage !== undefined && usage !== null) this.#usage = usage;
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (!isRecord(choice) || (typeof choice.index === 'number' && choice.index !== 0)) return none;
    this.#answer ??= this.#begin(chunk);
    const answer = this.#answer;
    this.#readChoice(choice, answer);
    if (answer.writer.stopSequence === undefined) return answer.writer.take();
    const events = this.#complete();
    this.#state = 'stopped';
    return events;
  }

  end(): readonly MessageEvent[] {
    if (this.#state !== 'open') return none;
    if (this.#finish === undefined) {
      throw this.#failure('upstream-truncated', 'ended its stream before the answer was complete');
    }
    return this.#complete();
  }

  #begin(chunk: Fields): Answer {
    const { newId, messageId, inputTokenEstimate } = this.#context;
    const facts = answerFactsOf(this.#request, nameRule);
    const pages = searchedPages(this.#request, this.#target);
    this.#request = { model: facts.model, max_tokens: this.#request.max_tokens, messages: [] };
    const writer = new EventWriter({
      id: messageId,
      model: facts.model,
      usage: openingUsage(inputTokenEstimate, mapServiceTier(chunk.service_tier)),
      stopSequences: facts.stopSequences,
      contextManaged: facts.contextManaged,
      isKnownToolId: (id) => facts.knownToolIds.has(id),
      newToolId: () => newId('toolu_'),
    });
    return {
      facts,
      writer,
      reasoning: new ReasoningReader(writer, facts, this.#target),
      calls: undefined,
      search: pages === undefined ? undefined : new CitedSearch(writer, pages, this.#target, newId),
    };
  }

  #readChoice(choice: Fields, answer: Answer): void {
    const { finish_reason: finish, stop_reason: stoppedAt } = choice;
    const saidAtFinish = this.#finish === undefined ? undefined : this.#output.tokens;
    if (isRecord(choice.delta)) this.#readDelta(choice.delta, answer);
    // Some servers close with the whole message: of use only where nothing of it was streamed.
    else if (isRecord(choice.message) && answer.writer.lastKind === undefined) this.#readDelta(choice.message, answer);
    if (saidAtFinish !== undefined && this.#output.tokens > saidAtFinish) this.#wentOn = true;
    if (typeof finish === 'string' && finish !== '' && finish !== 'null') this.#readFinish(finish);
    // vLLM says which sequence it stopped at.
    if (typeof stoppedAt === 'string' && answer.facts.stopSequences.includes(stoppedAt)) this.#stopSequence = stoppedAt;
  }

  #readDelta(delta: Fields, answer: Answer): void {
    const { content, tool_calls: calls, function_call: oldCall, refusal, annotations } = delta;
    const reasoning = answer.reasoning.read(delta);
    if (reasoning !== '') {
      this.#output.add(reasoning);
      // The server takes the reasoning apart itself: tags in its text are text.
      this.#endThinkTags(answer);
    }
    if (typeof content === 'string') {
      if (content !== '') this.#readText(content, answer);
    } else if (Array.isArray(content)) {
      for (const part of content) if (isRecord(part)) this.#readPart(part, answer);
    }
    if (typeof refusal === 'string' && refusal !== '') {
      this.#refused = true;
      this.#readText(refusal, answer);
    }
    answer.search?.read(annotations);
    if (Array.isArray(calls) && calls.length > 0) this.#readCalls(calls, answer);
    else if (isRecord(oldCall)) this.#readCalls([{ index: 0, function: oldCall }], answer);
  }

  /** Mistral writes content as parts, its reasoning among them. */
  #readPart(part: Fields, answer: Answer): void {
    if (typeof part.text === 'string') this.#readText(part.text, answer);
    if (part.type !== 'thinking') return;
    const thinking = Array.isArray(part.thinking) ? part.thinking : [{ text: part.thinking }];
    for (const piece of thinking) {
      if (isRecord(piece) && typeof piece.text === 'string') this.#addThinking(piece.text, answer);
    }
  }

  #readText(text: string, answer: Answer): void {
    if (this.#thinkTags === undefined) {
      this.#addText(text, answer);
      return;
    }
    this.#addSplit(this.#thinkTags.push(text), answer);
    if (this.#thinkTags.done) this.#thinkTags = undefined;
  }

  #endThinkTags(answer: Answer): void {
    if (this.#thinkTags === undefined) return;
    const rest = this.#thinkTags.flush();
    this.#thinkTags = undefined;
    this.#addSplit(rest, answer);
  }

  #addSplit({ thinking, text }: SplitText, answer: Answer): void {
    this.#addThinking(thinking, answer);
    this.#addText(text, answer);
  }

  #addThinking(text: string, { reasoning }: Answer): void {
    if (text === '') return;
    this.#output.add(text);
    reasoning.add(text, undefined);
  }

  #addText(text: string, { writer, reasoning, search }: Answer): void {
    if (text === '') return;
    this.#output.add(text);
    if (writer.lastKind !== 'text') {
      reasoning.end();
      search?.begin();
    }
    writer.text(text);
  }

  #readCalls(entries: readonly unknown[], answer: Answer): void {
    this.#endThinkTags(answer);
    answer.search?.endText();
    answer.calls ??= new ToolCallReader(answer.writer, answer.facts, () => answer.reasoning.end());
    const input = answer.calls.read(entries);
    if (input !== '') this.#output.add(input);
  }

  #readFinish(finish: string): void {
    if (finishKindOf(finish) === 'failed') {
      const kind = finish === 'insufficient_system_resource' ? 'upstream-overloaded' : 'upstream-fault';
      throw this.#failure(kind, `broke off its answer (finish_reason: ${finish.slice(0, 60)})`);
    }
    this.#finish = weightierFinish(this.#finish, finish);
  }

  #complete(): readonly MessageEvent[] {
    const answer = this.#answer;
    if (answer === undefined) {
      throw this.#failure('upstream-malformed', 'closed its stream without an answer');
    }
    const { facts, writer, reasoning, calls, search } = answer;
    this.#endThinkTags(answer);
    search?.endText();
    reasoning.end();
    const searches = search?.end(this.#usage) ?? null;
    calls?.end();
    const usage = readUsage(this.#usage);
    const windowFull = this.#fillsWindow(usage);
    if (windowFull && writer.lastKind === undefined) this.#refuseOverflow(usage);
    const stopReason = mapStopReason({
      finish: this.#finish,
      toolCalls: writer.toolCalls,
      refused: this.#refused,
      structured: facts.structured,
      windowFull,
    });
    const stoppedAt = stopReason === 'end_turn' ? this.#stopSequence : undefined;
    writer.finish({
      stopReason: stoppedAt === undefined ? stopReason : 'stop_sequence',
      stopSequence: stoppedAt,
      stopDetails: stopReason === 'refusal' ? refusalDetails(explanationOf(this.#finish)) : null,
      usage: {
        ...closingUsage(usage, { input: this.#context.inputTokenEstimate, output: this.#output.tokens }),
        server_tool_use: searches,
      },
      cut: isCut(this.#finish),
    });
    const cost = dialectOf(this.#target).tellsCost ? readCost(this.#usage) : undefined;
    if (cost !== undefined) this.#context.noteCost?.(cost);
    this.#state = 'complete';
    return writer.take();
  }

  #failure(kind: ErrorKind, what: string): UpstreamFailure {
    return new UpstreamFailure(kind, `${upstreamName(this.#target)} ${what}.`);
  }

  #fillsWindow(usage: CountedUsage | undefined): boolean {
    const window = windowOf(traitsOf(this.#target), this.#context.repairs);
    return usage !== undefined && window !== undefined && usage.prompt + usage.output >= window;
  }

  /** Nothing was written and the window is full: servers that end so mean an overflow, and clients compact on its words. */
  #refuseOverflow(usage: CountedUsage | undefined): void {
    if (usage === undefined || this.#finish === undefined || finishKindOf(this.#finish) !== 'length') return;
    throw new UpstreamFailure('prompt-too-long', promptTooLongMessage(usage.prompt + 1, usage.prompt));
  }
}

interface Answer {
  readonly facts: AnswerFacts;
  readonly writer: EventWriter;
  readonly reasoning: ReasoningReader;
  calls: ToolCallReader | undefined;
  readonly search: CitedSearch | undefined;
}

const none: readonly MessageEvent[] = [];

function explanationOf(finish: string | undefined): string {
  const filtered = finish !== undefined && finishKindOf(finish) === 'filtered';
  return filtered ? 'The answer was filtered by the provider.' : 'The model refused to answer.';
}
