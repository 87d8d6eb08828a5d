import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** How an answer ended, seen from the upstream. */
export type CallEnd = 'answered' | 'cut' | 'client-left';

/** The client's side of one exchange: where to write, and a promise that settles when the connection is gone. */
export interface Line {
  readonly response: ServerResponse;
  readonly gone: Promise<unknown>;
}

export function lineOf(response: ServerResponse): Line {
  return { response, gone: once(response, 'close').catch(() => undefined) };
}

/** An answer in one piece: a text as it is, all else as JSON. */
export async function sendJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  line: Line,
): Promise<CallEnd> {
  const isText = typeof body === 'string';
  line.response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
  if (!(await send(isText ? body : JSON.stringify(body), line))) return 'client-left';
  return finishBody(line);
}

/**
 * Writes to the body, the head first if it has not left: 200, and an event stream where no content type has been set.
 * Waits for the bytes to leave, so that what a script says before a cut really arrives, and a slow reader slows us.
 * False when the client has left.
 */
export async function send(bytes: string | Uint8Array, line: Line): Promise<boolean> {
  const { response } = line;
  if (response.destroyed) return false;
  beginBody(line);
  if (bytes.length === 0) response.flushHeaders();
  else await Promise.race([new Promise<void>((resolve) => response.write(bytes, () => resolve())), line.gone]);
  return !response.destroyed;
}

/** Clients drop what they have not read yet when a reset follows at once, so give them the time to read it. */
export async function cutLine(line: Line): Promise<CallEnd> {
  await Promise.race([Bun.sleep(20), line.gone]);
  line.response.socket?.destroy();
  return 'cut';
}

export async function finishBody(line: Line): Promise<CallEnd> {
  const { response } = line;
  beginBody(line);
  response.end();
  await line.gone;
  return response.writableFinished ? 'answered' : 'client-left';
}

function beginBody({ response }: Line): void {
  if (response.headersSent) return;
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.writeHead(200);
}
