import type { Socket } from 'bun';

export interface HttpAnswer {
  readonly status: number;
  /** Milliseconds from the request's first byte written. */
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
  readonly bytes: number;
  /** The last bytes as they came, framing and all: enough to see that the answer was whole. */
  readonly rawTail: string;
  /** The body, for requests that asked to keep it. */
  readonly body: string | undefined;
}

interface Pending {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly onFirstToken: (() => void) | undefined;
  readonly startedAt: number;
  readonly kept: Uint8Array[] | undefined;
}

const lineFeed = 10;
const tailBytes = 2000;
/** The first visible text in any dialect; the empty text of Chat Completions' role chunk is none. */
const firstTokenMarks = ['"text_delta"', '"delta":{"content":"', '"response.output_text.delta"', '"parts":[{"text":"'];

/**
 * One keep-alive HTTP/1.1 connection that reads framing and nothing else: the load must cost less than what it measures,
 * and `fetch` costs as much as a proxy.
 */
export class HttpConnection {
  /** Everything read, framing too; also of an answer still under way. */
  receivedBytes = 0;
  #socket: Socket<undefined> | undefined;
  #pending: Pending | undefined;
  #head = '';
  #phase: 'head' | 'sized' | 'chunk-size' | 'chunk' = 'head';
  #left = 0;
  #sizeLine = '';
  #status = 0;
  #bytes = 0;
  #firstTokenMs: number | undefined;
  /** An answer's end may be split over two reads. */
  #readBefore: Buffer = Buffer.alloc(0);

  static async open(port: number): Promise<HttpConnection> {
    const connection = new HttpConnection();
    connection.#socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        data: (_socket, bytes) => connection.#read(bytes),
        close: () => connection.#fail(new Error('the connection was closed in the middle of an answer')),
        error: (_socket, error) => connection.#fail(error),
      },
    });
    connection.#socket.setNoDelay(true);
    return connection;
  }

  /** Sends a prepared request and settles when the answer is whole. One at a time. */
  request(bytes: Uint8Array, options: { keepBody?: boolean; onFirstToken?: () => void } = {}): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const kept = options.keepBody === true ? [] : undefined;
    this.#pending = { resolve, reject, onFirstToken: options.onFirstToken, startedAt: performance.now(), kept };
    this.#write(bytes);
    return promise;
  }

  close(): void {
    this.#pending = undefined;
    this.#socket?.terminate();
  }

  #write(bytes: Uint8Array): void {
    const taken = this.#socket?.write(bytes) ?? -1;
    if (taken < 0) this.#fail(new Error('the connection is closed'));
    // Bodies fit into the socket's buffer nearly always; where not, a short wait is cheaper than more state.
    else if (taken < bytes.length) setTimeout(() => this.#write(bytes.subarray(taken)), 1);
  }

  #fail(error: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }

  #read(bytes: Buffer): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.receivedBytes += bytes.length;
    if (this.#firstTokenMs === undefined && firstTokenMarks.some((mark) => bytes.includes(mark))) {
      this.#firstTokenMs = performance.now() - pending.startedAt;
      pending.onFirstToken?.();
    }
    let at = 0;
    while (at < bytes.length) {
      switch (this.#phase) {
        case 'head':
          at = this.#readHead(bytes, at);
          break;
        case 'chunk-size': {
          const end = bytes.indexOf(lineFeed, at);
          this.#sizeLine += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
          at = end < 0 ? bytes.length : end + 1;
          if (end < 0) break;
          const size = Number.parseInt(this.#sizeLine, 16);
          this.#sizeLine = '';
          // Each chunk, the empty last one too, is followed by CRLF.
          this.#left = size + 2;
          this.#phase = size === 0 ? 'sized' : 'chunk';
          if (size === 0) this.#bytes -= 2;
          break;
        }
        case 'sized':
        case 'chunk': {
          const taken = Math.min(this.#left, bytes.length - at);
          pending.kept?.push(
            bytes.slice(at, at + (this.#phase === 'chunk' ? Math.max(0, Math.min(taken, this.#left - 2)) : taken)),
          );
          this.#left -= taken;
          this.#bytes += taken;
          at += taken;
          if (this.#left > 0) break;
          if (this.#phase === 'sized') {
            this.#finish(bytes);
            break;
          }
          this.#bytes -= 2;
          this.#phase = 'chunk-size';
          break;
        }
      }
    }
    this.#readBefore = bytes;
  }

  #readHead(bytes: Buffer, at: number): number {
    const before = this.#head.length;
    this.#head += bytes.toString('latin1', at, Math.min(bytes.length, at + 8192));
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return bytes.length;
    const head = this.#head.slice(0, end);
    this.#head = '';
    this.#status = Number(head.slice(9, 12));
    this.#bytes = 0;
    if (/transfer-encoding: *chunked/i.test(head)) {
      this.#phase = 'chunk-size';
    } else {
      this.#phase = 'sized';
      this.#left = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (!(this.#left > 0)) this.#fail(new Error(`an answer without a body, status ${this.#status}`));
    }
    return at + end + 4 - before;
  }

  #finish(lastBytes: Buffer): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const answer = {
      status: this.#status,
      firstTokenMs: this.#firstTokenMs,
      totalMs: performance.now() - pending.startedAt,
      bytes: this.#bytes,
      rawTail: tailOf(this.#readBefore) + tailOf(lastBytes),
      body: pending.kept === undefined ? undefined : Buffer.concat(pending.kept).toString(),
    };
    this.#phase = 'head';
    this.#firstTokenMs = undefined;
    this.#pending = undefined;
    pending.resolve(answer);
  }
}

function tailOf(bytes: Buffer): string {
  return bytes.toString('latin1', Math.max(0, bytes.length - tailBytes));
}
