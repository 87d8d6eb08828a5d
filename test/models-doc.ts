import { z } from 'zod';
import { overridesSchema } from '../src/models/model-overrides.ts';

/** What stands in docs/model-overrides.schema.json. */
export function overridesSchemaText(): string {
  const schema = {
    ...z.toJSONSchema(overridesSchema, { io: 'input' }),
    title: 'MODEL_OVERRIDES of claude-code-proxy',
    description: 'By the name of a model, or by its beginning with a * behind it.',
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

interface SchemaNode {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode;
}

/** The table of properties in docs/models.md. */
export function propertyTable(): string {
  const { additionalProperties }: SchemaNode = JSON.parse(overridesSchemaText());
  const rows = Object.entries(additionalProperties?.properties ?? {}).flatMap(([name, node]) => rowsOf(name, node));
  return ['| property | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function rowsOf(name: string, node: SchemaNode): readonly string[] {
  if (node.properties === undefined) return [`| \`${name}\` | ${valuesOf(node)} | ${node.description} |`];
  const inner = Object.entries(node.properties).flatMap(([part, child]) => rowsOf(`${name}.${part}`, child));
  return [`| \`${name}\` | object | ${node.description} |`, ...inner];
}

function valuesOf({ type, enum: words, items }: SchemaNode): string {
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(' ');
  if (items !== undefined) return `list of ${valuesOf(items)}`;
  return { boolean: '`true` `false`', integer: 'whole number', number: 'number', string: 'text' }[type ?? ''] ?? '';
}
