import { expect, test } from 'bun:test';
import { dialects, makeAnswer } from './answers.ts';
import { isExact, looksWhole, readStream } from './check-answer.ts';

test.each(dialects)('an answer of %s is found exact in both of its forms, and a changed one is not', (dialect) => {
  const { events, untilText, json, text } = makeAnswer(dialect, 500);
  expect(events).toHaveLength(500);
  expect(textSoFar(events.slice(0, untilText - 1))).toBe('');
  expect(textSoFar(events.slice(0, untilText))).not.toBe('');
  expect(text.length).toBeGreaterThan(1000);
  const shape = { kilobytes: 1, answer: { dialect, mode: 'burst', count: 500 } } as const;
  expect(isExact(events.join(''), { ...shape, stream: true })).toBe(true);
  expect(isExact(json, { ...shape, stream: false })).toBe(true);
  expect(isExact(events.toSpliced(100, 1).join(''), { ...shape, stream: true })).toBe(false);
  expect(isExact(json.replace('/src/', '/srv/'), { ...shape, stream: false })).toBe(false);
});

test.each(dialects)('a stream of %s without its last event does not look whole', (dialect) => {
  const { events } = makeAnswer(dialect, 20);
  const answer = { status: 200, firstTokenMs: 1, totalMs: 1, bytes: 1, body: undefined };
  const tail = (pieces: readonly string[]) => ({ ...answer, rawTail: pieces.join('').slice(-500) });
  expect(looksWhole(tail(events), true)).toBe(true);
  expect(looksWhole(tail(events.slice(0, -1)), true)).toBe(false);
});

function textSoFar(events: readonly string[]): string {
  return readStream(events.join('')).text;
}
