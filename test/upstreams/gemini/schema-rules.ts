import { isRecord } from '../json.ts';
import type { Platform } from './gemini-request.ts';
import { invalid, type Refusal, unable } from './refusal.ts';

type Schema = Readonly<Record<string, unknown>>;

const maxDepth = 32;
const formats: Readonly<Record<string, readonly string[]>> = {
  STRING: ['enum', 'date-time'],
  NUMBER: ['float', 'double', 'enum'],
  INTEGER: ['int32', 'int64', 'enum'],
};

/**
 * What is wrong with a schema in Gemini's own form (`parameters`, `responseSchema`). Its field names and their types
 * have been read before; `path` is where it stands.
 */
export function ownSchemaFault(schema: Schema, path: string, platform: Platform): Refusal | undefined {
  const fault = ownFault(schema, path, platform, 0, true);
  if (fault === undefined) return;
  return invalid(platform === 'vertex' ? unable(fault) : `* GenerateContentRequest.${fault}\n`);
}

function ownFault(schema: Schema, path: string, platform: Platform, depth: number, isRoot = false): string | undefined {
  if (depth > maxDepth) return `${path}: maximum schema depth exceeded`;
  const { type, anyOf, items, properties, required, format } = schema;
  if (Array.isArray(anyOf)) {
    if (platform === 'vertex' && Object.keys(schema).length > 1) {
      return `\`${path}\` when using any_of, it must be the only field set.`;
    }
    return firstFault(anyOf, (one, index) => ownFault(one, `${path}.any_of[${index}]`, platform, depth + 1));
  }
  if (typeof type !== 'string') {
    return platform === 'vertex'
      ? `\`${path}\` schema didn't specify the schema type field.`
      : `${path}.type: must be specified`;
  }
  if (isRoot && path.endsWith('.parameters') && type !== 'OBJECT') return `${path}.type: must be OBJECT`;
  if (format !== undefined && !(formats[type] ?? []).includes(String(format))) {
    const known = (formats[type] ?? []).map((word) => `'${word}'`).join(' and ');
    return `${path}.format: only ${known} are supported for ${type} type`;
  }
  const enumIssue = enumFault(schema, path);
  if (enumIssue !== undefined) return enumIssue;
  if (type === 'ARRAY' && items === undefined) return `${path}.items: missing field.`;
  if (type !== 'ARRAY' && items !== undefined) return `${path}.items: field predicate failed: $type == Type.ARRAY`;
  if (isRecord(items)) return ownFault(items, `${path}.items`, platform, depth + 1);
  if (type !== 'OBJECT') {
    return properties === undefined ? undefined : `${path}.properties: only allowed for OBJECT type`;
  }
  return objectFault(properties, required, path, platform, depth);
}

function enumFault({ type, enum: words, format }: Schema, path: string): string | undefined {
  if (!Array.isArray(words)) return;
  if (type !== 'STRING' && format !== 'enum') return `${path}.enum: only allowed for STRING type`;
  const empty = words.indexOf('');
  if (empty >= 0) return `${path}.enum[${empty}]: cannot be empty`;
  return new Set(words).size === words.length ? undefined : `${path}.enum: duplicate values`;
}

function objectFault(
  properties: unknown,
  required: unknown,
  path: string,
  platform: Platform,
  depth: number,
): string | undefined {
  const known = isRecord(properties) ? properties : {};
  if (isRecord(properties) && Object.keys(known).length === 0) {
    return `${path}.properties: should be non-empty for OBJECT type`;
  }
  if (Array.isArray(required)) {
    const missing = required.findIndex((name) => !Object.hasOwn(known, String(name)));
    if (missing >= 0) return `${path}.required[${missing}]: property is not defined`;
  }
  return firstFault(Object.entries(known), ([name, one]) =>
    ownFault(isRecord(one) ? one : {}, `${path}.properties[${name}]`, platform, depth + 1),
  );
}

/** Keywords that the JSON Schema form documents, and `default`, which is a field of Gemini's own form. */
const documented = new Set([
  ...['$id', '$defs', '$ref', '$anchor', 'type', 'format', 'title', 'description', 'enum', 'items', 'prefixItems'],
  ...['minItems', 'maxItems', 'minimum', 'maximum', 'anyOf', 'oneOf', 'properties', 'additionalProperties'],
  ...['required', 'propertyOrdering', 'default'],
]);
const types = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'];

/**
 * What is wrong with a schema in JSON Schema (`parametersJsonSchema`, `responseJsonSchema`). The service passes over
 * keywords it does not know; with `subset` they are a fault, because what they say would be lost in silence.
 */
export function jsonSchemaFault(schema: unknown, path: string, keywords: 'subset' | 'ignore'): Refusal | undefined {
  const fault = isRecord(schema)
    ? (rootFault(schema, path) ?? jsonFault(schema, path, { root: schema, keywords }, 0) ?? lengthFault(schema, path))
    : `${path}: must be a JSON Schema object`;
  return fault === undefined ? undefined : invalid(`* GenerateContentRequest.${fault}\n`);
}

