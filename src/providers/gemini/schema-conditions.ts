import { isRecord } from '../../messages/json.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';
import { inWords } from './schema-words.ts';

export const typeNames = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type TypeName = (typeof typeNames)[number];

/** Schemas as their client wrote them, all of which hold for one value. */
export type Raw = readonly unknown[];

/** What several schemas that hold together ask of a value. */
export class Conditions {
  /** undefined: any. */
  types: readonly TypeName[] | undefined;
  /** Of `enum` and `const`; undefined: any. */
  values: readonly unknown[] | undefined;
  title: string | undefined;
  format: string | undefined;
  /** In a list, for `undefined` is no value, but null is one. */
  default: readonly [unknown] | undefined;
  readonly descriptions: string[] = [];
  minimum: number | undefined;
  maximum: number | undefined;
  exclusiveMinimum: number | undefined;
  exclusiveMaximum: number | undefined;
  minItems: number | undefined;
  maxItems: number | undefined;
  readonly properties = new Map<string, unknown[]>();
  readonly required = new Set<string>();
  /** Of the properties that are not named; undefined: nothing is said of them. */
  additional: Raw | undefined;
  /** The schemas of an array's first places. */
  places: readonly Raw[] = [];
  /** Those of its other items; undefined: nothing is said of them. */
  items: Raw | undefined;
  /** Lists of alternatives, of each of which one must hold. */
  readonly groups: Raw[] = [];
  /** OpenAPI's mark beside a type, which tools use as well. */
  #nullable = false;
  /** What has no keyword at Gemini. */
  readonly words: string[] = [];

  constructor(parts: readonly JsonSchema[]) {
    for (const part of parts) for (const keyword in part) this.#take(keyword, part[keyword], part);
    this.#readItems(parts);
    this.#closeBounds();
    if (this.types === undefined && this.properties.size > 0)
      this.types = this.#nullable ? ['object', 'null'] : ['object'];
  }

  allows(type: TypeName): boolean {
    return this.types === undefined || this.types.includes(type);
  }

