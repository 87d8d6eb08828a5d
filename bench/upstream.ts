// The upstream of every benchmark: a process of its own that writes answers made beforehand, and does so more cheaply than
// anything standing before it can read them. Prints its port, ends with its stdin.
import type { Socket } from 'bun';
import { type Dialect, dialects, makeAnswer } from './answers.ts';
import type { AnswerPlan } from './bodies.ts';
import { largeTextEvent } from './chat-answer.ts';

const dripMs = 2;
const restAfterFirstMs = 5;

interface Prepared {
  readonly head: Uint8Array;
  /** Each event as an HTTP chunk of its own, as a server that flushes every token sends it. */
  readonly chunks: readonly Uint8Array[];
  readonly untilText: number;
  readonly whole: Uint8Array;
  readonly json: Uint8Array;
}

interface Connection {
  received: Uint8Array[];
  receivedBytes: number;
  /** Unknown until the head is read. */
  requestBytes: number | undefined;
  /** What the kernel did not take yet. */
  unsent: Uint8Array | undefined;
  /** Makes the next piece once everything before it is sent. */
  more: (() => Uint8Array | undefined) | undefined;
  drip: { chunks: readonly Uint8Array[]; next: number } | undefined;
}

const stats = { requests: 0, bytesTaken: 0 };
const prepared = new Map<string, Prepared>();
const dripping = new Set<Socket<Connection>>();
const terminator = Buffer.from('0\r\n\r\n');
const floodChunk = httpChunk(largeTextEvent(8192));

function prepare(dialect: Dialect, count: number): Prepared {
  const name = `${dialect}:${count}`;
  let answer = prepared.get(name);
  if (answer === undefined) {
    const { events, untilText, json } = makeAnswer(dialect, count);
    const common = 'HTTP/1.1 200 OK\r\nrequest-id: req_bench\r\nx-request-id: req_bench\r\nconnection: keep-alive\r\n';
    const head = Buffer.from(
      `${common}content-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const chunks = events.map(httpChunk);
    const jsonHead = `${common}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n`;
    answer = {
      head,
      chunks,
      untilText,
      whole: Buffer.concat([head, ...chunks, terminator]),
      json: Buffer.from(jsonHead + json),
    };
    prepared.set(name, answer);
  }
  return answer;
}

function httpChunk(text: string): Uint8Array {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

function answer(socket: Socket<Connection>, request: Buffer): void {
  stats.requests += 1;
  if (request.toString('latin1', 0, 17) === 'GET /bench/stats ') {
    const body = JSON.stringify(stats);
    write(socket, Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
    return;
  }
  const plan = readPlan(request);
  if (plan === undefined) {
    write(socket, Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'));
    return;
  }
  const ready = prepare(plan.dialect, plan.mode === 'flood' ? 1 : plan.count);
  const { head, chunks } = ready;
  if (!isStreamed(request)) {
    write(socket, ready.json);
    return;
  }
  switch (plan.mode) {
    case 'burst':
      write(socket, ready.whole);
      return;
    case 'drip':
      write(socket, head);
      socket.data.drip = { chunks: [...chunks, terminator], next: 0 };
      dripping.add(socket);
      return;
    case 'first': {
      write(socket, Buffer.concat([head, ...chunks.slice(0, ready.untilText)]));
      const rest = Buffer.concat([...chunks.slice(ready.untilText), terminator]);
      setTimeout(() => write(socket, rest), restAfterFirstMs);
      return;
    }
    case 'hold':
      write(socket, Buffer.concat([head, ...chunks.slice(0, Math.ceil(chunks.length / 2))]));
      return;
    case 'flood': {
      const text = Buffer.concat(Array.from({ length: 64 }, () => floodChunk));
      let left = Math.ceil((plan.count * 1024 * 1024) / text.length);
      socket.data.more = () => (left-- > 0 ? text : undefined);
      write(socket, head);
      return;
    }
  }
}

function readPlan(request: Buffer): AnswerPlan | undefined {
  const at = request.indexOf('bench-answer:');
  if (at < 0) return undefined;
  const [, dialect = '', mode, count] = request.toString('latin1', at, request.indexOf(';', at)).split(':');
  if (mode !== 'burst' && mode !== 'drip' && mode !== 'first' && mode !== 'hold' && mode !== 'flood') return undefined;
  return isDialect(dialect) ? { dialect, mode, count: Number(count) } : undefined;
}

function isDialect(text: string): text is Dialect {
  return dialects.some((dialect) => dialect === text);
}

/** Gemini's requests say it in their path, all others in their body. */
function isStreamed(request: Buffer): boolean {
  const path = request.toString('latin1', 0, request.indexOf('\r\n'));
  return path.includes(':streamGenerateContent') || request.includes('"stream":true');
}

function write(socket: Socket<Connection>, bytes: Uint8Array): void {
  const { data } = socket;
  let next: Uint8Array | undefined = bytes;
  while (next !== undefined) {
    const taken = socket.write(next);
    if (taken < 0) return;
    stats.bytesTaken += taken;
    if (taken < next.length) {
      data.unsent = next.subarray(taken);
      return;
    }
    data.unsent = undefined;
    next = data.more?.();
  }
}

const listener = Bun.listen<Connection>({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open(socket) {
      socket.setNoDelay(true);
      socket.data = {
        received: [],
        receivedBytes: 0,
        requestBytes: undefined,
        unsent: undefined,
        more: undefined,
        drip: undefined,
      };
    },
    data(socket, bytes) {
      const { data } = socket;
      data.received.push(bytes);
      data.receivedBytes += bytes.length;
      if (data.requestBytes === undefined) {
        const soFar = Buffer.concat(data.received);
        const end = soFar.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = /content-length: *(\d+)/i.exec(soFar.toString('latin1', 0, end))?.[1];
        data.requestBytes = end + 4 + Number(length ?? 0);
      }
      if (data.receivedBytes < data.requestBytes) return;
      const request = Buffer.concat(data.received);
      data.received = [];
      data.receivedBytes = 0;
      data.requestBytes = undefined;
      answer(socket, request);
    },
    drain(socket) {
      const { unsent } = socket.data;
      if (unsent !== undefined) write(socket, unsent);
    },
    close(socket) {
      dripping.delete(socket);
    },
    error(socket) {
      dripping.delete(socket);
    },
  },
});

setInterval(() => {
  for (const socket of dripping) {
    const { drip, unsent } = socket.data;
    if (unsent !== undefined) continue;
    const chunk = drip?.chunks[drip.next];
    if (drip === undefined || chunk === undefined) {
      dripping.delete(socket);
      continue;
    }
    drip.next += 1;
    write(socket, chunk);
  }
}, dripMs);

process.stdin.on('end', () => process.exit(0)).resume();
console.log(listener.port);
