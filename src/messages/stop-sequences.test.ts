import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { StopSequenceFilter } from './stop-sequences.ts';

function filter(sequences: readonly string[], pieces: readonly string[]): { shown: string; hit: string | undefined } {
  const stop = new StopSequenceFilter(sequences);
  let shown = '';
  for (const piece of pieces) {
    shown += stop.push(piece);
    if (stop.hit !== undefined) return { shown, hit: stop.hit };
  }
  return { shown: shown + stop.flush(), hit: undefined };
}

const cases = [
  { name: 'nothing to stop at', sequences: [], pieces: ['one', 'two'], shown: 'onetwo', hit: undefined },
  { name: 'inside one piece', sequences: ['</block>'], pieces: ['yes</block>no'], shown: 'yes', hit: '</block>' },
  { name: 'across pieces', sequences: ['</block>'], pieces: ['yes<', '/blo', 'ck>no'], shown: 'yes', hit: '</block>' },
  {
    name: 'a beginning that is none',
    sequences: ['</block>'],
    pieces: ['yes</bl', 'ue>'],
    shown: 'yes</blue>',
    hit: undefined,
  },
  {
    name: 'a beginning at the very end',
    sequences: ['</block>'],
    pieces: ['yes</bl'],
    shown: 'yes</bl',
    hit: undefined,
  },
  { name: 'a beginning inside a beginning', sequences: ['aab'], pieces: ['a', 'a', 'a', 'b'], shown: 'a', hit: 'aab' },
  { name: 'the one complete first wins', sequences: ['abcd', 'bc'], pieces: ['xabcd'], shown: 'xa', hit: 'bc' },
  {
    name: 'of two complete at once the longer wins',
    sequences: ['bc', 'abc'],
    pieces: ['xabc'],
    shown: 'x',
    hit: 'abc',
  },
  { name: 'blank lines', sequences: ['\n\n'], pieces: ['a\n', '\nb'], shown: 'a', hit: '\n\n' },
  { name: 'empty sequences are no sequences', sequences: [''], pieces: ['a'], shown: 'a', hit: undefined },
];

for (const { name, sequences, pieces, shown, hit } of cases) {
  test(`stop sequences: ${name}`, () => expect(filter(sequences, pieces)).toEqual({ shown, hit }));
}

test('however the text is cut, the same is shown and the same sequence found', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  const sequences = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 }), { maxLength: 3 });
  fc.assert(
    fc.property(sequences, fc.array(text, { maxLength: 6 }), (stops, pieces) => {
      expect(filter(stops, pieces)).toEqual(filter(stops, [pieces.join('')]));
    }),
  );
});
