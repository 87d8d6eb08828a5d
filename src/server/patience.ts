/**
 * Waits for one thing after another, and looks up whenever it has waited in vain for `limitMs`. One timer for all:
 * it is set again only when it fires.
 */
export class Patience {
  readonly #limitMs: number;
  #silentSince = performance.now();
  #timer: ReturnType<typeof setTimeout>;
  #lookUp: ((silence: 'silence') => void) | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#timer = setTimeout(this.#onTimer, limitMs);
  }

  /** What `promise` settles with, or 'silence' if that takes too long; it may then be waited for again. */
  wait<T>(promise: Promise<T>): Promise<T | 'silence'> {
    this.#silentSince = performance.now();
    return new Promise((resolve, reject) => {
      this.#lookUp = resolve;
      promise.then(resolve, reject);
    });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#lookUp = undefined;
  }

  readonly #onTimer = (): void => {
    const waitedMs = performance.now() - this.#silentSince;
    // A waiter that has its answer already is not disturbed: it settles only once.
    if (waitedMs >= this.#limitMs) this.#lookUp?.('silence');
    this.#timer = setTimeout(this.#onTimer, waitedMs >= this.#limitMs ? this.#limitMs : this.#limitMs - waitedMs);
  };
}
