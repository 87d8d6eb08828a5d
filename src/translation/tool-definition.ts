import { isKnownTool } from '../messages/check-tools.ts';
import { isRecord } from '../messages/json.ts';
import type { Tool } from '../messages/types.ts';
import { typedTool } from './typed-tools.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ToolDefinition {
  /** With the examples of its input, which no other API has a field for. */
  readonly description: string | undefined;
  /** As the client wrote it; of a tool with a schema of Anthropic's own, that schema; else empty. */
  readonly schema: JsonSchema;
}

/** What a tool says of itself, whoever knows its schema by heart. */
export function definitionOf(tool: Tool): ToolDefinition {
  const typed = isKnownTool(tool) ? typedTool(tool) : undefined;
  const said = 'description' in tool && typeof tool.description === 'string' ? tool.description : typed?.description;
  const own = 'input_schema' in tool && isRecord(tool.input_schema) ? tool.input_schema : undefined;
  return { description: withExamples(said, tool), schema: own ?? typed?.parameters ?? {} };
}

function withExamples(description: string | undefined, tool: Tool): string | undefined {
  const examples = 'input_examples' in tool ? tool.input_examples : undefined;
  if (!Array.isArray(examples) || examples.length === 0) return description;
  const lines = examples.map((example: unknown) => JSON.stringify(example)).join('\n');
  return `${description ?? ''}\n\nExamples of input:\n${lines}`.trimStart();
}
