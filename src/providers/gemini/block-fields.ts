import { type BlockRule, type BlockRules, blockChecks } from '../../translation/block-rules.ts';
import type { FieldRule } from '../../translation/losses.ts';

// One row for each block type and each of its fields that the SDK knows. docs/translation.md is written from this table.

const preserved: FieldRule = { fate: 'preserved', how: '' };
const translated: FieldRule = { fate: 'translated', how: '' };
const emulated: FieldRule = { fate: 'emulated', how: '' };
const cacheMarker: FieldRule = { fate: 'without effect', how: 'upstream caches by itself' };
const citations: FieldRule = { fate: 'without effect', how: 'the cited text itself is carried' };
const citationWish: FieldRule = {
  fate: 'lost',
  how: 'no citations upstream',
  harmless: (value) => typeof value === 'object' && value !== null && 'enabled' in value && value.enabled === false,
};
const caller: FieldRule = {
  fate: 'lost',
  how: 'upstream does not know who made a call',
  harmless: (value) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'direct',
};
const toolset: FieldRule = { fate: 'lost', how: 'there are no toolsets upstream' };
const opaque: FieldRule = { fate: 'without effect', how: 'only Anthropic can read it' };
const withBlock: FieldRule = { fate: 'lost', how: 'with its block' };
const inText: FieldRule = { fate: 'emulated', how: 'in the text' };
const pairing: FieldRule = { fate: 'without effect', how: 'the text stands where the result stood' };

const serverResult = { content: inText, tool_use_id: pairing, cache_control: cacheMarker };

export const blockRules: BlockRules = {
  text: {
    fate: 'preserved',
    how: 'a part with `text`; empty ones are left out',
    fields: { text: preserved, cache_control: cacheMarker, citations },
  },
  image: {
    fate: 'translated',
    how: '`inlineData` for PNG, JPEG, WebP, HEIC and HEIF; an address is `fileData` on Vertex AI; a line of text, and listed, for GIF and for an address on AI Studio; a Files API id is refused',
    fields: {
      source: translated,
      cache_control: cacheMarker,
      transformations: { fate: 'lost', how: 'images are sent as they are' },
    },
  },
  document: {
    fate: 'translated',
    how: 'a PDF is `inlineData`, its address `fileData` on Vertex AI and a line of text, and listed, on AI Studio; text is wrapped text; a Files API id is refused',
    fields: {
      source: translated,
      title: { fate: 'emulated', how: 'in the wrapper' },
      context: { fate: 'emulated', how: 'in the wrapper' },
      cache_control: cacheMarker,
      citations: citationWish,
    },
  },
  search_result: {
    fate: 'emulated',
    how: 'wrapped text',
    fields: { content: inText, source: inText, title: inText, cache_control: cacheMarker, citations: citationWish },
  },
  thinking: {
    fate: 'translated',
    how: 'the thought signature in it goes back on the part that it came on; where another vendor, platform or generation of models wrote it, it is lost; never sent as text',
    fields: {
      thinking: {
        fate: 'translated',
        how: 'a `thought` part where the thought itself was signed; Gemini wants no other back',
      },
      signature: { fate: 'translated', how: '`thoughtSignature`' },
    },
  },
  redacted_thinking: { fate: 'lost', how: 'another vendor wrote it', fields: { data: opaque } },
  tool_use: {
    fate: 'translated',
    how: '`functionCall`; the first of a turn without its thought signature carries the value that skips the check, from generation 3 on, and that is listed',
    fields: {
      id: {
        fate: 'translated',
        how: 'the id that Gemini gave the call, on AI Studio; else calls and results are paired by their order',
      },
      name: { fate: 'preserved', how: 'rewritten with a hash where Gemini does not take it, and read back' },
      input: { fate: 'translated', how: '`args`' },
      cache_control: cacheMarker,
      caller,
      toolset_name: toolset,
    },
  },
  tool_result: {
    fate: 'translated',
    how: '`functionResponse`, all of a turn together in the order of the calls and in front of everything else; its images and files stand inside it from generation 3 on, before that behind all results; a call without a result gets one that says so; a result without a call is user text',
    fields: {
      tool_use_id: { fate: 'translated', how: 'as `tool_use.id`' },
      content: { fate: 'translated', how: '`response.output`, always as text' },
      is_error: { fate: 'translated', how: '`response.error` instead of `output`' },
      cache_control: cacheMarker,
      toolset_name: toolset,
    },
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
    how: 'text: the URL and the page, as far as it is text',
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
};

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

export const { isCarried, checkBlockFields } = blockChecks(blockRules, innerBlockRules);
