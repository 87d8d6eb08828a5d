import type { ProxyError } from '../errors/proxy-error.ts';
import { Watch } from './time-limits.ts';

/**
 * The life of one connection: it ends with whoever asked for it, and with its time limits. It keeps nothing of the
 * request, because an answer may last for an hour.
 */
export class CallLife {
  readonly #abort = new AbortController();
  readonly #asker: AbortSignal;
  readonly #watch: Watch;

  /**
   * `asker` ends the call: the client has left, or the proxy stops. `timeOut` makes what the call fails with when it has
   * been silent for `silentMs` or has lasted for `totalMs`.
   */
  constructor(
    asker: AbortSignal,
    { silentMs, totalMs }: { readonly silentMs: number; readonly totalMs: number },
    timeOut: (phase: 'silent' | 'total') => ProxyError,
  ) {
    this.#asker = asker;
    this.#watch = new Watch(silentMs, totalMs, (phase) => this.#abort.abort(timeOut(phase)));
    if (asker.aborted) this.#onAsker();
    else asker.addEventListener('abort', this.#onAsker);
  }

  /** For `fetch`: its reason is what the call really fails with, whatever an abort throws. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether it is not wanted any more, by the client or by the proxy. */
  get isCalledOff(): boolean {
    return this.#asker.aborted;
  }

  limit(silentMs: number): void {
    this.#watch.limit(silentMs);
  }

  waiting(): void {
    this.#watch.waiting();
  }

  resting(): void {
    this.#watch.resting();
  }

  /** Nothing more is expected; the connection itself may live on for another call. */
  end(): void {
    this.#watch.end();
    this.#asker.removeEventListener('abort', this.#onAsker);
  }

  /** Closes the connection. */
  cut(): void {
    this.end();
    this.#abort.abort();
  }

  readonly #onAsker = (): void => {
    this.#abort.abort(this.#asker.reason);
  };
}
