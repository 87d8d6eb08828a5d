import type { IncomingMessage } from 'node:http';
import { cutText } from './cut-text.ts';
import { type Body, readBody } from './decoded-body.ts';
import { type Fence, publicInternet } from './fence.ts';
import { pageKind, pageText } from './page-kind.ts';
import { PageReader } from './page-reader.ts';
import { parsePageUrl } from './page-url.ts';
import { requestPage } from './pinned-request.ts';
import { type FetchedPage, type FetchLimits, type FetchPage, WebFailure } from './web-access.ts';

export interface FetchOptions {
  readonly fence?: Fence;
  readonly reader?: PageReader;
  /** For each address that is tried. */
  readonly connectMs?: number;
  /** For all of it but the reading of HTML, which has a limit of its own. */
  readonly totalMs?: number;
  /** Of a page, unpacked. */
  readonly maxBytes?: number;
}

const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fetches pages for models: docs/decisions/fetching-pages.md says from where, and why so. */
export function pageFetcher(options: FetchOptions = {}): FetchPage {
  const { fence = publicInternet, connectMs = 5_000, totalMs = 20_000, maxBytes = 10 * 1024 * 1024 } = options;
  const reader = options.reader ?? new PageReader();
  return async (text, limits, signal) => {
    const deadline = AbortSignal.timeout(totalMs);
    const either = AbortSignal.any([signal, deadline]);
    try {
      const { url, answer } = await follow(text, fence, limits, { connectMs, signal: either });
      const body = await readBody(answer, maxBytes, either);
      return await readPage(url, answer.headers['content-type'], body, limits.maxCharacters, reader, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!deadline.aborted || error instanceof WebFailure) throw error;
      throw new WebFailure('url_not_accessible', `The page did not come within ${totalMs / 1000} seconds.`);
    }
  };
}

/** Goes where the address leads; each step is checked like the first. */
async function follow(
  text: string,
  fence: Fence,
  { allows = () => true }: FetchLimits,
  limits: { readonly connectMs: number; readonly signal: AbortSignal },
): Promise<{ readonly url: URL; readonly answer: IncomingMessage }> {
  let url = parsePageUrl(text, fence, allows);
  for (let step = 0; step <= maxRedirects; step++) {
    const answer = await requestPage(url, fence, limits);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (status >= 200 && status < 300) return { url, answer };
    answer.destroy();
    if (!redirects.has(status) || location === undefined) {
      throw new WebFailure('url_not_accessible', `${url.host} answered with status ${status}.`);
    }
    url = parsePageUrl(targetOf(location, url), fence, allows);
  }
  throw new WebFailure('url_not_accessible', `The page redirects more than ${maxRedirects} times.`);
}

function targetOf(location: string, from: URL): string {
  if (!URL.canParse(location, from.href)) {
    throw new WebFailure('url_not_accessible', `${from.host} redirects to something that is no URL.`);
  }
  const { href, protocol } = new URL(location, from);
  if (from.protocol === 'https:' && protocol === 'http:') {
    throw new WebFailure(
      'url_not_allowed',
      `${from.host} redirects from https:// to http://, which anybody could have written.`,
    );
  }
  return href;
}

async function readPage(
  url: URL,
  contentType: string | undefined,
  { bytes, cut }: Body,
  maxCharacters: number,
  reader: PageReader,
  signal: AbortSignal,
): Promise<FetchedPage> {
  const page = { url: url.href, retrievedAt: new Date().toISOString() };
  const kind = pageKind(contentType, bytes);
  switch (kind) {
    case 'pdf':
      if (cut) throw new WebFailure('url_not_accessible', `The PDF is larger than ${bytes.length} bytes.`);
      return { ...page, title: undefined, mediaType: 'application/pdf', data: bytes.toString('base64') };
    case 'html': {
      const html = pageText(bytes, contentType, kind);
      const { title, text } = await reader.read({ html, address: url.href, maxCharacters }, signal);
      return { ...page, title, mediaType: 'text/plain', data: text };
    }
    case 'text': {
      const text = pageText(bytes, contentType, kind);
      return { ...page, title: undefined, mediaType: 'text/plain', data: cutText(text, maxCharacters) };
    }
    case 'other':
      throw new WebFailure('unsupported_content_type', 'The page is neither text nor a PDF.');
  }
}
