import { argumentName } from './argument-names.ts';
import { type GeminiJsonSchema, jsonSchemaForm, type SchemaForm } from './json-schema-form.ts';
import type { TypeName } from './schema-conditions.ts';
import { Alternatives } from './schema-enumeration.ts';
import { listed, shortJson } from './schema-words.ts';
import type { Schema } from './wire.ts';

type Own = { -readonly [K in keyof Schema]: Schema[K] };

/**
 * A JSON Schema as a `Schema`, Gemini's own form, which is a subset of OpenAPI's: for models that read no other, and where
 * they refuse the other. Begins where `jsonSchemaForm` ends, and so meets few keywords. Stricter than what it was only where
 * the form cannot be otherwise: every node has a type, and an array's items have one schema.
 */
export function ownSchemaForm(schema: unknown): SchemaForm<Schema> {
  const { schema: known, cuts } = jsonSchemaForm(schema, 'cut');
  return { schema: ownForm(known), cuts };
}

/** The same of a schema that is in Gemini's keywords already, and refers to nothing. */
export function ownForm(node: GeminiJsonSchema): Schema {
  const types = typesOf(node);
  const isNullable = types?.includes('null') === true;
  const others = types?.filter((type) => type !== 'null');
  const [type, ...more] = others ?? [];
  const words: string[] = [];
  const { default: value, anyOf, ...beside } = node;
  if (value !== undefined) words.push(`Default: ${shortJson(value)}.`);
  if (anyOf !== undefined && !isStructured(beside)) return alternatives(node, anyOf, types, words);
  if (anyOf !== undefined) words.push(`One of these holds: ${listed(anyOf)}.`);
  if (types === undefined && !isStructured(beside)) return described(anything(), node, words);
  if (type === undefined) return described(nothing(), node, words);
  if (more.length === 0) return described(withNull(typed(type, node, words), isNullable), node, words);
  const branches = [type, ...more].map((one) => withNull(typed(one, node, words), isNullable));
  return choice(branches, node, words);
}

/** A node whose value is only told by the alternatives; null among them is a mark on the others. */
function alternatives(
  node: GeminiJsonSchema,
  anyOf: readonly GeminiJsonSchema[],
  types: readonly TypeName[] | undefined,
  words: string[],
): Schema {
  const isNullable =
    types?.includes('null') !== false && anyOf.some((branch) => typesOf(branch)?.includes('null') === true);
  const branches: Schema[] = [];
  for (const branch of anyOf) {
    const typedBranch = types === undefined || branch.type !== undefined ? branch : { ...branch, type: types };
    if (typesOf(typedBranch)?.every((type) => type === 'null') === true) continue;
    const written = ownForm(typedBranch);
    // Alternatives within an alternative are alternatives.
    for (const one of isChoice(written) ? written.anyOf : [written]) branches.push(withNull(one, isNullable));
  }
  if (branches.length === 0) return described(nothing(), node, words);
  return choice(branches, node, words);
}

/** Of a node with alternatives Gemini reads nothing else: what it says itself goes to the first of them. */
function choice(branches: readonly Schema[], node: GeminiJsonSchema, words: readonly string[]): Schema {
  const [first = nothing(), ...others] = branches;
  const told = described(first, node, words);
  return others.length === 0 ? told : { anyOf: [told, ...others] };
}

function isChoice(schema: Schema): schema is Schema & { anyOf: readonly Schema[] } {
  return schema.anyOf !== undefined;
}

function described(schema: Schema, { title, description }: GeminiJsonSchema, words: readonly string[]): Schema {
  if (isChoice(schema))
    return choice(
      schema.anyOf,
      { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) },
      words,
    );
  const said = [description ?? title, words.join(' '), schema.description].filter(
    (text) => text !== undefined && text !== '',
  );
  return said.length === 0 ? schema : { ...schema, description: said.join('\n') };
}

function withNull(schema: Schema, isNullable: boolean): Schema {
  if (!isNullable) return schema;
  if (isChoice(schema)) return { anyOf: schema.anyOf.map((branch) => withNull(branch, true)) };
  return { ...schema, nullable: true };
}

/** One type's part of a node. */
function typed(type: TypeName, node: GeminiJsonSchema, words: string[]): Schema {
  switch (type) {
    case 'object':
      return object(node, words);
    case 'array':
      return array(node, words);
    case 'string':
      return text(node, words);
    case 'number':
    case 'integer':
      return number(type === 'integer' ? 'INTEGER' : 'NUMBER', node, words);
    case 'boolean':
      return { type: 'BOOLEAN' };
    case 'null':
      return nothing();
  }
}

