import type { KnownTool } from '../messages/types.ts';
import type { ToolRules } from './field-rules.ts';
import type { FieldRule, KeysOf } from './losses.ts';

// What becomes of tools alike in every dialect: of those that the client runs, and of those that only Anthropic has.

const function_ = (how: string) => ({ fate: 'translated', how }) as const;
const ofItsVersion = function_('a function with the schema of that version');
const toolSearch = {
  fate: 'emulated',
  how: 'every deferred tool is offered at once, so there is nothing to search',
} as const;
const toolset = { fate: 'refused', how: 'toolsets are not translated; offer its members as custom tools' } as const;

export const sharedToolTypes = {
  custom: function_('a function'),
  bash_20241022: ofItsVersion,
  bash_20250124: ofItsVersion,
  text_editor_20241022: ofItsVersion,
  text_editor_20250124: ofItsVersion,
  text_editor_20250429: ofItsVersion,
  text_editor_20250728: ofItsVersion,
  memory_20250818: ofItsVersion,
  computer_20241022: ofItsVersion,
  computer_20250124: ofItsVersion,
  computer_20251124: ofItsVersion,
  computer_toolset_20260801: toolset,
  browser_toolset_20260801: toolset,
  mcp_toolset: {
    fate: 'refused',
    how: 'the proxy does not call MCP servers; let the client call them and offer their tools',
  },
  advisor_20260301: { fate: 'lost', how: 'only Anthropic runs an advisor' },
  tool_search_tool_bm25_20251119: toolSearch,
  tool_search_tool_bm25: toolSearch,
  tool_search_tool_regex_20251119: toolSearch,
  tool_search_tool_regex: toolSearch,
} as const satisfies Partial<ToolRules>;

const withoutEffect = (how: string): FieldRule => ({ fate: 'without effect', how });

/** Fields of such tools. */
export const sharedToolFields = {
  type: { fate: 'translated', how: 'type by type above' },
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
} as const satisfies Readonly<Partial<Record<KeysOf<KnownTool>, FieldRule>>>;
