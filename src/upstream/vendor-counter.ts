import type { BuiltRequest, Target, TokenCount } from '../providers/provider.ts';
import type { Credentials } from './credentials.ts';
import { FewAtOnce } from './few-at-once.ts';
import { readCapped } from './read-capped.ts';

export interface VendorCountJob {
  readonly counter: TokenCount;
  readonly built: BuiltRequest;
  readonly target: Target;
  readonly credentials: Credentials;
  /** Who asks may leave; others who ask the same do not lose by it. */
  readonly signal: AbortSignal;
}

export interface VendorCounterOptions {
  /** How long a count may take, the wait for its turn included. */
  readonly limitMs?: number;
  /** How many are asked for at a time: Claude Code's /context wants 27 at once. */
  readonly atATime?: number;
  /** How long a count is known. */
  readonly keepMs?: number;
  readonly maxKept?: number;
  /** How long a vendor that gave no count is left in peace. */
  readonly pauseMs?: number;
  /** The same where it has no counter at all. */
  readonly missingMs?: number;
  /** Milliseconds from any fixed moment. */
  readonly now?: () => number;
}

interface Kept {
  readonly count: Promise<number | undefined>;
  readonly untilMs: number;
}

// A server of one's own may tell every token of the prompt, or write the prompt out.
const maxAnswerBytes = 16 * 1024 * 1024;
const mostCalls = 2;
const maxVendors = 100;

/** Asks vendors how long prompts are. Never fails: where there is no count in time there is none. */
export class VendorCounter {
  /** How long whoever asks should wait, for all that belongs to it. */
  readonly limitMs: number;
  readonly #keepMs: number;
  readonly #maxKept: number;
  readonly #pauseMs: number;
  readonly #missingMs: number;
  readonly #now: () => number;
  readonly #turns: FewAtOnce;
  readonly #kept = new Map<string, Kept>();
  readonly #pausedUntil = new Map<string, number>();

  constructor(options: VendorCounterOptions = {}) {
    this.limitMs = options.limitMs ?? 3_000;
    this.#keepMs = options.keepMs ?? 5 * 60_000;
    this.#maxKept = options.maxKept ?? 500;
    this.#pauseMs = options.pauseMs ?? 30_000;
    this.#missingMs = options.missingMs ?? 60 * 60_000;
    this.#now = options.now ?? (() => performance.now());
    this.#turns = new FewAtOnce(options.atATime ?? 8);
  }

  /** The tokens of a prompt; undefined where the vendor has told none in time, or the asker has left. */
  async count(job: VendorCountJob): Promise<number | undefined> {
    const { built, signal } = job;
    const key = `${built.url}\n${built.body.length}\n${Bun.hash(built.body)}`;
    const now = this.#now();
    const known = this.#kept.get(key);
    if (known !== undefined && now < known.untilMs) return unlessAborted(known.count, signal);
    if (now < (this.#pausedUntil.get(built.url) ?? now)) return undefined;

    const count = this.#ask(job, key);
    this.#keep(key, { count, untilMs: now + this.#keepMs });
    return unlessAborted(count, signal);
  }

  async #ask(job: VendorCountJob, key: string): Promise<number | undefined> {
    const limit = AbortSignal.timeout(this.limitMs);
    try {
      return await this.#turns.run(async () => {
        limit.throwIfAborted();
        return call(job, limit);
      });
    } catch (error) {
      // The credentials, the network or the vendor: the request itself will say it better than a count can.
      const { url } = job.built;
      this.#kept.delete(key);
      this.#pausedUntil.delete(url);
      this.#pausedUntil.set(url, this.#now() + (error instanceof NoCounter ? this.#missingMs : this.#pauseMs));
      forgetOldest(this.#pausedUntil, maxVendors);
      return undefined;
    }
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    forgetOldest(this.#kept, this.#maxKept);
  }
}

/** The server has nothing of the kind: an older one, or another than it was taken for. */
class NoCounter extends Error {}

/** Undefined where the vendor will not count this prompt; fails where it counts none. */
async function call(job: VendorCountJob, signal: AbortSignal): Promise<number | undefined> {
  let { built } = job;
  for (let calls = 1; calls <= mostCalls; calls += 1) {
    const answer = await ask(job, built, signal);
    if (answer === undefined) return undefined;
    const counted = job.counter.readAnswer(answer, built);
    if (typeof counted === 'number' && Number.isSafeInteger(counted) && counted >= 0) return counted;
    if (typeof counted !== 'object') break;
    built = counted;
  }
  throw new Error('No count.');
}

async function ask(
  { target, credentials }: VendorCountJob,
  built: BuiltRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const authorization = await credentials.authorize(target, signal);
  const response = await fetch(built.url, {
    method: 'POST',
    headers: { ...built.headers, ...authorization?.headers },
    body: built.body,
    signal,
    // Followed, a redirect would carry the key to another host.
    redirect: 'manual',
  });
  const answer = await readCapped(response.body, maxAnswerBytes, 'fail');
  if (response.status === 400 || response.status === 413) return undefined;
  if (response.status === 401) authorization?.refused();
  if ([404, 405, 501].includes(response.status)) throw new NoCounter();
  if (!response.ok) throw new Error('No count.');
  return answer;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const leave = () => resolve(undefined);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
