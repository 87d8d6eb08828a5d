import { expect, test } from 'bun:test';
import { acceptedTypes, acceptsEmpty, isListed, isOptional, itemOf, memberOf } from './schema-place.ts';

test('schemas that refer to each other and fan out take no long time, and nothing is known of them', () => {
  const startedAt = performance.now();
  const references = Array.from({ length: 10 }, () => ({ $ref: '#' }));
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const root = { [word]: references };
    const place = { schema: root, root };
    expect(acceptedTypes(place)).toBeUndefined();
    expect(acceptsEmpty(place)).toBe(true);
    expect(isOptional(place, 'a')).toBe(false);
    expect(isListed(place, 'a')).toBe(true);
    expect(acceptedTypes(memberOf(place, 'a'))).toBeUndefined();
    expect(acceptedTypes(itemOf(place))).toBeUndefined();
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('what a reference and a choice say holds', () => {
  const schema = { properties: { a: { $ref: '#/$defs/text' }, b: { anyOf: [{ type: 'integer' }, { type: 'null' }] } } };
  const root = { ...schema, $defs: { text: { type: 'string', minLength: 1 } } };
  const place = { schema: root, root };
  expect([...(acceptedTypes(memberOf(place, 'a')) ?? [])]).toEqual(['string']);
  expect(acceptsEmpty(memberOf(place, 'a'))).toBe(false);
  expect([...(acceptedTypes(memberOf(place, 'b')) ?? [])]).toEqual(['integer', 'null']);
  expect(isOptional(place, 'a')).toBe(true);
});

test.each([
  ['^[a-z]+$', false],
  ['^.*$', true],
  ['(', true],
  ['^(?:|){60}\\b', true],
])('an empty text and the pattern %p: accepted %p, at once', (pattern, accepted) => {
  const startedAt = performance.now();
  const schema = { type: 'string', pattern };
  expect(acceptsEmpty({ schema, root: schema })).toBe(accepted);
  expect(performance.now() - startedAt).toBeLessThan(200);
});