function object({ properties, required, additionalProperties }: GeminiJsonSchema, words: string[]): Schema {
  const own: Own = { type: 'OBJECT' };
  const entries = Object.entries(properties ?? {});
  // An empty list of properties is refused.
  if (entries.length > 0) {
    own.properties = Object.fromEntries(entries.map(([name, property]) => [argumentName(name), ownForm(property)]));
  }
  if (required !== undefined && required.length > 0) own.required = required.map(argumentName);
  if (additionalProperties !== undefined && additionalProperties !== false) {
    const values = additionalProperties === true || Object.keys(additionalProperties).length === 0;
    words.push(
      values ? 'Takes other properties, too.' : `The values of other properties: ${shortJson(additionalProperties)}.`,
    );
  }
  return own;
}

function array({ prefixItems, items, minItems, maxItems }: GeminiJsonSchema, words: string[]): Schema {
  const own: Own = { type: 'ARRAY' };
  if (prefixItems === undefined) own.items = ownForm(items ?? {});
  else {
    words.push(`The items in their order: ${listed(prefixItems)}.`);
    const isClosed = maxItems !== undefined && maxItems <= prefixItems.length;
    const alternatives = new Alternatives();
    for (const item of items === undefined ? prefixItems : [...prefixItems, items]) alternatives.add(item);
    own.items = items === undefined && !isClosed ? anything() : ownForm({ anyOf: alternatives.all });
  }
  if (minItems !== undefined) own.minItems = String(minItems);
  if (maxItems !== undefined) own.maxItems = String(maxItems);
  return own;
}

function text({ enum: values, format }: GeminiJsonSchema, words: string[]): Schema {
  const own: Own = { type: 'STRING' };
  const strings = values?.filter((value) => typeof value === 'string');
  if (strings !== undefined && strings.length > 0) {
    const taken = strings.filter((value) => value !== '');
    if (taken.length < strings.length) words.push('Or an empty text.');
    if (taken.length === strings.length) own.enum = taken;
    else if (taken.length > 0) words.push(`One of: ${listed(taken)}.`);
  }
  if (format === 'date-time') own.format = format;
  else if (format !== undefined && !numberFormats.has(format)) words.push(`Format: ${format}.`);
  return own;
}

const numberFormats: ReadonlySet<string> = new Set(['int32', 'int64', 'float', 'double']);

function number(type: 'INTEGER' | 'NUMBER', node: GeminiJsonSchema, words: string[]): Schema {
  const own: Own = { type };
  const { enum: values, format, minimum, maximum } = node;
  const numbers = values?.filter((value) => typeof value === 'number');
  if (numbers !== undefined && numbers.length > 0) {
    own.enum = numbers.map(String);
    own.format = 'enum';
  } else if (format !== undefined) {
    const whole = format.startsWith('int');
    if (numberFormats.has(format) && whole === (type === 'INTEGER')) own.format = format;
    else if (node.type === 'number' || node.type === 'integer') words.push(`Format: ${format}.`);
  }
  if (minimum !== undefined) own.minimum = minimum;
  if (maximum !== undefined) own.maximum = maximum;
  return own;
}

/** Any value. An array's items must have a type, too, and that of any value would never end. */
function anything(): Schema {
  return {
    anyOf: [
      { type: 'STRING', nullable: true },
      { type: 'NUMBER', nullable: true },
      { type: 'BOOLEAN', nullable: true },
      { type: 'OBJECT', nullable: true },
      { type: 'ARRAY', items: { type: 'STRING' }, nullable: true },
    ],
  };
}

/** Null alone, for which Gemini's own form has no type. */
function nothing(): Schema {
  return { type: 'STRING', nullable: true, description: 'Always null.' };
}

/** What a node may be: all there is where its keywords are about values of one type, and do not say that it is of that. */
function typesOf(node: GeminiJsonSchema): readonly TypeName[] | undefined {
  const { type, anyOf, ...beside } = node;
  if (type !== undefined) return typeof type === 'string' ? [type] : type;
  return isStructured(beside) ? ['string', 'number', 'boolean', 'object', 'array', 'null'] : undefined;
}

/** Whether a node says more of its value than its type. */
function isStructured(node: GeminiJsonSchema): boolean {
  return Object.keys(node).some((key) => !plainKeywords.has(key));
}

const plainKeywords: ReadonlySet<string> = new Set(['type', 'title', 'description', 'default']);
