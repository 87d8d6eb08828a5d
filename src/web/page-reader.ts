import { type AskedWorker, spawnWorker } from '../workers/spawn-worker.ts';
import type { PageText } from './html-text.ts';
import { plainText } from './plain-text.ts';
import { WebFailure } from './web-access.ts';

export interface PageQuestion {
  readonly html: string;
  /** Where it was found: relative links begin there. */
  readonly address: string;
  readonly maxCharacters: number;
}

/** The part of a worker that the reader uses. */
export type ReadingWorker = AskedWorker<PageQuestion, PageText>;

export interface PageReaderOptions {
  readonly startWorker?: () => ReadingWorker;
  /** How long a page may take before its plain text does. */
  readonly patienceMs?: number;
  /** How long an idle worker keeps its memory. */
  readonly idleLimitMs?: number;
}

const maxWaiting = 32;

/** Turns HTML into text in one worker, started when first needed, one page after another; what it cannot read in time becomes plain text. */
export class PageReader {
  readonly #startWorker: () => ReadingWorker;
  readonly #patienceMs: number;
  readonly #idleLimitMs: number;
  #worker: ReadingWorker | undefined;
  #idleTimer: Timer | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: PageReaderOptions = {}) {
    this.#startWorker = options.startWorker ?? startPageWorker;
    this.#patienceMs = options.patienceMs ?? 10_000;
    this.#idleLimitMs = options.idleLimitMs ?? 60_000;
  }

  /** The text of a page. Throws WebFailure where too many wait, and the signal's reason when aborted. */
  async read(question: PageQuestion, signal: AbortSignal): Promise<PageText> {
    if (this.#waiting >= maxWaiting) throw new WebFailure('unavailable', 'Too many pages are being read at once.');
    this.#waiting += 1;
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    try {
      await before;
      signal.throwIfAborted();
      return (
        (await this.#ask(question)) ?? { title: undefined, text: plainText(question.html, question.maxCharacters) }
      );
    } finally {
      this.#waiting -= 1;
      resolve();
    }
  }

  close(): void {
    clearTimeout(this.#idleTimer);
    this.#worker?.end();
    this.#worker = undefined;
  }

  async #ask(question: PageQuestion): Promise<PageText | undefined> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker ?? this.#startWorker();
    this.#worker = worker;
    const answer = Promise.withResolvers<PageText | undefined>();
    worker.onAnswer(answer.resolve);
    worker.onFailure(() => answer.resolve(undefined));
    const patience = setTimeout(() => answer.resolve(undefined), this.#patienceMs);
    worker.ask(question);
    const page = await answer.promise;
    clearTimeout(patience);
    // One that has failed, or is still at work, is of no more use.
    if (page === undefined) this.close();
    else {
      this.#idleTimer = setTimeout(() => this.close(), this.#idleLimitMs);
      this.#idleTimer.unref();
    }
    return page;
  }
}

function startPageWorker(): ReadingWorker {
  return spawnWorker(new URL('./page-worker.ts', import.meta.url), { smol: true });
}
