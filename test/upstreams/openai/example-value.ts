import { isRecord } from '../json.ts';

const maxDepth = 8;

/** A small value that fits a JSON Schema: required properties only, the first of every choice, `text` for every text. */
export function exampleOf(schema: unknown, text: string, root: unknown = schema, depth = 0): unknown {
  if (!isRecord(schema) || depth > maxDepth) return text;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (typeof schema.$ref === 'string') return exampleOf(definition(root, schema.$ref), text, root, depth + 1);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return exampleOf(alternatives[0], text, root, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'array': {
      const length = typeof schema.minItems === 'number' ? schema.minItems : 0;
      return Array.from({ length }, () => exampleOf(schema.items, text, root, depth + 1));
    }
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return typeof schema.maxLength === 'number' ? text.slice(0, schema.maxLength) : text;
    default:
      return isRecord(schema.properties) ? exampleObject(schema, schema.properties, text, root, depth) : {};
  }
}

function exampleObject(
  schema: Record<string, unknown>,
  properties: Record<string, unknown>,
  text: string,
  root: unknown,
  depth: number,
): Record<string, unknown> {
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const names = Object.keys(properties).filter((name) => required.includes(name));
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name], text, root, depth + 1)]));
}

function definition(root: unknown, reference: string): unknown {
  let at = root;
  for (const step of reference.replace(/^#\/?/, '').split('/')) {
    if (step !== '') at = isRecord(at) ? at[step] : undefined;
  }
  return at;
}
