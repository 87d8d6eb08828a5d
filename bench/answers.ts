import { makeAnthropicAnswer } from './anthropic-answer.ts';
import { makeChatAnswer } from './chat-answer.ts';
import { makeGeminiAnswer } from './gemini-answer.ts';
import { makeResponsesAnswer } from './responses-answer.ts';

/** What the upstream of a benchmark speaks, and so which way through the proxy is measured. */
export const dialects = ['openai-chat', 'openai-responses', 'gemini', 'anthropic'] as const;
export type Dialect = (typeof dialects)[number];

/** One answer of an upstream, in both of its forms, and what a client must have understood in the end. */
export interface UpstreamAnswer {
  readonly events: readonly string[];
  /** How many events there are up to the first visible text, that one included. */
  readonly untilText: number;
  readonly json: string;
  readonly text: string;
  readonly toolArguments: string;
}

const makers: Readonly<Record<Dialect, (eventCount: number) => UpstreamAnswer>> = {
  'openai-chat': makeChatAnswer,
  'openai-responses': makeResponsesAnswer,
  gemini: makeGeminiAnswer,
  anthropic: makeAnthropicAnswer,
};

/** The answer of `eventCount` events; the same number always gives the same bytes. */
export function makeAnswer(dialect: Dialect, eventCount: number): UpstreamAnswer {
  return makers[dialect](eventCount);
}
