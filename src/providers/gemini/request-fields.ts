import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessagesRequest, RequestField } from '../../messages/types.ts';
import { requestFieldCheck, rulesOf } from '../../translation/field-rules.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';
import { sharedMessageFields, sharedRequestFields, undocumentedFields } from '../../translation/shared-field-rules.ts';

// One row for each field that the SDK knows: what becomes of it. docs/translation.md is written from these tables.

export const requestFields: Readonly<Record<RequestField, FieldRule>> = {
  messages: {
    fate: 'translated',
    how: '`contents`, roles `user` and `model` in turn; block by block below; a message of the assistant at the end is continued up to generation 2.5, newer models are asked to, which is listed, and what they repeat of it is taken out; half of a character, which UTF-8 has not, becomes U+FFFD',
  },
  system: {
    fate: 'translated',
    how: '`systemInstruction`, a part for each block; in the first user turn for older Gemma; the attribution line of Claude Code is taken out',
  },
  max_tokens: {
    fate: 'translated',
    how: "`generationConfig.maxOutputTokens`, at most the model's limit and, from generation 4 on, what its window leaves; very small values get a reserve where thinking cannot be switched off",
  },
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
  tool_choice: { fate: 'translated', how: '`toolConfig.functionCallingConfig`; field by field below' },
  service_tier: { fate: 'without effect', how: 'the standard tier is what Gemini serves by itself' },
  inference_geo: {
    fate: 'translated',
    how: 'kept where `VERTEX_LOCATION` lies in that place, refused otherwise; `global` asks for nothing',
  },
  ...sharedRequestFields,
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
  ...sharedMessageFields,
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
