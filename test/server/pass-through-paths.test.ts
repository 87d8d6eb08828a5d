import { afterEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { anthropicServer, rawExchange, rawRequest, readRawAnswer } from './anthropic-server.ts';
import { expectBackPressure, Flood } from './back-pressure.ts';
import type { RawCall } from './raw-upstream.ts';
import { errorOf, readerOf, stopTestServers, upstreamKey } from './test-server.ts';

const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown) => unhandled.push(reason);
process.on('unhandledRejection', noteUnhandled);
afterEach(async () => {
  await stopTestServers();
  expect(unhandled.splice(0)).toEqual([]);
});

const json = { type: 'application/json' };
const lineOf = (call: RawCall | undefined) => call?.head.split('\r\n')[0];

describe('every path of Anthropic’s goes there', () => {
  test.each([
    ['GET', '/v1/models?limit=5', '/v1/models?limit=5'],
    ['GET', '/v1/models/claude-x%2Fy', '/v1/models/claude-x%2Fy'],
    ['POST', '/v1/messages/batches', '/v1/messages/batches'],
    ['GET', '/v1/messages/batches/msgbatch_1/results', '/v1/messages/batches/msgbatch_1/results'],
    ['DELETE', '/v1/files/file_1', '/v1/files/file_1'],
    ['PATCH', '/v1/skills/new', '/v1/skills/new'],
    ['GET', '/v1/messages', '/v1/messages'],
    ['PUT', '//v1//v1/x/', '/v1/x'],
    ['POST', '/v1/complete', '/v1/complete'],
  ])('%s %s', async (method, path, sent) => {
    for (const basePath of ['', '/prefix']) {
      const { server, upstream } = await anthropicServer((call) => call.whole('{"a":1}', json), { basePath });
      const body = method === 'POST' || method === 'PATCH' ? '{"any":"thing"}' : '';
      const { received } = await rawExchange(server, rawRequest(method, path, ['x-api-key: own'], body));
      expect(readRawAnswer(received)).toMatchObject({ status: 200, body: Buffer.from('{"a":1}') });
      expect(lineOf(upstream.calls[0])).toBe(`${method} ${basePath}${sent} HTTP/1.1`);
      expect(upstream.calls[0]?.body).toBe(body);
      expect(upstream.calls[0]?.head).toContain(`x-api-key: ${upstreamKey}`);
      expect(await server.nextRecord()).toMatchObject({
        model: 'anthropic',
        route: 'preferred provider',
        outcome: 'answered',
      });
    }
  });

  test('HEAD and an answer without a body', async () => {
    const { server } = await anthropicServer((call) => {
      if (call.head.startsWith('HEAD')) call.answer({ ...json, length: 555 });
      else call.socket.write('HTTP/1.1 204 No Content\r\nx-odd: 1\r\n\r\n');
    });
    const head = await rawExchange(server, rawRequest('HEAD', '/v1/files/x', ['x-api-key: k']), (bytes) =>
      bytes.includes('\r\n\r\n'),
    );
    expect(readRawAnswer(head.received)).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(readRawAnswer(head.received).headers).toContain('content-length: 555');
    const none = await rawExchange(server, rawRequest('DELETE', '/v1/files/x', ['x-api-key: k']), (bytes) =>
      bytes.includes('\r\n\r\n'),
    );
    expect(readRawAnswer(none.received)).toMatchObject({ status: 204, headers: expect.arrayContaining(['x-odd: 1']) });
    expect(server.activeStreams()).toBe(0);
  });

  test.each([
    '/v1/../admin',
    '/v1/%2e%2e/admin',
    '/v1/x/..%2f..%2fadmin',
    '/v1/..%5c..%5cadmin',
    '/v2/messages',
    '/admin',
    '/v1',
  ])('but %s goes nowhere', async (path) => {
    const { server, upstream } = await anthropicServer((call) => call.whole('{}', json));
    const { received } = await rawExchange(server, rawRequest('GET', path, ['x-api-key: k']));
    expect(readRawAnswer(received).status).toBe(404);
    expect(upstream.calls.length).toBe(0);
  });

  test('no header chooses the host or the path', async () => {
    const { server, upstream } = await anthropicServer((call) => call.whole('{}', json));
    const chosen = [
      'x-forwarded-host: evil.example',
      'x-original-url: /admin',
      'x-rewrite-url: /admin',
      'forwarded: host=evil.example',
      'x-http-method-override: DELETE',
    ];
    await rawExchange(server, rawRequest('GET', 'http://evil.example/v1/files', ['x-api-key: k', ...chosen]));
    expect(lineOf(upstream.calls[0])).toBe('GET /v1/files HTTP/1.1');
    expect(upstream.calls[0]?.head).toContain(`Host: ${new URL(upstream.url).host}`);
  });

  test('the proxy’s key is asked for', async () => {
    const { server, upstream } = await anthropicServer((call) => call.whole('{}', json), {
      env: { PROXY_API_KEY: 'p' },
    });
    expect((await fetch(new URL('/v1/files', server.url))).status).toBe(401);
    expect(upstream.calls.length).toBe(0);
    expect((await fetch(new URL('/v1/files', server.url), { headers: { 'x-api-key': 'p' } })).status).toBe(200);
  });
});

