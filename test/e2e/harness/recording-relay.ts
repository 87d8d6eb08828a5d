import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { constants, createGzip } from 'node:zlib';

/** One request and its answer, as both passed. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly requestHeaders: Headers;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseHeaders: Headers;
  readonly responseBody: Buffer;
}

export interface RecordingRelay {
  readonly url: string;
  /** In the order in which their answers ended. */
  readonly exchanges: readonly Exchange[];
  stop(): Promise<void>;
}

/**
 * Hands every request on to `upstreamUrl` as it is, and keeps what went by. With `compress` it does what the servers in
 * front of a vendor's API do: it compresses answers for clients that say they can read them.
 */
export async function startRelay(upstreamUrl: string, { compress = false } = {}): Promise<RecordingRelay> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, response) => {
    relay(incoming, response).catch(() => response.destroy());
  });

  async function relay(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = incoming;
    const requestBody = await buffer(incoming);
    const { host: _own, ...rest } = headers;
    const outgoing = request(new URL(url, upstreamUrl), { method, headers: rest });
    response.once('close', () => outgoing.destroy());
    outgoing.end(requestBody);
    const [answer]: [IncomingMessage] = await once(outgoing, 'response').then(([first]) => [first]);
    const status = answer.statusCode ?? 0;
    const zips =
      compress && answer.headers['content-encoding'] === undefined && /gzip/.test(headers['accept-encoding'] ?? '');
    const kept = { ...answer.headers };
    if (zips) {
      delete kept['content-length'];
      kept['content-encoding'] = 'gzip';
    }
    response.writeHead(status, kept);
    // Each piece is flushed: a stream whose events wait in a compressor is none.
    const pieces = zips ? answer.pipe(createGzip({ flush: constants.Z_SYNC_FLUSH })) : answer;
    const sent: Buffer[] = [];
    for await (const piece of pieces) {
      sent.push(Buffer.from(piece));
      response.write(piece);
    }
    response.end();
    exchanges.push({
      method,
      target: url,
      requestHeaders: headersOf(headers),
      requestBody,
      status,
      responseHeaders: headersOf(kept),
      responseBody: Buffer.concat(sent),
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    exchanges,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function headersOf(headers: IncomingMessage['headers']): Headers {
  const list = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) list.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return list;
}
