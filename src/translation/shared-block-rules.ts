import type { BlockRule, BlockRules } from './block-rules.ts';
import type { FieldRule } from './losses.ts';

// What becomes of blocks and fields alike in every dialect: upstream has no word for them, or none is needed.

export const preserved: FieldRule = { fate: 'preserved', how: '' };
export const translated: FieldRule = { fate: 'translated', how: '' };
const emulated: FieldRule = { fate: 'emulated', how: '' };
export const cacheMarker: FieldRule = { fate: 'without effect', how: 'upstream caches by itself' };
export const citations: FieldRule = { fate: 'without effect', how: 'the cited text itself is carried' };
export const citationWish: FieldRule = {
  fate: 'lost',
  how: 'no citations upstream',
  harmless: (value) => typeof value === 'object' && value !== null && 'enabled' in value && value.enabled === false,
};
export const caller: FieldRule = {
  fate: 'lost',
  how: 'upstream does not know who made a call',
  harmless: (value) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'direct',
};
export const toolset: FieldRule = { fate: 'lost', how: 'there are no toolsets upstream' };
export const opaque: FieldRule = { fate: 'without effect', how: 'only Anthropic can read it' };
const withBlock: FieldRule = { fate: 'lost', how: 'with its block' };
const inText: FieldRule = { fate: 'emulated', how: 'in the text' };
const pairing: FieldRule = { fate: 'without effect', how: 'the text stands where the result stood' };

const serverResult = { content: inText, tool_use_id: pairing, cache_control: cacheMarker };

export const sharedBlockRules = {
  search_result: {
    fate: 'emulated',
    how: 'wrapped text',
    fields: { content: inText, source: inText, title: inText, cache_control: cacheMarker, citations: citationWish },
  },
  server_tool_use: {
    fate: 'emulated',
    how: 'text: what was called with what',
    fields: { id: pairing, name: inText, input: inText, cache_control: cacheMarker, caller },
  },
  web_search_tool_result: {
    fate: 'emulated',
    how: 'text: title and URL of each result',
    fields: { ...serverResult, caller },
  },
  web_fetch_tool_result: {
    fate: 'emulated',
    how: 'text: the URL and the page; of a PDF the text of its pages',
    fields: { ...serverResult, caller },
  },
  advisor_tool_result: { fate: 'emulated', how: 'text: the advice', fields: serverResult },
  code_execution_tool_result: { fate: 'emulated', how: 'text: what was printed', fields: serverResult },
  bash_code_execution_tool_result: { fate: 'emulated', how: 'text: what was printed', fields: serverResult },
  text_editor_code_execution_tool_result: { fate: 'emulated', how: 'text: what was shown', fields: serverResult },
  tool_search_tool_result: {
    fate: 'emulated',
    how: 'the tools it found are offered, and named in text',
    fields: serverResult,
  },
  mcp_tool_use: {
    fate: 'emulated',
    how: 'text: what was called with what',
    fields: { id: pairing, name: inText, server_name: inText, input: inText, cache_control: cacheMarker },
  },
  mcp_tool_result: {
    fate: 'emulated',
    how: 'text',
    fields: { ...serverResult, is_error: { fate: 'emulated', how: '`[tool error]` in front of the text' } },
  },
  container_upload: {
    fate: 'refused',
    how: 'the file lies at Anthropic; send its content',
    fields: { file_id: withBlock, cache_control: cacheMarker },
  },
  compaction: {
    fate: 'emulated',
    how: 'its summary, as a message of the user',
    fields: {
      content: emulated,
      tool_changes: { fate: 'emulated', how: 'change the tools offered' },
      encrypted_content: opaque,
      signature: opaque,
      cache_control: cacheMarker,
    },
  },
  tool_addition: {
    fate: 'emulated',
    how: 'the tool is offered from here on, behind all others',
    fields: { tool: emulated, cache_control: cacheMarker },
  },
  tool_removal: {
    fate: 'emulated',
    how: 'the tool is offered no more',
    fields: { tool: emulated, cache_control: cacheMarker },
  },
  mcp_tool_listing: {
    fate: 'lost',
    how: 'the proxy does not call MCP servers',
    fields: { mcp_server_name: withBlock, tools: withBlock },
  },
  fallback: {
    fate: 'without effect',
    how: 'says that another model took over',
    fields: { from: opaque, to: opaque, trigger: opaque },
  },
} as const satisfies Partial<BlockRules>;

/** Blocks that stand only inside a `tool_result`. */
export const innerBlockRules = {
  tool_reference: {
    fate: 'emulated',
    how: 'the tool is offered from here on, behind all others; the result says so',
    fields: { tool_name: emulated, cache_control: cacheMarker },
  },
  browser_state: {
    fate: 'emulated',
    how: 'text: its JSON',
    fields: { tabs: inText, state_changes: inText, cache_control: cacheMarker },
  },
} as const satisfies Readonly<Record<string, BlockRule<string>>>;
