import { expect, test } from 'bun:test';
import { jsonSchemaForm } from './json-schema-form.ts';

const form = (schema: object) => jsonSchemaForm(schema).schema;
/** What becomes of a property's schema. */
const property = (schema: unknown, more: object = {}): unknown =>
  form({ type: 'object', properties: { it: schema }, ...more }).properties?.it;

const written: readonly (readonly [name: string, before: unknown, after: unknown])[] = [
  ['marks for programs go', { $id: 'a', $comment: 'b', 'x-c': 1, type: 'string' }, { type: 'string' }],
  ['several types stay', { type: ['string', 'null'] }, { type: ['string', 'null'] }],
  ['a type is read in any letters', { type: 'STRING' }, { type: 'string' }],
  ["OpenAPI's nullable is a type", { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  ['any value stays any', {}, {}],
  ['true is any value', true, {}],
  ['properties make an object', { properties: { a: {} } }, { type: 'object', properties: { a: {} } }],
  ['an array says something of its items', { type: 'array' }, { type: 'array', items: {} }],
  ['const is a list of one', { const: 'a' }, { type: 'string', enum: ['a'] }],
  ['numbers may be listed', { enum: [1, 2] }, { type: 'integer', enum: [1, 2] }],
  [
    'values of several types are alternatives',
    { enum: ['a', null, 1.5] },
    { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'number', enum: [1.5] }, { type: 'null' }] },
  ],
  ['values that the type forbids go', { type: 'string', enum: ['a', 1] }, { type: 'string', enum: ['a'] }],
  ['true or false needs no list', { enum: [true, false] }, { type: 'boolean' }],
  ['one of the two is told', { const: true }, { type: 'boolean', description: 'If true or false: true.' }],
  ['objects cannot be listed', { enum: [{ a: 1 }] }, { description: 'One of: {"a":1}.' }],
  [
    'oneOf is anyOf',
    { oneOf: [{ type: 'string' }, { type: 'null' }] },
    { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'Exactly one of the alternatives.' },
  ],
  [
    'alternatives that only name values are one list',
    {
      anyOf: [
        { type: 'string', enum: ['a', 'b'] },
        { type: 'string', const: 'c' },
      ],
    },
    { type: 'string', enum: ['a', 'b', 'c'] },
  ],
  ['a single alternative is none', { anyOf: [{ type: 'string' }] }, { type: 'string' }],
  ['an impossible alternative goes', { anyOf: [{ type: 'string' }, false] }, { type: 'string' }],
  [
    'alternatives that only require are told',
    { type: 'object', properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
    {
      type: 'object',
      properties: { a: {}, b: {} },
      description: 'One of these holds: {"required":["a"]}, {"required":["b"]}.',
    },
  ],
  [
    'allOf is one schema',
    {
      description: 'mine',
      allOf: [
        { type: 'object', properties: { a: { minimum: 1 } }, required: ['a'], description: 'yours' },
        { properties: { a: { type: 'number', minimum: 3 }, b: {} }, required: ['b'] },
      ],
    },
    {
      type: 'object',
      description: 'mine\nyours',
      properties: { a: { type: 'number', minimum: 3 }, b: {} },
      required: ['a', 'b'],
    },
  ],
  ['a whole number above another', { type: 'integer', exclusiveMinimum: 0 }, { type: 'integer', minimum: 1 }],
  [
    'the same as draft 4 wrote it',
    { type: 'integer', minimum: 0, exclusiveMinimum: true },
    { type: 'integer', minimum: 1 },
  ],
  [
    'any number above another',
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'number', minimum: 0, description: 'Greater than 0.' },
  ],
  [
    'places of a list',
    { type: 'array', prefixItems: [{ type: 'string' }], items: false },
    { type: 'array', prefixItems: [{ type: 'string' }], maxItems: 1 },
  ],
  [
    'the same as older drafts wrote it',
    { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'number' } },
    { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } },
  ],
  [
    'a long bound is told',
    { type: 'array', maxItems: 5_000 },
    { type: 'array', items: {}, description: 'At most 5000 items.' },
  ],
  ['a map stays', { type: 'object', additionalProperties: {} }, { type: 'object', additionalProperties: {} }],
  [
    'keys are told',
    { type: 'object', propertyNames: { pattern: '^a' }, additionalProperties: { type: 'string' } },
    { type: 'object', additionalProperties: { type: 'string' }, description: 'Keys that match ^a.' },
  ],
  [
    'patterns are not shut out by what holds for other keys',
    { type: 'object', patternProperties: { '^x': { type: 'number' } }, additionalProperties: false },
    { type: 'object', additionalProperties: { type: 'number' }, description: 'Keys that match ^x: {"type":"number"}.' },
  ],
  [
    'a property that may not be is told',
    { type: 'object', properties: { a: {}, b: false } },
    { type: 'object', properties: { a: {} }, description: 'Without b.' },
  ],
  [
    'a requirement of what is not listed is told',
    { type: 'object', properties: { a: {} }, required: ['a', 'b'] },
    { type: 'object', properties: { a: {} }, required: ['a'], description: 'Must have: "b".' },
  ],
  [
    'names of arguments are no keywords',
    { type: 'object', properties: { pattern: { type: 'string' }, format: {}, $ref: {}, not: {} } },
    { type: 'object', properties: { pattern: { type: 'string' }, format: {}, $ref: {}, not: {} } },
  ],
  [
    'a reference to nowhere may be anything',
    { $ref: 'https://a.example/b.json' },
    { description: expect.stringContaining('b.json') },
  ],
];

