import { type BlockRules, blockChecks } from '../../translation/block-rules.ts';
import {
  cacheMarker,
  caller,
  citations,
  citationWish,
  innerBlockRules,
  preserved,
  sharedBlockRules,
  toolset,
  translated,
} from '../../translation/shared-block-rules.ts';

// One row for each block type and each of its fields that the SDK knows. docs/translation.md is written from this table.

export const blockRules: BlockRules = {
  text: {
    fate: 'preserved',
    how: "text; several of a user's message are joined by a blank line; empty ones are left out",
    fields: { text: preserved, cache_control: cacheMarker, citations },
  },
  image: {
    fate: 'translated',
    how: '`image_url`; a line of text, and listed, where the model or server takes no such image; a Files API id is refused',
    fields: {
      source: translated,
      cache_control: cacheMarker,
      transformations: { fate: 'lost', how: 'images are sent as they are' },
    },
  },
  document: {
    fate: 'translated',
    how: 'a PDF is a `file` on OpenAI, Azure and OpenRouter; elsewhere the text of its pages, with pictures of them where the model sees images (docs/documents.md); an address is fetched by the proxy, else a line of text, and listed; text is wrapped text; a Files API id is refused',
    fields: {
      source: translated,
      title: { fate: 'translated', how: 'the file name, or in the wrapper' },
      context: { fate: 'emulated', how: 'in the wrapper' },
      cache_control: cacheMarker,
      citations: citationWish,
    },
  },
  thinking: {
    fate: 'translated',
    how: "given back as the server's reasoning field when this server wrote it and wants it, or when it demands the field beside calls; lost otherwise, never sent as text",
    fields: { thinking: translated, signature: translated },
  },
  redacted_thinking: { fate: 'translated', how: 'as `thinking`', fields: { data: translated } },
  tool_use: {
    fate: 'translated',
    how: '`tool_calls`',
    fields: {
      id: { fate: 'preserved', how: 'hashed where it is longer than the server takes' },
      name: { fate: 'preserved', how: 'shortened with a hash where the server does not take it, and read back' },
      input: { fate: 'translated', how: '`arguments`' },
      cache_control: cacheMarker,
      caller,
      toolset_name: toolset,
    },
  },
  tool_result: {
    fate: 'translated',
    how: 'a `tool` message, in the order of the calls; its images and files follow in a user message; a call without a result gets one that says so; a result without a call is user text',
    fields: {
      tool_use_id: { fate: 'preserved', how: 'as `tool_use.id`' },
      content: translated,
      is_error: { fate: 'emulated', how: '`[tool error]` in front of the text' },
      cache_control: cacheMarker,
      toolset_name: toolset,
    },
  },
  ...sharedBlockRules,
};

export const { isCarried, checkBlockFields } = blockChecks(blockRules, innerBlockRules);
