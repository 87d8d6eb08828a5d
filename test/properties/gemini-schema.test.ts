import { describe, expect, test } from 'bun:test';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { isRecord } from '../../src/messages/json.ts';
import { argumentNamesOf } from '../../src/providers/gemini/argument-names.ts';
import { jsonSchemaForm } from '../../src/providers/gemini/json-schema-form.ts';
import { ownSchemaForm } from '../../src/providers/gemini/own-schema-form.ts';
import { rootObject } from '../../src/providers/gemini/root-object.ts';
import { jsonSchemaFault, ownSchemaFault } from '../upstreams/gemini/schema-rules.ts';
import { randomOf, sampleValue } from './sample-values.ts';
import { toolSchema } from './schemas.ts';

type Validate = (value: unknown) => boolean;

/** undefined: no schema at all, or one that never ends. */
function compile(schema: unknown): Validate | undefined {
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
  if (!isRecord(schema)) return undefined;
  try {
    return ajv.compile(schema);
  } catch {
    return undefined;
  }
}

/** No value is where the validator fails: at schemas that refer to nothing but themselves, and at some that trip it up. */
function isValid(validate: Validate, value: unknown): boolean {
  try {
    return validate(value);
  } catch {
    return false;
  }
}

/** What Gemini makes of every schema: where properties are listed, the value is an object. */
function withForcedTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withForcedTypes);
  if (!isRecord(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withForcedTypes(value)]));
  return isRecord(schema.properties) && schema.type === undefined ? { ...inner, type: 'object' } : inner;
}

/** A `Schema` of Gemini's as the JSON Schema that says the same. */
function asJsonSchema(own: unknown): unknown {
  if (!isRecord(own)) return own;
  if (Array.isArray(own.anyOf)) return { anyOf: own.anyOf.map(asJsonSchema) };
  const { type, nullable, items, properties, required, minItems, maxItems, minimum, maximum } = own;
  const values = Array.isArray(own.enum) ? own.enum : undefined;
  const numeric = type === 'INTEGER' || type === 'NUMBER';
  const schema: Record<string, unknown> = { type: String(type).toLowerCase() };
  if (values !== undefined) schema.enum = numeric ? values.map(Number) : values;
  // Inside a value of any type, an array's items cannot be of any type again.
  if (items !== undefined && !isAnyArray(own)) schema.items = asJsonSchema(items);
  if (isRecord(properties)) {
    schema.properties = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, asJsonSchema(one)]));
  }
  if (required !== undefined) schema.required = required;
  if (minItems !== undefined) schema.minItems = Number(minItems);
  if (maxItems !== undefined) schema.maxItems = Number(maxItems);
  if (minimum !== undefined) schema.minimum = minimum;
  if (maximum !== undefined) schema.maximum = maximum;
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function isAnyArray(own: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(own) === '{"type":"ARRAY","items":{"type":"STRING"},"nullable":true}';
}

const seed = fc.nat();

/** Arguments that are valid under the schema. */
function* validArgs(schema: unknown, seed: number, validate: Validate): Generator<Readonly<Record<string, unknown>>> {
  const random = randomOf(seed);
  for (let tries = 0; tries < 60; tries += 1) {
    const value = sampleValue(schema, schema, random);
    if (isRecord(value) && isValid(validate, value)) yield value;
  }
}

describe('JSON Schema form', () => {
  test('every schema becomes one of the documented subset', () => {
    fc.assert(
      fc.property(toolSchema, (schema) => {
        const it = jsonSchemaForm(schema);
        expect(jsonSchemaFault(it.schema, 'it', 'subset')).toBeUndefined();
        // As the arguments of a function, which are an object.
        const root = rootObject(it)?.schema ?? { type: 'object' };
        expect(jsonSchemaFault(root, 'it.parameters_json_schema', 'subset')).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('what was valid still is', () => {
    let valid = 0;
    fc.assert(
      fc.property(toolSchema, seed, (schema, seed) => {
        const before = compile(withForcedTypes(schema));
        const after = before && compile(jsonSchemaForm(schema).schema);
        if (before === undefined) return;
        if (after === undefined) throw new Error('the translation is no JSON Schema');
        for (const value of validArgs(schema, seed, before)) {
          valid += 1;
          expect({ value, valid: isValid(after, value) }).toEqual({ value, valid: true });
        }
      }),
      { numRuns: 100 },
    );
    expect(valid).toBeGreaterThan(500);
  }, 60_000);
});

describe("Gemini's own form", () => {
  test.each(['ai-studio', 'vertex'] as const)('every schema becomes one that %s reads', (platform) => {
    fc.assert(
      fc.property(toolSchema, (schema) => {
        expect(ownSchemaFault(ownSchemaForm(schema).schema, 'it', platform)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('what was valid still is', () => {
    let valid = 0;
    fc.assert(
      fc.property(toolSchema, seed, (schema, seed) => {
        const before = compile(withForcedTypes(schema));
        const after = before && compile(asJsonSchema(ownSchemaForm(schema).schema));
        if (before === undefined) return;
        if (after === undefined) throw new Error('the translation is no schema');
        const names = argumentNamesOf([schema]);
        for (const value of validArgs(schema, seed, before)) {
          valid += 1;
          const written = names.write(value);
          expect(names.read(written)).toEqual(value);
          expect({ value, valid: isValid(after, written) }).toEqual({ value, valid: true });
        }
      }),
      { numRuns: 100 },
    );
    expect(valid).toBeGreaterThan(500);
  }, 60_000);
});
