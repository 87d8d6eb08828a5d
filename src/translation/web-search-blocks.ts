import type { BetaCitationsWebSearchResultLocation } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageEventOf } from '../messages/types.ts';

type Block = MessageEventOf<'content_block_start'>['content_block'];
export type WebCitation = BetaCitationsWebSearchResultLocation;

/** A page that a search at another vendor has found. */
export interface FoundPage {
  readonly url: string;
  readonly title: string;
  /** Stands where Anthropic has encrypted content, and shows that the proxy has made the result. */
  readonly opaque: string;
}

/** A search and what it found, as the blocks that Anthropic's own search has; undefined: it has failed. */
export function webSearchBlocks(id: string, query: string, found: readonly FoundPage[] | undefined): readonly Block[] {
  return [
    { type: 'server_tool_use', id, name: 'web_search', input: { query }, caller },
    {
      type: 'web_search_tool_result',
      tool_use_id: id,
      content:
        found === undefined
          ? { type: 'web_search_tool_result_error', error_code: 'unavailable' }
          : found.map(({ url, title, opaque }) => {
              return { type: 'web_search_result', url, title, encrypted_content: opaque, page_age: null };
            }),
      caller,
    },
  ];
}

const caller = { type: 'direct' } as const;

/** Anthropic quotes at most 150 characters of the page; other vendors tell only the words of the answer that rest on it. */
const longestQuote = 150;

export function webCitation({ url, title, opaque }: FoundPage, words: string): WebCitation {
  const quote = words.slice(0, longestQuote);
  return { type: 'web_search_result_location', url, title, cited_text: quote.toWellFormed(), encrypted_index: opaque };
}
