import { expect, test } from 'bun:test';
import { readToolInput, repairToolInput } from './tool-input.ts';

const repaired: readonly [string, string, object | undefined][] = [
  ['an object', '{"a":{"b":[1,2]}}', { a: { b: [1, 2] } }],
  ['nothing at all', '', {}],
  ['blanks', ' \n', {}],
  ['null', 'null', {}],
  ['text after the closing brace', '{"a":"}"}</tool_call>', { a: '}' }],
  ['a brace too many', '{"a":1}}', { a: 1 }],
  ['the whole twice', '{"a":1}{"a":1}', { a: 1 }],
  ['a trailing comma', '{"a":[1,2,],"b":",}",}', { a: [1, 2], b: ',}' }],
  ['a string that holds the JSON', '"{\\"a\\":\\"b\\"}"', { a: 'b' }],
  ['two different objects', '{"a":1}{"b":2}', undefined],
  ['a cut object', '{"a":"b', undefined],
  ['an array', '[1]', undefined],
  ['a number', '7', undefined],
  ['plain words', 'ls -l', undefined],
  ['a string of words', '"ls -l"', undefined],
];

for (const [name, text, expected] of repaired) {
  test(`tool input: ${name}`, () => expect<object | undefined>(repairToolInput(text)).toEqual(expected));
}

test('only a whole JSON object counts as read without repair', () => {
  expect(readToolInput('{"a":1}')).toEqual({ a: 1 });
  for (const text of ['', '{"a":1', '[]', 'null', '"{}"', '{"a":1}}']) expect(readToolInput(text)).toBeUndefined();
});

test('a megabyte of broken arguments is read in one pass: a quadratic one would not end', () => {
  expect(repairToolInput(`{"a":"${'\\"x{'.repeat(300_000)}`)).toBeUndefined();
  expect(repairToolInput('{'.repeat(1_000_000))).toBeUndefined();
});
