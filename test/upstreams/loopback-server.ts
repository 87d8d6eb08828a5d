import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type Line, lineOf } from './line.ts';

/** A request, read to its end. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly text: string;
  readonly arrivedAtMs: number;
}

export interface LoopbackServer {
  readonly port: number;
  /** Closes every connection. */
  stop(): Promise<void>;
}

/**
 * Serves on a loopback port what `answer` does with each request. `onFault` hears of what `answer` throws, a fault in a
 * test's script: the exchange is then ended so that nobody waits, with the body that `onFault` gives.
 */
export async function startLoopback(
  answer: (received: Received, line: Line) => Promise<void>,
  onFault: (message: string) => unknown,
  port = 0,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const line = lineOf(response);
    received(request)
      .then((whole) => answer(whole, line))
      .catch((error: unknown) => {
        const body = JSON.stringify(onFault(String(error)));
        if (response.headersSent) response.socket?.destroy();
        else response.writeHead(500, { 'content-type': 'application/json' }).end(body);
      });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fake upstream has no port.');
  return {
    port: address.port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function received(request: IncomingMessage): Promise<Received> {
  const arrivedAtMs = performance.now();
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://upstream');
  return {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    headers: headersOf(request),
    bytes,
    text: bytes.toString('utf8'),
    arrivedAtMs,
  };
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}
