import { checkFields, type FieldCheck, refuse } from './field-checks.ts';
import { isRecord } from './json.ts';
import type { KnownTool, Tool } from './types.ts';

type KnownToolType = NonNullable<KnownTool['type']>;
const named: FieldCheck = ['name', 'string', 'required'];

/** What every known tool must hold. A tool that a new SDK version adds is missing here, and fails the compilation. */
const toolChecks: Readonly<Record<KnownToolType, readonly FieldCheck[]>> = {
  custom: [
    named,
    ['input_schema', 'object', 'required'],
    ['description', 'string', 'optional'],
    ['input_examples', 'array', 'optional'],
    ['strict', 'boolean', 'optional'],
    ['defer_loading', 'boolean', 'optional'],
    ['allowed_callers', 'array', 'optional'],
  ],
  bash_20241022: [named],
  bash_20250124: [named],
  text_editor_20241022: [named],
  text_editor_20250124: [named],
  text_editor_20250429: [named],
  text_editor_20250728: [named],
  memory_20250818: [named],
  computer_20241022: [named],
  computer_20250124: [named],
  computer_20251124: [named],
  // Toolsets have no name of their own: their members have.
  computer_toolset_20260801: [],
  browser_toolset_20260801: [],
  mcp_toolset: [],
  web_search_20250305: [named],
  web_search_20260209: [named],
  web_search_20260318: [named],
  web_fetch_20250910: [named],
  web_fetch_20260209: [named],
  web_fetch_20260309: [named],
  web_fetch_20260318: [named],
  code_execution_20250522: [named],
  code_execution_20250825: [named],
  code_execution_20260120: [named],
  code_execution_20260521: [named],
  advisor_20260301: [named],
  tool_search_tool_bm25_20251119: [named],
  tool_search_tool_bm25: [named],
  tool_search_tool_regex_20251119: [named],
  tool_search_tool_regex: [named],
};
const knownToolChecks: ReadonlyMap<string, readonly FieldCheck[]> = new Map(Object.entries(toolChecks));
const unknownToolChecks: readonly FieldCheck[] = [['name', 'string', 'optional']];

/** Whether the SDK knows the tool's type. */
export function isKnownTool(tool: Tool): tool is KnownTool {
  return tool.type === undefined || tool.type === null || knownToolChecks.has(tool.type);
}

/** Checks `tools`: each an object, and of the types we know the fields we use. */
export function checkTools(value: unknown): void {
  if (!Array.isArray(value)) refuse('tools', 'Input should be a valid array');
  for (let index = 0; index < value.length; index++) {
    const tool: unknown = value[index];
    const path = ['tools', index];
    if (!isRecord(tool)) refuse(path, 'Input should be an object');
    const type = tool.type ?? 'custom';
    if (typeof type !== 'string') refuse([...path, 'type'], 'Input should be a valid string');
    checkFields(tool, knownToolChecks.get(type) ?? unknownToolChecks, path);
  }
}
