import { afterEach, describe, expect, test } from 'bun:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { sealEnvelope } from '../../src/messages/envelope.ts';
import { anthropicServer, rawExchange, rawRequest } from './anthropic-server.ts';
import type { RawCall } from './raw-upstream.ts';
import { errorOf, stopTestServers, upstreamKey } from './test-server.ts';

afterEach(stopTestServers);

const json = { type: 'application/json' };
const answer = (call: RawCall) => call.whole('{"type":"message"}', json);
/** The headers a call came with, apart from those of its own connection. */
const headersOf = (call: RawCall | undefined) =>
  (call?.head ?? '')
    .split('\r\n')
    .slice(1)
    .map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
    .filter((line) => !/^(?:host|connection|content-length):/.test(line))
    .sort();

/** Nothing in it survives a parser and a printer. */
const oddBody = Buffer.concat([
  Buffer.from(
    '\r\n { "zeta" : 1.0e+2 ,"model": "claude-opus-5",  "n":12345678901234567890, "n":-0.0,\t"\\u0061":"\\u00e4\\/\\ud800",',
  ),
  Buffer.from(
    '"messages":[{"content":"ccp1.x says \\"model\\": \\"gpt\\"","role":"user"}],"future":{"model":"x"},"bad utf-8":"',
  ),
  Buffer.from([0xff, 0xc3, 0x28]),
  Buffer.from('","stream":true}\n'),
]);

describe('the body reaches Anthropic byte for byte', () => {
  const large = Buffer.concat([oddBody.subarray(0, -3), Buffer.from(`,"pad":"${'päd '.repeat(200_000)}"}`)]);
  test.each([
    ['an odd one', oddBody],
    ['a large one', large],
    ['one with a mark before it', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), oddBody])],
    ['one that is no JSON', Buffer.from('{"model":')],
    ['one without a model', Buffer.from('{"messages":[]}')],
    ['one with a model that is no text', Buffer.from('{"model":["claude"]}')],
  ])('%s', async (_what, body) => {
    const { server, upstream } = await anthropicServer(answer);
    for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
      await rawExchange(server, rawRequest('POST', `${path}?beta=true&x=%20`, ['x-api-key: k'], body));
      const call = upstream.calls.at(-1);
      expect(call?.bytes.equals(body)).toBe(true);
      expect(call?.head.split('\r\n')[0]).toBe(`POST ${path}?beta=true&x=%20 HTTP/1.1`);
    }
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
  ])('packed with %s, as it was packed', async (encoding, pack) => {
    const { server, upstream } = await anthropicServer(answer);
    const packed = pack(oddBody);
    await rawExchange(
      server,
      rawRequest('POST', '/v1/messages', ['x-api-key: k', `content-encoding: ${encoding}`], packed),
    );
    expect(upstream.calls[0]?.bytes.equals(packed)).toBe(true);
    expect(headersOf(upstream.calls[0])).toContain(`content-encoding: ${encoding}`);
    expect((await server.nextRecord()).requestedModel).toBe('claude-opus-5');
  });

  test('sent in chunks', async () => {
    const { server, upstream } = await anthropicServer(answer);
    const chunks = Buffer.concat([
      Buffer.from('POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\ntransfer-encoding: chunked\r\n\r\n'),
      ...[oddBody.subarray(0, 7), oddBody.subarray(7)].flatMap((piece) => [
        Buffer.from(`${piece.length.toString(16)}\r\n`),
        piece,
        Buffer.from('\r\n'),
      ]),
      Buffer.from('0\r\n\r\n'),
    ]);
    await rawExchange(server, chunks);
    expect(upstream.calls[0]?.bytes.equals(oddBody)).toBe(true);
  });
});

