import fc from 'fast-check';

// JSON Schemas of draft 2020-12 as tools have them, and worse, with values that have a chance to be valid under them.

const names = ['a', 'b', 'kind', 'x-y', '$id', '1st', '__proto__'];
const name = fc.constantFrom(...names);
const word = fc.constantFrom('', 'a', 'b', 'red', '2024-01-01T00:00:00Z');
const whole = fc.integer({ min: -2, max: 4 });
const numeric = fc.oneof(whole, fc.constantFrom(0.5, 1.5, -0.5));
const scalar = fc.oneof(word, numeric, fc.boolean(), fc.constant(null));
const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'object', 'array');
const few = { maxLength: 3 } as const;
const some = { minLength: 1, maxLength: 3 } as const;

type Schema = Readonly<Record<string, unknown>> | boolean;

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** A schema with a few of these keywords: with all at once hardly any value would be valid. */
function keywords(always: Fields, sometimes: Fields, most = 2): fc.Arbitrary<Schema> {
  return fc
    .subarray(Object.entries(sometimes), { maxLength: most })
    .chain((chosen) => fc.record({ ...always, ...Object.fromEntries(chosen) }));
}

const about = keywords(
  {},
  {
    title: word,
    description: word,
    default: scalar,
    $comment: word,
    examples: fc.array(scalar, few),
    deprecated: fc.boolean(),
    'x-note': scalar,
  },
);
const text = keywords(
  { type: fc.constant('string') },
  {
    minLength: fc.nat(2),
    maxLength: fc.nat(3),
    pattern: fc.constantFrom('^a', '.', '^red$'),
    format: fc.constantFrom('uri', 'date-time', 'uuid'),
    contentEncoding: fc.constant('base64'),
  },
);
const number = keywords(
  { type: fc.constantFrom('number', 'integer') },
  {
    minimum: numeric,
    maximum: numeric,
    exclusiveMinimum: numeric,
    exclusiveMaximum: numeric,
    multipleOf: fc.constantFrom(0.5, 2),
    format: fc.constantFrom('int32', 'double'),
  },
);
const values = fc.oneof(
  fc.record({ const: scalar }),
  fc.record({ enum: fc.array(scalar, some) }),
  fc.record({ type: fc.constant('string'), enum: fc.array(word, some) }),
  fc.record({ enum: fc.array(fc.oneof(scalar, fc.constant([1]), fc.constant({ a: 1 })), some) }),
);
const typesAlone = fc.oneof(fc.record({ type }), fc.record({ type: fc.uniqueArray(type, some) }), fc.constant({}));
const reference = keywords(
  { $ref: fc.constantFrom('#/$defs/one', '#/$defs/two', '#/$defs/three', '#', '#/properties/a') },
  { description: word, minimum: whole },
  1,
);

const { schema } = fc.letrec<Record<'schema' | 'object' | 'array' | 'combined' | 'map', Schema>>((tie) => {
  const any = tie('schema');
  const several = fc.array(any, some);
  return {
    schema: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'schema' },
      { arbitrary: typesAlone, weight: 3 },
      { arbitrary: fc.tuple(text, about).map(([one, other]) => ({ ...Object(other), ...Object(one) })), weight: 3 },
      { arbitrary: fc.tuple(number, about).map(([one, other]) => ({ ...Object(other), ...Object(one) })), weight: 3 },
      { arbitrary: values, weight: 3 },
      { arbitrary: reference, weight: 3 },
      { arbitrary: fc.constant(true), weight: 1 },
      { arbitrary: fc.constant(false), weight: 1 },
      { arbitrary: tie('object'), weight: 6 },
      { arbitrary: tie('array'), weight: 3 },
      { arbitrary: tie('combined'), weight: 6 },
      { arbitrary: tie('map'), weight: 2 },
    ),
    object: keywords(
      { type: fc.constant('object'), properties: fc.dictionary(name, any, { maxKeys: 3 }) },
      {
        description: word,
        required: fc.uniqueArray(name, { maxLength: 2 }),
        additionalProperties: any,
        patternProperties: fc.dictionary(fc.constantFrom('^a', '^x-', 'n'), any, { maxKeys: 2 }),
        propertyNames: fc.constantFrom({ pattern: '^[a-z]' }, { type: 'string' }, { maxLength: 3 }),
        minProperties: fc.nat(1),
        maxProperties: fc.nat(3),
        dependentRequired: fc.constant({ a: ['b'] }),
        dependentSchemas: fc.dictionary(name, any, { maxKeys: 1 }),
        unevaluatedProperties: fc.boolean(),
        if: any,
        // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
        then: any,
        else: any,
      },
      3,
    ),
    array: keywords(
      { type: fc.constant('array') },
      {
        items: any,
        prefixItems: several,
        minItems: fc.nat(2),
        maxItems: fc.oneof(fc.nat(3), fc.constant(5_000)),
        uniqueItems: fc.boolean(),
        contains: any,
      },
      3,
    ),
    map: fc.record({
      type: fc.constant('object'),
      patternProperties: fc.dictionary(fc.constantFrom('^k', '^x-', 'n'), any, { minKeys: 1, maxKeys: 2 }),
      additionalProperties: fc.oneof(fc.constant(false), any),
    }),
    combined: keywords(
      {},
      {
        anyOf: fc.oneof(
          several,
          any.map((one) => [one, { type: 'null' }]),
        ),
        oneOf: several,
        allOf: several,
        not: any,
        type: fc.oneof(type, fc.uniqueArray(type, some)),
        properties: fc.dictionary(name, any, { maxKeys: 2 }),
        required: fc.uniqueArray(name, { maxLength: 1 }),
        nullable: fc.boolean(),
      },
      3,
    ),
  };
});

/** A tool's schema: an object at its root, and definitions that may refer to one another and to themselves. */
export const toolSchema = keywords(
  {
    $schema: fc.constant('https://json-schema.org/draft/2020-12/schema'),
    type: fc.constant('object'),
    properties: fc.dictionary(name, schema, { minKeys: 1, maxKeys: 4 }),
    $defs: fc.record({ one: schema, two: schema, three: schema }),
  },
  {
    required: fc.uniqueArray(name, { maxLength: 2 }),
    additionalProperties: schema,
    anyOf: fc.array(schema, some),
    allOf: fc.array(schema, some),
  },
  1,
);
