import { expect, test } from 'bun:test';
import { type AnswerEnd, isCut, mapStopReason, weightierFinish } from './finish.ts';

const plain: AnswerEnd = { finish: 'stop', toolCalls: 0, refused: false, structured: false, windowFull: false };

const ends: readonly [string, Partial<AnswerEnd>, string][] = [
  ['a normal end', {}, 'end_turn'],
  ['another word for it', { finish: 'eos' }, 'end_turn'],
  ['no word at all', { finish: undefined }, 'end_turn'],
  ['calls', { finish: 'tool_calls', toolCalls: 2 }, 'tool_use'],
  ['an old call', { finish: 'function_call', toolCalls: 1 }, 'tool_use'],
  ['calls at a normal end', { toolCalls: 1 }, 'tool_use'],
  ['calls and no word', { finish: undefined, toolCalls: 1 }, 'tool_use'],
  ['calls announced that never came', { finish: 'tool_calls' }, 'end_turn'],
  ['length', { finish: 'length' }, 'max_tokens'],
  ['length in other words', { finish: 'model_length' }, 'max_tokens'],
  ['length after calls', { finish: 'length', toolCalls: 1 }, 'max_tokens'],
  ['length with the window full', { finish: 'length', windowFull: true }, 'model_context_window_exceeded'],
  ['a full window at a normal end', { windowFull: true }, 'end_turn'],
  ['a filter', { finish: 'content_filter' }, 'refusal'],
  ['a filter after calls', { finish: 'sensitive', toolCalls: 1 }, 'refusal'],
  ['a refusal in words', { refused: true }, 'end_turn'],
  ['a refusal where a schema was asked for', { refused: true, structured: true }, 'refusal'],
];

for (const [name, end, reason] of ends) {
  test(`stop reason: ${name}`, () => expect<string>(mapStopReason({ ...plain, ...end })).toBe(reason));
}

test('of two finishes the first counts, unless the second says more', () => {
  expect(weightierFinish(undefined, 'stop')).toBe('stop');
  expect(weightierFinish('stop', 'eos')).toBe('stop');
  expect(weightierFinish('stop', 'tool_calls')).toBe('tool_calls');
  expect(weightierFinish('tool_calls', 'stop')).toBe('tool_calls');
  expect(weightierFinish('tool_calls', 'length')).toBe('length');
  expect(weightierFinish('length', 'content_filter')).toBe('content_filter');
});

test('only what breaks off an answer cuts it', () => {
  expect(['length', 'content_filter', 'model_context_window_exceeded'].map(isCut)).toEqual([true, true, true]);
  expect(['stop', 'tool_calls', 'eos', undefined].map(isCut)).toEqual([false, false, false, false]);
});
