import { isRecord } from '../../messages/json.ts';

/** JSON's types; of a number with nothing behind its point `integer`. */
export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array';

/** A place in a tool's schema, with the whole that its references point into. */
export interface SchemaPlace {
  readonly schema: unknown;
  readonly root: unknown;
}

type Schema = Readonly<Record<string, unknown>>;

const allTypes: readonly JsonType[] = ['string', 'number', 'integer', 'boolean', 'null', 'object', 'array'];
/** So many schemas are looked at for one question: they refer to each other, perhaps in a circle, and fan out. */
const mostSteps = 200;
const longestPattern = 200;

interface Steps {
  left: number;
}

const allSteps = (): Steps => ({ left: mostSteps });

/** Nothing is known of what may stand there. */
export const anything: SchemaPlace = { schema: true, root: true };

export function typeOfValue(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value === 'string' ? 'string' : 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return 'object';
}

/**
 * The types that a value may have; never too few, because what a schema says in words that are not read here only
 * forbids more. Undefined: any.
 */
export function acceptedTypes({ schema, root }: SchemaPlace, steps = allSteps()): ReadonlySet<JsonType> | undefined {
  if (!isRecord(schema) || steps.left-- <= 0) return undefined;
  const limits = [writtenTypes(schema)];
  if (Array.isArray(schema.enum)) limits.push(new Set(schema.enum.map(typeOfValue)));
  if ('const' in schema) limits.push(new Set([typeOfValue(schema.const)]));
  for (const part of partsOf(schema, root)) limits.push(acceptedTypes(part, steps));
  for (const branches of branchesOf(schema, root)) {
    const each = branches.map((branch) => acceptedTypes(branch, steps));
    limits.push(each.includes(undefined) ? undefined : new Set(each.flatMap((types) => [...(types ?? [])])));
  }
  const known = limits.filter((types) => types !== undefined);
  return known.length === 0 ? undefined : new Set(allTypes.filter((type) => known.every((types) => types.has(type))));
}

function writtenTypes({ type, nullable }: Schema): ReadonlySet<JsonType> | undefined {
  const written: readonly unknown[] = Array.isArray(type) ? type : [type];
  const types = new Set(allTypes.filter((known) => written.includes(known)));
  if (types.size === 0) return undefined;
  if (types.has('number')) types.add('integer');
  // OpenAPI's word, which some clients still write.
  if (nullable === true) types.add('null');
  return types;
}

/** Whether an empty text may stand there. */
export function acceptsEmpty({ schema, root }: SchemaPlace, steps = allSteps()): boolean {
  if (!isRecord(schema) || steps.left-- <= 0) return true;
  if (writtenTypes(schema)?.has('string') === false) return false;
  if (Array.isArray(schema.enum) && !schema.enum.includes('')) return false;
  if ('const' in schema && schema.const !== '') return false;
  if (typeof schema.minLength === 'number' && schema.minLength > 0) return false;
  if (typeof schema.format === 'string' && neverEmpty.has(schema.format)) return false;
  if (typeof schema.pattern === 'string' && !matchesEmpty(schema.pattern)) return false;
  return (
    partsOf(schema, root).every((part) => acceptsEmpty(part, steps)) &&
    branchesOf(schema, root).every((branches) => branches.some((branch) => acceptsEmpty(branch, steps)))
  );
}

const neverEmpty: ReadonlySet<string> = new Set(
  'date date-time time duration email hostname ipv4 ipv6 uri url uuid iri'.split(' '),
);

/** A pattern with groups is not tried: it comes from outside, and could take seconds even for an empty text. */
function matchesEmpty(pattern: string): boolean {
  if (pattern.length > longestPattern || pattern.includes('(')) return true;
  try {
    return new RegExp(pattern, 'u').test('');
  } catch {
    return true;
  }
}

/** What stands under a name in an object. Where a schema leaves several possibilities, `anything`. */
export function memberOf({ schema, root }: SchemaPlace, name: string, steps = allSteps()): SchemaPlace {
  if (!isRecord(schema) || steps.left-- <= 0) return anything;
  const { properties, patternProperties, additionalProperties } = schema;
  if (isRecord(properties) && Object.hasOwn(properties, name)) return { schema: properties[name], root };
  if (isRecord(patternProperties) && Object.keys(patternProperties).length > 0) return anything;
  if (isRecord(additionalProperties)) return { schema: additionalProperties, root };
  return onlyOne(schema, root, 'object', steps, (place) => memberOf(place, name, steps));
}

/** What the items of an array are. */
export function itemOf({ schema, root }: SchemaPlace, steps = allSteps()): SchemaPlace {
  if (!isRecord(schema) || steps.left-- <= 0 || 'prefixItems' in schema) return anything;
  if (isRecord(schema.items)) return { schema: schema.items, root };
  return onlyOne(schema, root, 'array', steps, (place) => itemOf(place, steps));
}

/** Whether an object may be without a member; where that is not sure, it may not. */
export function isOptional({ schema, root }: SchemaPlace, name: string, steps = allSteps()): boolean {
  if (!isRecord(schema) || steps.left-- <= 0) return false;
  if (Array.isArray(schema.required) && schema.required.includes(name)) return false;
  const all = [...partsOf(schema, root), ...branchesOf(schema, root).flat()];
  return all.every((place) => isOptional(place, name, steps));
}

/** Whether a list of allowed values, where there is one, holds this one. */
export function isListed({ schema, root }: SchemaPlace, value: unknown, steps = allSteps()): boolean {
  if (!isRecord(schema) || steps.left-- <= 0) return true;
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false;
  if ('const' in schema && schema.const !== value) return false;
  return (
    partsOf(schema, root).every((part) => isListed(part, value, steps)) &&
    branchesOf(schema, root).every((branches) => branches.some((branch) => isListed(branch, value, steps)))
  );
}

/** What a part of the schema says of it; else what the one branch does that a value of this type can belong to. */
function onlyOne(
  schema: Schema,
  root: unknown,
  type: JsonType,
  steps: Steps,
  read: (place: SchemaPlace) => SchemaPlace,
): SchemaPlace {
  const told = partsOf(schema, root)
    .map(read)
    .find((place) => place !== anything);
  if (told !== undefined) return told;
  const branches = branchesOf(schema, root).flat();
  const fitting = branches.filter((place) => acceptedTypes(place, steps)?.has(type) !== false);
  return fitting.length === 1 && fitting[0] !== undefined ? read(fitting[0]) : anything;
}

/** Schemas that a value must fit as well. */
function partsOf(schema: Schema, root: unknown): SchemaPlace[] {
  const parts = Array.isArray(schema.allOf) ? schema.allOf.map((part) => ({ schema: part, root })) : [];
  if (typeof schema.$ref === 'string') parts.push({ schema: referenced(schema.$ref, root), root });
  return parts;
}

/** Lists of schemas of which a value must fit one. */
function branchesOf(schema: Schema, root: unknown): SchemaPlace[][] {
  return [schema.anyOf, schema.oneOf]
    .filter((branches) => Array.isArray(branches))
    .map((branches) => branches.map((branch) => ({ schema: branch, root })));
}

/** What a reference into the same schema points at; `true` where it points elsewhere. */
function referenced(reference: string, root: unknown): unknown {
  if (!/^#(?:\/|$)/.test(reference)) return true;
  let found = root;
  for (const step of reference.split('/').slice(1)) {
    const name = decoded(step.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (!isRecord(found) || !Object.hasOwn(found, name)) return true;
    found = found[name];
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
