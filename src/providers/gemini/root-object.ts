import type { GeminiJsonSchema, SchemaForm } from './json-schema-form.ts';

/**
 * The schema of a function's arguments, which Gemini wants to be an object that lists them. Alternatives at its root
 * become one object that allows each of them; undefined where it takes no arguments.
 */
export function rootObject({ schema, cuts }: SchemaForm<GeminiJsonSchema>): SchemaForm<GeminiJsonSchema> | undefined {
  const { anyOf, ...root } = schema;
  const object: GeminiJsonSchema = { ...root, type: 'object' };
  if (anyOf === undefined) return takesNothing(object) ? undefined : { schema: object, cuts };
  const branches = anyOf.filter(mayBeObject);
  const properties = new Map<string, GeminiJsonSchema>();
  for (const branch of branches) {
    for (const [name, property] of Object.entries(branch.properties ?? {})) {
      const known = properties.get(name);
      properties.set(name, known === undefined || isSame(known, property) ? property : either(known, property));
    }
  }
  // What holds beside the alternatives is not made any looser by them.
  for (const [name, property] of Object.entries(root.properties ?? {})) properties.set(name, property);
  object.properties = Object.fromEntries(properties);
  const [first = [], ...others] = branches.map(({ required = [] }) => required);
  const always = first.filter((name) => others.every((required) => required.includes(name)));
  const required = [...new Set([...(root.required ?? []), ...always])];
  if (required.length > 0) object.required = required;
  if (root.additionalProperties === undefined && branches.every((branch) => branch.additionalProperties === false)) {
    object.additionalProperties = false;
  }
  const sets = branches.map((branch) => branch.required ?? Object.keys(branch.properties ?? {}));
  const told = `Takes one of these sets of properties: ${sets.map((names) => names.join(', ') || 'any').join(' | ')}.`;
  object.description = root.description === undefined ? told : `${root.description}\n${told}`;
  return { schema: object, cuts: [...cuts, 'alternatives at its root become one object that allows each'] };
}

function takesNothing({ properties, additionalProperties }: GeminiJsonSchema): boolean {
  const isMap = additionalProperties !== undefined && additionalProperties !== false;
  return Object.keys(properties ?? {}).length === 0 && !isMap;
}

function mayBeObject({ type }: GeminiJsonSchema): boolean {
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
}

function either(known: GeminiJsonSchema, property: GeminiJsonSchema): GeminiJsonSchema {
  const isChoice = known.anyOf !== undefined && Object.keys(known).length === 1;
  return { anyOf: [...(isChoice ? (known.anyOf ?? []) : [known]), property] };
}

function isSame(one: GeminiJsonSchema, other: GeminiJsonSchema): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
