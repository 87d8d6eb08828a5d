import type { FieldRule } from '../../translation/losses.ts';
import {
  cacheMarker,
  caller,
  citations,
  citationWish,
  preserved,
  toolset,
  translated,
} from '../../translation/shared-block-rules.ts';

// What becomes of the fields of a block alike in both of OpenAI's APIs; how the block itself goes differs.

export const blockFields = {
  text: { text: preserved, cache_control: cacheMarker, citations },
  image: {
    source: translated,
    cache_control: cacheMarker,
    transformations: { fate: 'lost', how: 'images are sent as they are' },
  },
  document: {
    source: translated,
    title: { fate: 'translated', how: 'the file name, or in the wrapper' },
    context: { fate: 'emulated', how: 'in the wrapper' },
    cache_control: cacheMarker,
    citations: citationWish,
  },
  thinking: { thinking: translated, signature: translated },
  tool_use: {
    id: { fate: 'preserved', how: 'hashed where it is longer than the server takes' },
    name: { fate: 'preserved', how: 'shortened with a hash where the server does not take it, and read back' },
    input: { fate: 'translated', how: '`arguments`' },
    cache_control: cacheMarker,
    caller,
    toolset_name: toolset,
  },
  tool_result: {
    tool_use_id: { fate: 'preserved', how: 'as `tool_use.id`' },
    content: translated,
    is_error: { fate: 'emulated', how: '`[tool error]` in front of the text' },
    cache_control: cacheMarker,
    toolset_name: toolset,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FieldRule>>>>;
