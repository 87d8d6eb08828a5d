import type { ReservedPart } from '../../messages/answer-parts.ts';
import { sealEnvelope } from '../../messages/envelope.ts';
import type { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import type { MessagesRequest, Usage } from '../../messages/types.ts';
import { isWantedUrl, type WantedPages, wantedPagesOf } from '../../translation/wanted-pages.ts';
import { type FoundPage, type WebCitation, webCitation, webSearchBlocks } from '../../translation/web-search-blocks.ts';
import { isWebSearch } from '../openai/search-wishes.ts';
import type { Target } from '../provider.ts';
import { citedWords, WordsAtHand } from './cited-words.ts';
import { type Fields, textOf } from './output-item.ts';
import { type HostedItem, serverToolUseId } from './reasoning-envelope.ts';

/** What an answer needs to know of the search that its request offers. */
export interface OfferedSearch {
  readonly wanted: WantedPages;
  /** Nothing but the search is offered, as Claude Code's WebSearch asks: it shows the titles of what was found. */
  readonly isAlone: boolean;
}

export function offeredSearchOf({ tools = [], tool_choice: choice }: MessagesRequest): OfferedSearch | undefined {
  const search = choice?.type === 'none' ? undefined : tools.find(isWebSearch);
  return search && { wanted: wantedPagesOf(search), isAlone: tools.length === 1 };
}

interface Search {
  /** Where its blocks stand. */
  readonly place: ReservedPart;
  readonly id: string;
  readonly query: string;
  readonly failed: boolean;
  readonly urls: readonly string[];
}

/**
 * The searches of one answer, as the blocks and citations that Anthropic's own search has. OpenAI tells addresses with the
 * search and titles only where the text cites a page. Where the search is all there is to do, its blocks therefore wait
 * for the end of the answer, and with them the text behind them; elsewhere they are written at once, so that the text can
 * stream, and a page that was not cited before is called by its host.
 */
export class WebSearches {
  readonly #offered: OfferedSearch;
  readonly #writer: EventWriter;
  readonly #target: Target;
  readonly #searches: Search[] = [];
  /** Titles of pages and their addresses as they were cited, by the address without what OpenAI adds to it. */
  readonly #cited = new Map<string, { readonly url: string; readonly title: string }>();
  readonly #words = new WordsAtHand();
  #quoted = '';
  #citations: WebCitation[] = [];
  #marked = 0;

  constructor(offered: OfferedSearch, writer: EventWriter, target: Target) {
    this.#offered = offered;
    this.#writer = writer;
    this.#target = target;
  }

  /** Each search that has worked; pages that the model opens come with it. */
  get usage(): Usage['server_tool_use'] {
    const searches = this.#searches.filter(({ failed }) => !failed).length;
    return searches === 0 ? null : { web_search_requests: searches, web_fetch_requests: 0 };
  }

  /** A search is over: here its blocks stand. */
  ran(item: HostedItem, { query, urls }: { readonly query: string; readonly urls: readonly string[] }): void {
    const place = this.#writer.reserve();
    const search = { place, id: serverToolUseId(item), query, urls, failed: item.status === 'failed' };
    this.#searches.push(search);
    if (!this.#offered.isAlone) this.#write(search, []);
  }

  /** Text that citations may speak of. */
  said(text: string): void {
    this.#words.add(text);
  }

  /** The text so far rests on a page. */
  cite(annotation: Fields): void {
    const url = textOf(annotation.url);
    if (annotation.type !== 'url_citation' || !isWantedUrl(url, this.#offered.wanted)) return;
    const told = textOf(annotation.title).trim();
    // xAI numbers its links and calls them so.
    const title = /^\d*$/.test(told) ? hostOf(url) : told;
    this.#cited.set(plainAddress(url), { url, title });
    // Of several links behind the same words each stands for them.
    this.#quoted = citedWords(this.#words.text) || this.#quoted;
    this.#citations.push(webCitation(this.#page(url, title), this.#quoted));
  }

  /** What the text since the last call rests on; the text that comes next rests on something else. */
  takeCitations(): readonly WebCitation[] {
    if (this.#citations.length === 0) return none;
    const citations = this.#citations;
    this.#citations = [];
    this.#words.clear();
    return citations;
  }

  /** The answer is over: what was found is told where it has waited for its titles. */
  end(): void {
    const waiting = this.#offered.isAlone ? this.#searches : [];
    const told = new Set(waiting.flatMap(({ urls }) => urls.map(plainAddress)));
    const onlyCited = [...this.#cited].filter(([address]) => !told.has(address)).map(([, { url }]) => url);
    for (const [at, search] of waiting.entries()) this.#write(search, at === waiting.length - 1 ? onlyCited : []);
  }

  #write({ place, id, query, urls, failed }: Search, more: readonly string[]): void {
    const pages = new Map<string, FoundPage>();
    for (const url of [...urls, ...more]) {
      const address = plainAddress(url);
      if (pages.has(address) || !isWantedUrl(url, this.#offered.wanted)) continue;
      pages.set(address, this.#page(url, this.#cited.get(address)?.title ?? hostOf(url)));
    }
    this.#writer.fill(place, webSearchBlocks(id, query, failed ? undefined : [...pages.values()]));
  }

  #page(url: string, title: string): FoundPage {
    this.#marked += 1;
    return { url, title, opaque: sealEnvelope(this.#target.provider, { w: 'resp', o: 'page', i: this.#marked }) };
  }
}

const none: readonly WebCitation[] = [];

/** The words searched for and what was found, as a `web_search_call` tells them; undefined for what is no search. */
export function searchOf(action: unknown): { query: string; urls: readonly string[] } | undefined {
  if (!isRecord(action)) return { query: '', urls: [] };
  if (action.type !== 'search' && action.type !== undefined) return undefined;
  const queries = Array.isArray(action.queries) ? action.queries.filter((query) => textOf(query) !== '') : [];
  const sources = Array.isArray(action.sources) ? action.sources.filter(isRecord) : [];
  return {
    query: queries.length > 0 ? queries.join('; ') : textOf(action.query),
    urls: sources.map(({ url }) => textOf(url)).filter((url) => url !== ''),
  };
}

/** OpenAI marks the addresses that its answers cite. */
function plainAddress(url: string): string {
  return url.replace(/([?&])utm_source=(?:openai|chatgpt\.com)(&|$)/, (_, before: string, behind: string) =>
    behind === '' ? '' : before,
  );
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname || url;
}
