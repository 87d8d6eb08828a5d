import { isRecord } from '../json.ts';
import { blocksOf, fieldOf, isBlockList, type Tool } from './messages-body.ts';
import { expected, invalid, missing, type Refusal, unknownField, unknownTag } from './refusal.ts';
import type { Rule } from './rules.ts';

export const namePattern = /^[a-zA-Z0-9_-]{1,128}$/;

const customFields = [
  'name',
  'description',
  'input_schema',
  'type',
  'cache_control',
  'defer_loading',
  'strict',
  'allowed_callers',
  'eager_input_streaming',
  'input_examples',
];

/** Tools whose schemas Anthropic has, and what they are called. */
const anthropicTools: Readonly<Record<string, string>> = {
  bash_20250124: 'bash',
  text_editor_20250124: 'str_replace_editor',
  text_editor_20250429: 'str_replace_based_edit_tool',
  text_editor_20250728: 'str_replace_based_edit_tool',
  memory_20250818: 'memory',
  web_search_20250305: 'web_search',
  web_search_20260209: 'web_search',
  web_search_20260318: 'web_search',
  web_fetch_20250910: 'web_fetch',
  web_fetch_20260209: 'web_fetch',
  web_fetch_20260309: 'web_fetch',
  web_fetch_20260318: 'web_fetch',
  code_execution_20250522: 'code_execution',
  code_execution_20250825: 'code_execution',
  code_execution_20260120: 'code_execution',
  code_execution_20260521: 'code_execution',
  tool_search_tool_bm25_20251119: 'tool_search_tool_bm25',
  tool_search_tool_regex_20251119: 'tool_search_tool_regex',
};

/** What a tool is called, written or fixed by its type. */
export function nameOf(tool: Tool): string {
  return tool.name ?? anthropicTools[tool.type ?? ''] ?? '';
}

const tools: Rule = ({ body }) => {
  const names = new Set<string>();
  for (const [index, tool] of (body.tools ?? []).entries()) {
    const refusal = toolRefusal(tool, `tools.${index}`);
    if (refusal !== undefined) return refusal;
    const name = nameOf(tool);
    if (names.has(name)) return invalid('tools: Tool names must be unique.');
    names.add(name);
  }
  return undefined;
};

function toolRefusal(tool: Tool, where: string): Refusal | undefined {
  const { type } = tool;
  if (type !== undefined && type !== null && type !== 'custom') {
    const name = anthropicTools[type];
    if (name === undefined) return unknownTag(where, type, ['custom', ...Object.keys(anthropicTools)]);
    return tool.name === name ? undefined : expected(`${where}.${type}.name`, [name]);
  }
  const custom = `${where}.custom`;
  if (tool.name === undefined) return missing(`${custom}.name`);
  if (!namePattern.test(tool.name)) {
    return invalid(`${custom}.name: String should match pattern '${namePattern.source}'`);
  }
  const unknown = Object.keys(tool).find((field) => !customFields.includes(field));
  if (unknown !== undefined) return unknownField(`${custom}.${unknown}`);
  if (!isRecord(tool.input_schema)) return missing(`${custom}.input_schema`);
  if (tool.input_schema.type === undefined) return missing(`${custom}.input_schema.type`);
  if (tool.input_schema.type !== 'object') return expected(`${custom}.input_schema.type`, ['object']);
  return undefined;
}

const toolChoice: Rule = ({ body }) => {
  const choice = body.tool_choice;
  if (choice === undefined) return;
  const types = ['any', 'auto', 'none', 'tool'];
  if (!isRecord(choice) || !types.includes(String(choice.type))) return expected('tool_choice.type', types);
  if ((body.tools ?? []).length === 0) return invalid('tool_choice may only be specified while providing tools.');
  if (choice.type !== 'tool') return;
  if (typeof choice.name !== 'string') return missing('tool_choice.tool.name');
  if (body.tools?.some((tool) => nameOf(tool) === choice.name)) return;
  return invalid(`tool_choice: Tool '${choice.name}' not found in provided tools`);
};

/** A tool that a search has found must be among those offered. */
const references: Rule = ({ body }) => {
  const offered = new Set((body.tools ?? []).map(nameOf));
  for (const [index, message] of body.messages.entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      if (block.type !== 'tool_result' || !isBlockList(block.content)) continue;
      for (const found of block.content) {
        const name = fieldOf(found, 'tool_name');
        if (found.type !== 'tool_reference' || offered.has(name)) continue;
        return invalid(`messages.${index}.content.${at}: Tool reference '${name}' not found in available tools`);
      }
    }
  }
  return undefined;
};

export const toolRules: readonly Rule[] = [tools, toolChoice, references];