describe('only what must change changes', () => {
  const written = (model: string) => Buffer.from(`{"b" : 1,"model" :${model} ,"max_tokens":0,"x":{"model":"m"}}`);
  test.each([
    ['"claude-opus-5[1m]"', '"claude-opus-5"'],
    ['"anthropic/claude-opus-5"', '"claude-opus-5"'],
    ['"\\u0061nthropic\\/claude-opus-5"', '"claude-opus-5"'],
    ['"claude-\\u006fpus-5"', '"claude-\\u006fpus-5"'],
    ['"opus"', '"opus"'],
  ])('a model named %s goes as %s', async (model, sent) => {
    const { server, upstream } = await anthropicServer(answer);
    await rawExchange(server, rawRequest('POST', '/v1/messages', ['x-api-key: k'], written(model)));
    expect(upstream.calls[0]?.bytes.toString()).toBe(written(sent).toString());
  });

  test('a packed body is unpacked where its model has another name', async () => {
    const { server, upstream } = await anthropicServer(answer);
    const packed = gzipSync(written('"claude-opus-5[1m]"'));
    await rawExchange(server, rawRequest('POST', '/v1/messages', ['x-api-key: k', 'content-encoding: gzip'], packed));
    expect(upstream.calls[0]?.bytes.toString()).toBe(written('"claude-opus-5"').toString());
    expect(upstream.calls[0]?.head).not.toMatch(/content-encoding/i);
  });

  test('a model of a tier that goes to Anthropic takes the name it is set to', async () => {
    const env = { PREFERRED_PROVIDER: 'openai', HAIKU_MODEL: 'anthropic/claude-haiku-4-5', STRICT: 'true' };
    const { server, upstream } = await anthropicServer(answer, { env });
    const response = await server.post('{"model":"haiku","max_tokens":0}');
    expect(upstream.calls[0]?.body).toBe('{"model":"claude-haiku-4-5","max_tokens":0}');
    expect(response.headers.get('x-proxy-model')).toBe('anthropic/claude-haiku-4-5');
    expect(response.headers.get('x-proxy-route')).toBe('haiku -> HAIKU_MODEL');
  });

  test('of two models the first one leads, and none is translated that the other would pass through', async () => {
    const { server, upstream } = await anthropicServer(answer);
    const passed = '{"model":"claude-opus-5","messages":[],"model":"gpt-4.1"}';
    await server.post(passed);
    expect(upstream.calls[0]?.body).toBe(passed);
    const message = '{"role":"user","content":"Hi."}';
    const refused = await server.post(
      `{"model":"gpt-4.1","max_tokens":9,"messages":[${message}],"model":"claude-opus-5"}`,
    );
    expect(refused.status).toBe(400);
    expect(await errorOf(refused)).toEqual({
      type: 'invalid_request_error',
      message: 'model: stands twice in the body',
    });
    expect(upstream.calls).toHaveLength(1);
  });

  test('what other vendors’ turns have left in the history is cut out, and told', async () => {
    const { server, upstream } = await anthropicServer(answer);
    const body = (blocks: string) =>
      `{"model":"claude-x","messages":[{"role":"assistant","content":[${blocks}{"type":"text","text":"ccp1."}]}]}`;
    const thinking = `{"type":"thinking","thinking":"","signature":"${sealEnvelope('gemini', {})}"},`;
    const response = await server.post(body(thinking));
    expect(upstream.calls[0]?.body).toBe(body(''));
    expect(response.headers.get('x-proxy-loss')).toBe('messages.0.content.0: another vendor or model wrote it');
    expect((await server.nextRecord()).losses.length).toBe(1);
  });

  test('with STRICT that is refused, and a count of it is not', async () => {
    const { server, upstream } = await anthropicServer(answer, { env: { STRICT: 'true' } });
    const thinking = { type: 'thinking', thinking: '', signature: sealEnvelope('gemini', {}) };
    const text = { type: 'text', text: 'Hi.' };
    const body = { model: 'claude-x', messages: [{ role: 'assistant', content: [thinking, text] }] };
    const refused = await server.post(body);
    expect(refused.status).toBe(400);
    expect((await errorOf(refused)).message).toContain('messages.0.content.0');
    expect(upstream.calls).toHaveLength(0);
    expect((await server.post(body, { path: '/v1/messages/count_tokens' })).status).toBe(200);
  });
});

test('the headers reach Anthropic, without those that concern the proxy alone', async () => {
  const { server, upstream } = await anthropicServer(answer);
  const kept = [
    'accept: application/json',
    'accept-encoding: gzip, deflate, br, zstd',
    'anthropic-beta: one, two',
    'anthropic-version: 2026-10-21',
    'content-type: application/json',
    'user-agent: claude-cli/2.1.330 (external, cli)',
    'x-claude-code-session-id: s',
    'x-stainless-retry-count: 0',
    'x-unknown: a, b',
  ];
  const sent = kept.flatMap((line) => (/^(?:anthropic-beta|x-unknown)/.test(line) ? twice(line) : [line]));
  const ours = [
    'connection: keep-alive, x-hop',
    'x-hop: 1',
    'te: trailers',
    'keep-alive: 5',
    'proxy-authorization: Basic eA==',
    'authorization: Bearer client',
    'x-api-key: client',
    'x-forwarded-host: evil.example',
  ];
  await rawExchange(server, rawRequest('POST', '/v1/messages', [...sent, ...ours], oddBody));
  expect(headersOf(upstream.calls[0])).toEqual(
    [...kept, 'x-forwarded-host: evil.example', `x-api-key: ${upstreamKey}`].sort(),
  );
  expect(upstream.calls[0]?.head).toContain(`Host: ${new URL(upstream.url).host}`);

  // Nobody who did not ask for it gets a packed answer.
  await rawExchange(server, rawRequest('POST', '/v1/messages', ['user-agent: x', 'accept: */*'], oddBody));
  expect(headersOf(upstream.calls[1])).toEqual(['accept: */*', 'user-agent: x', `x-api-key: ${upstreamKey}`]);
});

