import { afterEach, describe, expect, test } from 'bun:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { anthropicServer, rawExchange, rawRequest, readRawAnswer } from './anthropic-server.ts';
import type { RawCall } from './raw-upstream.ts';
import { errorOf, readerOf, stopTestServers } from './test-server.ts';

afterEach(stopTestServers);

const ask = '{"model":"claude-x","stream":true,"messages":[]}';
const start =
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":7,"cache_read_input_tokens":3,"output_tokens":1}}}\n\n';
const delta = (text: string) => `event: content_block_delta\r\ndata:{"text":${JSON.stringify(text)}}\r\n\r\n`;
const end =
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n';
const stream = `${start}: comment\n\nevent: ping\ndata: {"type": "ping"}\n\nevent: unheard_of\nid: 5\nretry: 1\ndata: x\ndata: y\n\n${delta('wörld 🌍')}${end}`;
const seen = {
  outcome: 'answered',
  status: 200,
  inputTokens: 10,
  cachedTokens: 3,
  outputTokens: 42,
  stopReason: 'end_turn',
  stream: true,
  model: 'anthropic/claude-x',
  route: 'as named',
};

/** An answer of which every byte is the test's own. */
function answerRaw(call: RawCall, head: string, body: string | Buffer): void {
  const bytes = Buffer.from(body);
  call.socket.write(Buffer.concat([Buffer.from(`${head}\r\ncontent-length: ${bytes.length}\r\n\r\n`), bytes]));
}

describe('a stream comes through as it is', () => {
  test('piece by piece, and the log has read along', async () => {
    const { server, upstream } = await anthropicServer((call) => {
      call.answer({ headers: 'request-id: req_theirs\r\n' });
      call.chunk(stream.slice(0, 9));
    });
    const response = await server.post(ask);
    const reader = readerOf(response);
    expect(await reader.until(stream.slice(0, 9))).toBe(stream.slice(0, 9));
    for (const [from, to] of [
      [9, 200],
      [200, 201],
      [201, undefined],
    ]) {
      upstream.calls[0]?.chunk(stream.slice(from, to));
      expect(await reader.until(stream.slice(0, to))).toBe(stream.slice(0, to));
    }
    upstream.calls[0]?.end();
    expect(await reader.rest()).toBe(stream);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'request-id': 'req_theirs',
      'x-proxy-request-id': expect.stringMatching(/^req_/),
      'x-proxy-model': 'anthropic/claude-x',
      'x-proxy-route': 'as named',
    });
    expect(await server.nextRecord()).toMatchObject({
      ...seen,
      upstreamRequestId: 'req_theirs',
      attempts: 1,
      losses: [],
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
  ])('packed with %s, and the log has read along all the same', async (encoding, pack) => {
    const long = stream.replace(end, delta('x'.repeat(300_000)).repeat(3) + delta(String(Math.PI).repeat(9000)) + end);
    for (const text of [stream, long]) {
      const packed = pack(text);
      const { server } = await anthropicServer((call) =>
        answerRaw(call, `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: ${encoding}`, packed),
      );
      const { received } = await rawExchange(
        server,
        rawRequest('POST', '/v1/messages', ['x-api-key: k', 'accept-encoding: br'], ask),
      );
      const { headers, body } = readRawAnswer(received);
      expect(headers).toContain(`content-encoding: ${encoding}`);
      expect(body.equals(packed)).toBe(true);
      expect(await server.nextRecord()).toMatchObject(seen);
    }
  });

  test.each(['gzip', 'compress', 'gzip, br'])(
    'what is not really packed with %s is for the client to judge',
    async (encoding) => {
      const { server } = await anthropicServer((call) =>
        answerRaw(call, `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: ${encoding}`, stream),
      );
      const { received } = await rawExchange(server, rawRequest('POST', '/v1/messages', ['x-api-key: k'], ask));
      expect(readRawAnswer(received).body.toString()).toBe(stream);
      expect(await server.nextRecord()).toMatchObject({ outcome: 'answered', outputTokens: undefined });
    },
  );
});

test('one message comes through with its spaces and numbers', async () => {
  const body =
    '{ "type":"message","n":12345678901234567890,"stop_reason":"max_tokens","usage":{"input_tokens":1,"output_tokens":2} }\n';
  const { server } = await anthropicServer((call) => call.whole(body, { type: 'application/json' }));
  expect(await (await server.post(ask)).text()).toBe(body);
  expect(await server.nextRecord()).toMatchObject({
    inputTokens: 1,
    outputTokens: 2,
    stopReason: 'max_tokens',
    stream: false,
  });
});

test('headers come through, several of a name too, without those of the connection', async () => {
  const kept = [
    'anthropic-ratelimit-unified-status: allowed',
    'anthropic-organization-id: org',
    'content-type: text/event-stream',
    'retry-after: 7',
    'set-cookie: a=1',
    'set-cookie: b=2',
    'x-should-retry: true',
    'x-odd: a, b',
  ];
  const hop = [
    'Connection: keep-alive, X-Hop',
    'x-hop: 1',
    'Keep-Alive: timeout=5',
    'Proxy-Authenticate: Basic',
    'Upgrade: h2c',
  ];
  const { server } = await anthropicServer((call) =>
    answerRaw(call, ['HTTP/1.1 200 OK', ...kept, ...hop].join('\r\n'), stream),
  );
  const { received } = await rawExchange(server, rawRequest('POST', '/v1/messages', ['x-api-key: k'], ask));
  const ours = /^(?:x-proxy-|request-id|date|content-length|transfer-encoding)/;
  expect(
    readRawAnswer(received)
      .headers.filter((line) => !ours.test(line))
      .sort(),
  ).toEqual(kept.sort());
});

