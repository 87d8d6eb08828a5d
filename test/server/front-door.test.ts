import { afterEach, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { wholeStream } from './plain-provider.ts';
import { startRawUpstream } from './raw-upstream.ts';
import {
  ask,
  errorOf,
  startTestServer,
  stopTestServers,
  type TestServer,
  type TestServerOptions,
} from './test-server.ts';

afterEach(stopTestServers);

async function answering(options: TestServerOptions = {}): Promise<TestServer> {
  const upstream = await startRawUpstream((call) => call.whole(wholeStream(['yes'])));
  return startTestServer({ upstream: upstream.url, ...options });
}

const noRoutes = [
  ['GET', '/nothing', 404, 'not_found_error'],
  ['POST', '/v1/complete', 404, 'not_found_error'],
  ['POST', '/v1/messages/batches', 404, 'not_found_error'],
  ['GET', '/v1/models/no-such-model', 404, 'not_found_error'],
  ['GET', '/v1/models/*', 404, 'not_found_error'],
  ['GET', '/constructor', 404, 'not_found_error'],
  ['GET', '/v1/messages', 405, 'invalid_request_error'],
  ['DELETE', '/v1/models', 405, 'invalid_request_error'],
  ['POST', '/', 405, 'invalid_request_error'],
] as const;
for (const [method, path, status, type] of noRoutes) {
  test(`${method} ${path} is a ${status} in the API's envelope`, async () => {
    const server = startTestServer();
    const response = await fetch(new URL(path, server.url), { method });
    expect(response.status).toBe(status);
    const requestId = response.headers.get('request-id');
    expect(requestId).toStartWith('req_');
    expect(await response.json()).toMatchObject({ type: 'error', error: { type }, request_id: requestId });
    expect(response.headers.has('allow')).toBe(status === 405);
  });
}

const routes = [
  ['GET', '/'],
  ['HEAD', '/'],
  ['GET', '/health'],
  ['HEAD', '/health'],
  ['GET', '/v1/models'],
  ['GET', '/v1/models/'],
  ['GET', '/v1/v1/models?limit=1'],
  ['GET', '//v1/models'],
  ['GET', '/v1/models/openai%2Fgpt-4.1'],
  ['GET', '/v1/models/openai/gpt-4.1'],
] as const;
for (const [method, path] of routes) {
  test(`${method} ${path} is answered`, async () => {
    const server = startTestServer();
    const response = await fetch(`${server.url.origin}${path}`, { method });
    expect(response.status).toBe(200);
    expect(response.headers.get('request-id')).toStartWith('req_');
  });
}

test('messages are found under the doubled prefix and with a slash at the end', async () => {
  const server = await answering();
  for (const path of ['/v1/v1/messages', '/v1/messages/', '/v1/messages?beta=true']) {
    expect((await server.post(ask(), { path })).status).toBe(200);
  }
});

test('OPTIONS is answered without letting other origins in', async () => {
  const server = startTestServer({ env: { PROXY_API_KEY: 'the-key' } });
  const response = await fetch(new URL('/v1/messages', server.url), {
    method: 'OPTIONS',
    headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
  });
  expect(response.status).toBe(204);
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

const credentials = [
  [{ 'x-api-key': 'the-key' }, 200],
  [{ authorization: 'Bearer the-key' }, 200],
  [{ authorization: 'bearer the-key' }, 200],
  [{ authorization: 'Bearer something of its own', 'x-api-key': 'the-key' }, 200],
  [{}, 401],
  [{ 'x-api-key': '' }, 401],
  [{ 'x-api-key': 'the-ke' }, 401],
  [{ 'x-api-key': 'the-key-and-more' }, 401],
  [{ authorization: 'Basic the-key' }, 401],
  [{ authorization: 'the-key' }, 401],
] as const;
test('with PROXY_API_KEY set, only that key gets in, by either header', async () => {
  const server = await answering({ env: { PROXY_API_KEY: 'the-key' } });
  for (const [headers, status] of credentials) {
    for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
      expect([headers, (await server.post(ask(), { path, headers })).status]).toEqual([headers, status]);
    }
    const models = await fetch(new URL('/v1/models', server.url), { headers });
    expect(models.status).toBe(status);
  }
  expect((await fetch(new URL('/health', server.url))).status).toBe(200);
  expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
  expect(server.logged()).not.toContain('the-key');
});

test('a wrong key is refused before the body is read', async () => {
  const server = await answering({ env: { PROXY_API_KEY: 'the-key' } });
  const answer = await sendRaw(
    server,
    'POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"only the beg',
  );
  expect(answer).toStartWith('HTTP/1.1 401');
  expect(answer).toContain('x-should-retry: false');
});

const wrongBodies = [
  ['', 'body'],
  ['{"model": ', 'body'],
  ['[]', 'body'],
  [{ max_tokens: 1, messages: [] }, 'model'],
  [ask({ max_tokens: 'many' }), 'max_tokens'],
  [ask({ messages: [{ role: 'user', content: [{ type: 'text' }] }] }), 'messages.0.content.0'],
] as const;
for (const [body, field] of wrongBodies) {
  test(`the body ${JSON.stringify(body).slice(0, 60)} is refused by the name of ${field}`, async () => {
    const server = startTestServer();
    const response = await server.post(body);
    expect(response.status).toBe(400);
    const { type, message } = await errorOf(response);
    expect(type).toBe('invalid_request_error');
    expect(message).toStartWith(field);
  });
}

const packers = {
  gzip: gzipSync,
  deflate: deflateSync,
  'deflate ': deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};
for (const [encoding, pack] of Object.entries(packers)) {
  test(`a body packed with ${encoding} is unpacked`, async () => {
    const server = await answering();
    const response = await server.post('', {
      body: pack(JSON.stringify(ask())),
      headers: { 'content-encoding': encoding.trim() },
    });
    expect(response.status).toBe(200);
  });
}

test('what cannot be unpacked, or is packed in an unknown way, is a 400 that says so', async () => {
  const server = startTestServer();
  for (const encoding of ['gzip', 'br', 'zstd', 'deflate', 'lzma', 'constructor']) {
    const response = await server.post('this is not packed', { headers: { 'content-encoding': encoding } });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain(encoding);
  }
});

test('a small body that unpacks to more than the limit is a 413, and does not take the memory', async () => {
  const server = startTestServer();
  const bomb = gzipSync(new Uint8Array(300 * 1024 * 1024));
  const before = process.memoryUsage.rss();
  const response = await server.post('', { body: bomb, headers: { 'content-encoding': 'gzip' } });
  expect(response.status).toBe(413);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);
});

test('a body of a known length over the limit is a 413 at once', async () => {
  const server = startTestServer();
  const answer = await sendRaw(
    server,
    `POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: ${33 * 1024 * 1024}\r\n\r\n{`,
  );
  expect(answer).toStartWith('HTTP/1.1 413');
  expect(answer).toContain('request_too_large');
});

test('a body of unknown length is a 413 as soon as it has passed the limit', async () => {
  const server = startTestServer();
  const piece = `100000\r\n${'a'.repeat(0x100000)}\r\n`;
  let sent = 0;
  const answer = await sendRaw(
    server,
    'POST /v1/messages HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
    () => {
      if (sent === 34) return undefined;
      sent += 1;
      return piece;
    },
  );
  expect(answer).toStartWith('HTTP/1.1 413');
  expect(answer).toContain('request_too_large');
  // The last chunk was never sent: the refusal did not wait for it.
  expect(sent).toBeLessThanOrEqual(34);
});

test('a client that sends everything before it reads still sees the 413', async () => {
  const server = startTestServer();
  // Whether a reset overtakes the refusal is a matter of luck, so more than once.
  const script = `for (let n = 0; n < 6; n += 1)
    await fetch(process.argv[1], { method: 'POST', body: 'a'.repeat(40_000_000) })
      .then(async (r) => console.log(r.status, (await r.json()).error.type), (e) => console.log(e.cause?.code ?? e.message))`;
  const client = Bun.spawn(['node', '--input-type=module', '-e', script, new URL('/v1/messages', server.url).href], {
    stdout: 'pipe',
  });
  expect((await new Response(client.stdout).text()).trim().split('\n')).toEqual(Array(6).fill('413 request_too_large'));
});

test('uploads that stop half-way leave nothing behind', async () => {
  const server = startTestServer();
  for (const framing of ['content-length: 100\r\n\r\n{"mod', 'transfer-encoding: chunked\r\n\r\n5\r\n{"mod\r\n']) {
    const socket = connect(Number(server.url.port), '127.0.0.1');
    const record = server.nextRecord();
    socket.write(`POST /v1/messages HTTP/1.1\r\nhost: x\r\n${framing}`, () => socket.destroy());
    expect(await record).toMatchObject({ path: '/v1/messages', outcome: 'client-left' });
  }
  expect(server.activeStreams()).toBe(0);
});

/** Sends raw bytes and, as fast as they are taken, pieces; gives what came back before the first quiet moment after the head. */
function sendRaw(
  server: TestServer,
  text: string,
  nextPiece: () => string | undefined = () => undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(server.url.port), '127.0.0.1', () => {
      socket.write(text);
      pump();
    });
    let answer = '';
    const pump = () => {
      for (let piece = nextPiece(); piece !== undefined; piece = nextPiece()) {
        if (!socket.write(piece)) {
          socket.once('drain', pump);
          return;
        }
      }
    };
    socket.on('data', (bytes) => {
      answer += bytes;
      if (!answer.includes('"request_id"')) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
