import { isRecord } from '../../messages/json.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';
import { Conditions, type Raw, type TypeName } from './schema-conditions.ts';
import { conjunctionOf, type Recursion, type Trail } from './schema-conjunction.ts';
import { Alternatives, enumeration } from './schema-enumeration.ts';
import { listed, shortJson } from './schema-words.ts';

/** What Gemini reads of JSON Schema (source: `responseJsonSchema` in Google's API reference). */
export interface GeminiJsonSchema {
  type?: TypeName | readonly TypeName[];
  title?: string;
  description?: string;
  format?: string;
  default?: unknown;
  enum?: readonly (string | number)[];
  minimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, GeminiJsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | GeminiJsonSchema;
  prefixItems?: readonly GeminiJsonSchema[];
  items?: GeminiJsonSchema;
  minItems?: number;
  maxItems?: number;
  anyOf?: readonly GeminiJsonSchema[];
  $ref?: string;
  $defs?: Readonly<Record<string, GeminiJsonSchema>>;
}

export interface SchemaForm<S> {
  readonly schema: S;
  /** What could not be told whole, not even in words. */
  readonly cuts: readonly string[];
}

/** Levels of nesting that are written: fewer where a schema comes out too large, so that all of it is cut alike. */
const depths = [24, 10, 6, 4, 2] as const;
const mostNodes = 3_000;
/** How often a schema that holds itself is written into itself, where no `$ref` may stand. */
const mostRepeats = 3;
const mostAlternatives = 100;
/** Gemini refuses schemas whose `maxItems` add up to much, without saying so (source: python-genai, issue 2170). */
const longestBound = 64;
const boundsTogether = 256;
/** Characters that may be added to the descriptions of a schema. */
const roomForWords = 30_000;

/** What all schemas of a request may cost together, counted in the schemas within them. */
export interface Effort {
  left: number;
}
export const effortForRequest = 30_000;

/**
 * A JSON Schema of any draft in the keywords that Gemini reads. A value that is valid under the one is valid under the
 * other, which may allow more; what it cannot say stands in the descriptions. Takes bounded time, and gives a bounded
 * result, for every schema. `references`: whether a schema that holds itself may be referred to, or is cut.
 */
export function jsonSchemaForm(
  schema: unknown,
  references: 'kept' | 'cut' = 'kept',
  effort: Effort = { left: effortForRequest },
): SchemaForm<GeminiJsonSchema> {
  for (const depth of depths) {
    if (effort.left <= 0) break;
    const walk = new Walk(schema, depth, mostNodes, references);
    const form = walk.form();
    effort.left -= walk.nodes;
    if (form !== undefined) return form;
  }
  return new Walk(schema, 1, Number.POSITIVE_INFINITY, references).form() ?? { schema: {}, cuts: [] };
}

interface Place {
  readonly trail: Trail | undefined;
  readonly depth: number;
  /** The depth of the last property on the way here that may be absent. */
  readonly optionalAt: number;
}

class Walk {
  readonly #root: unknown;
  readonly #depth: number;
  readonly #mostNodes: number;
  readonly #references: 'kept' | 'cut';
  readonly #definitions = new Map<JsonSchema, string>();
  readonly #cuts = new Set<string>();
  #nodes = 0;
  #boundsLeft = boundsTogether;
  #roomLeft = roomForWords;

  constructor(root: unknown, depth: number, mostNodes: number, references: 'kept' | 'cut') {
    this.#root = root;
    this.#depth = depth;
    this.#mostNodes = mostNodes;
    this.#references = references;
  }

