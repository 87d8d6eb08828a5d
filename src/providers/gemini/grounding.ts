import { ownServerToolStart, sealEnvelope } from '../../messages/envelope.ts';
import { isRecord } from '../../messages/json.ts';
import type { MessageEventOf, Usage } from '../../messages/types.ts';
import { isWantedHost, type WantedPages } from '../../translation/wanted-pages.ts';
import { type FoundPage, type WebCitation, webCitation, webSearchBlocks } from '../../translation/web-search-blocks.ts';
import type { Target } from '../provider.ts';
import { type Fields, textOf } from './answer-wire.ts';
import { type CitedText, type Support, splitAtCitations } from './cited-text.ts';

type Block = MessageEventOf<'content_block_start'>['content_block'];
/**
 * What an answer rests on that Google has searched and read for: `groundingMetadata` and `urlContextMetadata` as the
 * blocks and citations that Anthropic's own search has. It is told late in the answer, so its text waits for it.
 */
export class GroundedAnswer {
  readonly #wanted: WantedPages;
  readonly #target: Target;
  readonly #newId: (prefix: string) => string;
  #grounding: Fields | undefined;
  #pages: readonly Fields[] = [];

  constructor(wanted: WantedPages, target: Target, newId: (prefix: string) => string) {
    this.#wanted = wanted;
    this.#target = target;
    this.#newId = newId;
  }

  /** Keeps what a candidate tells; later chunks may tell it again, more of it, or nothing. */
  read({ groundingMetadata, urlContextMetadata }: Fields): void {
    if (isRecord(groundingMetadata) && Object.keys(groundingMetadata).length > 0) this.#grounding = groundingMetadata;
    const pages = isRecord(urlContextMetadata) ? recordsIn(urlContextMetadata.urlMetadata) : [];
    if (pages.length > 0) this.#pages = pages;
  }

  /** The search and what it found, the pages and whether they could be read: each a call and its result. */
  blocks(): readonly Block[] {
    const queries = this.#queries;
    // A model may also answer by heart.
    const search = queries.length === 0 ? [] : this.#searchBlocks(queries.join('; '));
    return [...search, ...this.#pages.flatMap((page) => this.#pageBlocks(page))];
  }

  /** The visible text, cut where what it rests on changes. */
  cite(text: string): readonly CitedText<WebCitation>[] {
    const supports = this.#queries.length === 0 ? [] : recordsIn(this.#grounding?.groundingSupports);
    const sources = this.#sources();
    return splitAtCitations(
      text,
      supports.map((support) => readSupport(support, sources)).filter((support) => support !== undefined),
    );
  }

  get usage(): Usage['server_tool_use'] {
    const searches = this.#queries.length;
    if (searches === 0 && this.#pages.length === 0) return null;
    return { web_search_requests: searches, web_fetch_requests: this.#pages.length };
  }

  get #queries(): readonly string[] {
    const queries = this.#grounding?.webSearchQueries;
    return Array.isArray(queries) ? queries.filter((query) => textOf(query) !== undefined) : [];
  }

  /** By their index; undefined for what is no page, and for pages the client does not want. */
  #sources(): readonly (FoundPage | undefined)[] {
    const chunks = this.#grounding?.groundingChunks;
    if (!Array.isArray(chunks)) return [];
    return chunks.map((chunk: unknown, index) => {
      const web = isRecord(chunk) ? chunk.web : undefined;
      const url = isRecord(web) ? textOf(web.uri) : undefined;
      if (!isRecord(web) || url === undefined) return undefined;
      const title = textOf(web.title) ?? textOf(web.domain) ?? url;
      if (!isWantedHost(hostOf(url, textOf(web.domain) ?? title), this.#wanted)) return undefined;
      return { url, title, opaque: sealEnvelope(this.#target.provider, { w: 'gemini', o: 'source', i: index }) };
    });
  }

  /** All under one call: Google does not say which query found what. */
  #searchBlocks(query: string): readonly Block[] {
    const found = this.#sources().filter((source) => source !== undefined);
    return webSearchBlocks(this.#newId(ownServerToolStart), query, found);
  }

  #pageBlocks({ retrievedUrl, urlRetrievalStatus }: Fields): readonly Block[] {
    const id = this.#newId(ownServerToolStart);
    const url = textOf(retrievedUrl) ?? '';
    const status = textOf(urlRetrievalStatus);
    const isRead = status === undefined || status === 'URL_RETRIEVAL_STATUS_SUCCESS';
    const why = status === 'URL_RETRIEVAL_STATUS_UNSAFE' ? 'url_not_allowed' : 'url_not_accessible';
    return [
      { type: 'server_tool_use', id, name: 'web_fetch', input: { url }, caller },
      {
        type: 'web_fetch_tool_result',
        tool_use_id: id,
        content: isRead ? readPage(url) : { type: 'web_fetch_tool_result_error', error_code: why },
        caller,
      },
    ];
  }
}

const caller = { type: 'direct' } as const;

function readPage(url: string) {
  const source = {
    type: 'text',
    media_type: 'text/plain',
    data: '[Gemini has read the page; it does not pass its text on.]',
  } as const;
  const content = { type: 'document', source, title: null, citations: null } as const;
  return { type: 'web_fetch_result', url, retrieved_at: null, content } as const;
}

function readSupport(
  { segment, groundingChunkIndices: indices }: Fields,
  sources: readonly (FoundPage | undefined)[],
): Support<WebCitation> | undefined {
  const text = isRecord(segment) ? textOf(segment.text) : undefined;
  if (!isRecord(segment) || text === undefined || !Array.isArray(indices)) return undefined;
  const citations = indices
    .map((index: unknown) => (typeof index === 'number' ? sources[index] : undefined))
    .filter((source) => source !== undefined)
    .map((source) => webCitation(source, text));
  const start = typeof segment.startIndex === 'number' ? segment.startIndex : 0;
  return citations.length === 0 ? undefined : { start, text, citations };
}

/** The links are Google's own and lead on; whose page it is stands beside them. */
function hostOf(url: string, told: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === '' || host.startsWith('vertexaisearch.') ? told.toLowerCase() : host;
}

function recordsIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
