import { expect } from 'bun:test';
import { connect, type Socket } from 'node:net';
import type { TestServer } from './test-server.ts';

const megabyte = 1024 * 1024;
const quietMs = 300;

/** What an upstream sends as fast as it is taken from it. */
export class Flood {
  #sent = 0;
  #stalled = Promise.withResolvers<void>();

  get sent(): number {
    return this.#sent;
  }

  /** Sends `piece`, a chunk of HTTP, again and again. */
  pour(socket: Socket, piece: string): void {
    const frame = `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`;
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const pump = () => {
      while (this.#sent < 400 * megabyte) {
        this.#sent += frame.length;
        if (socket.write(frame)) continue;
        socket.once('drain', pump);
        // Nothing taken for a while: the back-pressure has come through.
        clearTimeout(quiet);
        quiet = setTimeout(() => this.#stalled.resolve(), quietMs);
        return;
      }
      this.#stalled.resolve();
    };
    pump();
  }

  /** Settles when nothing more is taken. */
  stalled(): Promise<void> {
    return this.#stalled.promise;
  }
}

/** Asks on a connection that reads nothing: the upstream must be stopped and the memory stay. Then it reads on. */
export async function expectBackPressure(server: TestServer, request: string, flood: Flood): Promise<void> {
  const before = process.memoryUsage.rss();
  const socket = connect(Number(server.url.port), '127.0.0.1');
  socket.pause();
  socket.write(request);
  await flood.stalled();
  expect(flood.sent).toBeLessThan(64 * megabyte);
  expect(process.memoryUsage.rss() - before).toBeLessThan(120 * megabyte);

  const sentBefore = flood.sent;
  const flows = Promise.withResolvers<void>();
  let received = 0;
  socket.on('data', (bytes) => {
    received += bytes.length;
    if (received > 30 * megabyte) flows.resolve();
  });
  socket.resume();
  await flows.promise;
  expect(flood.sent).toBeGreaterThan(sentBefore);
  socket.destroy();
}
