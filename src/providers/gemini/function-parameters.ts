import { type Effort, type GeminiJsonSchema, jsonSchemaForm } from './json-schema-form.ts';
import { ownForm } from './own-schema-form.ts';
import { rootObject } from './root-object.ts';
import type { Schema } from './wire.ts';

/** What a tool's schema becomes as the parameters of a function. */
export interface FunctionParameters {
  readonly jsonSchema: GeminiJsonSchema;
  /** The same in Gemini's own form, where that is wanted. */
  readonly ownSchema: Schema | undefined;
  /** What could not be told whole, not even in words. */
  readonly cuts: readonly string[];
}

/** `json-schema`: `parametersJsonSchema`. `own`: `parameters`, for what reads no other. */
export type ParametersForm = 'json-schema' | 'own';

interface Known {
  readonly parameters: FunctionParameters | undefined;
  readonly effort: number;
}

// Every request of a conversation brings the same tools again, and their schemas are most of the work on it. That they are
// known saves time and changes nothing else.
const mostKnown = 500;
const longestKnown = 20_000;
/** Of all that is known in one form: the schemas, and what has been made of them. */
const mostCharacters = 4 * 1024 * 1024;

/** Schemas by their text. What is used stays, and what was not for the longest time goes first. */
class KnownSchemas {
  readonly #entries = new Map<string, Known & { readonly size: number }>();
  #characters = 0;

  find(text: string): Known | undefined {
    const found = this.#entries.get(text);
    if (found === undefined) return undefined;
    this.#entries.delete(text);
    this.#entries.set(text, found);
    return found;
  }

  add(text: string, known: Known): void {
    const size = text.length + JSON.stringify(known).length;
    this.#entries.set(text, { ...known, size });
    this.#characters += size;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= mostKnown && this.#characters <= mostCharacters) return;
      this.#entries.delete(oldest);
      this.#characters -= entry.size;
    }
  }
}

const known: Readonly<Record<ParametersForm, KnownSchemas>> = {
  'json-schema': new KnownSchemas(),
  own: new KnownSchemas(),
};

/**
 * The parameters of a function, from the schema of its tool's input; undefined where it takes none. Not to be changed: who
 * asks for the same schema gets the same object. `effort` is spent whether it is known or not.
 */
export function functionParameters(
  schema: unknown,
  form: ParametersForm,
  effort: Effort,
): FunctionParameters | undefined {
  const text = JSON.stringify(schema) ?? '';
  const earlier = known[form].find(text);
  if (earlier !== undefined && earlier.effort < effort.left) {
    effort.left -= earlier.effort;
    return earlier.parameters;
  }
  const before = effort.left;
  const parameters = translated(schema, form, effort);
  // With less effort than it wanted it came out shorter than it would at another time.
  if (effort.left > 0 && text.length <= longestKnown && earlier === undefined) {
    known[form].add(text, { parameters, effort: before - effort.left });
  }
  return parameters;
}

function translated(schema: unknown, form: ParametersForm, effort: Effort): FunctionParameters | undefined {
  const object = rootObject(jsonSchemaForm(schema, form === 'own' ? 'cut' : 'kept', effort));
  if (object === undefined) return undefined;
  const { schema: jsonSchema, cuts } = object;
  return { jsonSchema, ownSchema: form === 'own' ? ownForm(jsonSchema) : undefined, cuts };
}
