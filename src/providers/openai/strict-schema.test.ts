import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { strictSchemaFault } from '../../../test/upstreams/openai/schema-rules.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';
import { fitsStrictSubset } from './strict-schema.ts';

const object = (properties: object, more: object = {}): JsonSchema => ({ type: 'object', properties, ...more });
const closed = (properties: object, more: object = {}): JsonSchema =>
  object(properties, { required: Object.keys(properties), additionalProperties: false, ...more });
const text = { type: 'string' };

const inside: readonly (readonly [string, JsonSchema])[] = [
  ['closed, all required', closed({ a: text })],
  ['nothing in it', closed({})],
  [
    'a draft and titles',
    closed({ a: { ...text, title: 'A' } }, { $schema: 'http://json-schema.org/draft-07/schema#' }),
  ],
  ['a date or nothing', closed({ a: { anyOf: [{ ...text, format: 'date' }, { type: 'null' }] } })],
  ['a list with limits', closed({ a: { type: 'array', items: text, minItems: 1 } })],
  [
    'a definition that holds itself',
    closed({ a: { $ref: '#/$defs/d' } }, { $defs: { d: closed({ b: { $ref: '#' } }) } }),
  ],
];

test.each(inside)('inside the strict subset: %s', (_, schema) => {
  expect(strictSchemaFault(schema)).toBeUndefined();
  expect(fitsStrictSubset(schema)).toBe(true);
});

const outside: readonly (readonly [string, JsonSchema])[] = [
  ['open', object({ a: text }, { required: ['a'] })],
  ['an optional property', closed({ a: text, b: text }, { required: ['a'] })],
  ['a required property that is none', closed({ a: text }, { required: ['a', 'b'] })],
  ['no object', { type: 'array', items: text }],
  ['alternatives at the root', closed({}, { anyOf: [] })],
  ['an open object inside', closed({ a: { type: 'array', items: object({}) } })],
  ['an open object that may be null', closed({ a: { type: ['object', 'null'] } })],
  ['a word that is not enforced, inside', closed({ a: { anyOf: [{ allOf: [] }] } })],
  ['a default', closed({ a: { ...text, default: 'x' } })],
  ['an address', closed({ a: { ...text, format: 'uri' } })],
  ['a shortest length', closed({ a: { ...text, minLength: 1 } })],
  ['unlike items', closed({ a: { type: 'array', items: text, uniqueItems: true } })],
  ['names of properties', closed({}, { propertyNames: text })],
  ['anything', closed({ a: {} })],
  ['words beside a reference', closed({ a: { $ref: '#/$defs/d', description: 'd' } }, { $defs: { d: text } })],
  ['a list of anything', closed({ a: { type: 'array' } })],
  ['an open definition', closed({ a: { $ref: '#/$defs/d' } }, { $defs: { d: object({}) } })],
];

test.each(outside)('outside the strict subset: %s', (_, schema) => {
  expect(fitsStrictSubset(schema)).toBe(false);
});

/** Schemas that are nearly always inside, and sometimes have one thing too many. */
const anySchema = fc.letrec<{ schema: JsonSchema }>((tie) => {
  const plain = fc.constantFrom<JsonSchema>(text, { type: ['integer', 'null'] }, { type: 'string', enum: ['a'] }, {});
  const extra = fc.constantFrom<JsonSchema>(
    { default: 'x' },
    { format: 'date' },
    { format: 'uri' },
    { minLength: 1 },
    { pattern: '^a' },
    { uniqueItems: true },
    { required: ['a', 'z'] },
    { additionalProperties: {} },
    { anyOf: [text] },
  );
  const node = fc.oneof(
    { maxDepth: 3 },
    plain,
    fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')).map((properties) => closed(properties)),
    tie('schema').map((items) => ({ type: 'array', items })),
    tie('schema').map((only) => ({ anyOf: [only, { type: 'null' }] })),
  );
  const more = fc.option(extra, { freq: 9, nil: {} });
  return { schema: fc.tuple(node, fc.boolean(), more).map(([own, much, more]) => (much ? { ...own, ...more } : own)) };
}).schema;

test('what is sent as strict is never refused as not strict', () => {
  let fitting = 0;
  fc.assert(
    fc.property(anySchema, (inner) => {
      const schema = closed({ a: inner });
      if (!fitsStrictSubset(schema)) return;
      fitting += 1;
      expect(strictSchemaFault(schema)).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
  expect(fitting).toBeGreaterThan(100);
});
