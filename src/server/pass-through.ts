import type { Loss } from '../messages/types.ts';
import type { ClientBody, Target, VerbatimProvider } from '../providers/provider.ts';
import { readRequestId } from '../providers/request-id.ts';
import { callThrough, type PassThroughAnswer } from '../upstream/pass-through-call.ts';
import { passThroughHeaders } from './answer-headers.ts';
import type { Exchange } from './exchange.ts';
import { type ReadAlong, readAlong } from './read-along.ts';
import type { Visit } from './routes.ts';

export interface PassThrough {
  readonly provider: VerbatimProvider;
  readonly target: Target;
  /** The body, where it has been read; else it goes on as it comes. */
  readonly body: ClientBody | undefined;
}

/**
 * Sends a request on to an upstream that speaks our language, and its answer back, byte for byte. `checkLosses` may refuse
 * what had to be left out.
 */
export async function passThrough(
  { request, exchange, parts, path, query, proxyKeyIn }: Visit,
  { provider, target, body }: PassThrough,
  checkLosses?: (losses: readonly Loss[]) => void,
): Promise<Response> {
  const call = provider.buildCall({ path, query, headers: request.headers, proxyKeyIn, body }, target);
  exchange.losses = call.losses;
  checkLosses?.(call.losses);
  const length = request.headers.get('content-length');
  // A body that is streamed on keeps the length it was announced with; without one it goes out in chunks.
  if (call.body === undefined && request.body !== null && length !== null) call.headers.set('content-length', length);
  const answer = await callThrough({
    method: request.method,
    url: call.url,
    headers: call.headers,
    body: call.body ?? request.body ?? undefined,
    target,
    signal: exchange.signal,
    limits: parts.limits,
    onAttempt: (attempts) => {
      exchange.noteCall(1, attempts);
    },
  });
  return responseOf(answer, exchange, provider, target);
}

function responseOf(
  answer: PassThroughAnswer,
  exchange: Exchange,
  provider: VerbatimProvider,
  target: Target,
): Response {
  const { status, headers } = answer;
  const contentType = headers.get('content-type') ?? '';
  const reader = provider.openReader({ status, contentType }, target);
  exchange.noteAnswer(status, contentType.startsWith('text/event-stream'), reader.seen);
  exchange.upstreamRequestId = readRequestId(headers, target);
  const init = { status, headers: passThroughHeaders(headers, exchange) };
  if (!answer.hasBody) return new Response(null, init);
  // A client that leaves before this is heard of as a failure; after it, the exchange ends itself.
  exchange.signal.throwIfAborted();
  exchange.isStreaming = true;
  return new Response(relayBytes(answer, exchange, readAlong(reader, headers.get('content-encoding'))), init);
}

/** Each piece goes on as it came. The server pulls them, so a slow client slows down the upstream. */
async function* relayBytes(
  answer: PassThroughAnswer,
  exchange: Exchange,
  along: ReadAlong,
): AsyncGenerator<Uint8Array> {
  let isOver = false;
  try {
    for (let piece = await answer.next(); piece !== undefined; piece = await answer.next()) {
      exchange.noteFirstPiece();
      along.push(piece);
      yield piece;
    }
    isOver = true;
    exchange.noteUpstreamEnd();
  } catch (error) {
    isOver = true;
    exchange.noteFailure(error);
    // Nothing of ours may get into this answer: its client sees the connection break, as it would without us.
    throw brokenOff;
  } finally {
    const unread = isOver ? along.end() : undefined;
    if (unread === undefined) exchange.finish(isOver ? 'ended' : 'cut');
    else void unread.then(() => exchange.finish());
  }
}

const brokenOff = new Error('The upstream broke off its answer.');