  /** undefined: it is too large at this depth. */
  form(): SchemaForm<GeminiJsonSchema> | undefined {
    const trail = isRecord(this.#root) ? { target: this.#root, depth: 0, before: undefined } : undefined;
    const schema = this.#node([this.#root], { trail, depth: 0, optionalAt: 0 }) ?? {};
    const definitions: [string, GeminiJsonSchema][] = [];
    // What is added on the way is gone through as well.
    for (const [target, name] of this.#definitions) {
      const trail = { target, depth: 0, before: undefined };
      definitions.push([name, this.#node([target], { trail, depth: 1, optionalAt: 0 }) ?? {}]);
    }
    if (this.#isTooLarge) return undefined;
    if (definitions.length > 0) schema.$defs = Object.fromEntries(definitions);
    return { schema, cuts: [...this.#cuts] };
  }

  /** How many schemas have been written. */
  get nodes(): number {
    return this.#nodes;
  }

  get #isTooLarge(): boolean {
    return this.#nodes > this.#mostNodes;
  }

  /** undefined: no value is valid. */
  #node(raw: Raw, place: Place): GeminiJsonSchema | undefined {
    this.#nodes += 1;
    if (this.#isTooLarge) return {};
    const [only] = raw;
    if (raw.length === 1 && isReadable(only)) return only;
    const held = conjunctionOf(raw, this.#root, place, (entries) => {
      return !this.#mayRefer(entries, place) && entries.length < mostRepeats;
    });
    if (held.impossible) return undefined;
    const conditions = new Conditions(held.parts);
    for (const reference of held.unresolved) {
      conditions.words.push(`Follows the schema ${reference.slice(0, 200)}.`);
      this.#cuts.add('it refers to a schema that is not in it, or to too many');
    }
    const node: GeminiJsonSchema = {};
    this.#writeRecursions(node, conditions, held.recursions, place);
    const inner = { trail: held.trail, depth: place.depth + 1, optionalAt: place.optionalAt };
    this.#writeScalars(node, conditions);
    this.#writeValues(node, conditions);
    if (conditions.properties.size > 0 || conditions.additional !== undefined || conditions.required.size > 0) {
      this.#writeObject(node, conditions, inner);
    }
    if (conditions.types?.includes('array') || conditions.items !== undefined || conditions.places.length > 0) {
      this.#writeArray(node, conditions, inner);
    }
    this.#writeAlternatives(node, conditions, inner);
    if (node.anyOf?.length === 0) return undefined;
    return this.#described(node, conditions);
  }

  /** The node with its words, or the bare reference where there is nothing else: Gemini wants it alone. */
  #described(node: GeminiJsonSchema, { descriptions, words }: Conditions): GeminiJsonSchema {
    const said = words.join(' ');
    if (said !== '') {
      this.#roomLeft -= said.length;
      if (this.#roomLeft >= 0) descriptions.push(said);
      else this.#cuts.add('it has more conditions than there is room for in its descriptions');
    }
    if (descriptions.length > 0) return { description: descriptions.join('\n'), ...node };
    const [first] = node.anyOf ?? [];
    return first?.$ref !== undefined && Object.keys(node).length === 1 && node.anyOf?.length === 1 ? first : node;
  }

  /** Gemini unrolls a schema that holds itself, and so wants that only in properties that may be absent. */
  #mayRefer([entry]: readonly Trail[], { optionalAt }: Place): boolean {
    return this.#references === 'kept' && entry !== undefined && entry.depth < optionalAt;
  }

  #writeRecursions(
    node: GeminiJsonSchema,
    conditions: Conditions,
    recursions: readonly Recursion[],
    place: Place,
  ): void {
    for (const { target, reference, entries } of recursions) {
      const name = reference.slice(reference.lastIndexOf('/') + 1).slice(0, 100);
      if (this.#mayRefer(entries, place) && node.anyOf === undefined) {
        node.anyOf = [{ $ref: `#/$defs/${this.#define(target, name)}` }];
      } else {
        conditions.words.push(`Nested in the same way as ${name === '#' ? 'the whole' : name}.`);
        conditions.types ??= new Conditions([target]).types;
        this.#cuts.add(`it holds itself, and is cut after ${mostRepeats} times`);
      }
    }
  }

  #define(target: JsonSchema, name: string): string {
    const known = this.#definitions.get(target);
    if (known !== undefined) return known;
    const clean = name.replace(/[^a-zA-Z0-9_]/g, '') || 'whole';
    const taken = new Set(this.#definitions.values());
    let unique = clean;
    for (let number = 2; taken.has(unique); number += 1) unique = `${clean}_${number}`;
    this.#definitions.set(target, unique);
    return unique;
  }

  #writeScalars(node: GeminiJsonSchema, conditions: Conditions): void {
    const { types, title, format, minimum, maximum } = conditions;
    const [type, ...others] = types ?? [];
    if (type !== undefined) node.type = others.length === 0 ? type : [type, ...others];
    if (title !== undefined) node.title = title;
    const numeric = conditions.allows('number') || conditions.allows('integer');
    if (format !== undefined && (numeric || conditions.allows('string'))) node.format = format;
    if (conditions.default !== undefined) node.default = conditions.default[0];
    if (numeric && minimum !== undefined) node.minimum = minimum;
    if (numeric && maximum !== undefined) node.maximum = maximum;
  }

  #writeValues(node: GeminiJsonSchema, conditions: Conditions): void {
    if (conditions.values === undefined) return;
    const { branches, words } = enumeration(conditions.values, (type) => conditions.allows(type));
    const [only, ...others] = branches;
    if (only !== undefined && others.length === 0) Object.assign(node, only);
    else if (only !== undefined && node.anyOf === undefined && conditions.groups.length === 0) {
      node.anyOf = branches;
      delete node.type;
    } else if (only !== undefined) conditions.words.push(`One of: ${listed(conditions.values)}.`);
    if (words !== undefined) conditions.words.push(words);
  }

