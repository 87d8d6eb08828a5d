import type { GeminiJsonSchema } from './json-schema-form.ts';
import type { TypeName } from './schema-conditions.ts';
import { listed } from './schema-words.ts';

/** Longer lists stand in the description, as far as there is room. */
const mostValues = 500;

export interface Enumeration {
  /** One schema for each type among the values; empty: the values have no keyword. */
  readonly branches: readonly GeminiJsonSchema[];
  readonly words: string | undefined;
}

/** The values that a schema names, as what Gemini can list: strings and numbers. `allows`: the types the schema takes. */
export function enumeration(values: readonly unknown[], allows: (type: TypeName) => boolean): Enumeration {
  const inWords = { branches: [], words: `One of: ${listed(values)}.` };
  if (values.length > mostValues) return inWords;
  const strings = new Set<string>();
  const numbers = new Set<number>();
  const booleans = new Set<boolean>();
  let hasNull = false;
  for (const value of values) {
    if (typeof value === 'string') {
      if (allows('string')) strings.add(value);
    } else if (typeof value === 'number') {
      if (allows('number') || (allows('integer') && Number.isInteger(value))) numbers.add(value);
    } else if (typeof value === 'boolean') {
      if (allows('boolean')) booleans.add(value);
    } else if (value === null) hasNull ||= allows('null');
    // Objects and lists have no place in an enumeration of Gemini's.
    else return inWords;
  }
  const branches: GeminiJsonSchema[] = [];
  if (strings.size > 0) branches.push({ type: 'string', enum: [...strings] });
  if (numbers.size > 0) {
    const whole = !allows('number') || [...numbers].every(Number.isInteger);
    branches.push({ type: whole ? 'integer' : 'number', enum: [...numbers] });
  }
  if (booleans.size > 0) branches.push({ type: 'boolean' });
  if (hasNull) branches.push({ type: 'null' });
  if (branches.length === 0) return inWords;
  const [always] = booleans;
  return { branches, words: booleans.size === 1 ? `If true or false: ${always}.` : undefined };
}

/** Alternatives of one place. Those that only name values of a type are one, and so are those that only name the type. */
export class Alternatives {
  readonly #branches: GeminiJsonSchema[] = [];
  readonly #values = new Map<unknown, Set<string | number>>();
  readonly #types = new Set<unknown>();
  #largest = 0;

  add(branch: GeminiJsonSchema): void {
    const keys = Object.keys(branch).length;
    const { type, enum: values } = branch;
    if (keys === 1 && type !== undefined) {
      if (!this.#types.has(type)) this.#branches.push(branch);
      this.#types.add(type);
    } else if (keys === 2 && type !== undefined && values !== undefined) {
      const known = this.#values.get(type);
      if (known === undefined) {
        this.#values.set(type, new Set(values));
        this.#branches.push(branch);
        return;
      }
      for (const value of values) known.add(value);
      this.#largest = Math.max(this.#largest, known.size);
    } else this.#branches.push(branch);
  }

  /** How many there are, or how many values one of them names where that is too many. */
  get size(): number {
    return this.#largest > mostValues ? this.#largest : this.#branches.length;
  }

  get all(): readonly GeminiJsonSchema[] {
    return this.#branches.map((branch) => {
      const values =
        Object.keys(branch).length === 2 && branch.enum !== undefined ? this.#values.get(branch.type) : undefined;
      return values === undefined ? branch : { ...branch, enum: [...values] };
    });
  }
}
