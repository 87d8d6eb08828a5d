import { asProxyError } from '../errors/error-response.ts';
import type { MessageEvent } from '../messages/types.ts';
import type { Answer } from '../upstream/run-attempts.ts';
import type { Limits } from '../upstream/time-limits.ts';
import { streamHeaders } from './answer-headers.ts';
import type { Exchange } from './exchange.ts';
import { Patience } from './patience.ts';
import { encodeErrorEvent, encodeEvents, pingFrame } from './sse-encode.ts';

type Said = readonly MessageEvent[] | undefined;

/**
 * An answer as server-sent events. The response head waits for the first real event, so that a failure before it has
 * its true status; but not for so long that the client gives up.
 */
export async function streamAnswer(answer: Answer, exchange: Exchange, limits: Limits): Promise<Response> {
  const first = answer.next();
  const isThere = await settlesWithin(first, limits.headWaitMs);
  // A client that leaves before this is heard of as a failure; after it, the exchange ends itself. Nothing in between:
  // nobody would ever pull the stream, and so nobody would end it.
  exchange.signal.throwIfAborted();
  exchange.isStreaming = true;
  return new Response(relayStream(first, isThere, answer, exchange, limits.pingMs), {
    headers: streamHeaders(exchange),
  });
}

/**
 * The only loop on the way: takes what one network chunk became and hands it on in one write. The server pulls it, so
 * a slow client slows down the upstream.
 */
async function* relayStream(
  first: Promise<Said>,
  isFirstThere: boolean,
  answer: Answer,
  exchange: Exchange,
  pingMs: number,
): AsyncGenerator<string> {
  const patience = new Patience(pingMs);
  try {
    if (!isFirstThere) yield pingFrame;
    let next = first;
    for (;;) {
      const said = await patience.wait(next);
      if (said === 'silence') {
        yield pingFrame;
        continue;
      }
      if (said === undefined) break;
      for (const event of said) exchange.noteEvent(event);
      yield encodeEvents(said);
      next = answer.next();
    }
    exchange.finish();
  } catch (error) {
    // Thrown out of here, an error would end up on the console and the client would see a cut without a reason.
    exchange.noteFailure(error);
    if (!exchange.hasClientLeft) yield encodeErrorEvent(asProxyError(error), exchange.requestId);
    exchange.finish();
  } finally {
    patience.end();
    exchange.finish('cut');
  }
}

/** Whether it settles in time; throws what it fails with in time. Later failures are its other listeners' affair. */
function settlesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), limitMs);
    promise.then(
      () => {
        clearTimeout(timer);
        resolve(true);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
