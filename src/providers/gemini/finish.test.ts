import { describe, expect, test } from 'bun:test';
import type { FinishReason } from '@google/genai';
import type { StopReason } from '../../messages/types.ts';
import { type FinishKind, finishKindOf, isCut, laterFinish, mapStopReason } from './finish.ts';

/** Every reason that the SDK knows: a new one does not compile until it has its row. */
const reasons: Record<`${FinishReason}` | 'MISSING_THOUGHT_SIGNATURE', FinishKind> = {
  STOP: 'normal',
  TOO_MANY_TOOL_CALLS: 'normal',
  NO_IMAGE: 'normal',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'refused',
  BLOCKLIST: 'refused',
  PROHIBITED_CONTENT: 'refused',
  SPII: 'refused',
  IMAGE_SAFETY: 'refused',
  IMAGE_PROHIBITED_CONTENT: 'refused',
  RECITATION: 'recited',
  IMAGE_RECITATION: 'recited',
  IMAGE_OTHER: 'recited',
  LANGUAGE: 'unexplained',
  OTHER: 'unexplained',
  FINISH_REASON_UNSPECIFIED: 'unexplained',
  MALFORMED_FUNCTION_CALL: 'broken call',
  UNEXPECTED_TOOL_CALL: 'unexpected call',
  MISSING_THOUGHT_SIGNATURE: 'unsigned call',
  MALFORMED_RESPONSE: 'broken',
};

test.each(Object.entries(reasons))('%s is an end of the kind %p', (reason, kind) => {
  expect(finishKindOf(reason)).toBe(kind);
});

test.each(['A_NEW_ONE', 'stop', 'toString', '__proto__', ''])(
  'a reason that nobody knows, %p, is a normal end',
  (reason) => {
    expect(finishKindOf(reason)).toBe('normal');
  },
);

describe('the stop reason', () => {
  const usual = { calls: 0, halfCall: false, windowFull: false };
  test.each<[FinishKind, Partial<typeof usual>, StopReason]>([
    ['normal', {}, 'end_turn'],
    ['normal', { calls: 1 }, 'tool_use'],
    ['length', {}, 'max_tokens'],
    ['length', { calls: 2 }, 'tool_use'],
    ['length', { calls: 2, halfCall: true }, 'max_tokens'],
    ['length', { windowFull: true }, 'model_context_window_exceeded'],
    ['normal', { windowFull: true }, 'end_turn'],
    ['refused', {}, 'refusal'],
    ['refused', { calls: 1 }, 'refusal'],
    ['recited', {}, 'refusal'],
    ['recited', { calls: 1 }, 'tool_use'],
    ['recited', { calls: 1, halfCall: true }, 'refusal'],
    ['unexplained', {}, 'end_turn'],
    ['unexplained', { calls: 1 }, 'tool_use'],
    ['broken call', { calls: 1 }, 'tool_use'],
  ])('%s, %p: %s', (finish, more, stopReason) => {
    expect(mapStopReason({ finish, ...usual, ...more })).toBe(stopReason);
  });
});

test('only an answer that was cut off may hold half a call', () => {
  const kinds = [...new Set(Object.values(reasons))];
  expect(kinds.filter(isCut)).toEqual(['length', 'refused', 'recited']);
});

test.each([
  [undefined, 'STOP', 'STOP'],
  ['MAX_TOKENS', 'STOP', 'MAX_TOKENS'],
  ['STOP', 'SAFETY', 'SAFETY'],
  ['STOP', 'STOP', 'STOP'],
])('%p and then %p: %p counts', (first, next, counted) => {
  expect(laterFinish(first, next)).toBe(counted);
});
