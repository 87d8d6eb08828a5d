import { isRecord } from '../../messages/json.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';

// OpenAI refuses the whole request for one schema it cannot read, so every schema is made one that it can. Pure, and
// the same object comes back where nothing is wrong: a schema that costs nothing to translate also costs no cache.

export type SchemaWords = 'full' | 'plain';
const deepestReference = 8;
/** In one schema: each may hold several others, and they would double at every level. */
const mostReferences = 500;

/** Makes a tool's `input_schema` one that the server takes; key order stays. */
export function cleanToolSchema(schema: JsonSchema, words: SchemaWords): JsonSchema {
  const cleaner: Cleaner = { root: schema, words, depth: 0, references: { left: mostReferences } };
  return cleanRoot(isRecord(schema) ? schema : {}, cleaner);
}

/** Whether cleaning takes a condition from the root that the one object there cannot make. */
export function isLoosened(schema: JsonSchema): boolean {
  return isRecord(schema) && Object.keys(schema).some((key) => key !== 'allOf' && refusedAtRoot.has(key));
}

interface Cleaner {
  readonly root: JsonSchema;
  readonly words: SchemaWords;
  /** How many `$ref`s have been followed to get here. */
  readonly depth: number;
  /** How many more may be followed in all. */
  readonly references: { left: number };
}

const dropped: ReadonlySet<string> = new Set(['$schema', '$id', '$comment']);
const combinators = ['anyOf', 'oneOf', 'allOf'] as const;
/** At the root these fail the whole request (source: OpenAI's refusals). */
const refusedAtRoot: ReadonlySet<string> = new Set([...combinators, 'enum', 'not', 'const']);

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const schemaKeywords: ReadonlyMap<string, 'one' | 'list' | 'named'> = new Map([
  ['items', 'one'],
  ['additionalProperties', 'one'],
  ['propertyNames', 'one'],
  ['contains', 'one'],
  ['not', 'one'],
  ['if', 'one'],
  ['then', 'one'],
  ['else', 'one'],
  ['anyOf', 'list'],
  ['oneOf', 'list'],
  ['allOf', 'list'],
  ['prefixItems', 'list'],
  ['properties', 'named'],
  ['patternProperties', 'named'],
  ['dependentSchemas', 'named'],
  ['$defs', 'named'],
  ['definitions', 'named'],
] as const);

function cleanRoot(schema: JsonSchema, cleaner: Cleaner): JsonSchema {
  const merged = mergeRootBranches(schema, cleaner);
  const root: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(merged)) {
    if (!dropped.has(key) && !refusedAtRoot.has(key)) root[key] = cleanKeyword(key, value, cleaner);
  }
  root.type = 'object';
  if (!isRecord(root.properties)) root.properties = {};
  if (cleaner.words === 'plain') {
    delete root.$defs;
    delete root.definitions;
  }
  return root;
}

/** Alternatives at the root become one object that allows each of them: all properties, required what all require. */
function mergeRootBranches(schema: JsonSchema, cleaner: Cleaner): JsonSchema {
  const resolved =
    typeof schema.$ref === 'string' ? { ...schema, ...(lookUp(schema.$ref, cleaner.root) ?? {}) } : schema;
  const branches = combinators.flatMap((word) => {
    const list: unknown = resolved[word];
    return Array.isArray(list) ? [{ word, list }] : [];
  });
  if (branches.length === 0) return withoutReference(resolved);
  const properties: Record<string, unknown> = { ...(isRecord(resolved.properties) ? resolved.properties : {}) };
  const required = new Set<unknown>(Array.isArray(resolved.required) ? resolved.required : []);
  for (const { word, list } of branches) {
    const objects = list
      .filter(isRecord)
      .map((branch) => (typeof branch.$ref === 'string' ? (lookUp(branch.$ref, cleaner.root) ?? branch) : branch));
    for (const branch of objects) {
      for (const [name, property] of Object.entries(isRecord(branch.properties) ? branch.properties : {})) {
        if (!Object.hasOwn(properties, name)) properties[name] = property;
      }
    }
    for (const name of requiredIn(objects, word)) required.add(name);
  }
  return { ...withoutReference(resolved), properties, required: [...required] };
}

