import { expect, test } from 'bun:test';
import { RecentCalls } from './recent-calls.ts';

test('a call is found again, and the latest envelope of it counts', () => {
  const calls = new RecentCalls();
  calls.remember('toolu_1', 'first');
  calls.remember('toolu_1', 'second');
  expect([calls.recall('toolu_1'), calls.recall('toolu_2')]).toEqual(['second', undefined]);
});

test('the call that was not asked for the longest goes first', () => {
  const calls = new RecentCalls({ maxCalls: 2 });
  calls.remember('a', '1');
  calls.remember('b', '2');
  calls.recall('a');
  calls.remember('c', '3');
  expect(['a', 'b', 'c'].map((id) => calls.recall(id))).toEqual(['1', undefined, '3']);
});

test('the whole is limited in size, and what exceeds it alone is not kept', () => {
  const calls = new RecentCalls({ maxCharacters: 12 });
  calls.remember('a', '12345');
  calls.remember('b', '12345');
  calls.remember('c', '1');
  expect(['a', 'b', 'c'].map((id) => calls.recall(id))).toEqual([undefined, '12345', '1']);
  calls.remember('d', '123456789012');
  expect(['b', 'd'].map((id) => calls.recall(id))).toEqual(['12345', undefined]);
  calls.remember('an id that is long', '1');
  expect(calls.recall('an id that is long')).toBeUndefined();
});

test('a call grows old, however often it is asked for', () => {
  let nowMs = 0;
  const calls = new RecentCalls({ maxAgeMs: 100, now: () => nowMs });
  calls.remember('a', '1');
  nowMs = 99;
  expect(calls.recall('a')).toBe('1');
  nowMs = 100;
  expect(calls.recall('a')).toBeUndefined();
});
