import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { pieceCall } from '../../../test/upstreams/gemini/streamed-arguments.ts';
import { isRecord } from '../../messages/json.ts';
import { StreamedArguments, UnreadableArguments } from './streamed-arguments.ts';

function read(...pieces: readonly unknown[]): unknown {
  const input = new StreamedArguments();
  for (const piece of pieces) input.add([piece]);
  return JSON.parse(input.json);
}

const text = (jsonPath: string, stringValue: string, willContinue = false) => ({ jsonPath, stringValue, willContinue });

describe('pieces become an object', () => {
  test.each<[string, unknown[], unknown]>([
    ['no pieces', [], {}],
    ['one text in pieces', [text('$.a', 'x', true), text('$.a', 'y', true), text('$.a', 'z')], { a: 'xyz' }],
    ['the same place again, after its text has ended', [text('$.a', 'x'), text('$.a', 'y')], { a: 'y' }],
    ['a text that begins with nothing', [{ jsonPath: '$.a', willContinue: true }, text('$.a', 'x')], { a: 'x' }],
    [
      'a text whose last piece holds nothing',
      [text('$.a', 'x', true), { jsonPath: '$.a' }, text('$.b', 'y')],
      { a: 'x', b: 'y' },
    ],
    [
      'every kind of value',
      [
        { jsonPath: '$.n', numberValue: 0 },
        { jsonPath: '$.t', boolValue: false },
        { jsonPath: '$.o', nullValue: 'NULL_VALUE' },
        text('$.s', ''),
      ],
      { n: 0, t: false, o: null, s: '' },
    ],
    [
      'lists, and lists in lists',
      [text('$.a[0]', 'x'), text('$.a[1].b', 'y'), { jsonPath: '$.a[2][0]', numberValue: 1 }],
      { a: ['x', { b: 'y' }, [1]] },
    ],
    ['names in brackets', [text(`$['a b']["c'd"]['e\\'f']`, 'x')], { 'a b': { "c'd": { "e'f": 'x' } } }],
    [
      'escapes in names',
      [text(String.raw`$['\u00e9\ud83d\ude00\n\\']`, 'x'), text(String.raw`$["a\"b\/c"]`, 'y')],
      { 'é😀\n\\': 'x', 'a"b/c': 'y' },
    ],
    ['a path without its head', [text('a.b', 'x')], { a: { b: 'x' } }],
    ['a name in a strange alphabet', [text('$.größe', 'x')], { größe: 'x' }],
  ])('%s', (_name, pieces, whole) => {
    expect(read(...pieces)).toEqual(whole);
  });

  test('a name that means something to JavaScript is a name', () => {
    expect(JSON.stringify(read(text('$.__proto__.polluted', 'x'), text('$.constructor', 'y')))).toBe(
      '{"__proto__":{"polluted":"x"},"constructor":"y"}',
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('whatever object is cut into pieces comes out whole', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), tie('any'), { minKeys: 1, maxKeys: 3 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), value, { maxKeys: 4 }), (args) => {
        const input = new StreamedArguments();
        for (const { functionCall } of pieceCall({ functionCall: { name: 'Read', args } })) {
          if (isRecord(functionCall) && Array.isArray(functionCall.partialArgs)) input.add(functionCall.partialArgs);
        }
        expect(input.json).toBe(JSON.stringify(JSON.parse(JSON.stringify(args))));
      }),
      { numRuns: 200 },
    );
  });
});

describe('pieces that do not add up', () => {
  test.each<[string, unknown]>([
    ['more than one place', text('$..a', 'x')],
    ['a filter', text('$.a[?@.b]', 'x')],
    ['all of a list', text('$.a[*]', 'x')],
    ['the whole object', text('$', 'x')],
    ['no place', { stringValue: 'x' }],
    ['a gap in a list', text('$.a[3]', 'x')],
    ['a huge gap in a list', text('$.a[4294967294]', 'x')],
    ['too deep', text(`$${'.a'.repeat(200)}`, 'x')],
  ])('%s is an error, not a guess', (_name, piece) => {
    expect(() => read(piece)).toThrow(UnreadableArguments);
  });

  test('a list is no object: a name in it is an error', () => {
    expect(() => read(text('$.a[0]', 'x'), text('$.a.b', 'y'))).toThrow(UnreadableArguments);
  });

  test('what is no piece at all is passed over', () => {
    expect(read(null, 'x', 7, text('$.a', 'b'))).toEqual({ a: 'b' });
  });
});
