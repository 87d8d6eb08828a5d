import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { JsonScanner, NotJson } from './json-scanner.ts';

/** JSON of a value with white space anywhere it may stand, and with characters escaped that need not be. */
function written(value: unknown, choose: () => number): string {
  const space = () => ['', ' ', '\n', '\t', '\r\n'][choose() % 5] ?? '';
  const text = (plain: string) =>
    JSON.stringify(plain).replaceAll(/[\x20-\x7e]/g, (letter) =>
      '"\\/bfnrtu'.includes(letter) || choose() % 8 > 0 || plain.includes('\\')
        ? letter
        : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const write = (part: unknown): string => {
    if (typeof part === 'string') return /["\\\p{Cc}\p{Cs}]/u.test(part) ? JSON.stringify(part) : text(part);
    if (Array.isArray(part)) return `[${space()}${part.map((one) => write(one) + space()).join(`,${space()}`)}]`;
    if (typeof part === 'object' && part !== null) {
      const members = Object.entries(part).map(
        ([key, one]) => `${write(key)}${space()}:${space()}${write(one)}${space()}`,
      );
      return `{${space()}${members.join(`,${space()}`)}}`;
    }
    return JSON.stringify(part);
  };
  return space() + write(value) + space();
}

const bytesOf = (value: unknown, seed: number) => {
  let state = seed;
  const choose = () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state >> 8;
  };
  return Buffer.from(written(value, choose));
};

test('every member of every JSON object is found where it stands', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), fc.nat(), (object, seed) => {
      const bytes = bytesOf(object, seed);
      const found: [string, unknown][] = [];
      const scanner = new JsonScanner(bytes);
      scanner.eachMember((key, start) => {
        expect(bytes[start]).toBe(0x22);
        if (found.length % 2 === 0) found.push([key, scanner.value()]);
        else {
          const at = scanner.at;
          found.push([key, scanner.valueOf(scanner.skip())]);
          scanner.at = at;
        }
      });
      expect(found).toEqual(Object.entries(JSON.parse(bytes.toString())));
    }),
  );
});

test('every element of every JSON array is found where it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(), (array, seed) => {
      const bytes = bytesOf(array, seed);
      const scanner = new JsonScanner(bytes);
      const found: unknown[] = [];
      scanner.eachElement((index) => {
        expect(index).toBe(found.length);
        found.push(scanner.value());
      });
      expect(found).toEqual(JSON.parse(bytes.toString()));
      expect(scanner.peek()).toBe(-1);
    }),
  );
});

test.each([0, 1, 40, 47, 48, 49, 50, 96, 5000])('a string of %d letters ends at its own quote', (length) => {
  for (const tail of ['', '\\', '"', '\\"', '\\\\', '"\\"', '\\\\"', '"'.repeat(9)]) {
    const value = `${'x'.repeat(length)}${tail}`;
    const scanner = new JsonScanner(Buffer.from(`[${JSON.stringify(value)},1]`));
    const found: unknown[] = [];
    scanner.eachElement(() => {
      found.push(scanner.value());
    });
    expect(found).toEqual([value, 1]);
  }
});

describe('what is cut off or no JSON', () => {
  test.each([
    '',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":"x',
    '{"a":"x\\',
    '{"a":[1,{"b":2}',
    '{a:1}',
    '[1]',
    '{"a":}',
    '{"a":1 "b":2}',
  ])('%p is told from an object', (text) => {
    expect(() => new JsonScanner(Buffer.from(text)).eachMember(() => true)).toThrow(NotJson);
  });

  test('never ends in anything else, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, cut) => {
        const text = JSON.stringify(object);
        const scanner = new JsonScanner(Buffer.from(text.slice(0, cut % text.length)));
        expect(() => scanner.eachMember(() => true)).toThrow(NotJson);
      }),
    );
  });
});
