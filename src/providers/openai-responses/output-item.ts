import type { EventWriter } from '../../messages/event-writer.ts';
import type { AnswerFacts } from '../../translation/answer-facts.ts';
import type { OutputEstimate } from '../../translation/answer-usage.ts';
import type { TranslationContext } from '../provider.ts';
import type { ThinkingBlocks } from './thinking-blocks.ts';
import type { WebSearches } from './web-searches.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** One item of a response's `output`, as it comes. */
export interface OutputItem {
  readonly type: string;
  /** Said to be whole: whatever comes of it now is a repetition. */
  readonly isDone: boolean;
  /** One event about the item, of any type. */
  read(event: Fields): void;
  /** The whole item; what of it was not streamed is made up for. A second time it tells nothing new. */
  done(item: Fields): void;
}

/** What the items of one answer write into. */
export interface Answer {
  readonly facts: AnswerFacts;
  readonly writer: EventWriter;
  readonly thinking: ThinkingBlocks;
  /** Present where the model may search the web. */
  readonly searches: WebSearches | undefined;
  readonly output: OutputEstimate;
  readonly context: TranslationContext;
  /** The ids that calls of this answer have been given. */
  readonly toolUseIds: Set<string>;
  /** The model has refused in words of its own. */
  refused: boolean;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The number of a part; the first where none is told. */
export function indexOf(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}

/** What of a text was not streamed. Only lengths are compared: a stream is not taken back. */
export function restOf(whole: unknown, streamed: number): string {
  return textOf(whole).slice(streamed);
}