test.each(written)('%s', (_, before, after) => {
  expect(property(before)).toEqual(after);
});

const told: readonly (readonly [schema: object, words: string])[] = [
  [{ type: 'string', pattern: '^a+$' }, 'Must match the pattern ^a+$.'],
  [{ type: 'string', minLength: 1, maxLength: 3 }, 'At least 1 character. At most 3 characters.'],
  [{ type: 'integer', multipleOf: 5 }, 'Multiple of 5.'],
  [{ type: 'array', items: {}, uniqueItems: true }, 'No item occurs twice.'],
  [
    { type: 'array', items: {}, contains: { const: 1 }, maxContains: 2 },
    'At least 1 and at most 2 of the items: {"const":1}.',
  ],
  [{ type: 'object', minProperties: 1, maxProperties: 2 }, 'At least 1 property. At most 2 properties.'],
  [{ type: 'object', dependentRequired: { a: ['b'] } }, 'If a is given, so must be "b".'],
  [{ type: 'object', unevaluatedProperties: false }, 'No other properties.'],
  [{ type: 'string', not: { const: 'a' } }, 'Must not be: {"const":"a"}.'],
  [{ type: 'string', if: { const: 'a' }, else: { minLength: 2 } }, 'If {"const":"a"}, else {"minLength":2}.'],
  [{ type: 'string', contentEncoding: 'base64' }, 'Encoded as base64.'],
  [{ type: 'string', examples: ['a', 'b'] }, 'Examples: "a", "b".'],
  [{ type: 'string', deprecated: true, readOnly: true }, 'Deprecated. Read-only.'],
];

test.each(told)('%j is told in words', (schema, words) => {
  expect(property(schema)).toMatchObject({ description: words });
  expect(property({ ...schema, description: 'What it is.' })).toMatchObject({ description: `What it is.\n${words}` });
});

test('references are replaced by what they mean, and what is beside them holds as well', () => {
  const $defs = { name: { type: 'string', description: 'a name' } };
  expect(property({ $ref: '#/$defs/name', description: 'of the file' }, { $defs })).toEqual({
    type: 'string',
    description: 'of the file\na name',
  });
  expect(property({ $ref: '#/definitions/a~1b%25' }, { definitions: { 'a/b%': { type: 'number' } } })).toEqual({
    type: 'number',
  });
});

