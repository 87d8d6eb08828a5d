import { expect, test } from 'bun:test';
import type { JsonSchema } from '../../translation/tool-definition.ts';
import { cleanToolSchema } from './tool-schema.ts';

const object = (properties: object, more: object = {}): JsonSchema => ({ type: 'object', properties, ...more });

const cleaned: readonly (readonly [name: string, before: JsonSchema, after: JsonSchema])[] = [
  ['the name of the draft goes', { $schema: 'https://json-schema.org/x', $id: 'a', ...object({}) }, object({})],
  ['an empty schema is an object', {}, object({})],
  [
    'a root without a type is an object',
    { properties: { a: { type: 'string' } } },
    { properties: { a: { type: 'string' } }, type: 'object' },
  ],
  ['a root of another type is an object', { type: ['object', 'null'] }, object({})],
  [
    'an object without properties gets none',
    object({ a: { type: 'object' } }),
    object({ a: { type: 'object', properties: {} } }),
  ],
  ['an array without items gets any', object({ a: { type: 'array' } }), object({ a: { type: 'array', items: {} } })],
  [
    'a property that is no schema takes anything',
    object({ a: true, b: null, c: 'string', d: { type: 'string' } }),
    object({ a: {}, b: {}, c: {}, d: { type: 'string' } }),
  ],
  [
    'comments go wherever they stand',
    object({ a: { $comment: 'x', anyOf: [{ $id: 'y', type: 'string' }, { type: 'array' }] } }),
    object({ a: { anyOf: [{ type: 'string' }, { type: 'array', items: {} }] } }),
  ],
  [
    'a property that is called like a keyword stays',
    object({ $id: { type: 'string' }, $schema: { type: 'string' }, items: { type: 'array' } }),
    object({ $id: { type: 'string' }, $schema: { type: 'string' }, items: { type: 'array', items: {} } }),
  ],
  [
    'alternatives at the root become one object',
    {
      type: 'object',
      anyOf: [
        object({ a: { type: 'string' }, b: { type: 'number' } }, { required: ['a', 'b'] }),
        object({ a: { type: 'integer' }, c: {} }, { required: ['a'] }),
      ],
    },
    object({ a: { type: 'string' }, b: { type: 'number' }, c: {} }, { required: ['a'] }),
  ],
  [
    'what all branches of allOf require is required',
    { allOf: [object({ a: {} }, { required: ['a'] }), object({ b: {} }, { required: ['b'] })] },
    { properties: { a: {}, b: {} }, required: ['a', 'b'], type: 'object' },
  ],
  [
    'a branch that is a reference is looked up',
    { oneOf: [{ $ref: '#/$defs/x' }], $defs: { x: object({ a: {} }, { required: ['a'] }) } },
    { $defs: { x: object({ a: {} }, { required: ['a'] }) }, properties: { a: {} }, required: ['a'], type: 'object' },
  ],
  [
    'a root that is a reference is looked up',
    { $ref: '#/$defs/x', $defs: { x: object({ a: {} }) } },
    { $defs: { x: object({ a: {} }) }, type: 'object', properties: { a: {} } },
  ],
  ['enum and not go from the root', { ...object({}), enum: [{}], not: {} }, object({})],
];

test.each(cleaned)('%s', (_, before, after) => {
  const text = JSON.stringify(before);
  expect(cleanToolSchema(before, 'full')).toEqual(after);
  expect(JSON.stringify(before)).toBe(text);
});

test('what the server understands stays, key by key and in its order', () => {
  const schema = object(
    {
      z: { type: 'string', format: 'uri', pattern: '^h', minLength: 1, default: 'x' },
      a: { const: 3 },
      m: { type: 'object', properties: {}, propertyNames: { pattern: 'x' }, additionalProperties: {} },
      r: { $ref: '#/$defs/d' },
      n: { type: 'integer', exclusiveMinimum: 0, maximum: 9 },
    },
    { required: ['z'], additionalProperties: false, $defs: { d: { type: 'string' } } },
  );
  expect(JSON.stringify(cleanToolSchema(schema, 'full'))).toBe(JSON.stringify(schema));
});

test('for simple grammars references are inlined and rare words replaced', () => {
  const schema = object(
    {
      a: { $ref: '#/$defs/d', description: 'own' },
      b: { const: 3 },
      c: { type: 'object', additionalProperties: {}, propertyNames: {} },
      d: { type: 'array' },
      e: { type: 'array', items: { $ref: '#/$defs/d' } },
    },
    { $defs: { d: { type: 'string' } } },
  );
  expect(cleanToolSchema(schema, 'plain')).toEqual(
    object({
      a: { type: 'string', description: 'own' },
      b: { enum: [3] },
      c: { type: 'object', additionalProperties: true, properties: {} },
      d: { type: 'array', items: { type: 'string' } },
      e: { type: 'array', items: { type: 'string' } },
    }),
  );
});

test('a schema that holds itself ends', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
  const text = JSON.stringify(cleanToolSchema(object({ n: { $ref: '#/$defs/node' } }, { $defs: { node } }), 'plain'));
  expect(text.split('"next"').length - 1).toBe(8);
  expect(text).not.toContain('$ref');
});

test('odd references and keywords do not throw', () => {
  for (const words of ['full', 'plain'] as const) {
    for (const reference of ['#/%', 'http://x/y', '#/$defs/none', '#/properties/a/0/1', '']) {
      cleanToolSchema({ $ref: reference, properties: { a: { $ref: reference } } }, words);
    }
    cleanToolSchema({ properties: [], required: 'a', anyOf: [1, null, { properties: 4 }], items: [{}, 3] }, words);
  }
});

test('a schema that holds itself many times is inlined to no more than a server reads', () => {
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
  const node = {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { $ref: '#/$defs/node' }])),
  };
  const schema = { type: 'object', properties: { root: { $ref: '#/$defs/node' } }, $defs: { node } };
  const startedAt = performance.now();
  expect(JSON.stringify(cleanToolSchema(schema, 'plain')).length).toBeLessThan(200_000);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
