import { connect } from 'node:net';
import { providerFor } from '../../src/providers/registry.ts';
import { type RawCall, startRawUpstream } from './raw-upstream.ts';
import { startTestServer, type TestServer, type TestServerOptions, upstreamKey } from './test-server.ts';

/** The real server with Anthropic as the preferred provider, played by a test byte by byte. */
export async function anthropicServer(
  onCall: (call: RawCall, number: number) => void,
  { env, basePath = '', ...options }: TestServerOptions & { readonly basePath?: string } = {},
) {
  const upstream = await startRawUpstream(onCall);
  const server = startTestServer({
    registry: providerFor,
    ...options,
    env: {
      PREFERRED_PROVIDER: 'anthropic',
      ANTHROPIC_UPSTREAM_URL: upstream.url + basePath,
      OPENAI_BASE_URL: upstream.url,
      ANTHROPIC_API_KEY: upstreamKey,
      ...env,
    },
  });
  return { upstream, server };
}

/** A request written to a socket as it stands, and all that comes back, framing too, until `isOver` or the end. */
export function rawExchange(
  server: TestServer,
  request: string | Buffer,
  isOver: (received: Buffer) => boolean = isWholeAnswer,
): Promise<{ readonly received: Buffer; readonly end: 'over' | 'closed' | 'broken' }> {
  return new Promise((resolve) => {
    const socket = connect(Number(server.url.port), '127.0.0.1');
    let received = Buffer.alloc(0);
    const settle = (end: 'over' | 'closed' | 'broken') => {
      socket.destroy();
      resolve({ received, end });
    };
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      if (isOver(received)) settle('over');
    });
    socket.on('end', () => settle('closed'));
    socket.on('error', () => settle('broken'));
    socket.write(request);
  });
}

function isWholeAnswer(received: Buffer): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const head = received.toString('latin1', 0, headEnd);
  const length = /content-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined
    ? received.subarray(-5).toString() === '0\r\n\r\n'
    : received.length >= headEnd + 4 + Number(length);
}

/** A request as a client writes it. */
export function rawRequest(
  method: string,
  path: string,
  headers: readonly string[],
  body: string | Buffer = '',
): Buffer {
  const bytes = Buffer.from(body);
  const length = bytes.length === 0 ? [] : [`content-length: ${bytes.length}`];
  const head = [`${method} ${path} HTTP/1.1`, 'host: evil.example', ...headers, ...length];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

/** The head of an answer, and its body put together from its chunks. */
export function readRawAnswer(received: Buffer) {
  const headEnd = received.indexOf('\r\n\r\n');
  const [statusLine = '', ...headers] = received.toString('latin1', 0, headEnd).split('\r\n');
  const rest = received.subarray(headEnd + 4);
  const isChunked = headers.some((line) => /^transfer-encoding: chunked$/i.test(line));
  const pieces: Buffer[] = [];
  for (let at = 0; isChunked && at < rest.length; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    pieces.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: headers.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase())),
    body: isChunked ? Buffer.concat(pieces) : rest,
  };
}
