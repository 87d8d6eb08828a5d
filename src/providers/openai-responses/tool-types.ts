import type { KnownTool } from '../../messages/types.ts';
import type { ToolRule, ToolRules } from '../../translation/field-rules.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';
import { byTheProxy, sharedToolTypes, webFetchByTheProxy } from '../../translation/shared-tool-rules.ts';
import * as openai from '../openai/tool-types.ts';

const webSearch: ToolRule = {
  fate: 'translated',
  how: `\`web_search\`, which runs at the vendor; for models that it does not run for ${byTheProxy}`,
};
const codeExecution: ToolRule = { fate: 'lost', how: "the vendor's sandbox is another one, and is not asked for" };

/** What becomes of each tool type the SDK knows. docs/translation.md is written from this table. */
export const toolTypes: ToolRules = {
  ...sharedToolTypes,
  web_search_20250305: webSearch,
  web_search_20260209: webSearch,
  web_search_20260318: webSearch,
  web_fetch_20250910: webFetchByTheProxy,
  web_fetch_20260209: webFetchByTheProxy,
  web_fetch_20260309: webFetchByTheProxy,
  web_fetch_20260318: webFetchByTheProxy,
  code_execution_20250522: codeExecution,
  code_execution_20250825: codeExecution,
  code_execution_20260120: codeExecution,
  code_execution_20260521: codeExecution,
};

const ofServerTool: FieldRule = {
  fate: 'lost',
  how: 'no such field upstream; where the proxy runs the tool, as above',
};

/** What becomes of each field of a tool. */
export const toolFields: Readonly<Record<KeysOf<KnownTool>, FieldRule>> = {
  ...openai.toolFields,
  strict: {
    fate: 'translated',
    how: '`strict`, always said: true where it is asked for and the schema is inside the strict subset, else false',
  },
  max_uses: { fate: 'translated', how: '`max_tool_calls`' },
  allowed_domains: { fate: 'translated', how: '`filters.allowed_domains`, hosts only; other results are left out' },
  blocked_domains: {
    fate: 'emulated',
    how: 'the model is asked to avoid them, and their results are left out',
  },
  user_location: { fate: 'translated', how: '`user_location`' },
  response_inclusion: ofServerTool,
  citations: ofServerTool,
  max_content_tokens: ofServerTool,
  url_sources: ofServerTool,
  use_cache: ofServerTool,
  model: ofServerTool,
  caching: ofServerTool,
  max_tokens: ofServerTool,
};