  #writeAlternatives(node: GeminiJsonSchema, conditions: Conditions, inner: Place): void {
    for (const group of conditions.groups) {
      const branches = node.anyOf === undefined ? this.#alternatives(group, inner) : undefined;
      if (branches !== undefined) this.#setAlternatives(node, branches);
      else conditions.words.push(`One of these holds: ${listed(group)}.`);
    }
  }

  /** One that is left over is no alternative: it holds, and a node that says no more than its type takes it over. */
  #setAlternatives(node: GeminiJsonSchema, branches: readonly GeminiJsonSchema[]): void {
    const [only, ...others] = branches;
    const isPlain = Object.keys(node).every((key) => key === 'type') && (node.type ?? only?.type) === only?.type;
    if (only !== undefined && others.length === 0 && isPlain && only.$ref === undefined) Object.assign(node, only);
    else node.anyOf = branches;
  }

  /** undefined: they can only be told in words. */
  #alternatives(group: Raw, inner: Place): readonly GeminiJsonSchema[] | undefined {
    if (inner.depth > this.#depth) return this.#cutDeeper();
    const alternatives = new Alternatives();
    for (const raw of group) {
      const branch = this.#node([raw], inner);
      if (branch === undefined) continue;
      // One alternative without a condition makes all of them one; what it had is told in words.
      if (Object.keys(branch).every((key) => annotations.has(key))) return undefined;
      alternatives.add(branch);
      if (alternatives.size > mostAlternatives) {
        this.#cuts.add(`it has more than ${mostAlternatives} alternatives in one place`);
        return undefined;
      }
    }
    return alternatives.all;
  }

  #writeObject(node: GeminiJsonSchema, conditions: Conditions, inner: Place): void {
    if (!conditions.allows('object')) return;
    const { required, words } = conditions;
    const known = new Map<string, GeminiJsonSchema>();
    const isCut = inner.depth > this.#depth && conditions.properties.size > 0;
    if (isCut) {
      words.push(`Its properties: ${shortJson(Object.fromEntries(conditions.properties))}.`);
      this.#cutDeeper();
    } else {
      for (const [name, raw] of conditions.properties) {
        const property = this.#node(raw, required.has(name) ? inner : { ...inner, optionalAt: inner.depth });
        if (property === undefined) words.push(`Without ${name.slice(0, 100)}.`);
        else known.set(name, property);
      }
      if (conditions.properties.size > 0) node.properties = Object.fromEntries(known);
    }
    const names = [...required].filter((name) => known.has(name));
    if (names.length > 0) node.required = names;
    const others = [...required].filter((name) => !known.has(name));
    if (others.length > 0) words.push(`Must have: ${listed(others)}.`);
    // Of properties that are not written here, it would say the wrong thing.
    if (!isCut) this.#writeAdditional(node, conditions, inner);
  }

  #writeAdditional(node: GeminiJsonSchema, { additional, words }: Conditions, inner: Place): void {
    if (additional === undefined) return;
    if (additional.includes(false)) node.additionalProperties = false;
    else if (additional.every((schema) => schema === true)) node.additionalProperties = true;
    else if (inner.depth <= this.#depth) node.additionalProperties = this.#node(additional, inner) ?? false;
    else {
      words.push(`Its other properties: ${listed(additional)}.`);
      this.#cutDeeper();
    }
  }

  #writeArray(node: GeminiJsonSchema, conditions: Conditions, inner: Place): void {
    if (!conditions.allows('array')) return;
    const { places, items, words } = conditions;
    let { maxItems } = conditions;
    if (inner.depth > this.#depth && (places.length > 0 || items !== undefined)) {
      words.push(`Its items: ${listed([...places.flat(), ...(items ?? [])])}.`);
      this.#cutDeeper();
    } else {
      const prefix: GeminiJsonSchema[] = [];
      for (const raw of places) {
        const place = this.#node(raw, inner);
        if (place === undefined) {
          maxItems = Math.min(maxItems ?? prefix.length, prefix.length);
          break;
        }
        prefix.push(place);
      }
      if (prefix.length > 0) node.prefixItems = prefix;
      const others = items === undefined ? undefined : this.#node(items, inner);
      if (others !== undefined) node.items = others;
      else if (items !== undefined) maxItems = Math.min(maxItems ?? places.length, places.length);
    }
    // Gemini wants to be told something of the items.
    if (node.items === undefined && node.prefixItems === undefined && conditions.types !== undefined) node.items = {};
    this.#writeBounds(node, conditions.minItems, maxItems, words);
  }

  #writeBounds(node: GeminiJsonSchema, min: number | undefined, max: number | undefined, words: string[]): void {
    const weight = Math.max(min ?? 0, max ?? 0);
    if (weight <= longestBound && weight <= this.#boundsLeft) {
      this.#boundsLeft -= weight;
      if (min !== undefined) node.minItems = min;
      if (max !== undefined) node.maxItems = max;
      return;
    }
    if (min !== undefined) words.push(`At least ${min} items.`);
    if (max !== undefined) words.push(`At most ${max} items.`);
  }

  #cutDeeper(): undefined {
    this.#cuts.add(`it is written ${this.#depth} levels deep, what is below only in part`);
  }
}

/** Whether Gemini reads the schema as it is: that of a plain value, as most are. Most of a translation's time is saved. */
function isReadable(schema: unknown): schema is GeminiJsonSchema {
  if (!isRecord(schema) || typeof schema.type !== 'string' || !plainTypes.has(schema.type)) return false;
  for (const keyword in schema) {
    switch (keyword) {
      case 'type':
      case 'default':
        break;
      case 'description':
      case 'title':
        if (typeof schema[keyword] !== 'string' || schema[keyword] === '') return false;
        break;
      case 'minimum':
      case 'maximum':
        if (typeof schema[keyword] !== 'number' || schema.type === 'string' || schema.type === 'boolean') return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

const plainTypes: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'null']);
const annotations: ReadonlySet<string> = new Set(['description', 'title', 'default']);
