import { type BlockRules, blockChecks } from '../../translation/block-rules.ts';
import { innerBlockRules, sharedBlockRules, translated } from '../../translation/shared-block-rules.ts';
import { blockFields } from '../openai/shared-block-fields.ts';

// One row for each block type and each of its fields that the SDK knows. docs/translation.md is written from this table.

export const blockRules: BlockRules = {
  text: {
    fate: 'preserved',
    how: "text; several of a user's message are joined by a blank line; empty ones are left out",
    fields: blockFields.text,
  },
  image: {
    fate: 'translated',
    how: '`image_url`; a line of text, and listed, where the model or server takes no such image; a Files API id is refused',
    fields: blockFields.image,
  },
  document: {
    fate: 'translated',
    how: 'a PDF is a `file` on OpenAI, Azure and OpenRouter; elsewhere the text of its pages, with pictures of them where the model sees images (docs/documents.md); an address is fetched by the proxy, else a line of text, and listed; text is wrapped text; a Files API id is refused',
    fields: blockFields.document,
  },
  thinking: {
    fate: 'translated',
    how: "given back as the server's reasoning field when this server wrote it and wants it, or when it demands the field beside calls; lost otherwise, never sent as text",
    fields: blockFields.thinking,
  },
  redacted_thinking: { fate: 'translated', how: 'as `thinking`', fields: { data: translated } },
  tool_use: {
    fate: 'translated',
    how: '`tool_calls`',
    fields: blockFields.tool_use,
  },
  tool_result: {
    fate: 'translated',
    how: 'a `tool` message, in the order of the calls; its images and files follow in a user message; a call without a result gets one that says so; a result without a call is user text',
    fields: blockFields.tool_result,
  },
  ...sharedBlockRules,
};

export const { isCarried, checkBlockFields } = blockChecks(blockRules, innerBlockRules);
