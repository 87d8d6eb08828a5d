import { isRecord } from '../../messages/json.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';

// Conditions that Gemini's schemas have no keyword for, as sentences for the description: the model reads them there.

type Sentence = (value: unknown, schema: JsonSchema) => string | undefined;

const ifNumber =
  (write: (limit: number) => string): Sentence =>
  (value) =>
    typeof value === 'number' ? write(value) : undefined;
const ifText =
  (write: (text: string) => string): Sentence =>
  (value) =>
    typeof value === 'string' ? write(value) : undefined;
const ifTrue =
  (sentence: string): Sentence =>
  (value) =>
    value === true ? sentence : undefined;
const ifFalse =
  (sentence: string): Sentence =>
  (value) =>
    value === false ? sentence : undefined;

/** By keyword; `undefined` where a value says nothing. */
const sentences: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ['multipleOf', ifNumber((step) => `Multiple of ${step}.`)],
  ['minLength', ifNumber((limit) => (limit > 0 ? `At least ${count(limit, 'character')}.` : ''))],
  ['maxLength', ifNumber((limit) => `At most ${count(limit, 'character')}.`)],
  ['pattern', ifText((pattern) => `Must match the pattern ${quoted(pattern)}.`)],
  ['minProperties', ifNumber((limit) => (limit > 0 ? `At least ${count(limit, 'property', 'properties')}.` : ''))],
  ['maxProperties', ifNumber((limit) => `At most ${count(limit, 'property', 'properties')}.`)],
  ['uniqueItems', ifTrue('No item occurs twice.')],
  ['contains', contains],
  ['not', (value) => (isRecord(value) ? `Must not be: ${shortJson(value)}.` : undefined)],
  ['if', conditional],
  ['dependentRequired', (value) => perName(value, dependent)],
  ['dependentSchemas', (value) => perName(value, dependent)],
  ['dependencies', (value) => perName(value, dependent)],
  ['propertyNames', keys],
  ['patternProperties', (value) => perName(value, (pattern, schema) => `${keysLike(pattern)}: ${meant(schema)}.`)],
  ['unevaluatedProperties', ifFalse('No other properties.')],
  ['unevaluatedItems', ifFalse('No other items.')],
  ['contentEncoding', ifText((encoding) => `Encoded as ${encoding}.`)],
  ['contentMediaType', ifText((type) => `Content of the media type ${type}.`)],
  ['contentSchema', (value) => (isRecord(value) ? `The decoded content: ${shortJson(value)}.` : undefined)],
  ['examples', (value) => (Array.isArray(value) && value.length > 0 ? `Examples: ${listed(value)}.` : undefined)],
  ['example', (value) => `Example: ${shortJson(value)}.`],
  ['deprecated', ifTrue('Deprecated.')],
  ['readOnly', ifTrue('Read-only.')],
  ['writeOnly', ifTrue('Write-only.')],
  ['$dynamicRef', ifText((reference) => `Follows the schema ${quoted(reference)}.`)],
]);

/** What one keyword of a schema says; undefined where it says nothing, or is no keyword that is told in words. */
export function inWords(keyword: string, schema: JsonSchema): string | undefined {
  return sentences.get(keyword)?.(schema[keyword], schema) || undefined;
}

/** A list of values, as far as there is room for it. */
export function listed(values: readonly unknown[]): string {
  const written: string[] = [];
  let room = longestJson * 2;
  for (const value of values) {
    const text = shortJson(value);
    room -= text.length + 2;
    if (room < 0) return `${written.join(', ')}, …`;
    written.push(text);
  }
  return written.join(', ');
}

const longestJson = 300;
const deepestJson = 6;

/** A value as JSON of at most about 300 characters, however large or deep it is. */
export function shortJson(value: unknown): string {
  return cut(write(value, deepestJson, longestJson), longestJson);
}

function write(value: unknown, depth: number, room: number): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, Math.max(0, room)));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth === 0 || room <= 0) return isRecord(value) ? '{…}' : '[…]';
  let text = '';
  const add = (name: string, item: unknown): boolean => {
    if (text.length > room) {
      text += ',…';
      return false;
    }
    text += (text === '' ? '' : ',') + name + write(item, depth - 1, room - text.length);
    return true;
  };
  if (isRecord(value)) {
    for (const key in value) if (!add(`${JSON.stringify(cut(key, room))}:`, value[key])) break;
    return `{${text}}`;
  }
  if (Array.isArray(value)) for (const item of value) if (!add('', item)) break;
  return `[${text}]`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function quoted(text: string): string {
  return cut(text, 1_000);
}

function count(limit: number, one: string, many = `${one}s`): string {
  return `${limit} ${limit === 1 ? one : many}`;
}

function contains(value: unknown, { minContains, maxContains }: JsonSchema): string | undefined {
  if (!isRecord(value)) return undefined;
  const least = typeof minContains === 'number' ? minContains : 1;
  const most = typeof maxContains === 'number' ? ` and at most ${maxContains}` : '';
  return `At least ${least}${most} of the items: ${shortJson(value)}.`;
}

function conditional(value: unknown, schema: JsonSchema): string | undefined {
  if (schema.then === undefined && schema.else === undefined) return undefined;
  const then = schema.then === undefined ? '' : `, then ${shortJson(schema.then)}`;
  const otherwise = schema.else === undefined ? '' : `, else ${shortJson(schema.else)}`;
  return `If ${shortJson(value)}${then}${otherwise}.`;
}

function perName(value: unknown, write: (name: string, value: unknown) => string): string | undefined {
  if (!isRecord(value)) return undefined;
  const written: string[] = [];
  let room = longestJson * 4;
  for (const name in value) {
    const text = write(name, value[name]);
    room -= text.length;
    if (room < 0) return `${written.join(' ')} …`;
    written.push(text);
  }
  return written.join(' ');
}

function dependent(name: string, needed: unknown): string {
  const given = `If ${quoted(name)} is given`;
  return Array.isArray(needed) ? `${given}, so must be ${listed(needed)}.` : `${given}: ${meant(needed)}.`;
}

function keys(value: unknown): string | undefined {
  if (value === false) return 'No properties.';
  if (!isRecord(value)) return undefined;
  const { type: _, ...beside } = value;
  const [only, ...others] = Object.keys(beside);
  if (only === undefined) return undefined;
  if (others.length === 0 && typeof beside.pattern === 'string') return `${keysLike(beside.pattern)}.`;
  if (others.length === 0 && Array.isArray(beside.enum)) return `Keys: ${listed(beside.enum)}.`;
  return `Keys: ${shortJson(beside)}.`;
}

function keysLike(pattern: string): string {
  return `Keys that match ${quoted(pattern)}`;
}

function meant(schema: unknown): string {
  if (schema === false) return 'not allowed';
  return schema === true ? 'anything' : shortJson(schema);
}