  #take(keyword: string, value: unknown, part: JsonSchema): void {
    switch (keyword) {
      case 'type':
        this.#restrictTypes(value, part.nullable === true);
        return;
      case 'nullable':
        this.#nullable ||= value === true;
        return;
      case 'title':
        if (typeof value === 'string') this.title ??= value;
        return;
      case 'description':
        if (typeof value === 'string' && value !== '' && !this.descriptions.includes(value))
          this.descriptions.push(value);
        return;
      case 'default':
        this.default ??= [value];
        return;
      case 'format':
        if (typeof value !== 'string' || value === this.format) return;
        if (this.format === undefined) this.format = value;
        else this.words.push(`Format: ${value}.`);
        return;
      case 'enum':
        if (Array.isArray(value)) this.#restrictValues(value);
        return;
      case 'const':
        this.#restrictValues([value]);
        return;
      case 'minimum':
        // Draft 4 wrote the other keyword as a mark on this one.
        if (part.exclusiveMinimum === true) this.exclusiveMinimum = larger(this.exclusiveMinimum, value);
        else this.minimum = larger(this.minimum, value);
        return;
      case 'maximum':
        if (part.exclusiveMaximum === true) this.exclusiveMaximum = smaller(this.exclusiveMaximum, value);
        else this.maximum = smaller(this.maximum, value);
        return;
      case 'exclusiveMinimum':
        this.exclusiveMinimum = larger(this.exclusiveMinimum, value);
        return;
      case 'exclusiveMaximum':
        this.exclusiveMaximum = smaller(this.exclusiveMaximum, value);
        return;
      case 'minItems':
        this.minItems = larger(this.minItems, value);
        return;
      case 'maxItems':
        this.maxItems = smaller(this.maxItems, value);
        return;
      case 'properties':
        if (isRecord(value)) this.#addProperties(value);
        return;
      case 'required':
        if (Array.isArray(value)) for (const name of value) if (typeof name === 'string') this.required.add(name);
        return;
      case 'additionalProperties':
        this.additional = [...(this.additional ?? []), besidesPatterns(value, part.patternProperties)];
        return;
      case 'anyOf':
      case 'oneOf':
        if (Array.isArray(value) && value.length > 1) this.groups.push(value);
        if (keyword === 'oneOf' && this.groups.at(-1) === value) this.words.push('Exactly one of the alternatives.');
        return;
    }
    const said = inWords(keyword, part);
    if (said !== undefined) this.words.push(said);
  }

  #restrictTypes(value: unknown, nullable: boolean): void {
    const plain = nullable || this.types !== undefined ? undefined : plainTypes.get(value);
    if (plain !== undefined) {
      this.types = plain;
      return;
    }
    const named = Array.isArray(value) ? value : [value];
    const types = new Set<TypeName>();
    for (const name of named) {
      const type = typeOf(name);
      if (type !== undefined) types.add(type);
      else if (typeof name === 'string') this.words.push(`Type: ${name.slice(0, 100)}.`);
    }
    // A type nobody knows may be anything.
    if (types.size === 0 || types.size < new Set(named).size) return;
    if (nullable) types.add('null');
    this.types = this.types === undefined ? [...types] : intersection(this.types, types);
  }

  #restrictValues(values: readonly unknown[]): void {
    if (this.values === undefined) {
      this.values = values;
      return;
    }
    const keys = new Set(values.map(keyOf));
    this.values = this.values.filter((value) => keys.has(keyOf(value)));
  }

  #addProperties(properties: JsonSchema): void {
    for (const name in properties) {
      const known = this.properties.get(name);
      if (known === undefined) this.properties.set(name, [properties[name]]);
      else known.push(properties[name]);
    }
  }

  /** Older drafts wrote the places as a list of `items`. */
  #readItems(parts: readonly JsonSchema[]): void {
    const arrays: { places: Raw; others: unknown }[] = [];
    for (const { items, prefixItems, additionalItems } of parts) {
      if (Array.isArray(items)) arrays.push({ places: items, others: additionalItems });
      else if (Array.isArray(prefixItems)) arrays.push({ places: prefixItems, others: items });
      else if (items !== undefined) arrays.push({ places: [], others: items });
    }
    if (arrays.length === 0) return;
    const length = Math.max(...arrays.map(({ places }) => places.length));
    this.places = Array.from({ length }, (_, at) =>
      arrays.map(({ places, others }) => places[at] ?? others).filter((schema) => schema !== undefined),
    );
    const others = arrays.map(({ others }) => others).filter((schema) => schema !== undefined);
    if (others.includes(false)) this.maxItems = smaller(this.maxItems, length);
    else if (others.length > 0) this.items = others;
  }

  /** Numbers that are excluded become bounds: the next whole number, or the nearest bound and a sentence. */
  #closeBounds(): void {
    const whole = this.types !== undefined && !this.types.includes('number');
    const { exclusiveMinimum: above, exclusiveMaximum: below } = this;
    if (above !== undefined) {
      this.minimum = larger(this.minimum, whole ? Math.floor(above) + 1 : above);
      if (!whole) this.words.push(`Greater than ${above}.`);
    }
    if (below !== undefined) {
      this.maximum = smaller(this.maximum, whole ? Math.ceil(below) - 1 : below);
      if (!whole) this.words.push(`Less than ${below}.`);
    }
  }
}

/** Nearly every schema names one type. */
const plainTypes: ReadonlyMap<unknown, readonly TypeName[]> = new Map(typeNames.map((type) => [type, [type]]));

function typeOf(name: unknown): TypeName | undefined {
  const lower = typeof name === 'string' ? name.toLowerCase() : undefined;
  return typeNames.find((type) => type === lower);
}

/** An `integer` is a `number`, too. */
function intersection(types: readonly TypeName[], others: ReadonlySet<TypeName>): readonly TypeName[] {
  const both = new Set<TypeName>();
  for (const type of types) {
    if (others.has(type)) both.add(type);
    else if (type === 'number' && others.has('integer')) both.add('integer');
    else if (type === 'integer' && others.has('number')) both.add('integer');
  }
  // Nothing is valid then, and so no type is too strict.
  return both.size === 0 ? types : [...both];
}

/** Properties that match a pattern have its schema, and not that of all others. */
function besidesPatterns(additional: unknown, patterns: unknown): unknown {
  if (!isRecord(patterns)) return additional;
  const schemas = Object.values(patterns);
  return schemas.length === 0 ? additional : { anyOf: [...schemas, additional] };
}

/** Equal for equal values. Whether two objects or lists are the same is not looked at: they may be. */
function keyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? compound : value;
}
const compound = Symbol('an object or a list');

function larger(known: number | undefined, value: unknown): number | undefined {
  if (typeof value !== 'number') return known;
  return known === undefined ? value : Math.max(known, value);
}

function smaller(known: number | undefined, value: unknown): number | undefined {
  if (typeof value !== 'number') return known;
  return known === undefined ? value : Math.min(known, value);
}
