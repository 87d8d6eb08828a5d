import type { KnownTool } from '../../messages/types.ts';
import type { ToolRule, ToolRules } from '../../translation/field-rules.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';
import {
  byTheProxy,
  sharedToolFields,
  sharedToolTypes,
  webFetchByTheProxy,
} from '../../translation/shared-tool-rules.ts';

const webSearch: ToolRule = {
  fate: 'translated',
  how: `\`openrouter:web_search\` on OpenRouter; elsewhere ${byTheProxy}`,
};
const codeExecution: ToolRule = { fate: 'lost', how: 'Chat Completions runs no code' };

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

const ofServerTool: FieldRule = { fate: 'lost', how: 'with its tool; where the proxy runs that, as above' };

const ofSearch: FieldRule = {
  fate: 'translated',
  how: "a parameter of OpenRouter's search, which takes only one list of domains; other results are left out",
};

/** What becomes of each field of a tool. */
export const toolFields: Readonly<Record<KeysOf<KnownTool>, FieldRule>> = {
  name: { fate: 'preserved', how: 'shortened with a hash where the server does not take it, and read back' },
  description: {
    fate: 'preserved',
    how: 'cut where the server refuses long ones; the whole text then stands in the system message',
  },
  input_schema: {
    fate: 'translated',
    how: '`parameters`, made readable for the server; alternatives at its root become one object, and that is listed',
  },
  strict: { fate: 'preserved', how: '`strict` where the schema is inside the strict subset; lost otherwise' },
  ...sharedToolFields,
  max_uses: ofServerTool,
  allowed_domains: ofSearch,
  blocked_domains: ofSearch,
  user_location: ofSearch,
  response_inclusion: ofServerTool,
  citations: ofServerTool,
  max_content_tokens: ofServerTool,
  url_sources: ofServerTool,
  use_cache: ofServerTool,
  model: ofServerTool,
  caching: ofServerTool,
  max_tokens: ofServerTool,
};