/** A function's arguments are the properties of an object. */
function rootFault({ type, $ref }: Schema, path: string): string | undefined {
  if (!path.endsWith('.parameters_json_schema') || type === 'object' || $ref !== undefined) return;
  return `${path}.type: must be object`;
}

/** Where lists may be long together, the real service says no more than that an argument is invalid. */
const mostItems = 960;

function lengthFault(schema: Schema, path: string): string | undefined {
  let sum = 0;
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isRecord(value) && typeof value.maxItems === 'number') sum += value.maxItems;
    for (const inner of Object.values(value)) add(inner);
  };
  add(schema);
  return sum > mostItems ? `${path}: Request contains an invalid argument.` : undefined;
}

interface JsonSchemaCheck {
  readonly root: Schema;
  readonly keywords: 'subset' | 'ignore';
}

function jsonFault(schema: unknown, path: string, check: JsonSchemaCheck, depth: number): string | undefined {
  if (typeof schema === 'boolean') return;
  if (!isRecord(schema)) return `${path}: must be a JSON Schema`;
  if (depth > maxDepth) return `${path}: maximum schema depth exceeded`;
  const strange = Object.keys(schema).find((name) => !documented.has(name));
  if (strange !== undefined && check.keywords === 'subset') return `${path}.${strange}: keyword is not supported`;
  if (typeof schema.$ref === 'string') {
    return referenceFault(schema, schema.$ref, path, check) ?? recursionFault(schema.$ref, path, check);
  }
  if (Array.isArray(schema.required) && check.keywords === 'subset') {
    const known = isRecord(schema.properties) ? schema.properties : {};
    const missing = schema.required.find((name) => !Object.hasOwn(known, String(name)));
    if (missing !== undefined) return `${path}.required: ${String(missing)} is not among the properties`;
  }
  for (const type of [schema.type].flat()) {
    if (type !== undefined && !types.includes(String(type)))
      return `${path}.type: unknown type ${JSON.stringify(type)}`;
  }
  if (Array.isArray(schema.enum)) {
    const odd = schema.enum.find((value) => typeof value !== 'string' && typeof value !== 'number');
    if (odd !== undefined) return `${path}.enum: only strings and numbers are supported`;
  }
  for (const name of ['anyOf', 'oneOf', 'prefixItems']) {
    const list: unknown = schema[name];
    if (list === undefined) continue;
    if (!Array.isArray(list) || list.length === 0) return `${path}.${name}: must be a non-empty list`;
    const fault = firstFault(list, (one, index) => jsonFault(one, `${path}.${name}[${index}]`, check, depth + 1));
    if (fault !== undefined) return fault;
  }
  for (const name of ['properties', '$defs']) {
    const fault = firstFault(Object.entries(isRecord(schema[name]) ? schema[name] : {}), ([key, one]) =>
      jsonFault(one, `${path}.${name}[${key}]`, check, depth + 1),
    );
    if (fault !== undefined) return fault;
  }
  for (const name of ['items', 'additionalProperties']) {
    if (Array.isArray(schema[name])) return `${path}.${name}: must be a JSON Schema`;
    const fault = schema[name] === undefined ? undefined : jsonFault(schema[name], `${path}.${name}`, check, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Beside `$ref` only words with a `$` may stand; it must lead to a definition of the same schema. */
function referenceFault(
  schema: Schema,
  reference: string,
  path: string,
  { root }: JsonSchemaCheck,
): string | undefined {
  const beside = Object.keys(schema).find((name) => !name.startsWith('$'));
  if (beside !== undefined) return `${path}.${beside}: may not stand beside $ref`;
  const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1];
  if (reference === '#' || (name !== undefined && isRecord(root.$defs) && Object.hasOwn(root.$defs, name))) return;
  return `${path}.$ref: reference to undefined schema at ${reference}`;
}

/** A schema that holds itself is unrolled by the service, which ends only where a property on the way may be absent. */
function recursionFault(reference: string, path: string, { root }: JsonSchemaCheck): string | undefined {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [meant(reference, root)];
  while (waiting.length > 0) {
    const schema = waiting.pop();
    if (!isRecord(schema) || seen.has(schema)) continue;
    seen.add(schema);
    const { $ref, properties, required, items, additionalProperties, prefixItems, anyOf } = schema;
    if ($ref === reference) return `${path}: maximum schema depth exceeded`;
    if (typeof $ref === 'string') waiting.push(meant($ref, root));
    waiting.push(items, additionalProperties);
    for (const list of [prefixItems, anyOf]) if (Array.isArray(list)) waiting.push(...list);
    for (const [name, property] of Object.entries(isRecord(properties) ? properties : {})) {
      if (Array.isArray(required) && required.includes(name)) waiting.push(property);
    }
  }
  return undefined;
}

function meant(reference: string, root: Schema): unknown {
  if (reference === '#') return root;
  const definitions = isRecord(root.$defs) ? root.$defs : {};
  return definitions[reference.slice('#/$defs/'.length)];
}

function firstFault<T>(list: readonly T[], check: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of list.entries()) {
    const fault = check(item, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
