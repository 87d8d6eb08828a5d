import type { MessagesRequest, RequestField } from '../../messages/types.ts';
import type { FieldRule, KeysOf } from '../../translation/losses.ts';
import { sharedRequestFields } from '../../translation/shared-field-rules.ts';

// What becomes of a request's fields alike on both of OpenAI's APIs.

type Rows<Field extends PropertyKey> = Readonly<Partial<Record<Field, FieldRule>>>;

export const openaiRequestFields = {
  stop_sequences: {
    fate: 'emulated',
    how: 'found in the streamed text, and the upstream stopped there: `stop` would not say which one was hit',
  },
  temperature: { fate: 'preserved', how: '`temperature`; lost on models that refuse it' },
  top_p: { fate: 'preserved', how: '`top_p`; lost on models that refuse it' },
  tool_choice: { fate: 'translated', how: '`tool_choice`; field by field below' },
  service_tier: {
    fate: 'translated',
    how: '`standard_only` is `service_tier: default` on OpenAI and Azure; it asks for nothing elsewhere',
  },
  inference_geo: {
    fate: 'refused',
    how: 'no upstream is configured with a place; leave the field out or send the request to Anthropic',
    harmless: (value) => value === 'global',
  },
  ...sharedRequestFields,
} as const satisfies Rows<RequestField>;

type Thinking = NonNullable<MessagesRequest['thinking']>;
export const openaiThinkingFields = {
  type: {
    fate: 'translated',
    how: '`disabled` is the lowest effort, beside an effort and tools `low`; the others are the effort asked for, or `high`',
  },
  budget_tokens: { fate: 'translated', how: 'an effort: up to 1,024 low, 8,192 medium, 24,576 high, more xhigh' },
  block_binding: { fate: 'without effect', how: "about Anthropic's own signatures" },
} as const satisfies Rows<KeysOf<Thinking>>;

export const taskBudget: FieldRule = { fate: 'lost', how: 'there is no budget for a whole task' };

export const metadataFields: Readonly<Record<keyof NonNullable<MessagesRequest['metadata']>, FieldRule>> = {
  user_id: { fate: 'translated', how: 'hashed as `safety_identifier` on OpenAI and Azure; telemetry elsewhere' },
};