test('where another provider is preferred, batches and files are not offered', async () => {
  const { server } = await anthropicServer(() => undefined, { env: { PREFERRED_PROVIDER: 'openai' } });
  for (const path of ['/v1/messages/batches', '/v1/files/x/content']) {
    const response = await fetch(new URL(path, server.url), { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
    expect((await errorOf(response)).message).toContain('PREFERRED_PROVIDER=anthropic');
  }
  expect(await (await fetch(new URL('/v1/models', server.url))).text()).toContain('"display_name"');
});

test('an upload goes on as it comes, and is not held', async () => {
  const size = 96 * 1024 * 1024;
  let taken = 0;
  let isSlow = true;
  const stalled = Promise.withResolvers<void>();
  const taker = await takeUploads((socket, bytes) => {
    taken += bytes;
    if (!isSlow) return;
    socket.pause();
    stalled.resolve();
  });
  const { server } = await anthropicServer(() => undefined, {
    env: { ANTHROPIC_UPSTREAM_URL: taker.url },
    limits: { passThroughIdleMs: 10_000 },
  });
  const before = process.memoryUsage.rss();
  const client = connect(Number(server.url.port), '127.0.0.1');
  client.write(
    `POST /v1/files HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${size}\r\n\r\n`,
  );
  const piece = Buffer.alloc(256 * 1024, 'x');
  let sent = 0;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const full = Promise.withResolvers<void>();
  const pump = () => {
    while (sent < size) {
      sent += piece.length;
      if (client.write(piece)) continue;
      client.once('drain', pump);
      clearTimeout(quiet);
      quiet = setTimeout(full.resolve, 300);
      return;
    }
  };
  pump();
  await stalled.promise;
  await full.promise;
  clearTimeout(quiet);
  expect(sent).toBeLessThan(48 * 1024 * 1024);
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);

  isSlow = false;
  taker.resume();
  const answered = Promise.withResolvers<string>();
  client.on('data', (bytes) => answered.resolve(String(bytes)));
  expect(await answered.promise).toStartWith('HTTP/1.1 200');
  expect(taken).toBe(size);
  expect(taker.head()).toContain(`Content-Length: ${size}`);
  client.destroy();
});

test('an upload may take longer than the upstream may be silent', async () => {
  const taker = await takeUploads(() => undefined);
  const { server } = await anthropicServer(() => undefined, {
    env: { ANTHROPIC_UPSTREAM_URL: taker.url },
    limits: { passThroughIdleMs: 1_000 },
  });
  const client = connect(Number(server.url.port), '127.0.0.1');
  client.write('POST /v1/files HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\ncontent-length: 10\r\n\r\n');
  let left = 10;
  const drip = setInterval(() => {
    client.write('x');
    left -= 1;
    if (left === 0) clearInterval(drip);
  }, 150);
  const answered = Promise.withResolvers<string>();
  client.on('data', (bytes) => answered.resolve(String(bytes)));
  expect(await answered.promise).toStartWith('HTTP/1.1 200');
  client.destroy();
});

/** An upstream that answers once the announced bytes are there, and lets a test hold its sockets up. */
async function takeUploads(onBytes: (socket: Socket, bytes: number) => void) {
  const sockets = new Set<Socket>();
  let head = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    let left: number | undefined;
    // A client that leaves is what some tests are about.
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      let body = bytes.length;
      if (left === undefined) {
        const headEnd = bytes.indexOf('\r\n\r\n');
        head = bytes.toString('latin1', 0, headEnd);
        left = Number(/content-length: *(\d+)/i.exec(head)?.[1]);
        body -= headEnd + 4;
      }
      left -= body;
      onBytes(socket, body);
      if (left === 0) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
  });
  server.listen(0, '127.0.0.1');
  server.unref();
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The taker of uploads has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    head: () => head,
    resume: () => {
      for (const socket of sockets) socket.resume();
    },
  };
}

