import { isRecord } from '../json.ts';

const combinators = ['oneOf', 'anyOf', 'allOf', 'enum', 'not'] as const;
const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
/** Keywords outside OpenAI's strict subset. Source: OpenAI's Structured Outputs guide. */
const notStrict = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  'minLength',
  'maxLength',
  'default',
] as const;
const strictFormats = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '));
const maxStrictDepth = 10;
const maxStrictProperties = 5000;

/** Why a function's parameters would be refused even without strict mode; undefined when they are fine. */
export function parametersFault(schema: Record<string, unknown>): string | undefined {
  return rootFault(schema) ?? nodeFault(schema, [], schema);
}

/** Why a schema is outside the strict subset; undefined when it is inside. */
export function strictSchemaFault(schema: unknown): string | undefined {
  if (!isRecord(schema)) return 'schema must be an object.';
  const budget = { properties: 0 };
  return rootFault(schema) ?? nodeFault(schema, [], schema) ?? strictNodeFault(schema, [], 1, budget);
}

function rootFault(schema: Record<string, unknown>): string | undefined {
  if (schema.type !== 'object') {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(schema.type ?? 'None')}'.`;
  }
  const combinator = combinators.find((word) => schema[word] !== undefined);
  if (combinator === undefined) return;
  return `schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.`;
}

function nodeFault(node: unknown, path: readonly string[], root: Record<string, unknown>): string | undefined {
  if (!isRecord(node)) return `${context(path)}${JSON.stringify(node)} is not of type 'object', 'boolean'.`;
  const { type } = node;
  for (const word of Array.isArray(type) ? type : type === undefined ? [] : [type]) {
    if (typeof word !== 'string' || !types.has(word)) {
      return `${context(path)}${JSON.stringify(word)} is not valid under any of the given schemas.`;
    }
  }
  if (type === 'object' && !isRecord(node.properties)) return `${context(path)}object schema missing properties.`;
  if (type === 'array' && node.items === undefined && node.prefixItems === undefined) {
    return `${context(path)}array schema missing items.`;
  }
  if (typeof node.$ref === 'string' && !resolves(node.$ref, root)) {
    return `${context(path)}reference can only point to definitions defined at the top level of the schema.`;
  }
  for (const [key, child] of children(node)) {
    const fault = nodeFault(child, [...path, ...key], root);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function strictNodeFault(
  node: unknown,
  path: readonly string[],
  depth: number,
  budget: { properties: number },
): string | undefined {
  if (!isRecord(node)) return;
  const keyword = notStrict.find((word) => node[word] !== undefined);
  if (keyword !== undefined) return `${context(path)}'${keyword}' is not permitted.`;
  if (typeof node.format === 'string' && !strictFormats.has(node.format)) {
    return `${context(path)}'${node.format}' is not a valid format.`;
  }
  if (['type', '$ref', 'anyOf', 'enum', 'const'].every((word) => node[word] === undefined)) {
    return `${context(path)}schema must have a 'type' key.`;
  }
  if (depth > maxStrictDepth) return `${depth} levels of nesting exceeds limit of ${maxStrictDepth}.`;
  if (isRecord(node.properties)) {
    if (node.additionalProperties !== false) {
      return `${context(path)}'additionalProperties' is required to be supplied and to be false.`;
    }
    const names = Object.keys(node.properties);
    const required: readonly unknown[] = Array.isArray(node.required) ? node.required : [];
    const missing = names.find((name) => !required.includes(name));
    if (missing !== undefined) {
      return `${context(path)}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
    const extra = required.find((name) => typeof name !== 'string' || !names.includes(name));
    if (extra !== undefined) return `${context(path)}Extra required key '${String(extra)}' supplied.`;
    budget.properties += names.length;
    if (budget.properties > maxStrictProperties) return `total number of properties exceeds ${maxStrictProperties}.`;
  }
  for (const [key, child] of children(node)) {
    // Definitions and alternatives are no deeper than the place they stand for.
    const deeper = key[0] === 'properties' || key[0] === 'items' ? depth + 1 : depth;
    const fault = strictNodeFault(child, [...path, ...key], deeper, budget);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The schemas right below a schema, each with the way to it. `additionalProperties` may be a boolean and then is none. */
function* children(node: Record<string, unknown>): Generator<[readonly string[], unknown]> {
  for (const word of ['properties', '$defs', 'definitions', 'patternProperties']) {
    const group = node[word];
    if (isRecord(group)) for (const [name, child] of Object.entries(group)) yield [[word, name], child];
  }
  for (const word of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    const list = node[word];
    if (Array.isArray(list)) for (const [index, child] of list.entries()) yield [[word, String(index)], child];
  }
  for (const word of ['items', 'additionalProperties', 'propertyNames', 'not']) {
    const child = node[word];
    if (child !== undefined && typeof child !== 'boolean') yield [[word], child];
  }
}

function resolves(reference: string, root: Record<string, unknown>): boolean {
  if (!reference.startsWith('#')) return false;
  let at: unknown = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = at[Number(name)];
    else if (isRecord(at)) at = at[name];
    else return false;
  }
  return at !== undefined;
}

function context(path: readonly string[]): string {
  const steps = path.map((step) => `'${step}'`).join(', ');
  return `In context=(${path.length === 1 ? `${steps},` : steps}), `;
}
