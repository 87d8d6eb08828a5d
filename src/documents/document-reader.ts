import { type FetchedPage, type FetchPage, WebFailure } from '../web/web-access.ts';
import { BoundedCache } from './bounded-cache.ts';
import { PdfReader, type PdfReaderOptions } from './pdf-reader.ts';
import type { PdfReading } from './pdf-reading.ts';

export interface DocumentReaderOptions extends PdfReaderOptions {
  /** Undefined where the proxy fetches nothing. */
  readonly fetchPage: FetchPage | undefined;
  /** Milliseconds, by a clock that never goes back. */
  readonly now?: () => number;
}

/** What an address holds; `problem`: why nothing of it is there, for the model to read. */
export type FetchedDocument = FetchedPage | { readonly problem: string };

const maxCharacters = 2_000_000;
const maxRemembered = 32 * 1024 * 1024;
/** The same address stands in every later turn, and what comes of it should stay the same. */
const keptMs = 60 * 60_000;
const problemKeptMs = 60_000;

/** Reads documents that an upstream does not read itself, and fetches those that only an address stands for. */
export class DocumentReader {
  readonly #pdfs: PdfReader;
  readonly #fetchPage: FetchPage | undefined;
  readonly #now: () => number;
  readonly #fetched = new BoundedCache<{ readonly document: FetchedDocument; readonly until: number }>(maxRemembered);

  constructor(options: DocumentReaderOptions) {
    this.#pdfs = new PdfReader(options);
    this.#fetchPage = options.fetchPage;
    this.#now = options.now ?? (() => performance.now());
  }

  get fetches(): boolean {
    return this.#fetchPage !== undefined;
  }

  /** As `PdfReader.read`. */
  readPdf(base64: string, images: boolean, signal: AbortSignal): Promise<PdfReading> {
    return this.#pdfs.read({ base64, images }, signal);
  }

  /** The document at an address. Never fails for what is found there; throws the signal's reason when aborted. */
  async fetch(url: string, signal: AbortSignal): Promise<FetchedDocument> {
    const known = this.#fetched.get(url);
    if (known !== undefined && known.until > this.#now()) return known.document;
    const document = await this.#fetchNow(url, signal);
    const size = 200 + url.length + ('data' in document ? document.data.length : 0);
    const until = this.#now() + ('data' in document ? keptMs : problemKeptMs);
    this.#fetched.set(url, { document, until }, size);
    return document;
  }

  async #fetchNow(url: string, signal: AbortSignal): Promise<FetchedDocument> {
    if (this.#fetchPage === undefined) return { problem: 'this proxy fetches no documents' };
    try {
      return await this.#fetchPage(url, { maxCharacters }, signal);
    } catch (error) {
      if (error instanceof WebFailure) return { problem: error.message };
      throw error;
    }
  }

  close(): void {
    this.#pdfs.close();
  }
}