describe('a client that leaves', () => {
  test.each([
    ['before the answer', (_call: RawCall) => undefined, false],
    [
      'in the middle of the answer',
      (call: RawCall) => {
        call.answer();
        call.chunk('event: message_start\ndata: {}\n\n');
      },
      true,
    ],
  ])('%s ends the call within a second', async (_when, act, hasBegun) => {
    const called = Promise.withResolvers<RawCall>();
    const { server } = await anthropicServer((call) => {
      act(call);
      called.resolve(call);
    });
    const leaving = new AbortController();
    const response = server.post('{"model":"claude-x"}', { signal: leaving.signal });
    response.catch(() => undefined);
    const call = await called.promise;
    if (hasBegun) await readerOf(await response).until('message_start');
    const leftAt = performance.now();
    leaving.abort();
    expect((await call.closed) - leftAt).toBeLessThan(1000);
    expect(await server.nextRecord()).toMatchObject({ outcome: 'client-left', error: undefined });
    expect(server.activeStreams()).toBe(0);
  });

  test('in the middle of an upload ends it', async () => {
    const taker = await takeUploads(() => began.resolve());
    const began = Promise.withResolvers<void>();
    const { server } = await anthropicServer(() => undefined, { env: { ANTHROPIC_UPSTREAM_URL: taker.url } });
    const client = connect(Number(server.url.port), '127.0.0.1');
    client.write('POST /v1/files HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\ncontent-length: 100000\r\n\r\nhalf');
    await began.promise;
    client.destroy();
    expect(await server.nextRecord()).toMatchObject({ outcome: 'client-left' });
  });
});

test('a client that reads nothing stops Anthropic from sending, and does not fill the memory', async () => {
  const flood = new Flood();
  const { server, upstream } = await anthropicServer(
    (call) => {
      call.answer({ type: 'application/octet-stream' });
      flood.pour(call.socket, 'x'.repeat(64 * 1024));
    },
    // The idle limit must not count what the client keeps the upstream waiting for.
    { limits: { passThroughIdleMs: 150 } },
  );
  const request = 'GET /v1/files/x/content HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\n\r\n';
  await expectBackPressure(server, request, flood);
  await upstream.calls[0]?.closed;
  expect((await server.nextRecord()).outcome).toBe('client-left');
});

test('the proxy stopping cuts what is under way and does not end it as if it were whole', async () => {
  const { server } = await anthropicServer((call) => {
    call.answer();
    call.chunk('event: message_start\ndata: {"type":"message_start","message":{}}\n\n');
  });
  const exchange = rawExchange(
    server,
    rawRequest('POST', '/v1/messages', ['x-api-key: k'], '{"model":"claude-x"}'),
    (bytes) => {
      if (bytes.includes('message_start')) began.resolve();
      return false;
    },
  );
  const began = Promise.withResolvers<void>();
  await began.promise;
  await server.shutdown(10);
  const { received } = await exchange;
  expect(received.toString()).not.toContain('\r\n0\r\n');
  expect(received.toString()).not.toContain('event: error');
  expect(await server.nextRecord()).toMatchObject({ outcome: 'failed', error: { type: 'overloaded_error' } });
});

test('the official SDK works through it', async () => {
  const { server, upstream } = await anthropicServer((call) => {
    const line = lineOf(call) ?? '';
    if (line.includes('count_tokens')) call.whole('{"input_tokens":12}', json);
    else if (line.includes('/v1/messages/batches')) call.whole('{"id":"msgbatch_1","type":"message_batch"}', json);
    else if (line.includes('/v1/files')) call.whole('{"id":"file_1","type":"file"}', json);
    else if (line.includes('/v1/models'))
      call.whole('{"data":[{"id":"claude-x","type":"model"}],"has_more":false}', json);
    else if (call.body.includes('"stream":true')) {
      const message = {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      };
      const events = [
        { type: 'message_start', message },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
        { type: 'message_stop' },
      ];
      call.whole(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
    } else
      call.whole('{"type":"error","error":{"type":"rate_limit_error","message":"slowly"}}', {
        ...json,
        status: 429,
        headers: 'request-id: req_9\r\n',
      });
  });
  const sdk = new Anthropic({ baseURL: server.url.href, apiKey: 'own', maxRetries: 0 });
  const question = { model: 'claude-x', max_tokens: 5, messages: [{ role: 'user' as const, content: 'Hi' }] };
  expect((await sdk.messages.stream(question).finalMessage()).content).toMatchObject([{ type: 'text', text: 'Hi' }]);
  const failure = await sdk.messages.create(question).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Anthropic.RateLimitError);
  expect(failure).toMatchObject({ requestID: 'req_9' });
  expect((await sdk.messages.countTokens({ model: 'claude-x', messages: question.messages })).input_tokens).toBe(12);
  expect((await sdk.messages.batches.create({ requests: [{ custom_id: 'a', params: question }] })).id).toBe(
    'msgbatch_1',
  );
  expect((await sdk.models.list()).data[0]?.id).toBe('claude-x');
  expect((await sdk.beta.files.upload({ file: await toFile(Buffer.alloc(70_000, 'y'), 'a.txt') })).id).toBe('file_1');
  expect(upstream.calls.at(-1)?.bytes.toString()).toContain('y'.repeat(70_000));
});
