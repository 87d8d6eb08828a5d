import { expect, test } from 'bun:test';
import type { StopReason } from '../../messages/types.ts';
import { type AnswerEnd, mapStopReason } from './finish.ts';

const end: AnswerEnd = { incomplete: undefined, toolCalls: 0, refused: false, structured: false, windowFull: false };

test.each<[string, Partial<AnswerEnd>, StopReason]>([
  ['a good end', {}, 'end_turn'],
  ['a call', { toolCalls: 1 }, 'tool_use'],
  ['a full window at a good end', { windowFull: true }, 'end_turn'],
  ['cut by its length', { incomplete: 'max_output_tokens' }, 'max_tokens'],
  ['cut by its length behind a call', { incomplete: 'max_output_tokens', toolCalls: 1 }, 'max_tokens'],
  ['cut by the window', { incomplete: 'max_output_tokens', windowFull: true }, 'model_context_window_exceeded'],
  ['cut for a reason that nobody knows', { incomplete: 'something_new' }, 'max_tokens'],
  ['filtered', { incomplete: 'content_filter', toolCalls: 1 }, 'refusal'],
  ['refused', { refused: true }, 'end_turn'],
  ['refused in the place of a structured answer', { refused: true, structured: true }, 'refusal'],
  ['refused, and a tool called', { refused: true, structured: true, toolCalls: 1 }, 'tool_use'],
])('%s', (_name, changes, stopReason) => {
  expect(mapStopReason({ ...end, ...changes })).toBe(stopReason);
});
