import { ProxyError } from '../errors/proxy-error.ts';

/** What somebody has granted for a time: an access token, with whatever is known beside it. */
export interface Timed {
  /** Milliseconds since 1970; undefined where the grantor does not say. */
  readonly expiresAtMs: number | undefined;
}

export interface HeldGrantOptions {
  /** Milliseconds since 1970: grants end at a time of day. */
  readonly now?: (() => number) | undefined;
  /** How long a failure is told again before the next try. */
  readonly holdMs?: number | undefined;
}

interface Held<G> {
  readonly grant: G;
  /** From then on a newer one is fetched while this one serves. */
  readonly renewAtMs: number;
  /** From then on it does not serve. */
  readonly endsAtMs: number;
}

// Google's metadata server and Azure's hand out the same token until a few minutes before its end.
const earlyMs = 225_000;
/** A call may take so long from leaving here to being checked there. */
const travelMs = 10_000;
/** How long a grant of unknown life is used. */
const assumedLifeMs = 600_000;

/**
 * One grant that serves all requests and is renewed before it ends; however many ask at once, it is fetched once. A
 * failure to fetch it is told again for a while, so that a burst of requests is no burst of attempts.
 */
export class HeldGrant<G extends Timed> {
  readonly #fetch: () => Promise<G>;
  readonly #now: () => number;
  readonly #holdMs: number;
  #held: Held<G> | undefined;
  #pending: Promise<G> | undefined;
  #failure: { readonly error: ProxyError; readonly untilMs: number } | undefined;

  constructor(fetch: () => Promise<G>, { now = Date.now, holdMs = 5_000 }: HeldGrantOptions = {}) {
    this.#fetch = fetch;
    this.#now = now;
    this.#holdMs = holdMs;
  }

  /** A grant that is good for now. Fails as `fetch` does, and with the signal's reason when aborted. */
  current(signal: AbortSignal): Promise<G> {
    const now = this.#now();
    const held = this.#held;
    if (held === undefined || now >= held.endsAtMs) return untilAborted(this.#renew(now), signal);
    if (now >= held.renewAtMs) this.#renew(now).catch(ignore);
    return Promise.resolve(held.grant);
  }

  /** Says that it was refused before its time. True if that is news: many requests may carry the same one. */
  giveUp(grant: G): boolean {
    if (this.#held?.grant !== grant) return false;
    this.#held = undefined;
    return true;
  }

  /** One at a time, whoever asks; and not again at once where it has just failed. */
  #renew(now: number): Promise<G> {
    if (this.#pending !== undefined) return this.#pending;
    if (this.#failure !== undefined && now < this.#failure.untilMs) return Promise.reject(this.#failure.error);
    this.#pending = this.#fetchAndHold().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #fetchAndHold(): Promise<G> {
    try {
      const grant = await this.#fetch();
      this.#hold(grant);
      this.#failure = undefined;
      return grant;
    } catch (error) {
      if (error instanceof ProxyError) this.#failure = { error, untilMs: this.#now() + this.#holdMs };
      throw error;
    }
  }

  #hold(grant: G): void {
    const now = this.#now();
    const endsAtMs = grant.expiresAtMs ?? now + assumedLifeMs;
    const lifeMs = endsAtMs - now;
    this.#held = {
      grant,
      renewAtMs: endsAtMs - Math.min(earlyMs, lifeMs / 2),
      endsAtMs: endsAtMs - Math.min(travelMs, lifeMs / 10),
    };
  }
}

/** The promise's own end, or `late` after so long. */
export function within<T>(limitMs: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Waits for what others may wait for as well: who leaves does not take it away from them. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function ignore(): void {
  // The one at hand still serves; whoever needs a new one hears of it.
}