test('a schema that holds itself is referred to where it may be absent', () => {
  const tree = { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/$defs/tree' } } } };
  const { schema, cuts } = jsonSchemaForm({
    type: 'object',
    properties: { top: { $ref: '#/$defs/tree' } },
    $defs: { tree },
  });
  expect(schema).toEqual({
    type: 'object',
    properties: { top: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/$defs/tree' } } } } },
    $defs: { tree: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/$defs/tree' } } } } },
  });
  expect(cuts).toEqual([]);
});

test('nothing but words with a dollar stands beside a reference', () => {
  const { schema } = jsonSchemaForm({ type: 'object', properties: { again: { $ref: '#', description: 'the same' } } });
  expect(schema.properties?.again).toEqual({ anyOf: [{ $ref: '#/$defs/whole' }], description: 'the same' });
});

test('where it must be there, it is written a few times and then cut, and that is listed', () => {
  const list = { type: 'object', properties: { next: { $ref: '#/$defs/list' } }, required: ['next'] };
  const { schema, cuts } = jsonSchemaForm({
    type: 'object',
    properties: { first: { $ref: '#/$defs/list' } },
    $defs: { list },
  });
  const text = JSON.stringify(schema);
  expect(text).not.toContain('$ref');
  expect(text.match(/"next":\{/g)).toHaveLength(3);
  expect(text).toContain('"description":"Nested in the same way as list.","type":"object"');
  expect(cuts).toEqual(['it holds itself, and is cut after 3 times']);
});

test('a name that every object inherits is a name like others', () => {
  const schema: object = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
  );
  expect(JSON.stringify(form(schema))).toBe(JSON.stringify(schema));
});

const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const definitions = (make: (index: number) => object, count = 40) =>
  Object.fromEntries([...times(count, (at) => [`d${at}`, make(at)] as const), [`d${count}`, { type: 'string' }]]);
const next = (index: number) => ({ $ref: `#/$defs/d${index + 1}` });
const nested = (make: (inner: object) => object) =>
  times(10_000, () => make).reduce<object>((inner, wrap) => wrap(inner), {});

const hostile: readonly (readonly [name: string, schema: () => object])[] = [
  [
    'ten thousand alternatives',
    () => ({ anyOf: times(10_000, (at) => ({ type: 'object', properties: { [`p${at}`]: {} } })) }),
  ],
  ['ten thousand values', () => ({ properties: { a: { anyOf: times(10_000, (at) => ({ const: `v${at}` })) } } })],
  [
    'ten thousand properties',
    () => ({ properties: Object.fromEntries(times(10_000, (at) => [`p${at}`, { pattern: 'a' }])) }),
  ],
  ['ten thousand levels of objects', () => nested((inner) => ({ type: 'object', properties: { a: inner } }))],
  ['ten thousand levels of allOf', () => nested((inner) => ({ allOf: [inner] }))],
  ['ten thousand levels of not', () => nested((inner) => ({ not: inner, if: inner, else: inner }))],
  ['ten thousand references in a row', () => ({ ...next(-1), $defs: definitions(next, 10_000) })],
  [
    'a diamond of properties',
    () => ({ ...next(-1), $defs: definitions((at) => ({ properties: { a: next(at), b: next(at) } })) }),
  ],
  ['a diamond of allOf', () => ({ ...next(-1), $defs: definitions((at) => ({ allOf: [next(at), next(at)] })) })],
  [
    'a diamond of anyOf',
    () => ({ ...next(-1), $defs: definitions((at) => ({ anyOf: [next(at), { items: next(at) }] })) }),
  ],
  ['a reference to itself', () => ({ $ref: '#' })],
  [
    'allOf that holds itself',
    () => ({ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } }),
  ],
  [
    'thirty schemas that hold each other',
    () => {
      const every = Object.fromEntries(times(30, (at) => [`p${at}`, { $ref: `#/$defs/d${at}` }]));
      const $defs = Object.fromEntries(
        times(30, (at) => [`d${at}`, { properties: every, required: Object.keys(every) }]),
      );
      return { $ref: '#/$defs/d0', $defs };
    },
  ],
];

test.each(hostile)('%s: neither time nor room is lost to it', (_, make) => {
  const schema = make();
  const start = performance.now();
  const text = JSON.stringify(form(schema));
  expect(performance.now() - start).toBeLessThan(4_000);
  expect(text.length).toBeLessThan(1_000_000);
});

test('a schema that is too large is cut at its depths, and its first properties are still told', () => {
  const wide = (depth: number): object => ({
    type: 'object',
    properties: Object.fromEntries(times(12, (at) => [`p${at}`, depth === 0 ? { type: 'string' } : wide(depth - 1)])),
  });
  const { schema, cuts } = jsonSchemaForm(wide(4));
  expect(Object.keys(schema.properties ?? {})).toHaveLength(12);
  expect(Object.keys(schema.properties?.p11?.properties ?? {})).toHaveLength(12);
  expect(cuts).toContain('it is written 2 levels deep, what is below only in part');
});