function twice(line: string): string[] {
  const [name, values = ''] = line.split(': ');
  return values.split(', ').map((value) => `${name}: ${value}`);
}

describe('credentials', () => {
  const cases: readonly [string, readonly string[], Record<string, string>, readonly string[] | 401][] = [
    [
      'a configured key stands for the client’s',
      ['x-api-key: own', 'authorization: Bearer own'],
      {},
      [`x-api-key: ${upstreamKey}`],
    ],
    ['without one the client’s key goes', ['x-api-key: own'], { ANTHROPIC_API_KEY: '' }, ['x-api-key: own']],
    [
      'or its login, with its mark',
      ['authorization: Bearer login', 'anthropic-beta: oauth-2025-04-20'],
      { ANTHROPIC_API_KEY: '' },
      ['anthropic-beta: oauth-2025-04-20', 'authorization: Bearer login'],
    ],
    [
      'or both',
      ['x-api-key: own', 'authorization: Bearer own'],
      { ANTHROPIC_API_KEY: '' },
      ['authorization: Bearer own', 'x-api-key: own'],
    ],
    [
      'the proxy’s key stays here, in one header',
      ['authorization: Bearer proxy', 'x-api-key: own'],
      { ANTHROPIC_API_KEY: '', PROXY_API_KEY: 'proxy' },
      ['x-api-key: own'],
    ],
    [
      'or in the other',
      ['authorization: Bearer login', 'x-api-key: proxy'],
      { ANTHROPIC_API_KEY: '', PROXY_API_KEY: 'proxy' },
      ['authorization: Bearer login'],
    ],
    [
      'or in both',
      ['authorization: Bearer proxy', 'x-api-key: proxy'],
      { PROXY_API_KEY: 'proxy' },
      [`x-api-key: ${upstreamKey}`],
    ],
    ['a wrong key of the proxy goes nowhere', ['x-api-key: wrong'], { PROXY_API_KEY: 'proxy' }, 401],
  ];
  test.each(cases)('%s', async (_what, headers, env, sent) => {
    const { server, upstream } = await anthropicServer(answer, { env });
    const { received } = await rawExchange(
      server,
      rawRequest('POST', '/v1/messages', ['user-agent: x', 'accept: x', ...headers], oddBody),
    );
    if (sent === 401) {
      expect(received.toString()).toStartWith('HTTP/1.1 401');
      expect(upstream.calls.length).toBe(0);
    } else {
      expect(headersOf(upstream.calls[0])).toEqual(['accept: x', ...sent, 'user-agent: x'].sort());
      expect(server.logged()).not.toMatch(/own|login|proxy"/);
    }
  });

  test('where nothing is left to show, Anthropic’s own host is not asked', async () => {
    const env = { ANTHROPIC_API_KEY: '', PROXY_API_KEY: 'proxy', ANTHROPIC_UPSTREAM_URL: 'https://api.anthropic.com' };
    const { server } = await anthropicServer(answer, { env });
    const response = await server.post('{"model":"claude-x"}', { headers: { authorization: 'Bearer proxy' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect((await errorOf(response)).message).toContain('Set ANTHROPIC_API_KEY in the .env of the proxy');
  });

  test('a client’s credentials reach no other provider', async () => {
    const { server, upstream } = await anthropicServer(answer, {
      env: { ANTHROPIC_API_KEY: '', ANTHROPIC_UPSTREAM_URL: 'http://127.0.0.1:9' },
    });
    await server.post(
      { model: 'gpt-4.1', max_tokens: 5, messages: [{ role: 'user', content: 'x' }] },
      { headers: { authorization: 'Bearer client', 'x-api-key': 'client' } },
    );
    expect(upstream.calls[0]?.head).toContain(`Bearer ${upstreamKey}`);
    expect(upstream.calls[0]?.head).not.toContain('client');
  });
});
