import { promptTooLongMessage } from '../../errors/prompt-too-long.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import type { MessageEvent, MessagesRequest } from '../../messages/types.ts';
import { traitsOf } from '../../models/model-traits.ts';
import { answerFactsOf } from '../../translation/answer-facts.ts';
import { type CountedUsage, closingUsage, OutputEstimate, openingUsage } from '../../translation/answer-usage.ts';
import { refusalDetails } from '../../translation/refusal-details.ts';
import { upstreamName } from '../error-text.ts';
import { readEventData } from '../event-data.ts';
import { mapServiceTier } from '../openai/answer-counts.ts';
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
import { readResponsesStreamError } from './errors.ts';
import { isFiltered, mapStopReason } from './finish.ts';
import type { Answer, Fields } from './output-item.ts';
import { OutputItems } from './output-items.ts';
import { ThinkingBlocks } from './thinking-blocks.ts';
import { readUsage } from './usage.ts';
import { offeredSearchOf, WebSearches } from './web-searches.ts';

/** Reads one streamed answer of the Responses API, event by event. */
export function openResponsesStream(
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): ResponsesStream {
  return new ResponsesStream(request, target, context);
}

export class ResponsesStream implements StreamTranslator {
  /** Of use while the upstream may still refuse it; let go when the answer begins. */
  #request: MessagesRequest;
  readonly #target: Target;
  readonly #context: TranslationContext;
  #state: 'open' | 'complete' | 'stopped' = 'open';
  /** Made when the first item comes. */
  #items: OutputItems | undefined;
  #serviceTier: unknown;

  constructor(request: MessagesRequest, target: Target, context: TranslationContext) {
    this.#request = request;
    this.#target = target;
    this.#context = context;
  }

  get state(): StreamTranslator['state'] {
    return this.#state;
  }

