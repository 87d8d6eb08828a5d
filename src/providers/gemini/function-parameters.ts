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
const known: Readonly<Record<ParametersForm, Map<string, Known>>> = { 'json-schema': new Map(), own: new Map() };

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
  const earlier = known[form].get(text);
  if (earlier !== undefined && earlier.effort < effort.left) {
    effort.left -= earlier.effort;
    keep(text, earlier, known[form]);
    return earlier.parameters;
  }
  const before = effort.left;
  const parameters = translated(schema, form, effort);
  // With less effort than it wanted it came out shorter than it would at another time.
  if (effort.left > 0 && text.length <= longestKnown) {
    keep(text, { parameters, effort: before - effort.left }, known[form]);
  }
  return parameters;
}

function translated(schema: unknown, form: ParametersForm, effort: Effort): FunctionParameters | undefined {
  const object = rootObject(jsonSchemaForm(schema, form === 'own' ? 'cut' : 'kept', effort));
  if (object === undefined) return undefined;
  const { schema: jsonSchema, cuts } = object;
  return { jsonSchema, ownSchema: form === 'own' ? ownForm(jsonSchema) : undefined, cuts };
}

/** What is used stays, and what was not for the longest time goes first. */
function keep(text: string, entry: Known, entries: Map<string, Known>): void {
  entries.delete(text);
  entries.set(text, entry);
  if (entries.size <= mostKnown) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    return;
  }
}
