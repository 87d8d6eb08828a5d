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

/** What the proxy does with a tool of the vendor's that its own vendor does not run. */
export const byTheProxy = 'a function that [the proxy runs](web-tools.md)';
export const webFetchByTheProxy = { fate: 'emulated', how: byTheProxy } as const;

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

const emulated = (how: string): FieldRule => ({ fate: 'emulated', how });

/** Fields of a tool that runs at Anthropic and that the proxy runs for other models: a function for the model. */
export const emulatedToolFields = {
  type: { fate: 'emulated', how: 'a function that the proxy runs' },
  name: { fate: 'preserved', how: '' },
  max_uses: emulated('counted by the proxy; beyond it a call fails with `max_uses_exceeded`'),
  allowed_domains: emulated('asked of the search service, and other pages are left out'),
  blocked_domains: emulated('asked of the search service, and their pages are left out'),
  user_location: emulated('asked of the search service, and told the model'),
  max_content_tokens: emulated(
    'the text of a page is cut there, at four characters a token; earlier where the model’s window has no room for it',
  ),
  url_sources: emulated('kept to when the proxy decides whether an address may be fetched'),
  citations: {
    fate: 'lost',
    how: 'pages that the proxy has fetched are not cited',
    harmless: (value) => typeof value === 'object' && value !== null && 'enabled' in value && value.enabled !== true,
  },
  use_cache: withoutEffect('a page is fetched anew each time'),
  response_inclusion: withoutEffect('it is about calls by code, and no code runs here'),
  strict: { fate: 'preserved', how: '' },
  allowed_callers: sharedToolFields.allowed_callers,
  cache_control: sharedToolFields.cache_control,
  defer_loading: sharedToolFields.defer_loading,
} as const satisfies Readonly<Record<KeysOf<WebTool>, FieldRule>>;

type WebTool = Extract<KnownTool, { type: `web_${'search' | 'fetch'}_${string}` }>;
