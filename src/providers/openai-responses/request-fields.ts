import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessagesRequest, RequestField } from '../../messages/types.ts';
import { requestFieldCheck, rulesOf } from '../../translation/field-rules.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';
import { sharedMessageFields, undocumentedFields } from '../../translation/shared-field-rules.ts';
import {
  metadataFields,
  openaiRequestFields,
  openaiThinkingFields,
  taskBudget,
} from '../openai/shared-request-fields.ts';

// One row for each field that the SDK knows: what becomes of it. docs/translation.md is written from these tables.

export const requestFields: Readonly<Record<RequestField, FieldRule>> = {
  messages: {
    fate: 'translated',
    how: '`input`, item by item; block by block below; half of a character, which UTF-8 has not, becomes U+FFFD',
  },
  system: {
    fate: 'translated',
    how: 'the first item, role `developer` (`system` beside OpenAI and Azure), a part for each block; the attribution line of Claude Code is taken out',
  },
  max_tokens: {
    fate: 'translated',
    how: "`max_output_tokens`, 16 at least, at most the model's limit and what its window leaves; very small values get a reserve on models that reason",
  },
  top_k: { fate: 'lost', how: 'the Responses API has no such field' },
  thinking: { fate: 'translated', how: '`reasoning`; field by field below' },
  ...openaiRequestFields,
  stop_sequences: { fate: 'emulated', how: 'found in the streamed text, and the upstream stopped there' },
};

type Thinking = NonNullable<MessagesRequest['thinking']>;
export const thinkingFields: Readonly<Record<KeysOf<Thinking>, FieldRule>> = {
  ...openaiThinkingFields,
  display: {
    fate: 'translated',
    how: '`omitted`: no summary is asked for; else `reasoning.summary: auto`. Reasoning is carried in both cases',
  },
};

export const outputConfigFields: Readonly<Record<keyof NonNullable<MessagesRequest['output_config']>, FieldRule>> = {
  effort: {
    fate: 'translated',
    how: '`reasoning.effort`: the nearest that the model takes, the lowest beside a `max_tokens` too small for thought, `low` for `minimal` beside the web search; lost where it takes none',
  },
  format: {
    fate: 'translated',
    how: '`text.format`, strict where the schema allows it; else the schema is not enforced, and that is listed',
  },
  task_budget: taskBudget,
};

export const toolChoiceFields: Readonly<Record<KeysOf<NonNullable<MessagesRequest['tool_choice']>>, FieldRule>> = {
  type: {
    fate: 'translated',
    how: '`auto` is left out, `any` is `required`, `tool` a named function or the web search as the only tool allowed, `none` is `none`',
  },
  name: { fate: 'translated', how: 'the name as it stands in `tools`' },
  disable_parallel_tool_use: {
    fate: 'translated',
    how: '`parallel_tool_calls: false`; where that is not obeyed, only the first call is passed on',
  },
};

type SdkMessage = MessageCreateParamsBase['messages'][number];
export const messageFields: Readonly<Record<KeysOf<SdkMessage>, FieldRule>> = {
  role: {
    fate: 'preserved',
    how: '`system` in mid-conversation keeps its place, never between calls and their results; as user text beside OpenAI and Azure',
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
