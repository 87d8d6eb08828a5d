import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { RequestField } from '../messages/types.ts';
import type { FieldRule, KeysOf } from './losses.ts';

// What becomes of a request's fields alike in every dialect: upstream has nothing of the kind, or it is done here.

type Rows<Field extends PropertyKey> = Readonly<Partial<Record<Field, FieldRule>>>;

export const sharedRequestFields = {
  model: { fate: 'translated', how: 'the model that the configuration chooses' },
  stream: { fate: 'emulated', how: 'upstream always streams; a plain answer is the folded stream' },
  output_config: { fate: 'translated', how: 'field by field below' },
  output_format: { fate: 'translated', how: 'as `output_config.format`' },
  tools: { fate: 'translated', how: '`tools`; type by type below' },
  metadata: { fate: 'translated', how: 'field by field below' },
  cache_control: {
    fate: 'without effect',
    how: 'upstream caches by itself; a marker that moves would break its prefix',
  },
  context_management: {
    fate: 'emulated',
    how: 'cleared and compacted by the proxy (docs/context-management.md); an edit of a type that it does not know is lost',
  },
  speed: { fate: 'lost', how: 'there is no faster tier to ask for', harmless: (value) => value === 'standard' },
  mcp_servers: {
    fate: 'refused',
    how: 'the proxy does not call MCP servers; let the client call them and offer their tools',
    harmless: isEmptyArray,
  },
  container: { fate: 'refused', how: 'containers and skills exist only at Anthropic' },
  compaction: {
    fate: 'emulated',
    how: 'the model is asked for a summary, and the answer is that (docs/context-management.md)',
  },
  thread: { fate: 'refused', how: 'the proxy keeps no conversations; send all messages' },
  fallbacks: { fate: 'lost', how: 'the proxy calls one model', harmless: isEmptyArray },
  fallback_credit_token: { fate: 'without effect', how: 'about billing at Anthropic' },
  billing_policy: { fate: 'without effect', how: 'about billing at Anthropic' },
  diagnostics: { fate: 'without effect', how: "about Anthropic's prompt cache" },
} as const satisfies Rows<RequestField>;

/** Fields of a message. */
export const sharedMessageFields = {
  content: { fate: 'translated', how: 'block by block below' },
  output_config: { fate: 'translated', how: 'on a `system` message: the latest effort wins over the top-level one' },
  clear_at: {
    fate: 'emulated',
    how: '`next_user_message`: the message is left out once a later user message is there',
  },
} as const satisfies Rows<KeysOf<MessageCreateParamsBase['messages'][number]>>;

/** Fields that clients send though the SDK does not know them. Every other unknown field is lost and listed. */
export const undocumentedFields: Readonly<Record<string, FieldRule>> = {
  safeguards: {
    fate: 'lost',
    how: "Anthropic's own check of tool calls before they run; without it Claude Code asks the user",
    harmless: isEmptyArray,
  },
};

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
