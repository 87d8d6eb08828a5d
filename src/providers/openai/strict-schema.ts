import { isRecord } from '../../messages/json.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';

/**
 * The words that OpenAI enforces. With any other one it refuses the whole request instead of enforcing the rest, so an
 * unknown word means: outside (sources: OpenAI's guide to structured outputs; refusals in public issue threads).
 */
const enforced: ReadonlySet<string> = new Set([
  'type',
  'title',
  'description',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'anyOf',
  'enum',
  'const',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  '$ref',
  '$defs',
  'definitions',
]);
const enforcedFormats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
]);
const objectWords = ['properties', 'required', 'additionalProperties'] as const;
const deepestNesting = 10;

/** Whether OpenAI enforces a schema: an open object at the root, or one word it does not know anywhere, and it does not. */
export function fitsStrictSubset(schema: JsonSchema): boolean {
  const { $schema: _, ...root } = schema;
  return isObjectSchema(schema) && isEnforced(root, 1);
}

/**
 * Whether OpenAI takes a schema at all, enforced or not: one object, without alternatives at its root.
 */
export function isObjectSchema(schema: JsonSchema): boolean {
  return schema.type === 'object' && !['anyOf', 'oneOf', 'allOf', 'enum', 'not'].some((word) => word in schema);
}

function isEnforced(schema: unknown, depth: number): boolean {
  if (!isRecord(schema) || depth > deepestNesting) return false;
  for (const word in schema) if (!enforced.has(word)) return false;
  if (schema.$ref !== undefined) {
    // Nothing may stand beside a reference.
    return typeof schema.$ref === 'string' && /^#(?:$|\/(?:\$defs|definitions)\/)/.test(schema.$ref) && hasOne(schema);
  }
  if (schema.type === undefined && schema.anyOf === undefined) return false;
  if (schema.format !== undefined && !enforcedFormats.has(schema.format)) return false;
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  const isObject = types.includes('object') || objectWords.some((word) => schema[word] !== undefined);
  if (isObject && !isClosed(schema, depth)) return false;
  if ((types.includes('array') || schema.items !== undefined) && !isEnforced(schema.items, depth + 1)) return false;
  if (schema.anyOf !== undefined && !isListEnforced(schema.anyOf, depth)) return false;
  return [schema.$defs, schema.definitions].every(
    (named) => named === undefined || (isRecord(named) && isListEnforced(Object.values(named), depth)),
  );
}

/** Every property required, and no other allowed. */
function isClosed({ properties, required, additionalProperties }: JsonSchema, depth: number): boolean {
  if (additionalProperties !== false || !isRecord(properties) || !Array.isArray(required)) return false;
  const names = Object.keys(properties);
  if (new Set(required).size !== names.length || !names.every((name) => required.includes(name))) return false;
  return Object.values(properties).every((property) => isEnforced(property, depth + 1));
}

function isListEnforced(list: unknown, depth: number): boolean {
  return Array.isArray(list) && list.every((schema) => isEnforced(schema, depth));
}

function hasOne(schema: JsonSchema): boolean {
  return Object.keys(schema).length === 1;
}
