import type { KnownTool } from '../../messages/types.ts';
import type { ToolRule, ToolRules } from '../../translation/field-rules.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';

const function_ = (how: string): ToolRule => ({ fate: 'translated', how });
const alone = 'beside functions from generation 3 on, before that lost there';
const webSearch = function_(`\`googleSearch\`, ${alone}`);
const webFetch = function_(`\`urlContext\`, ${alone}`);
const codeExecution = function_(`\`codeExecution\`, ${alone}`);
const toolSearch: ToolRule = {
  fate: 'emulated',
  how: 'every deferred tool is offered at once, so there is nothing to search',
};
const toolset: ToolRule = { fate: 'refused', how: 'toolsets are not translated; offer its members as custom tools' };

/** What becomes of each tool type the SDK knows. docs/translation.md is written from this table. */
export const toolTypes: ToolRules = {
  custom: function_('a function'),
  bash_20241022: function_('a function with the schema of that version'),
  bash_20250124: function_('a function with the schema of that version'),
  text_editor_20241022: function_('a function with the schema of that version'),
  text_editor_20250124: function_('a function with the schema of that version'),
  text_editor_20250429: function_('a function with the schema of that version'),
  text_editor_20250728: function_('a function with the schema of that version'),
  memory_20250818: function_('a function with the schema of that version'),
  computer_20241022: function_('a function with the schema of that version'),
  computer_20250124: function_('a function with the schema of that version'),
  computer_20251124: function_('a function with the schema of that version'),
  computer_toolset_20260801: toolset,
  browser_toolset_20260801: toolset,
  mcp_toolset: {
    fate: 'refused',
    how: 'the proxy does not call MCP servers; let the client call them and offer their tools',
  },
  web_search_20250305: webSearch,
  web_search_20260209: webSearch,
  web_search_20260318: webSearch,
  web_fetch_20250910: webFetch,
  web_fetch_20260209: webFetch,
  web_fetch_20260309: webFetch,
  web_fetch_20260318: webFetch,
  code_execution_20250522: codeExecution,
  code_execution_20250825: codeExecution,
  code_execution_20260120: codeExecution,
  code_execution_20260521: codeExecution,
  advisor_20260301: { fate: 'lost', how: 'only Anthropic runs an advisor' },
  tool_search_tool_bm25_20251119: toolSearch,
  tool_search_tool_bm25: toolSearch,
  tool_search_tool_regex_20251119: toolSearch,
  tool_search_tool_regex: toolSearch,
};

const ofServerTool: FieldRule = { fate: 'lost', how: 'no such field upstream' };
const withoutEffect = (how: string): FieldRule => ({ fate: 'without effect', how });

/** What becomes of each field of a tool. */
export const toolFields: Readonly<Record<KeysOf<KnownTool>, FieldRule>> = {
  type: { fate: 'translated', how: 'type by type above' },
  name: { fate: 'preserved', how: 'rewritten with a hash where Gemini does not take it, and read back' },
  description: {
    fate: 'preserved',
    how: 'with what the schema says and Gemini cannot be told otherwise',
  },
  input_schema: {
    fate: 'translated',
    how: '`parametersJsonSchema`, or `parameters` where that is refused; what cannot be said there is said in words',
  },
  strict: { fate: 'translated', how: '`mode: VALIDATED` for all functions' },
  defer_loading: { fate: 'emulated', how: 'offered once a `tool_reference` names it, behind all others' },
  input_examples: { fate: 'emulated', how: 'as JSON lines in the description' },
  allowed_callers: { fate: 'emulated', how: 'a tool that the model may not call directly is not offered, and listed' },
  cache_control: withoutEffect('upstream caches by itself'),
  eager_input_streaming: withoutEffect('input arrives as upstream sends it'),
  display_width_px: { fate: 'emulated', how: 'in the description' },
  display_height_px: { fate: 'emulated', how: 'in the description' },
  display_number: { fate: 'emulated', how: 'in the description' },
  enable_zoom: { fate: 'translated', how: 'the `zoom` action' },
  max_characters: { fate: 'emulated', how: 'in the description' },
  configs: { fate: 'refused', how: 'with its toolset' },
  default_config: { fate: 'refused', how: 'with its toolset' },
  mcp_server_name: { fate: 'refused', how: 'with its toolset' },
  tools: { fate: 'refused', how: 'with its toolset' },
  max_uses: ofServerTool,
  allowed_domains: { fate: 'emulated', how: 'the model is asked to keep to them, and other results are left out' },
  blocked_domains: {
    fate: 'emulated',
    how: "`excludeDomains` of Vertex AI's search; else the model is asked to avoid them, and their results are left out",
  },
  user_location: { fate: 'emulated', how: 'the model is told' },
  response_inclusion: ofServerTool,
  citations: ofServerTool,
  max_content_tokens: ofServerTool,
  url_sources: ofServerTool,
  use_cache: ofServerTool,
  model: ofServerTool,
  caching: ofServerTool,
  max_tokens: ofServerTool,
};
