import { isRecord } from '../../src/messages/json.ts';

// Values with a good chance to be valid under a schema: its words are followed, its conditions not always met.

export type Random = (below: number) => number;

/** The same numbers for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function sampleValue(schema: unknown, root: unknown, random: Random, depth = 0): unknown {
  if (!isRecord(schema) || depth > 12) return sampleOf(anyTypes[random(anyTypes.length)], {}, root, random, depth);
  const { $ref, allOf, anyOf, oneOf } = schema;
  if (typeof $ref === 'string') return sampleValue(target($ref, root), root, random, depth + 1);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[random(schema.enum.length)];
  const whole = Array.isArray(allOf) ? merged(schema, allOf) : schema;
  const alternatives = Array.isArray(anyOf) ? anyOf : oneOf;
  if (Array.isArray(alternatives)) {
    const chosen: unknown = alternatives[random(alternatives.length)];
    const value = sampleValue(chosen, root, random, depth + 1);
    if (!isRecord(value) || !isRecord(whole.properties)) return value;
    return { ...Object(sampleOf('object', whole, root, random, depth)), ...value };
  }
  const types = typeof whole.type === 'string' ? [whole.type] : Array.isArray(whole.type) ? whole.type : undefined;
  const type = types?.[random(types.length)] ?? (whole.properties === undefined ? anyTypes[random(7)] : 'object');
  return sampleOf(String(type), whole, root, random, depth);
}

const anyTypes = ['string', 'number', 'integer', 'boolean', 'null', 'object', 'array'];
const words = ['', 'a', 'b', 'red', 'abc', '2024-01-01T00:00:00Z'];
const names = ['a', 'b', 'kind', 'x-y', 'new'];

type Schema = Readonly<Record<string, unknown>>;

function sampleOf(type: string | undefined, schema: Schema, root: unknown, random: Random, depth: number): unknown {
  switch (type) {
    case 'string':
      return words[random(words.length)];
    case 'number':
      return [0.5, 1.5, -0.5, 0, 1, 2, 3][random(7)];
    case 'integer':
      return random(7) - 2;
    case 'boolean':
      return random(2) === 0;
    case 'object':
      return sampleObject(schema, root, random, depth);
    case 'array': {
      const places = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
      const length = depth > 6 ? 0 : places.length + random(3);
      return Array.from({ length }, (_, at) => sampleValue(places[at] ?? schema.items, root, random, depth + 1));
    }
    default:
      return null;
  }
}

function sampleObject(schema: Schema, root: unknown, random: Random, depth: number): unknown {
  const entries: [string, unknown][] = [];
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, property] of Object.entries(properties)) {
    if (!required.includes(name) && (depth > 6 || random(3) === 0)) continue;
    entries.push([name, sampleValue(property, root, random, depth + 1)]);
  }
  for (const name of required) {
    if (typeof name === 'string' && !Object.hasOwn(properties, name)) {
      entries.push([name, sampleValue(schema.additionalProperties, root, random, depth + 1)]);
    }
  }
  const patterns = isRecord(schema.patternProperties) ? Object.entries(schema.patternProperties) : [];
  if (random(3) === 0 && depth < 6) {
    const name = names[random(names.length)] ?? '';
    const pattern = patterns.find(([source]) => new RegExp(source).test(name));
    const inner = pattern === undefined ? schema.additionalProperties : pattern[1];
    if (!Object.hasOwn(properties, name)) entries.push([name, sampleValue(inner, root, random, depth + 1)]);
  }
  return Object.fromEntries(entries);
}

function merged(schema: Schema, all: readonly unknown[]): Schema {
  const { allOf: _, ...own } = schema;
  const parts = [own, ...all.filter(isRecord)];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => (isRecord(properties) ? properties : {}))),
    required: parts.flatMap(({ required }) => (Array.isArray(required) ? required : [])),
  };
}

function target(reference: string, root: unknown): unknown {
  let found = root;
  for (const step of reference.split('/').slice(1)) found = isRecord(found) ? found[step] : undefined;
  return found;
}
