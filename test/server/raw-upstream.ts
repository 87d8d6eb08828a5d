import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** One call to the raw upstream, which answers byte by byte what a test tells it to. */
export interface RawCall {
  readonly head: string;
  readonly body: string;
  /** The same before it is read as text. */
  readonly bytes: Buffer;
  /** Settles when the connection is closed, with the time of it. */
  readonly closed: Promise<number>;
  readonly socket: Socket;
  /** A response head; the body is chunked unless a length is given. */
  answer(options?: { status?: number; type?: string; headers?: string; length?: number }): void;
  chunk(text: string): void;
  /** The end of a chunked body; the connection stays open for the next call. */
  end(): void;
  /** Head, body and end of a whole answer. */
  whole(body: string, options?: { status?: number; type?: string; headers?: string }): void;
}

export interface RawUpstream {
  readonly url: string;
  readonly calls: readonly RawCall[];
  /** Connections ever opened. */
  connections(): number;
  stop(): Promise<void>;
}

const started: RawUpstream[] = [];

/** For `afterEach`: what a test has started ends with it. */
export async function stopRawUpstreams(): Promise<void> {
  await Promise.all(started.splice(0).map((upstream) => upstream.stop()));
}

/** A loopback upstream below HTTP, for what no well-behaved server does: resets, silence, half an answer. */
export async function startRawUpstream(onCall: (call: RawCall, number: number) => void): Promise<RawUpstream> {
  const calls: RawCall[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    const closed = new Promise<number>((resolve) => {
      socket.on('close', () => {
        sockets.delete(socket);
        resolve(performance.now());
      });
    });
    // A reset is what some tests are about.
    socket.on('error', () => undefined);
    // A character for each byte: the network cuts characters of several bytes anywhere.
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      for (;;) {
        const headEnd = received.indexOf('\r\n\r\n');
        if (headEnd === -1) return;
        const head = received.slice(0, headEnd);
        const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
        const bodyStart = headEnd + 4;
        const bodyEnd = bodyStart + length;
        if (received.length < bodyEnd) return;
        const bytes = Buffer.from(received.slice(bodyStart, bodyEnd), 'latin1');
        received = received.slice(bodyEnd);
        const call = rawCall(socket, head, bytes, closed);
        calls.push(call);
        onCall(call, calls.length);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The raw upstream has no port.');
  const upstream: RawUpstream = {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  started.push(upstream);
  return upstream;
}

function rawCall(socket: Socket, head: string, bytes: Buffer, closed: Promise<number>): RawCall {
  const call: RawCall = {
    head,
    body: bytes.toString('utf8'),
    bytes,
    closed,
    socket,
    answer({ status = 200, type = 'text/event-stream', headers = '', length } = {}) {
      const framing = length === undefined ? 'transfer-encoding: chunked' : `content-length: ${length}`;
      socket.write(`HTTP/1.1 ${status} Whatever\r\ncontent-type: ${type}\r\n${framing}\r\n${headers}\r\n`);
    },
    chunk(text) {
      socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    },
    end() {
      socket.write('0\r\n\r\n');
    },
    whole(text, options = {}) {
      call.answer({ ...options, length: Buffer.byteLength(text) });
      socket.write(text);
    },
  };
  return call;
}
