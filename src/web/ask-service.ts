import { isWantedUrl } from '../translation/wanted-pages.ts';
import { cutText } from './cut-text.ts';
import type { SearchService, ServiceCall } from './search-service.ts';
import { type Search, type SearchHit, type SearchQuery, WebFailure } from './web-access.ts';

export interface AskOptions {
  /** For whoever runs the proxy; holds neither keys nor queries. */
  readonly warn: (message: string) => void;
  readonly limitMs?: number;
}

const maxAnswerBytes = 4 * 1024 * 1024;
const maxTitleLength = 300;
const maxExcerptLength = 4_000;
const maxUrlLength = 2_048;
const maxAgeLength = 100;

/** Searches with one service: the call with its limits, its failures in our codes, and only hits that were wanted. */
export function askService(service: SearchService, { warn, limitMs = 20_000 }: AskOptions): Search {
  return async (query, signal) => {
    if (query.query.trim() === '') throw new WebFailure('invalid_tool_input', 'The search query is empty.');
    if (query.query.length > service.maxQueryLength) {
      throw new WebFailure(
        'query_too_long',
        `${service.name} takes queries of up to ${service.maxQueryLength} characters.`,
      );
    }
    const limit = AbortSignal.timeout(limitMs);
    try {
      const body = await answerOf(service, query, AbortSignal.any([signal, limit]), warn);
      const hits = service.readHits(body);
      if (hits === undefined) throw noAnswer(service, 'in an unknown form');
      return wantedHits(hits, query);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof WebFailure) {
        if (error.code === 'unavailable') warn(error.message);
        throw error;
      }
      const why = limit.aborted ? `did not answer within ${limitMs} ms` : `could not be reached (${codeOf(error)})`;
      const failure = new WebFailure('unavailable', `${service.name} ${why}.`);
      warn(`${failure.message} Is ${service.setting} right?`);
      throw failure;
    }
  };
}

async function answerOf(
  service: SearchService,
  query: SearchQuery,
  signal: AbortSignal,
  warn: AskOptions['warn'],
): Promise<unknown> {
  const response = await call(service.buildCall(query), signal);
  if (!response.ok) {
    response.body?.cancel().catch(ignore);
    throw refusalOf(service, response.status, warn);
  }
  const text = await readUpTo(maxAnswerBytes, response, service);
  try {
    return JSON.parse(text);
  } catch {
    throw noAnswer(service, 'that is no JSON');
  }
}

function call({ url, headers, body }: ServiceCall, signal: AbortSignal): Promise<Response> {
  const all = { accept: 'application/json', ...headers };
  // A redirect would take the key elsewhere.
  const init = { signal, redirect: 'manual' } as const;
  if (body === undefined) return fetch(url, { ...init, headers: all });
  const posted = { ...all, 'content-type': 'application/json' };
  return fetch(url, { ...init, method: 'POST', headers: posted, body: JSON.stringify(body) });
}

function refusalOf(service: SearchService, status: number, warn: AskOptions['warn']): WebFailure {
  const { name, setting } = service;
  const known = service.refusals?.[status];
  if (known !== undefined) return new WebFailure('unavailable', `${name} refused the search: ${known} (${status}).`);
  if (status === 429) return new WebFailure('too_many_requests', `${name} is asked too often (429).`);
  if (status === 401 || status === 403) {
    warn(`${name} refused the key (${status}): check ${setting}`);
    return new WebFailure('unavailable', `${name} refused the proxy's key (${status}).`);
  }
  if (status === 414) return new WebFailure('query_too_long', `${name} finds the query too long (414).`);
  return new WebFailure('unavailable', `${name} answered with status ${status}.`);
}

async function readUpTo(maxBytes: number, response: Response, service: SearchService): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > maxBytes) throw noAnswer(service, `of more than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function noAnswer({ name }: SearchService, what: string): WebFailure {
  return new WebFailure('unavailable', `${name} sent an answer ${what}.`);
}

/** Each page once, none that was not asked for, and each of a size that a model can be given. */
function wantedHits(hits: readonly SearchHit[], query: SearchQuery): SearchHit[] {
  const seen = new Set<string>();
  const wanted: SearchHit[] = [];
  for (const hit of hits) {
    if (wanted.length >= query.maxResults) break;
    const url = URL.canParse(hit.url) ? new URL(hit.url) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || !isWantedUrl(url.href, query)) continue;
    if (url.href.length > maxUrlLength || seen.has(url.href)) continue;
    seen.add(url.href);
    wanted.push({
      // Line breaks, which an address may come with, could pass for the next line of what the model reads.
      url: hit.url.trim().replaceAll(/[\t\r\n]/g, ''),
      pageAge: hit.pageAge === undefined ? undefined : cutText(hit.pageAge.replaceAll(/\s+/g, ' '), maxAgeLength),
      title: cutText(hit.title.trim() || url.hostname, maxTitleLength),
      excerpt: cutText(hit.excerpt.trim(), maxExcerptLength),
    });
  }
  return wanted;
}

/** The error's own text may hold the whole address, and with it the query. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

function ignore(): void {
  // Its connection is of no more use either way.
}
