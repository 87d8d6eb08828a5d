import { parseCountTokensRequest } from '../messages/parse-request.ts';
import type { NamedModel } from '../models/named-model.ts';
import { type AskedWorker, spawnWorker } from '../workers/spawn-worker.ts';
import { type StartTimer, startTimer } from '../workers/start-timer.ts';
import { type ModelReading, readingOf } from './count-request.ts';
import { estimateTokens } from './estimate.ts';

export interface CountQuestion {
  readonly id: number;
  /** The raw body of a request: the worker parses it, since passing a text costs less than passing an object. */
  readonly text: string;
  readonly reading: ModelReading;
}
export interface CountAnswer {
  readonly id: number;
  readonly tokens: number;
}

/** The part of a worker that the counter uses. */
export type CountingWorker = AskedWorker<CountQuestion, CountAnswer>;

export interface TokenCounterOptions {
  readonly startWorker?: () => CountingWorker;
  readonly startTimer?: StartTimer;
  /** How long an answer may take before the estimate does. */
  readonly patienceMs?: number;
  /** How long an idle worker keeps its 100 MB. */
  readonly idleLimitMs?: number;
}

interface Pending {
  readonly settle: (tokens: number | undefined) => void;
  readonly stopTimer: () => void;
}

// Beyond this an exact count is worth less than the seconds it takes.
const largestCounted = 4_000_000;
const failuresBeforeGivingUp = 3;

/** Counts prompts in one worker, started when it is first needed; where that fails or dawdles, estimates. */
export class TokenCounter {
  readonly #startWorker: () => CountingWorker;
  readonly #startTimer: StartTimer;
  readonly #patienceMs: number;
  readonly #idleLimitMs: number;
  readonly #pending = new Map<number, Pending>();
  #worker: CountingWorker | undefined;
  #stopIdleTimer: (() => void) | undefined;
  #nextId = 1;
  #failuresInARow = 0;
  /** Somebody waited in vain and nothing has come since: others need not wait as well. */
  #dawdling = false;
  #closed = false;

  constructor(options: TokenCounterOptions = {}) {
    this.#startWorker = options.startWorker ?? startTokenWorker;
    this.#startTimer = options.startTimer ?? startTimer;
    this.#patienceMs = options.patienceMs ?? 1_000;
    this.#idleLimitMs = options.idleLimitMs ?? 5 * 60_000;
  }

  /** The prompt tokens of a request's raw body for a model. Never fails for a body that parses. */
  async count(text: string, model: NamedModel): Promise<number> {
    return (await this.reallyCount(text, model)) ?? estimateText(text);
  }

  /** The same; undefined where it would be an estimate. */
  async reallyCount(text: string, model: NamedModel): Promise<number | undefined> {
    const hopeless = this.#closed || this.#dawdling || this.#failuresInARow >= failuresBeforeGivingUp;
    if (hopeless || text.length > largestCounted) return undefined;
    return this.#ask(text, readingOf(model));
  }

  close(): void {
    this.#closed = true;
    this.#endWorker();
  }

  #ask(text: string, reading: ModelReading): Promise<number | undefined> {
    const worker = this.#runningWorker();
    const id = this.#nextId++;
    return new Promise((settle) => {
      const stopTimer = this.#startTimer(this.#patienceMs, () => {
        this.#dawdling = true;
        this.#settle(id, undefined);
      });
      this.#pending.set(id, { settle, stopTimer });
      worker.ask({ id, text, reading });
    });
  }

  #runningWorker(): CountingWorker {
    this.#stopIdleTimer?.();
    this.#stopIdleTimer = undefined;
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#startWorker();
    this.#worker = worker;
    worker.onAnswer(({ id, tokens }) => {
      this.#failuresInARow = 0;
      this.#dawdling = false;
      this.#settle(id, tokens);
    });
    worker.onFailure(() => {
      // One that was ended has nothing more to say.
      if (worker !== this.#worker) return;
      this.#failuresInARow += 1;
      this.#endWorker();
    });
    return worker;
  }

  #settle(id: number, tokens: number | undefined): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.stopTimer();
    pending.settle(tokens);
    if (this.#pending.size > 0 || this.#worker === undefined) return;
    this.#stopIdleTimer = this.#startTimer(this.#idleLimitMs, () => this.#endWorker());
  }

  #endWorker(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#dawdling = false;
    this.#stopIdleTimer?.();
    this.#stopIdleTimer = undefined;
    worker?.end();
    for (const id of [...this.#pending.keys()]) this.#settle(id, undefined);
  }
}

function estimateText(text: string): number {
  return estimateTokens(parseCountTokensRequest(text));
}

function startTokenWorker(): CountingWorker {
  return spawnWorker(new URL('./token-worker.ts', import.meta.url));
}
