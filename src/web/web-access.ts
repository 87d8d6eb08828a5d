/** What the proxy itself can do on the web for a model whose vendor does it not. */
export interface WebAccess {
  /** Undefined where no search service is configured. */
  readonly search: Search | undefined;
  /** Undefined where fetching is switched off. */
  readonly fetch: FetchPage | undefined;
}

/** Asks the search service. Throws `WebFailure`, and the signal's reason when aborted. */
export type Search = (query: SearchQuery, signal: AbortSignal) => Promise<readonly SearchHit[]>;

/** Fetches one page. Throws `WebFailure`, and the signal's reason when aborted. */
export type FetchPage = (url: string, limits: FetchLimits, signal: AbortSignal) => Promise<FetchedPage>;

export interface FetchLimits {
  /** Of a page's text. */
  readonly maxCharacters: number;
  /** Asked of the address and of every address it redirects to, such as whether it is among the client's domains. */
  readonly allows?: (url: URL) => boolean;
}

export interface SearchQuery {
  readonly query: string;
  /** Empty: no limit. A domain stands for its subdomains too. */
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
  readonly location:
    | { readonly city?: string; readonly region?: string; readonly country?: string; readonly timezone?: string }
    | undefined;
  readonly maxResults: number;
}

export interface SearchHit {
  readonly url: string;
  readonly title: string;
  /** What the page says about it, for the model to read. */
  readonly excerpt: string;
  /** As the service tells it; undefined where it does not. */
  readonly pageAge: string | undefined;
}

export interface FetchedPage {
  /** After redirects. */
  readonly url: string;
  readonly title: string | undefined;
  readonly mediaType: 'text/plain' | 'application/pdf';
  /** The page's text; of a PDF its bytes in base64. */
  readonly data: string;
  /** ISO 8601. */
  readonly retrievedAt: string;
}

/** The codes of `web_search_tool_result_error` and `web_fetch_tool_result_error` (source: @anthropic-ai/sdk). */
export type WebFailureCode =
  | 'invalid_tool_input'
  | 'unavailable'
  | 'max_uses_exceeded'
  | 'too_many_requests'
  | 'query_too_long'
  | 'url_too_long'
  | 'url_not_allowed'
  | 'url_not_accessible'
  | 'unsupported_content_type';

export class WebFailure extends Error {
  readonly code: WebFailureCode;

  /** `message` is for the model and the log; it names no key and no address of the user's network. */
  constructor(code: WebFailureCode, message: string) {
    super(message);
    this.name = 'WebFailure';
    this.code = code;
  }
}
