import { expect, test } from 'bun:test';
import { argumentName, argumentNamesOf, sameNames } from './argument-names.ts';

const taken = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

test.each(['x-y', '1st', '$id', 'größe', 'a.b', 'n'.repeat(65), '', ' '])(
  '%j gets a name that Gemini takes',
  (name) => {
    expect(argumentName(name)).toMatch(taken);
    expect(argumentName(name)).toBe(argumentName(name));
  },
);

test.each(['path', '_a', 'n'.repeat(64), 'A1'])('%j stays', (name) => {
  expect(argumentName(name)).toBe(name);
});

test('different names stay different', () => {
  expect(argumentName('a-b')).not.toBe(argumentName('a.b'));
});

const schema = {
  type: 'object',
  properties: { 'x-y': {}, plain: { items: { $ref: '#/$defs/inner' } } },
  $defs: { inner: { properties: { 'in-ner': {} } } },
};

test('arguments are written in the names of the schemas, and read back', () => {
  const names = argumentNamesOf([schema]);
  const args = { 'x-y': { 'free-key': 1 }, plain: [{ 'in-ner': 'x-y' }] };
  const written = names.write(args);
  expect(JSON.stringify(written)).toBe(
    `{"${argumentName('x-y')}":{"free-key":1},"plain":[{"${argumentName('in-ner')}":"x-y"}]}`,
  );
  expect(names.read(written)).toEqual(args);
});

test('where every name is taken, nothing is copied', () => {
  const names = argumentNamesOf([{ properties: { a: {} } }]);
  expect(names).toBe(sameNames);
  const args = { a: { 'x-y': 1 } };
  expect(names.write(args)).toBe(args);
});
