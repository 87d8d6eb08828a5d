import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { CitationMarkers, type MarkedPiece } from './citation-markers.ts';

function split(pieces: readonly string[], known: readonly number[] = [1, 2, 3]): readonly MarkedPiece[] {
  const markers = new CitationMarkers((number) => known.includes(number));
  const found = [...pieces.flatMap((piece) => markers.push(piece)), ...markers.flush()];
  const joined: MarkedPiece[] = [];
  for (const piece of found) {
    const last = joined.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text') joined.splice(-1, 1, { ...last, text: last.text + piece.text });
    else joined.push(piece);
  }
  return joined;
}

/** Texts as they are, markers as the numbers they cite. */
function shown(pieces: readonly MarkedPiece[]): unknown[] {
  return pieces.map((piece) => (piece.kind === 'text' ? piece.text : piece.numbers));
}

test.each<[text: string, pieces: unknown[]]>([
  ['Bun is out.[cite:1]', ['Bun is out.', [1]]],
  ['A [cite:1, 3], B[cite: 2].', ['A', [1, 3], ', B', [2], '.']],
  ['one[cite:1][cite:2]two', ['one', [1], [2], 'two']],
  ['twice[cite:2,2]', ['twice', [2]]],
  // A number that nothing has is left out, a marker that has no other is text.
  ['some[cite:1,9]', ['some', [1]]],
  ['none [cite:9] here', ['none [cite:9] here']],
  ['array[1] and [cite] and [cite:] and [cited:1]', ['array[1] and [cite] and [cite:] and [cited:1]']],
  ['half [cite:1', ['half [cite:1']],
  ['[[cite:1]]', ['[', [1], ']']],
  [`[cite:${'1,'.repeat(60)}1]`, [`[cite:${'1,'.repeat(60)}1]`]],
])('%s', (text, pieces) => {
  expect(shown(split([text]))).toEqual(pieces);
  expect(shown(split(text.split('')))).toEqual(pieces);
});

test('however the text is cut, the same markers are found, and nothing of it is lost', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '[cite:1]',
      '[cite:1, 2]',
      '[cite: 3]',
      ' [cite:9]',
      '[cite:',
      '[',
      ']',
      '  ',
      ', ',
      '7',
      '[c[cite:2]',
    ),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.array(fc.nat(8), { minLength: 1, maxLength: 8 }),
      (parts, cuts) => {
        const text = parts.join('');
        const whole = split([text]);
        expect(whole.map((one) => (one.kind === 'text' ? one.text : one.written)).join('')).toBe(text);
        const chunks: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const length = 1 + (cuts[turn % cuts.length] ?? 0);
          chunks.push(text.slice(at, at + length));
          at += length;
        }
        expect(split(chunks)).toEqual(whole);
        expect(split(text.split(''))).toEqual(whole);
      },
    ),
    { numRuns: 2000 },
  );
});

test('nothing is held back but what could become a marker', () => {
  const markers = new CitationMarkers(() => true);
  expect(markers.push('An ordinary sentence, with [brackets].')).toEqual([
    { kind: 'text', text: 'An ordinary sentence, with [brackets].' },
  ]);
  expect(markers.push('x [cit')).toEqual([{ kind: 'text', text: 'x' }]);
  expect(markers.push('y')).toEqual([{ kind: 'text', text: ' [city' }]);
});
