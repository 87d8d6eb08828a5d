import type { ReservedPart } from '../../messages/answer-parts.ts';
import { ownServerToolStart, sealEnvelope } from '../../messages/envelope.ts';
import type { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import type { Usage } from '../../messages/types.ts';
import { isWantedUrl, type WantedPages } from '../../translation/wanted-pages.ts';
import { type FoundPage, type WebCitation, webCitation, webSearchBlocks } from '../../translation/web-search-blocks.ts';
import type { Target } from '../provider.ts';

/** What one answer may cite. */
const mostPages = 1_000;

/**
 * A search that the server has made while it answered. Which pages it found is told late, as annotations of the text,
 * and the client wants the search before the text: so from its first word on the answer waits for its end.
 */
export class CitedSearch {
  readonly #writer: EventWriter;
  readonly #wanted: WantedPages;
  readonly #target: Target;
  readonly #newId: (prefix: string) => string;
  readonly #pages = new Map<string, FoundPage>();
  #place: ReservedPart | undefined;
  /** Of the text that was begun last. */
  #citations: WebCitation[] = [];

  constructor(writer: EventWriter, wanted: WantedPages, target: Target, newId: (prefix: string) => string) {
    this.#writer = writer;
    this.#wanted = wanted;
    this.#target = target;
    this.#newId = newId;
  }

  /** To be called before the first text, with no thinking open. */
  begin(): void {
    this.#place ??= this.#writer.reserve();
  }

  /** The `annotations` of a delta. */
  read(annotations: unknown): void {
    if (!Array.isArray(annotations)) return;
    for (const annotation of annotations) {
      if (!isRecord(annotation) || annotation.type !== 'url_citation') continue;
      // OpenAI's form; some servers leave the inner object out.
      this.#cite(isRecord(annotation.url_citation) ? annotation.url_citation : annotation);
    }
  }

  #cite({ url, title, content }: Readonly<Record<string, unknown>>): void {
    if (typeof url !== 'string' || !isWantedUrl(url, this.#wanted)) return;
    const known = this.#pages.get(url);
    if (known === undefined && this.#pages.size >= mostPages) return;
    const page = known ?? {
      url,
      title: typeof title === 'string' && title !== '' ? title : new URL(url).hostname,
      opaque: sealEnvelope(this.#target.provider, { w: 'chat', o: 'source', i: this.#pages.size }),
    };
    this.#pages.set(url, page);
    this.#citations.push(webCitation(page, typeof content === 'string' ? content : ''));
  }

  /** Something else than text comes next. */
  endText(): void {
    if (this.#citations.length === 0) return;
    this.#writer.endText(this.#citations);
    this.#citations = [];
  }

  /** The answer is over, and no text waits; `usage` is what the server counted. Gives what it counted of searches. */
  end(usage: unknown): Usage['server_tool_use'] {
    const counted = isRecord(usage) && isRecord(usage.server_tool_use) ? usage.server_tool_use.web_search_requests : 0;
    const told = typeof counted === 'number' && Number.isSafeInteger(counted) && counted > 0 ? counted : 0;
    const searches = told === 0 && this.#pages.size > 0 ? 1 : told;
    // All under one call, whose words the server does not tell.
    const blocks =
      searches === 0 ? [] : webSearchBlocks(this.#newId(ownServerToolStart), '', [...this.#pages.values()]);
    if (this.#place !== undefined) this.#writer.fill(this.#place, blocks);
    else for (const block of blocks) this.#writer.whole(block);
    return searches === 0 ? null : { web_search_requests: searches, web_fetch_requests: 0 };
  }
}