function withoutReference(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const { $ref: _, ...rest } = schema;
  return rest;
}

/** `allOf` requires what any branch requires, alternatives only what every branch does. */
function requiredIn(branches: readonly JsonSchema[], word: (typeof combinators)[number]): readonly unknown[] {
  const lists = branches.map(({ required }) => (Array.isArray(required) ? required : []));
  if (word === 'allOf') return lists.flat();
  const [first = [], ...others] = lists;
  return first.filter((name: unknown) => others.every((list) => list.includes(name)));
}

/** Below the root. Gives the same object back where there is nothing to change. */
function clean(schema: unknown, cleaner: Cleaner): unknown {
  if (!isRecord(schema)) return {};
  if (cleaner.words === 'plain') return cleanPlain(schema, cleaner);
  let changed: Record<string, unknown> | undefined;
  for (const key in schema) {
    if (dropped.has(key)) {
      changed ??= { ...schema };
      delete changed[key];
      continue;
    }
    const value = schema[key];
    const cleaned = cleanKeyword(key, value, cleaner);
    if (cleaned !== value) {
      changed ??= { ...schema };
      changed[key] = cleaned;
    }
  }
  const { type } = schema;
  if (type === 'object' && schema.properties === undefined) {
    changed ??= { ...schema };
    changed.properties = {};
  } else if (type === 'array' && schema.items === undefined && schema.prefixItems === undefined) {
    changed ??= { ...schema };
    changed.items = {};
  }
  return changed ?? schema;
}

function cleanKeyword(key: string, value: unknown, cleaner: Cleaner): unknown {
  const kind = schemaKeywords.get(key);
  if (kind === undefined) return value;
  if (kind === 'named') return isRecord(value) ? cleanNamed(value, cleaner) : {};
  if (kind === 'list') return Array.isArray(value) ? cleanList(value, cleaner) : value;
  // `true` and `false` say something here, unlike in a list of properties.
  if (typeof value === 'boolean') return key === 'items' ? {} : value;
  if (Array.isArray(value)) return cleanList(value, cleaner);
  return clean(value, cleaner);
}

function cleanNamed(named: Readonly<Record<string, unknown>>, cleaner: Cleaner): unknown {
  let changed: Record<string, unknown> | undefined;
  for (const name in named) {
    const cleaned = clean(named[name], cleaner);
    if (cleaned !== named[name]) {
      changed ??= { ...named };
      changed[name] = cleaned;
    }
  }
  return changed ?? named;
}

function cleanList(list: readonly unknown[], cleaner: Cleaner): unknown {
  let changed: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const cleaned = clean(list[index], cleaner);
    if (cleaned !== list[index]) {
      changed ??= [...list];
      changed[index] = cleaned;
    }
  }
  return changed ?? list;
}

/** For grammars that know only the simple words: references inlined, `const` as `enum`, no `propertyNames`. */
function cleanPlain(schema: JsonSchema, cleaner: Cleaner): unknown {
  if (typeof schema.$ref === 'string') {
    // A schema that holds itself would never end.
    if (cleaner.depth >= deepestReference || cleaner.references.left-- <= 0) return {};
    const { $ref: _, ...beside } = schema;
    const meant = lookUp(schema.$ref, cleaner.root) ?? {};
    return cleanPlain({ ...meant, ...beside }, { ...cleaner, depth: cleaner.depth + 1 });
  }
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key) || key === 'propertyNames' || key === '$defs' || key === 'definitions') continue;
    if (key === 'const') plain.enum = [value];
    else if (key === 'additionalProperties' && isRecord(value) && Object.keys(value).length === 0) plain[key] = true;
    else plain[key] = cleanKeyword(key, value, cleaner);
  }
  if (plain.type === 'object' && plain.properties === undefined) plain.properties = {};
  if (plain.type === 'array' && (!isRecord(plain.items) || Object.keys(plain.items).length === 0)) {
    plain.items = { type: 'string' };
  }
  return plain;
}

/** `#/$defs/name` within the tool's own schema; anything else is unknown here. */
function lookUp(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const step of reference.slice(2).split('/')) {
    if (!isRecord(found)) return undefined;
    found = found[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return isRecord(found) ? found : undefined;
}
