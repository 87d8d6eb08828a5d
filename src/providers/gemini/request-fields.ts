import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessagesRequest, RequestField } from '../../messages/types.ts';
import { isEmptyArray, keepsEverything, requestFieldCheck, rulesOf } from '../../translation/field-rules.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';

// One row for each field that the SDK knows: what becomes of it. docs/translation.md is written from these tables.

export const requestFields: Readonly<Record<RequestField, FieldRule>> = {
  model: { fate: 'translated', how: 'the model that the configuration chooses' },
  messages: {
    fate: 'translated',
    how: '`contents`, roles `user` and `model` in turn; block by block below; half of a character, which UTF-8 has not, becomes U+FFFD',
  },
  system: {
    fate: 'translated',
    how: '`systemInstruction`, a part for each block; in the first user turn for older Gemma; the attribution line of Claude Code is taken out',
  },
  max_tokens: {
    fate: 'translated',
    how: "`generationConfig.maxOutputTokens`, at most the model's limit and, from generation 4 on, what its window leaves; very small values get a reserve where thinking cannot be switched off",
  },
  stream: { fate: 'emulated', how: 'upstream always streams; a plain answer is the folded stream' },
  stop_sequences: {
    fate: 'emulated',
    how: 'found in the streamed text, and the upstream stopped there: `stopSequences` takes five, and nothing says which one was hit',
  },
  temperature: {
    fate: 'preserved',
    how: '`generationConfig.temperature` up to generation 2.5; lost from 3 on, where other values than 1 do harm',
  },
  top_p: { fate: 'preserved', how: '`generationConfig.topP` up to generation 2.5; lost from 3 on' },
  top_k: {
    fate: 'preserved',
    how: '`generationConfig.topK` up to generation 2.5, on Vertex AI at most 40; lost from 3 on',
  },
  thinking: { fate: 'translated', how: '`generationConfig.thinkingConfig`; field by field below' },
  output_config: { fate: 'translated', how: 'field by field below' },
  output_format: { fate: 'translated', how: 'as `output_config.format`' },
  tools: { fate: 'translated', how: '`tools`; type by type below' },
  tool_choice: { fate: 'translated', how: '`toolConfig.functionCallingConfig`; field by field below' },
  metadata: { fate: 'translated', how: 'field by field below' },
  cache_control: {
    fate: 'without effect',
    how: 'upstream caches by itself; a marker that moves would break its prefix',
  },
  context_management: {
    fate: 'lost',
    how: 'nothing edits the context upstream',
    harmless: keepsEverything,
  },
  service_tier: { fate: 'without effect', how: 'the standard tier is what Gemini serves by itself' },
  speed: { fate: 'lost', how: 'there is no faster tier to ask for', harmless: (value) => value === 'standard' },
  inference_geo: {
    fate: 'translated',
    how: 'kept where `VERTEX_LOCATION` lies in that place, refused otherwise; `global` asks for nothing',
  },
  mcp_servers: {
    fate: 'refused',
    how: 'the proxy does not call MCP servers; let the client call them and offer their tools',
    harmless: isEmptyArray,
  },
  container: { fate: 'refused', how: 'containers and skills exist only at Anthropic' },
  compaction: { fate: 'refused', how: 'only Anthropic writes compaction blocks; ask for a summary in a message' },
  thread: { fate: 'refused', how: 'the proxy keeps no conversations; send all messages' },
  fallbacks: { fate: 'lost', how: 'the proxy calls one model', harmless: isEmptyArray },
  fallback_credit_token: { fate: 'without effect', how: 'about billing at Anthropic' },
  billing_policy: { fate: 'without effect', how: 'about billing at Anthropic' },
  diagnostics: { fate: 'without effect', how: "about Anthropic's prompt cache" },
};

/** Fields that clients send though the SDK does not know them. Every other unknown field is lost and listed. */
export const undocumentedFields: Readonly<Record<string, FieldRule>> = {
  safeguards: {
    fate: 'lost',
    how: "Anthropic's own check of tool calls before they run; without it Claude Code asks the user",
    harmless: isEmptyArray,
  },
};

type Thinking = NonNullable<MessagesRequest['thinking']>;
export const thinkingFields: Readonly<Record<KeysOf<Thinking>, FieldRule>> = {
  type: {
    fate: 'translated',
    how: '`disabled` and `between_tools`: budget 0, or the least the model can do; `enabled`: its budget; `adaptive`: the effort asked for, else as much as the model wants',
  },
  budget_tokens: {
    fate: 'translated',
    how: "`thinkingBudget` within the model's range up to generation 2.5; from 3 on a level where no effort is said: below 2,048 LOW, below 12,288 MEDIUM, else HIGH",
  },
  display: { fate: 'translated', how: '`includeThoughts`, `false` for `omitted`' },
  block_binding: { fate: 'without effect', how: "about Anthropic's own signatures" },
};

export const outputConfigFields: Readonly<Record<keyof NonNullable<MessagesRequest['output_config']>, FieldRule>> = {
  effort: {
    fate: 'translated',
    how: '`thinkingLevel` from generation 3 on, the next higher one where the model has not that; up to 2.5 a share of the range of `thinkingBudget`: low a quarter, medium half, more all; the least beside a `max_tokens` too small for thought',
  },
  format: {
    fate: 'translated',
    how: "`responseMimeType` and `responseJsonSchema`, or `responseSchema` where that is not read and Gemini's own form can say the schema; where neither can, and up to generation 2.5 beside functions, the model is only told the schema, and that is listed",
  },
  task_budget: { fate: 'lost', how: 'there is no budget for a whole task' },
};

export const toolChoiceFields: Readonly<Record<KeysOf<NonNullable<MessagesRequest['tool_choice']>>, FieldRule>> = {
  type: {
    fate: 'translated',
    how: '`mode`: `auto` is left out or `AUTO`, `any` is `ANY`, `tool` is `ANY` with one of `allowedFunctionNames`, `none` is `NONE`',
  },
  name: { fate: 'translated', how: '`allowedFunctionNames`' },
  disable_parallel_tool_use: { fate: 'emulated', how: 'only the first call is passed on' },
};

export const metadataFields: Readonly<Record<keyof NonNullable<MessagesRequest['metadata']>, FieldRule>> = {
  user_id: { fate: 'without effect', how: 'telemetry' },
};

type SdkMessage = MessageCreateParamsBase['messages'][number];
export const messageFields: Readonly<Record<KeysOf<SdkMessage>, FieldRule>> = {
  role: {
    fate: 'translated',
    how: '`assistant` is `model`; `system` in mid-conversation keeps its place, as user text in `<system-reminder>`',
  },
  content: { fate: 'translated', how: 'block by block below' },
  output_config: { fate: 'translated', how: 'on a `system` message: the latest effort wins over the top-level one' },
  clear_at: {
    fate: 'emulated',
    how: '`next_user_message`: the message is left out once a later user message is there',
  },
};

/** Refuses what must not be left out, and lists what is left out, as far as that depends on the field alone. */
export const checkRequestFields = requestFieldCheck({
  request: { ...requestFields, ...undocumentedFields },
  thinking: thinkingFields,
  outputConfig: outputConfigFields,
  toolChoice: toolChoiceFields,
  metadata: metadataFields,
});
export const messageRules = rulesOf(messageFields);