describe('an error comes through as it is, and no second try is made', () => {
  test.each([400, 401, 403, 404, 413, 429, 500, 503, 529])('%d', async (status) => {
    const body = `{"type":"error","error":{"type":"some_error","message":"no: ${status}"},"request_id":"req_x" }`;
    const { server, upstream } = await anthropicServer((call) =>
      call.whole(body, { status, type: 'application/json', headers: 'retry-after: 30\r\nrequest-id: req_x\r\n' }),
    );
    const response = await server.post(ask);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(body);
    expect(response.headers.get('retry-after')).toBe('30');
    expect(response.headers.get('x-should-retry')).toBeNull();
    expect(upstream.calls.length).toBe(1);
    expect(await server.nextRecord()).toMatchObject({
      status,
      outcome: 'failed',
      error: { type: 'some_error', message: `no: ${status}` },
    });
  });

  test('in the middle of a stream', async () => {
    const error = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    const { server } = await anthropicServer((call) => call.whole(start + error));
    expect(await (await server.post(ask)).text()).toBe(start + error);
    expect(await server.nextRecord()).toMatchObject({
      status: 200,
      outcome: 'failed',
      error: { type: 'overloaded_error' },
    });
  });

  test('of another shape', async () => {
    const { server } = await anthropicServer((call) =>
      call.whole('<html>bad gateway', { status: 502, type: 'text/html' }),
    );
    expect(await (await server.post(ask)).text()).toBe('<html>bad gateway');
    expect(await server.nextRecord()).toMatchObject({ status: 502, outcome: 'failed', error: { type: 'api_error' } });
  });

  test('a redirect is not followed', async () => {
    const { server, upstream } = await anthropicServer((call) =>
      call.whole('', { status: 307, headers: 'location: http://127.0.0.1:1/\r\n' }),
    );
    const response = await server.post(ask, { redirect: 'manual' });
    expect([response.status, response.headers.get('location'), upstream.calls.length]).toEqual([
      307,
      'http://127.0.0.1:1/',
      1,
    ]);
  });
});

describe('an answer that breaks off breaks off for the client too', () => {
  test.each([
    ['with a reset', (call: RawCall) => call.socket.resetAndDestroy()],
    ['with a closed connection', (call: RawCall) => call.socket.end()],
  ])('%s', async (_how, cut) => {
    let at: RawCall | undefined;
    const { server } = await anthropicServer((call) => {
      call.answer();
      call.chunk(start);
      at = call;
    });
    const { received, end: how } = await rawExchange(
      server,
      rawRequest('POST', '/v1/messages', ['x-api-key: k'], ask),
      (bytes) => {
        if (bytes.includes('message_start') && at !== undefined) cut(at);
        return false;
      },
    );
    expect(readRawAnswer(received).body.toString()).toBe(start);
    expect(received.toString()).not.toContain('\r\n0\r\n');
    expect(['broken', 'closed']).toContain(how);
    expect(await server.nextRecord()).toMatchObject({
      outcome: 'failed',
      inputTokens: 10,
      error: { type: 'api_error' },
    });
  });

  test('and one that ends before its last word is no whole answer in the log', async () => {
    const { server } = await anthropicServer((call) => call.whole(start + delta('half')));
    expect(await (await server.post(ask)).text()).toBe(start + delta('half'));
    expect(await server.nextRecord()).toMatchObject({ outcome: 'failed', error: { type: 'api_error' } });
  });
});

describe('what fails in between is told in the words of the API', () => {
  test('a port nobody listens on', async () => {
    const { server } = await anthropicServer(() => undefined, {
      env: { ANTHROPIC_UPSTREAM_URL: 'http://127.0.0.1:9' },
    });
    const response = await server.post(ask);
    expect(response.status).toBe(502);
    expect((await errorOf(response)).message).toStartWith('Cannot connect to anthropic at 127.0.0.1:9');
    expect((await server.nextRecord()).attempts).toBe(2);
  });

  test('a connection closed without an answer: it may have been heard, so it is not sent again', async () => {
    const { server, upstream } = await anthropicServer((call) => call.socket.destroy());
    const response = await server.post(ask);
    expect(response.status).toBe(502);
    expect((await errorOf(response)).type).toBe('api_error');
    expect(upstream.calls.length).toBe(1);
  });

  test('silence', async () => {
    const { server, upstream } = await anthropicServer(() => undefined, { limits: { passThroughIdleMs: 30 } });
    const response = await server.post(ask);
    expect(response.status).toBe(504);
    expect((await errorOf(response)).type).toBe('timeout_error');
    await upstream.calls[0]?.closed;
  });

  test('silence in the middle cuts the answer', async () => {
    const { server, upstream } = await anthropicServer(
      (call) => {
        call.answer();
        call.chunk(start);
      },
      // Long enough for the first piece to come on a busy machine.
      { limits: { passThroughIdleMs: 500, pingMs: 5, headWaitMs: 5 } },
    );
    const { received } = await rawExchange(server, rawRequest('POST', '/v1/messages', ['x-api-key: k'], ask));
    expect(readRawAnswer(received).body.toString()).toBe(start);
    await upstream.calls[0]?.closed;
    expect(await server.nextRecord()).toMatchObject({ outcome: 'failed', error: { type: 'timeout_error' } });
  });
});
