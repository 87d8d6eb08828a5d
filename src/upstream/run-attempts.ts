import { type ErrorKind, ProxyError } from '../errors/proxy-error.ts';
import type { MessageEvent } from '../messages/types.ts';
import { type BuiltRequest, type Repair, type TranslationContext, UpstreamFailure } from '../providers/provider.ts';
import type { Authorization, Credentials } from './credentials.ts';
import type { LearnedRepairs } from './learned-repairs.ts';
import { type Attempt, type AttemptJob, openAttempt } from './open-attempt.ts';
import type { Limits } from './time-limits.ts';

/** The events of an answer, wherever they come from. */
export interface Answer {
  /**
   * The events of the next network chunk; undefined once the answer is whole. The first call settles with the first
   * real events, or with the failure that no repair and no second try could help.
   */
  next(): Promise<readonly MessageEvent[] | undefined>;
}

export interface AnswerJob extends Omit<AttemptJob, 'built' | 'authorization'> {
  /** The upstream request of the first try. */
  readonly built: BuiltRequest;
  /** The same once more, with what a refusal has taught: that may change what there is to translate. May refuse in its turn. */
  readonly rebuild: (context: TranslationContext) => Rebuilt;
  readonly learned: LearnedRepairs;
  readonly credentials: Credentials;
  /** Tells of every call, and what of it is worth a line in the log. */
  readonly onAttempt?: (attempts: number) => void;
  readonly onOpen?: (attempt: Attempt) => void;
}

export type Rebuilt = Pick<AttemptJob, 'request' | 'built'>;

const maxRepairs = 3;

/**
 * Calls the upstream, differently where it says how, and once more where that alone may help. This ends with the first
 * real event: after it, nothing is ever tried again.
 */
export function runAttempts(job: AnswerJob): Answer {
  return new AttemptedAnswer(job);
}

class AttemptedAnswer implements Answer {
  /** Let go once the upstream answers: it holds the whole request, and an open stream must not. */
  #job: AnswerJob | undefined;
  #attempt: Attempt | undefined;

  constructor(job: AnswerJob) {
    this.#job = job;
  }

  next(): Promise<readonly MessageEvent[] | undefined> {
    return this.#attempt === undefined ? this.#open() : this.#attempt.next();
  }

  async #open(): Promise<readonly MessageEvent[] | undefined> {
    const job = this.#job;
    this.#job = undefined;
    if (job === undefined) throw new Error('An answer that failed has nothing more to give.');
    const attempt = await openRepeatedly(job);
    this.#attempt = attempt;
    return attempt.first;
  }
}

async function openRepeatedly(job: AnswerJob): Promise<Attempt> {
  const { signal, limits, learned, target } = job;
  let { context, request, built } = job;
  let repairs = 0;
  let retried = false;
  let renewed = false;
  /** What the client gets if the second try brings nothing better. */
  let wordless: Attempt | undefined;
  for (let attempts = 1; ; attempts += 1) {
    let authorization: Authorization | undefined;
    try {
      job.onAttempt?.(attempts);
      authorization = await job.credentials.authorize(target, signal);
      const attempt = await openAttempt({ ...job, context, request, built, authorization });
      job.onOpen?.(attempt);
      if (retried || !saysNothing(attempt)) return attempt;
      retried = true;
      wordless = attempt;
    } catch (error) {
      if (signal.aborted || !(error instanceof ProxyError)) throw error;
      if (wordless !== undefined) return wordless;
      const repair = error instanceof UpstreamFailure ? error.repair : undefined;
      if (repair !== undefined) learned.remember(target, repair);
      if (repair !== undefined && helpsNow(repair) && repairs < maxRepairs) {
        repairs += 1;
        context = { ...context, repairs: [...context.repairs, repair] };
        ({ request, built } = job.rebuild(context));
        continue;
      }
      // A token may end before its time, and then a new one is all that is needed.
      if (error.kind === 'upstream-unauthenticated' && !renewed && authorization?.refused() === true) {
        renewed = true;
        continue;
      }
      const pauseMs = retried ? undefined : retryPauseMs(error, limits);
      if (pauseMs === undefined) throw error;
      retried = true;
      await pause(pauseMs, signal);
    }
  }
}

/** A whole answer without any content, which clients take for a failure: Claude Code sends the conversation again. */
function saysNothing({ first }: Attempt): boolean {
  let ended = false;
  for (const event of first) {
    if (event.type === 'content_block_start') return false;
    if (event.type === 'message_delta') ended = event.delta.stop_reason === 'end_turn';
  }
  return ended;
}

/** A prompt that is too long stays so however often it is sent: knowing the limit helps later requests only. */
function helpsNow(repair: Repair): boolean {
  return repair.kind !== 'limit-context';
}

/** How long to wait before the one second try; undefined where the client had better decide. */
function retryPauseMs(error: ProxyError, limits: Limits): number | undefined {
  const askedMs = error.retryAfterSeconds === undefined ? undefined : error.retryAfterSeconds * 1000;
  if (askedMs !== undefined && askedMs > limits.longestRetryPauseMs) return undefined;
  switch (error.kind satisfies ErrorKind) {
    case 'rate-limited':
      return askedMs;
    case 'upstream-overloaded':
      return askedMs ?? limits.overloadedPauseMs;
    case 'upstream-fault':
    case 'upstream-disconnected':
    case 'upstream-truncated':
    case 'upstream-unreachable':
      return askedMs ?? limits.retryPauseMs;
    default:
      return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave, { once: true });
  });
}
