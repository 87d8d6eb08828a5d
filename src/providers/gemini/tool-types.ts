import type { KnownTool } from '../../messages/types.ts';
import type { ToolRule, ToolRules } from '../../translation/field-rules.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';
import { byTheProxy, sharedToolFields, sharedToolTypes } from '../../translation/shared-tool-rules.ts';

const function_ = (how: string): ToolRule => ({ fate: 'translated', how });
const beside = 'beside functions from generation 3 on';
const webSearch = function_(`\`googleSearch\`, ${beside}; before that ${byTheProxy}`);
const webFetch = function_(`\`urlContext\`, ${beside}; before that ${byTheProxy}`);
const codeExecution = function_(`\`codeExecution\`, ${beside}, before that lost there`);

/** What becomes of each tool type the SDK knows. docs/translation.md is written from this table. */
export const toolTypes: ToolRules = {
  ...sharedToolTypes,
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
};

const ofServerTool: FieldRule = {
  fate: 'lost',
  how: 'no such field upstream; where the proxy runs the tool, as above',
};

/** What becomes of each field of a tool. */
export const toolFields: Readonly<Record<KeysOf<KnownTool>, FieldRule>> = {
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
  ...sharedToolFields,
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
