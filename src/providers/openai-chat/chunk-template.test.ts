import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { ChunkTemplate } from './chunk-template.ts';

type Parse = (data: string) => unknown;

/** What a parser makes of each piece of data, as a copy: the template fills the same chunk again. */
function outcomes(parse: Parse, data: readonly string[]): readonly unknown[] {
  return data.map((one) => {
    try {
      return structuredClone(parse(one));
    } catch (error) {
      return error instanceof SyntaxError ? 'no JSON' : error;
    }
  });
}

function expectPlainOutcome(data: readonly string[]): void {
  const template = new ChunkTemplate();
  const plain = outcomes(JSON.parse, data);
  expect(outcomes((one) => template.parse(one), data)).toEqual([...plain]);
}

/** How often JSON.parse runs while a new template reads the data. */
function parsesOf(data: readonly string[]): number {
  const template = new ChunkTemplate();
  const original = JSON.parse;
  let parses = 0;
  JSON.parse = (text: string) => {
    parses += 1;
    return original(text);
  };
  try {
    for (const one of data) template.parse(one);
  } finally {
    JSON.parse = original;
  }
  return parses;
}

const deltas: readonly ((text: string) => string)[] = [
  (text) => `{"content":${text}}`,
  (text) => `{ "content" : ${text} }`,
  (text) => `{"role":"assistant","content":${text},"refusal":null}`,
  (text) => `{"reasoning_content":${text}}`,
  (text) => `{"reasoning":${text},"reasoning_details":[{"text":${text}}]}`,
  (text) => `{"reasoning":${text},"reasoning_content":${text}}`,
  (text) => `{"tool_calls":[{"index":0,"function":{"arguments":${text}}}]}`,
  (text) => `{"tool_calls":[{"function":{"arguments":${text}}},{"function":{"arguments":${text}}}]}`,
  // The last of two keys counts.
  (text) => `{"content":${text},"content":"b"}`,
  (text) => `{"content":"b","content":${text}}`,
  (text) => `{"content":"a","logprobs":{"content":${text}},"content":"a"}`,
  (text) => `{"${'\\u0063'}ontent":${text}}`,
  (text) => `{"__proto__":{"content":${text}}}`,
  (text) => `{"content":[{"type":"text","text":${text}}]}`,
  (text) => `{"content":null,"refusal":${text}}`,
  (text) => `[${text}]`,
];
const envelopes: readonly ((delta: string) => string)[] = [
  (delta) => `{"id":"x","choices":[{"index":0,"delta":${delta},"finish_reason":null}],"usage":null}`,
  (delta) => `{"id":"x","choices":[{"index":0,"delta":${delta},"finish_reason":null}],"obfuscation":"ab"}`,
  (delta) => `{"id":"content","choices":[{"index":0,"delta":${delta},"finish_reason":"stop"}]}`,
  (delta) => `{"choices":[{"delta":${delta}}],"choices":[{"delta":{"content":"b"}}]}`,
  (delta) => `{"choices":[{"index":0,"delta":${delta}},{"index":1,"delta":${delta}}]}`,
  (delta) => `{"error":{"message":"no"},"choices":[{"delta":${delta}}]}`,
  (delta) => `{"choices":[{"delta":${delta}}`,
];
/** As JSON writes them, and as it must not be written. */
const literal = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('"a"', '"b"', '" the"', '""', '"ü"', '"漢字 👋"') },
  { weight: 2, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map((text) => `"${text}"`) },
  fc.constantFrom('"\\n"', '"\\u0022"', '"\\\\"', '"\n"', '"\u0000"', '"a"}"', '"content"', 'null', '1', '{}'),
  fc.constantFrom('"a","content":"c"', '"where-does-this-piece-go"', '"},\\"finish_reason\\":null"', '"\u2028\u007f"'),
);
const chunk = fc
  .tuple(fc.constantFrom(...envelopes.keys()), fc.constantFrom(...deltas.keys()), literal)
  .map(([envelope, delta, text]) => envelopes[envelope]?.(deltas[delta]?.(text) ?? '') ?? '');

test('any sequence of chunks is read as JSON.parse reads it', () => {
  fc.assert(fc.property(fc.array(chunk, { maxLength: 12 }), expectPlainOutcome), { numRuns: 2000 });
});

test('any texts in one envelope are read as JSON.parse reads them', () => {
  const sequence = fc
    .tuple(
      fc.constantFrom(...envelopes.keys()),
      fc.constantFrom(...deltas.keys()),
      fc.array(literal, { maxLength: 12 }),
    )
    .map(([envelope, delta, texts]) => texts.map((text) => envelopes[envelope]?.(deltas[delta]?.(text) ?? '') ?? ''));
  fc.assert(fc.property(sequence, expectPlainOutcome), { numRuns: 2000 });
});

test('a text in which the end of the chunk stands is read whole, and a chunk that is cut is no chunk', () => {
  const of = (text: string) => `{"choices":[{"delta":{"content":${JSON.stringify(text)}}}]}`;
  expectPlainOutcome([of('a'), of('"}}]}'), of('b'), of('b').slice(0, -1), of('"}}]}').slice(0, -3), of('')]);
  // Shorter than what stands before and behind the text: the two may not share characters.
  expectPlainOutcome(['{"choices":[{"delta":{"content":"aa"}}]}', '{"choices":[{"delta":{"content":"}}]}']);
});

test('a chunk that holds the very words of the probe teaches nothing', () => {
  const of = (first: string) => `{"choices":[{"delta":{"content":"${first}","content":"where-does-this-piece-go"}}]}`;
  expectPlainOutcome([of('where-does-this-piece-go'), of('a'), of('b')]);
});

const numbered = (count: number, of: (text: string, at: number) => string) =>
  Array.from({ length: count }, (_, at) => of(`"piece ${at}"`, at));

test('of many chunks in one envelope only the first is parsed', () => {
  for (const form of [0, 3, 6]) {
    const data = numbered(50, (text) => envelopes[0]?.(deltas[form]?.(text) ?? '') ?? '');
    // Once for itself and once with the probe in it.
    expect(parsesOf(data)).toBe(2);
  }
});

test('where every envelope is another, each chunk is soon parsed only once', () => {
  const data = numbered(50, (text, at) => `{"choices":[{"delta":{"content":${text}}}],"obfuscation":"${at}"}`);
  expect(parsesOf(data)).toBeLessThanOrEqual(54);
});