  push(one: SseEvent): readonly MessageEvent[] {
    // OpenAI ends with the last event; some servers say this behind it.
    if (this.#state !== 'open' || (one.data.length < shortest && one.data.trim() === '[DONE]')) return none;
    const event = readEventData(one, this.#target);
    if (one.event === 'error') throw this.#refusal(event);
    return this.read(event);
  }

  /** One event, or a whole response. */
  read(event: unknown): readonly MessageEvent[] {
    if (this.#state !== 'open') return none;
    if (!isRecord(event)) throw this.#failure('upstream-malformed', 'sent an event that is no object');
    const { type } = event;
    switch (type) {
      case 'response.output_item.added':
        return this.#say(event, 'added');
      case 'response.output_item.done':
        return this.#say(event, 'done');
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        if (isRecord(event.response)) this.#serviceTier = event.response.service_tier;
        return none;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
      case 'response.canceled':
        return this.#end(isRecord(event.response) ? event.response : {}, type);
      case 'error':
        throw this.#refusal(event);
    }
    if (typeof type === 'string' && type.startsWith('response.')) return this.#say(event, 'read');
    if (event.object === 'response') return this.#end(event, `response.${String(event.status)}`);
    // An event that has a type and is none of these may carry anything: a server's own limits, a sign of life.
    const isError = typeof type === 'string' ? event.error !== undefined && event.error !== null : isErrorValue(event);
    if (isError) throw this.#refusal(event);
    return none;
  }

  end(): readonly MessageEvent[] {
    if (this.#state !== 'open') return none;
    throw this.#failure('upstream-truncated', 'ended its stream before the answer was complete');
  }

  #say(event: Fields, how: 'added' | 'done' | 'read'): readonly MessageEvent[] {
    this.#items ??= this.#begin();
    const { writer } = this.#items.answer;
    this.#items[how](event);
    if (writer.stopSequence === undefined) return writer.take();
    return this.#complete(this.#items.answer, undefined, undefined);
  }

  #begin(): OutputItems {
    const { messageId, newId, inputTokenEstimate } = this.#context;
    const facts = answerFactsOf(this.#request, nameRule);
    const search = offeredSearchOf(this.#request);
    this.#request = { model: facts.model, max_tokens: this.#request.max_tokens, messages: [] };
    const writer = new EventWriter({
      id: messageId,
      model: facts.model,
      usage: openingUsage(inputTokenEstimate, mapServiceTier(this.#serviceTier)),
      stopSequences: facts.stopSequences,
      contextManaged: facts.contextManaged,
      isKnownToolId: (id) => facts.knownToolIds.has(id),
      newToolId: () => newId('toolu_'),
    });
    return new OutputItems({
      facts,
      writer,
      thinking: new ThinkingBlocks(writer, facts.thinking, this.#target),
      searches: search && new WebSearches(search, writer, this.#target),
      output: new OutputEstimate(),
      context: this.#context,
      toolUseIds: new Set(),
      refused: false,
    });
  }

  /** The response is over, in one of many ways; its own word for it counts more than the event's. */
  #end(response: Fields, event: string): readonly MessageEvent[] {
    const status = typeof response.status === 'string' ? response.status : event.replace('response.', '');
    switch (status) {
      case 'completed':
      case 'incomplete':
        break;
      case 'failed':
        throw this.#refusal({ error: response.error ?? { message: 'The response has failed.', code: 'server_error' } });
      case 'cancelled':
      case 'canceled':
        throw this.#failure('upstream-fault', 'cancelled its answer');
      default:
        throw this.#failure('upstream-malformed', `sent a response that is not over (${status.slice(0, 60)})`);
    }
    this.#serviceTier = response.service_tier ?? this.#serviceTier;
    this.#items ??= this.#begin();
    this.#items.end(Array.isArray(response.output) ? response.output : []);
    const details = isRecord(response.incomplete_details) ? response.incomplete_details : {};
    const reason = typeof details.reason === 'string' ? details.reason : 'unknown';
    return this.#complete(this.#items.answer, response, status === 'incomplete' ? reason : undefined);
  }

  /** `response` is undefined where a stop sequence has ended the answer before the upstream did. */
  #complete(answer: Answer, response: Fields | undefined, incomplete: string | undefined): readonly MessageEvent[] {
    const { facts, writer, thinking, searches, output } = answer;
    thinking.seal();
    searches?.end();
    const usage = readUsage(response?.usage);
    const windowFull = this.#fillsWindow(usage);
    if (windowFull && incomplete !== undefined && writer.lastKind === undefined) refuseOverflow(usage);
    const stopReason = mapStopReason({
      incomplete,
      toolCalls: writer.toolCalls,
      refused: answer.refused,
      structured: facts.structured,
      windowFull,
    });
    writer.finish({
      stopReason,
      stopDetails: stopReason === 'refusal' ? refusalDetails(explanationOf(incomplete)) : null,
      usage: {
        ...closingUsage(usage, { input: this.#context.inputTokenEstimate, output: output.tokens }),
        server_tool_use: searches?.usage ?? null,
      },
      cut: incomplete !== undefined,
    });
    this.#state = response === undefined ? 'stopped' : 'complete';
    return writer.take();
  }

  /** Whether prompt and answer have met the end of the window, and not the limit that was asked for. */
  #fillsWindow(usage: CountedUsage | undefined): boolean {
    const window = windowOf(traitsOf(this.#target), this.#context.repairs);
    return usage !== undefined && window !== undefined && usage.prompt + usage.output >= window;
  }

  #refusal(event: unknown): UpstreamFailure {
    return readResponsesStreamError(event, this.#request, this.#target, this.#context);
  }

  #failure(kind: ErrorKind, what: string): UpstreamFailure {
    return new UpstreamFailure(kind, `${upstreamName(this.#target)} ${what}.`);
  }
}

const none: readonly MessageEvent[] = [];

/** No event of JSON with a type in it is shorter. */
const shortest = 12;

/** Nothing was written and the window is full: servers that end so mean an overflow, and clients compact on its words. */
function refuseOverflow(usage: CountedUsage | undefined): void {
  if (usage === undefined) return;
  throw new UpstreamFailure('prompt-too-long', promptTooLongMessage(usage.prompt + 1, usage.prompt));
}

function explanationOf(incomplete: string | undefined): string {
  return isFiltered(incomplete) ? 'The answer was filtered by the provider.' : 'The model refused to answer.';
}
