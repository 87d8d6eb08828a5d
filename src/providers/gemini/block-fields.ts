import { type BlockRules, blockChecks } from '../../translation/block-rules.ts';
import {
  cacheMarker,
  caller,
  citations,
  citationWish,
  innerBlockRules,
  opaque,
  preserved,
  sharedBlockRules,
  toolset,
  translated,
} from '../../translation/shared-block-rules.ts';

// One row for each block type and each of its fields that the SDK knows. docs/translation.md is written from this table.

export const blockRules: BlockRules = {
  text: {
    fate: 'preserved',
    how: 'a part with `text`; empty ones are left out',
    fields: { text: preserved, cache_control: cacheMarker, citations },
  },
  image: {
    fate: 'translated',
    how: '`inlineData` for PNG, JPEG, WebP, HEIC and HEIF; an address is `fileData`; a line of text, and listed, for GIF and for an address that Google does not fetch or could not; a Files API id is refused',
    fields: {
      source: translated,
      cache_control: cacheMarker,
      transformations: { fate: 'lost', how: 'images are sent as they are' },
    },
  },
  document: {
    fate: 'translated',
    how: 'a PDF is `inlineData`, or where the model reads none the text and pictures of its pages (docs/documents.md); its address is `fileData`, or what the proxy fetches there, or a line of text, and listed, where nobody fetches it; text is wrapped text; a Files API id is refused',
    fields: {
      source: translated,
      title: { fate: 'emulated', how: 'in the wrapper' },
      context: { fate: 'emulated', how: 'in the wrapper' },
      cache_control: cacheMarker,
      citations: citationWish,
    },
  },
  thinking: {
    fate: 'translated',
    how: 'the thought signature in it goes back on the part that it came on; where another vendor, platform or generation of models wrote it, it is lost; never sent as text',
    fields: {
      thinking: {
        fate: 'translated',
        how: 'a `thought` part where the thought itself was signed; Gemini wants no other back',
      },
      signature: {
        fate: 'translated',
        how: '`thoughtSignature`; that of the text which ends an answer was never sent, for Gemini checks none there, and an answer that ends in a thinking block is empty to some clients',
      },
    },
  },
  redacted_thinking: { fate: 'lost', how: 'another vendor wrote it', fields: { data: opaque } },
  tool_use: {
    fate: 'translated',
    how: '`functionCall`; the first of a turn without its thought signature carries the value that skips the check, from generation 3 on, and that is listed',
    fields: {
      id: {
        fate: 'translated',
        how: 'the id that Gemini gave the call, on AI Studio; else calls and results are paired by their order',
      },
      name: { fate: 'preserved', how: 'rewritten with a hash where Gemini does not take it, and read back' },
      input: { fate: 'translated', how: '`args`' },
      cache_control: cacheMarker,
      caller,
      toolset_name: toolset,
    },
  },
  tool_result: {
    fate: 'translated',
    how: '`functionResponse`, all of a turn together in the order of the calls and in front of everything else; its images and files stand inside it from generation 3 on, before that behind all results; a call without a result gets one that says so; a result without a call is user text',
    fields: {
      tool_use_id: { fate: 'translated', how: 'as `tool_use.id`' },
      content: { fate: 'translated', how: '`response.output`, always as text' },
      is_error: { fate: 'translated', how: '`response.error` instead of `output`' },
      cache_control: cacheMarker,
      toolset_name: toolset,
    },
  },
  ...sharedBlockRules,
};

export const { isCarried, checkBlockFields } = blockChecks(blockRules, innerBlockRules);
