import { type AskedWorker, spawnWorker } from '../workers/spawn-worker.ts';
import { type StartTimer, startTimer } from '../workers/start-timer.ts';
import { BoundedCache } from './bounded-cache.ts';
import { maxPdfBase64, type PdfReading } from './pdf-reading.ts';

export interface PdfQuestion {
  readonly base64: string;
  /** Whether pictures of pages are wanted. */
  readonly images: boolean;
}
export interface PdfAnswer {
  readonly reading: PdfReading;
  /** The worker can read no further document. */
  readonly isSpent: boolean;
}

/** The part of a worker that the reader uses. It is asked one question at a time. */
export type ReadingWorker = AskedWorker<PdfQuestion, PdfAnswer>;

export interface PdfReaderOptions {
  readonly startWorker?: () => ReadingWorker;
  readonly startTimer?: StartTimer;
  /** How long one document may take. */
  readonly timeLimitMs?: number;
  /** How long an idle worker keeps its memory. */
  readonly idleLimitMs?: number;
  /** Of what was read before, in characters. */
  readonly maxRemembered?: number;
  /** Documents that may wait for their turn. */
  readonly maxWaiting?: number;
}

interface Job extends PdfQuestion {
  readonly key: string;
  readonly promise: Promise<PdfReading>;
  readonly settle: (reading: PdfReading) => void;
  waiters: number;
}

/**
 * Reads PDFs in one worker, started when it is first needed. A conversation brings the same documents with every turn, so
 * what was read is remembered by its content.
 */
export class PdfReader {
  readonly #startWorker: () => ReadingWorker;
  readonly #startTimer: StartTimer;
  readonly #timeLimitMs: number;
  readonly #idleLimitMs: number;
  readonly #maxWaiting: number;
  readonly #known: BoundedCache<PdfReading>;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  #current: Job | undefined;
  #worker: ReadingWorker | undefined;
  #stopTimer: (() => void) | undefined;
  #closed = false;

  constructor(options: PdfReaderOptions = {}) {
    this.#startWorker = options.startWorker ?? startPdfWorker;
    this.#startTimer = options.startTimer ?? startTimer;
    this.#timeLimitMs = options.timeLimitMs ?? 20_000;
    this.#idleLimitMs = options.idleLimitMs ?? 60_000;
    this.#maxWaiting = options.maxWaiting ?? 64;
    this.#known = new BoundedCache(options.maxRemembered ?? 32 * 1024 * 1024);
  }

  /** What a PDF in base64 holds. Never fails for what the PDF is; throws the signal's reason when aborted. */
  async read(question: PdfQuestion, signal: AbortSignal): Promise<PdfReading> {
    signal.throwIfAborted();
    if (question.base64.length > maxPdfBase64) return { problem: 'too-large' };
    const key = keyOf(question);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (!this.#jobs.has(key) && (this.#closed || this.#waiting.length >= this.#maxWaiting)) return { problem: 'busy' };
    const job = this.#jobs.get(key) ?? this.#begin(key, question);
    return this.#wait(job, signal);
  }

  close(): void {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) this.#settle(job, { problem: 'busy' });
    if (this.#current !== undefined) this.#settle(this.#current, { problem: 'busy' });
    this.#endWorker();
  }

  #begin(key: string, question: PdfQuestion): Job {
    const { promise, resolve } = Promise.withResolvers<PdfReading>();
    const job: Job = { ...question, key, promise, settle: resolve, waiters: 0 };
    this.#jobs.set(key, job);
    this.#waiting.push(job);
    this.#askNext();
    return job;
  }

  async #wait(job: Job, signal: AbortSignal): Promise<PdfReading> {
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    job.waiters += 1;
    try {
      return await Promise.race([job.promise, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      job.waiters -= 1;
      if (job.waiters === 0) this.#forgetUnwanted(job);
    }
  }

  /** One that nobody waits for any more gives up its turn; one that is being read is read to its end, for the next turn. */
  #forgetUnwanted(job: Job): void {
    const place = this.#waiting.indexOf(job);
    if (place === -1) return;
    this.#waiting.splice(place, 1);
    this.#jobs.delete(job.key);
  }

  #askNext(): void {
    if (this.#current !== undefined) return;
    const job = this.#waiting.shift();
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (job === undefined) {
      if (this.#worker !== undefined) this.#stopTimer = this.#startTimer(this.#idleLimitMs, () => this.#endWorker());
      return;
    }
    this.#current = job;
    this.#stopTimer = this.#startTimer(this.#timeLimitMs, () => this.#fail({ problem: 'too-slow' }));
    this.#runningWorker().ask({ base64: job.base64, images: job.images });
  }

  #runningWorker(): ReadingWorker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#startWorker();
    this.#worker = worker;
    worker.onAnswer(({ reading, isSpent }) => {
      // One that was ended has nothing more to say.
      if (worker !== this.#worker) return;
      if (isSpent) this.#endWorker();
      this.#finish(reading);
    });
    worker.onFailure(() => {
      if (worker === this.#worker) this.#fail({ problem: 'broken' });
    });
    return worker;
  }

  #fail(reading: PdfReading): void {
    this.#endWorker();
    this.#finish(reading);
  }

  #finish(reading: PdfReading): void {
    const job = this.#current;
    this.#current = undefined;
    if (job !== undefined) {
      this.#known.set(job.key, reading, sizeOf(reading));
      this.#settle(job, reading);
    }
    this.#askNext();
  }

  #settle(job: Job, reading: PdfReading): void {
    this.#jobs.delete(job.key);
    job.settle(reading);
  }

  #endWorker(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.end();
  }
}

/** By a hash that nobody can make two documents share: what one user sent must not reach another. */
function keyOf({ base64, images }: PdfQuestion): string {
  return `${images ? 'shown' : 'text'} ${new Bun.CryptoHasher('sha256').update(base64).digest('base64')}`;
}

function sizeOf(reading: PdfReading): number {
  if ('problem' in reading) return 100;
  return reading.pages.reduce((size, { text, image }) => size + 100 + text.length + (image?.length ?? 0), 100);
}

function startPdfWorker(): ReadingWorker {
  return spawnWorker(new URL('./pdf-worker.ts', import.meta.url));
}
