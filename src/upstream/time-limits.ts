/** How long each phase of a request may take, and how much of a failed answer is read. */
export interface Limits {
  /** How long the response head waits for the upstream's first real event, so that its status can be true. */
  readonly headWaitMs: number;
  /** The client hears a ping after this much silence. */
  readonly pingMs: number;
  /** From the call to the upstream's response head. Bun's fetch does not tell when it has connected, so this covers both. */
  readonly firstByteMs: number;
  /** From one piece of the answer to the next; comments count as signs of life. */
  readonly idleMs: number;
  /** The same once the upstream has said how its answer ends: only its counts and its last mark may still come. */
  readonly finishedMs: number;
  readonly totalMs: number;
  /** Where bytes pass through: from one sign of life of the upstream to the next, its first one included. */
  readonly passThroughIdleMs: number;
  readonly errorBodyMs: number;
  readonly errorBodyBytes: number;
  /** A JSON answer is held whole before it is translated. */
  readonly jsonBodyBytes: number;
  /** How long a finished answer's connection may take to end by itself, so that it can be used again. */
  readonly drainMs: number;
  /** Before the second try of a call that failed without a reason to wait longer. */
  readonly retryPauseMs: number;
  readonly overloadedPauseMs: number;
  /** A longer wait than this is left to the client. */
  readonly longestRetryPauseMs: number;
}

export const defaultLimits: Limits = {
  headWaitMs: 10_000,
  pingMs: 10_000,
  firstByteMs: 300_000,
  idleMs: 300_000,
  finishedMs: 3_000,
  totalMs: 3_600_000,
  // A plain answer of a large model comes in one piece, and the official SDK waits ten minutes for it.
  passThroughIdleMs: 900_000,
  errorBodyMs: 10_000,
  errorBodyBytes: 64 * 1024,
  jsonBodyBytes: 64 * 1024 * 1024,
  drainMs: 1_000,
  retryPauseMs: 200,
  overloadedPauseMs: 1_000,
  longestRetryPauseMs: 5_000,
};

/**
 * Watches one call with one timer: noting a sign of life only takes the time, and the timer finds out when it fires
 * whether it has to be set again.
 */
export class Watch {
  readonly #expire: (phase: 'silent' | 'total') => void;
  readonly #endsAt: number;
  #limitMs: number;
  /** Since when the upstream is being waited for; undefined while the client is the slow one. */
  #waitingSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number, totalMs: number, expire: (phase: 'silent' | 'total') => void) {
    const now = performance.now();
    this.#expire = expire;
    this.#limitMs = limitMs;
    this.#endsAt = now + totalMs;
    this.#waitingSince = now;
    this.#setTimer(now);
  }

  /** The upstream is being waited for, from now on for no longer than the limit. */
  waiting(): void {
    this.#waitingSince = performance.now();
  }

  resting(): void {
    this.#waitingSince = undefined;
  }

  /** A new phase with a limit of its own. */
  limit(limitMs: number): void {
    const now = performance.now();
    this.#limitMs = limitMs;
    this.#waitingSince = now;
    this.#setTimer(now);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #setTimer(now: number): void {
    clearTimeout(this.#timer);
    const dueAt = Math.min((this.#waitingSince ?? now) + this.#limitMs, this.#endsAt);
    this.#timer = setTimeout(this.#onTimer, Math.max(1, dueAt - now));
  }

  readonly #onTimer = (): void => {
    const now = performance.now();
    if (now >= this.#endsAt) this.#expire('total');
    else if (this.#waitingSince !== undefined && now >= this.#waitingSince + this.#limitMs) this.#expire('silent');
    else this.#setTimer(now);
  };
}
