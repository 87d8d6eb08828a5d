import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { splitAtCitations } from './cited-text.ts';

const said = (text: string, start: number, ...citations: readonly string[]) => ({ text, start, citations });
const split = (text: string, ...supports: readonly ReturnType<typeof said>[]) =>
  splitAtCitations(text, supports).map((piece) => [piece.text, ...piece.citations]);

test('text that rests on nothing is one piece', () => {
  expect(split('Hello.')).toEqual([['Hello.']]);
  expect(split('')).toEqual([]);
});

test('places are counted in bytes of UTF-8', () => {
  expect(split('ä🎉 one two', said('one', 7, 'A'), said('two', 11, 'B'))).toEqual([
    ['ä🎉 '],
    ['one', 'A'],
    [' two', 'B'],
  ]);
});

test('a place that is not where it is said to be is found by its words', () => {
  expect(split('so: one', said('one', 1, 'A'))).toEqual([['so: '], ['one', 'A']]);
  expect(split('🎉one', said('one', 2, 'A'))).toEqual([['🎉'], ['one', 'A']]);
});

test('words that are nowhere rest on nothing', () => {
  expect(split('one', said('two', 0, 'A'))).toEqual([['one']]);
});

test('the same words may rest on several sources', () => {
  expect(split('one', said('one', 0, 'A'), said('one', 0, 'B'))).toEqual([['one', 'A', 'B']]);
});

test('blanks make no piece of their own', () => {
  expect(split('one two ', said('one', 0, 'A'), said('two', 4, 'B'))).toEqual([
    ['one', 'A'],
    [' two ', 'B'],
  ]);
});

test('whatever is said of a text, its pieces together are the text', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', ' ', '\n', 'ä', '🎉', 'one'), { maxLength: 20 })
    .map((all) => all.join(''));
  const support = fc.record({ start: fc.integer({ min: -3, max: 40 }), text, citations: fc.constant(['A']) });
  fc.assert(
    fc.property(text, fc.array(support, { maxLength: 5 }), (text, supports) => {
      const pieces = splitAtCitations(text, supports);
      expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      if (text.trim() !== '') expect(pieces.filter((piece) => piece.text.trim() === '')).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
