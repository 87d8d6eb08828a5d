import { createHash } from 'node:crypto';
import { isRecord } from '../../messages/json.ts';
import type { JsonSchema } from '../../translation/tool-definition.ts';

const accepted = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

/**
 * What an argument is called in Gemini's own form of schemas: it takes 1 to 64 letters, digits and `_`, the first of them
 * no digit (source: `FunctionDeclaration.parameters` in @google/genai). Always the same for the same name.
 */
export function argumentName(name: string): string {
  if (accepted.test(name)) return name;
  const clean = name.slice(0, 54).replace(/^[^a-zA-Z_]|[^a-zA-Z0-9_]/g, '_');
  return `${clean}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** Calls' arguments in the client's names and in Gemini's. */
export interface ArgumentNames {
  /** The same object where nothing is called otherwise. */
  write(args: JsonSchema): JsonSchema;
  read(args: JsonSchema): JsonSchema;
}

/** Where schemas are JSON Schema, every name may stand. */
export const sameNames: ArgumentNames = { write: (args) => args, read: (args) => args };

/** The names in the schemas of a request's tools, both ways. */
export function argumentNamesOf(schemas: Iterable<unknown>): ArgumentNames {
  const upstream = new Map<string, string>();
  for (const schema of schemas) collect(schema, upstream, 0);
  if (upstream.size === 0) return sameNames;
  const client = new Map([...upstream].map(([name, written]) => [written, name]));
  return {
    write: (args) => renamed(args, upstream),
    read: (args) => renamed(args, client),
  };
}

/** As deep as names are looked for, in schemas and in arguments. */
const deepest = 100;

/** Every name under a `properties` anywhere in a schema, that of its definitions as well. */
function collect(schema: unknown, names: Map<string, string>, depth: number): void {
  if (depth > deepest || typeof schema !== 'object' || schema === null) return;
  if (isRecord(schema) && isRecord(schema.properties)) {
    for (const name in schema.properties) if (!accepted.test(name)) names.set(name, argumentName(name));
  }
  for (const inner of Object.values(schema)) collect(inner, names, depth + 1);
}

function renamed(args: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  const written = rename(args, names, 0);
  return isRecord(written) ? written : args;
}

function rename(value: unknown, names: ReadonlyMap<string, string>, depth: number): unknown {
  if (depth > deepest || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rename(item, names, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [names.get(name) ?? name, rename(item, names, depth + 1)]),
  );
}
