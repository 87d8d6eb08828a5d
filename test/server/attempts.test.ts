import { afterEach, expect, test } from 'bun:test';
import { createServer } from 'node:net';
import type { ErrorKind } from '../../src/errors/proxy-error.ts';
import type { MessageEvent } from '../../src/messages/types.ts';
import type { Repair } from '../../src/providers/provider.ts';
import { type SaidFailure, sse, startOf, wholeStream } from './plain-provider.ts';
import { type RawCall, startRawUpstream } from './raw-upstream.ts';
import {
  ask,
  errorOf,
  framesOf,
  readerOf,
  serverOn,
  startTestServer,
  stopTestServers,
  upstreamKey,
} from './test-server.ts';

afterEach(stopTestServers);

function refuse(call: RawCall, failure: SaidFailure, status = 400): void {
  call.whole(JSON.stringify(failure), { status, type: 'application/json' });
}

function repairsIn(call: RawCall | undefined): readonly Repair[] {
  return JSON.parse(call?.body ?? '{}').repairs;
}

const omit = (parameter: string, scope: Repair['scope'] = 'model'): Repair => ({
  kind: 'omit-parameter',
  parameter,
  scope,
});

test('a refused request is repaired and repeated, and the next one knows at once', async () => {
  const { server, upstream } = await serverOn((call) => {
    const known = repairsIn(call).length;
    if (known === 0) refuse(call, { fail: 'invalid-request', repair: omit('top_k') });
    else if (known === 1) refuse(call, { fail: 'invalid-request', repair: omit('seed', 'request') });
    else call.whole(wholeStream(['at last']));
  });
  expect(await (await server.post(ask())).text()).toContain('at last');
  expect(upstream.calls.map(repairsIn)).toEqual([[], [omit('top_k')], [omit('top_k'), omit('seed', 'request')]]);
  expect((await server.nextRecord()).attempts).toBe(3);

  // What was learned for the model is known now; what held for one request is not.
  await (await server.post(ask())).text();
  expect(upstream.calls.slice(3).map(repairsIn)).toEqual([[omit('top_k')], [omit('top_k'), omit('seed', 'request')]]);

  // Another model may take what this one refused.
  await (await server.post(ask({ model: 'openai/another' }))).text();
  expect(repairsIn(upstream.calls[5])).toEqual([]);
});

test('a refusal in the first event of a stream is repaired like any other', async () => {
  const { server } = await serverOn((call) =>
    call.whole(
      repairsIn(call).length === 0
        ? sse({ fail: 'invalid-request', repair: omit('top_k') })
        : wholeStream(['repaired']),
    ),
  );
  expect(await (await server.post(ask())).text()).toContain('repaired');
});

test('a request is repaired three times at most; then the client gets the refusal', async () => {
  const { server, upstream } = await serverOn((call, number) =>
    refuse(call, { fail: 'invalid-request', message: `number ${number}`, repair: omit(`p${number}`) }),
  );
  const response = await server.post(ask());
  expect(response.status).toBe(400);
  expect((await errorOf(response)).message).toBe('number 4');
  expect(upstream.calls.length).toBe(4);
  expect(response.headers.get('x-proxy-model')).toBe('openai/gpt-4.1');
});

test('a prompt that is too long is not sent again, but its limit is remembered', async () => {
  const { server, upstream } = await serverOn((call) =>
    refuse(call, {
      fail: 'prompt-too-long',
      message: 'prompt is too long: 3000 tokens > 2000 maximum',
      repair: { kind: 'limit-context', scope: 'model', maximum: 2000 },
    }),
  );
  const long = ask({ messages: [{ role: 'user', content: 'word '.repeat(5000) }] });
  expect((await server.post(long)).status).toBe(400);
  expect(upstream.calls.length).toBe(1);

  // From now on the proxy says so by itself, with a count of its own.
  const response = await server.post(long);
  expect(response.status).toBe(400);
  expect((await errorOf(response)).message).toMatch(/^prompt is too long: 5\d\d\d tokens > 2000 maximum$/);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(upstream.calls.length).toBe(1);
  expect((await server.post(ask())).status).toBe(400);
  expect(upstream.calls.length).toBe(2);
});

test('a window told with the refusal of one answer’s length is known to later requests', async () => {
  const shorter: Repair = { kind: 'limit-output-tokens', scope: 'request', maximum: 700, window: 2000 };
  const { server, upstream } = await serverOn((call) => {
    if (repairsIn(call).length === 0) refuse(call, { fail: 'prompt-too-long', repair: shorter });
    else call.whole(wholeStream(['short enough']));
  });
  await (await server.post(ask())).text();
  await (await server.post(ask())).text();
  const window: Repair = { kind: 'limit-context', scope: 'model', maximum: 2000 };
  expect(upstream.calls.map(repairsIn)).toEqual([[], [shorter], [window]]);
});

test('a prompt beyond the known window of its model never reaches the upstream', async () => {
  const { server, upstream } = await serverOn((call) => call.whole(wholeStream(['?'])), {
    env: { BIG_MODEL: 'gpt-4o' },
  });
  const response = await server.post(ask({ messages: [{ role: 'user', content: 'several words '.repeat(80_000) }] }));
  expect(response.status).toBe(400);
  expect((await errorOf(response)).message).toMatch(/^prompt is too long: 1[56]\d{4} tokens > 128000 maximum$/);
  expect(upstream.calls.length).toBe(0);
});

const again: readonly [ErrorKind, number | undefined, 'again' | 'once'][] = [
  ['upstream-fault', undefined, 'again'],
  ['upstream-overloaded', undefined, 'again'],
  ['upstream-overloaded', 1, 'again'],
  ['upstream-overloaded', 6, 'once'],
  ['upstream-truncated', undefined, 'again'],
  ['rate-limited', undefined, 'once'],
  ['rate-limited', 0, 'again'],
  ['rate-limited', 6, 'once'],
  ['upstream-timeout', undefined, 'once'],
  ['upstream-billing', undefined, 'once'],
  ['upstream-unauthenticated', undefined, 'once'],
  ['invalid-request', undefined, 'once'],
  ['content-refused', undefined, 'once'],
];
for (const [kind, retryAfterSeconds, how] of again) {
  const wait = retryAfterSeconds === undefined ? '' : ` that asks to wait for ${retryAfterSeconds} s`;
  test(`the failure ${kind}${wait} is ${how === 'again' ? 'tried once more' : 'told at once'}`, async () => {
    const failure = { fail: kind, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
    const { server, upstream } = await serverOn((call) => refuse(call, failure, 500));
    const response = await server.post(ask());
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('retry-after')).toBe(retryAfterSeconds === undefined ? null : `${retryAfterSeconds}`);
    expect(upstream.calls.length).toBe(how === 'again' ? 2 : 1);
  });
}

test('the second try may succeed, and then the client hears nothing of the first', async () => {
  const { server } = await serverOn((call, number) => {
    if (number === 1) refuse(call, { fail: 'upstream-overloaded' }, 503);
    else call.whole(wholeStream(['second']));
  });
  const response = await server.post(ask());
  expect(response.status).toBe(200);
  expect(framesOf(await response.text()).map(({ event }) => event)).not.toContain('error');
  expect(await server.nextRecord()).toMatchObject({ outcome: 'answered', attempts: 2 });
});

const nothingSaid = wholeStream([]).replaceAll(/data: [^\n]*content_block[^\n]*\n\n/g, '');

for (const stream of [true, false]) {
  const form = stream ? 'streamed' : 'plain';
  test(`a ${form} answer without a word is asked for once more: a client would pay for a whole new request`, async () => {
    const { server, upstream } = await serverOn((call, number) =>
      call.whole(number === 1 ? nothingSaid : wholeStream(['a word'])),
    );
    expect(await (await server.post(ask({ stream }))).text()).toContain('a word');
    expect(upstream.calls.map(repairsIn)).toEqual([[], []]);
    expect(await server.nextRecord()).toMatchObject({ outcome: 'answered', attempts: 2 });
  });
}

const afterNothing: readonly [string, (call: RawCall) => void][] = [
  ['is empty too', (call) => call.whole(nothingSaid)],
  ['fails', (call) => refuse(call, { fail: 'upstream-fault' }, 500)],
  ['is refused', (call) => refuse(call, { fail: 'invalid-request', repair: omit('top_k') })],
];
for (const [what, act] of afterNothing) {
  test(`an answer without a word is passed on as it is when the second try ${what}`, async () => {
    const { server, upstream } = await serverOn((call, number) => (number === 1 ? call.whole(nothingSaid) : act(call)));
    const frames = framesOf(await (await server.post(ask())).text());
    expect(frames.map(({ event }) => event)).toEqual(['message_start', 'message_delta', 'message_stop']);
    expect(frames[1]?.data).toMatchObject({ delta: { stop_reason: 'end_turn' } });
    expect(upstream.calls.length).toBe(2);
  });
}

test('an answer cut before its first word is no empty answer, and not asked for again', async () => {
  const cut = nothingSaid.replace('end_turn', 'max_tokens');
  const { server, upstream } = await serverOn((call) => call.whole(cut));
  expect(await (await server.post(ask())).text()).toContain('max_tokens');
  expect(upstream.calls.length).toBe(1);
});

test('a second try is still made after pings have gone out: they commit to nothing', async () => {
  const { server, upstream } = await serverOn(
    (call, number) => {
      if (number === 2) call.whole(wholeStream(['second']));
    },
    { limits: { headWaitMs: 10 } },
  );
  const reader = readerOf(await server.post(ask()));
  await reader.until('event: ping');
  upstream.calls[0]?.socket.resetAndDestroy();
  expect(await reader.until('message_stop')).toContain('second');
});

test('nothing is tried again once the first real event is out', async () => {
  const { server, upstream } = await serverOn((call) => {
    call.answer();
    call.chunk(sse(startOf()));
  });
  const reader = readerOf(await server.post(ask()));
  await reader.until('message_start');
  upstream.calls[0]?.chunk(sse({ fail: 'upstream-overloaded', repair: omit('top_k') }));
  await reader.until('overloaded_error');
  await server.nextRecord();
  expect(upstream.calls.length).toBe(1);
});

const broken: readonly [string, (call: RawCall) => void, number][] = [
  ['is closed without an answer', (call) => call.socket.destroy(), 502],
  ['is reset without an answer', (call) => call.socket.resetAndDestroy(), 502],
  [
    'is reset after the head',
    (call) => {
      call.answer();
      call.socket.resetAndDestroy();
    },
    502,
  ],
  ['brings something that is not HTTP', (call) => call.socket.end('220 mail.example ready\r\n\r\n'), 502],
  ['brings an answer without a body', (call) => call.whole('', { status: 204 }), 502],
];
for (const [what, act, status] of broken) {
  test(`a connection that ${what} is an error in our words, without a key`, async () => {
    const { server, upstream } = await serverOn(act);
    const response = await server.post(ask());
    const text = await response.text();
    expect([response.status, JSON.parse(text).error.type]).toEqual([status, 'api_error']);
    expect(text + JSON.stringify([...response.headers]) + server.logged()).not.toContain(upstreamKey);
    expect(upstream.calls.length).toBeLessThanOrEqual(2);
  });
}

test('a redirect is not followed: it would carry the key to another host', async () => {
  const elsewhere = await startRawUpstream((call) => call.whole(wholeStream(['got your key'])));
  const { server } = await serverOn((call) =>
    call.whole('', { status: 307, headers: `location: ${elsewhere.url}/v1\r\n` }),
  );
  expect((await server.post(ask())).status).toBe(502);
  expect(elsewhere.connections()).toBe(0);
});

test('a server that is not running is named, and the client told not to try again', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const address = free.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await new Promise((resolve) => free.close(resolve));

  const server = startTestServer({ upstream: `http://127.0.0.1:${port}/v1` });
  const response = await server.post(ask());
  expect(response.status).toBe(502);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect((await errorOf(response)).message).toContain(`127.0.0.1:${port}`);
});

test('an upstream that never answers is a timeout', async () => {
  const { server, upstream } = await serverOn(() => undefined, { limits: { firstByteMs: 30 } });
  const response = await server.post(ask());
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ error: { type: 'timeout_error' } });
  await upstream.calls[0]?.closed;
});

test('an answer that takes longer than a request may last is a timeout', async () => {
  let stop: ReturnType<typeof setInterval> | undefined;
  const { server, upstream } = await serverOn(
    (call) => {
      call.answer();
      stop = setInterval(() => call.chunk(': alive\n\n'), 5);
    },
    { limits: { totalMs: 60, idleMs: 40 } },
  );
  const response = await server.post(ask({ stream: false }));
  expect(response.status).toBe(504);
  await upstream.calls[0]?.closed;
  clearInterval(stop);
});

test('an answer that cannot be folded ends its call, which would go on for nobody', async () => {
  const brokenCall: MessageEvent[] = [
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'Read', input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"path": }' } },
    { type: 'content_block_stop', index: 0 },
  ];
  const { server, upstream } = await serverOn((call) => {
    call.answer();
    call.chunk(sse(startOf(), ...brokenCall));
  });
  expect((await server.post(ask({ stream: false }))).status).toBe(502);
  await upstream.calls[0]?.closed;
  expect(await server.nextRecord()).toMatchObject({ outcome: 'failed', error: { type: 'api_error' } });
});

test('an error text without end is read to a limit, and its connection closed', async () => {
  const { server, upstream } = await serverOn((call) => {
    call.answer({ status: 400, type: 'text/plain' });
    for (let n = 0; n < 100; n += 1) call.chunk('x'.repeat(10_000));
  });
  const response = await server.post(ask());
  expect(response.status).toBe(502);
  for (const call of upstream.calls) await call.closed;
});

test('an error text that never ends is given up after a while, and told as far as it came', async () => {
  const { server } = await serverOn(
    (call) => {
      call.answer({ status: 400, type: 'application/json' });
      call.chunk(JSON.stringify({ fail: 'invalid-request', message: 'as far as it came' }));
    },
    { limits: { errorBodyMs: 20 } },
  );
  const response = await server.post(ask());
  expect(response.status).toBe(400);
  expect((await errorOf(response)).message).toBe('as far as it came');
});

test('a web page in the place of an answer is no answer', async () => {
  const { server } = await serverOn((call) => call.whole('<html><title>Welcome</title></html>', { type: 'text/html' }));
  expect((await server.post(ask())).status).toBe(502);
});

test('a long request arrives whole, at first and at the second try, with its length told', async () => {
  const content = 'größer 🌍 '.repeat(20_000);
  const { server, upstream } = await serverOn((call, number) => {
    if (number === 1) refuse(call, { fail: 'upstream-fault' }, 500);
    else call.whole(wholeStream(['read']));
  });
  expect((await server.post(ask({ messages: [{ role: 'user', content }] }))).status).toBe(200);
  for (const call of upstream.calls) {
    expect(JSON.parse(call.body).request.messages).toEqual([{ role: 'user', content }]);
    expect(call.head).toMatch(/content-length: \d{6}/i);
    expect(call.head).not.toMatch(/transfer-encoding/i);
    expect(call.head).toMatch(/accept-encoding: identity/i);
  }
  expect(upstream.calls.length).toBe(2);
});

test('no header of the upstream reaches the client but the time to wait', async () => {
  const headers = 'set-cookie: a=b\r\nx-ratelimit-limit: 1\r\nopenai-organization: acme\r\nx-request-id: up_1\r\n';
  const { server } = await serverOn((call) => call.whole(wholeStream(['hi']), { headers }));
  const response = await server.post(ask());
  await response.text();
  expect([...response.headers.keys()].sort()).toEqual([
    'cache-control',
    'content-type',
    'date',
    'request-id',
    'transfer-encoding',
    'x-accel-buffering',
    'x-proxy-model',
    'x-proxy-route',
  ]);
  expect((await server.nextRecord()).upstreamRequestId).toBe('up_1');
});

test('what is lost on the way is listed in a header that cannot be broken out of', async () => {
  const { server } = await serverOn((call) => call.whole(wholeStream(['hi'])));
  for (const stream of [true, false]) {
    const response = await server.post(ask({ stream, metadata: { user_id: 'somebody' } }));
    expect(response.headers.get('x-proxy-loss')).toBe('metadata: not for??strangers -> never');
    await response.text();
    expect((await server.nextRecord()).losses).toEqual([{ field: 'metadata', why: 'not for\r\nstrangers → never' }]);
  }
});

test('STRICT refuses what would be lost, by name and without calling the upstream', async () => {
  const { server, upstream } = await serverOn((call) => call.whole(wholeStream(['hi'])), { env: { STRICT: 'true' } });
  const response = await server.post(ask({ metadata: { user_id: 'somebody' } }));
  expect(response.status).toBe(400);
  expect((await errorOf(response)).message).toContain('metadata');
  expect(upstream.calls.length).toBe(0);
  expect((await server.post(ask())).status).toBe(200);
});

test('a request for no tokens is answered without the upstream', async () => {
  const { server, upstream } = await serverOn((call) => call.whole(wholeStream(['hi'])));
  const whole = await (await server.post(ask({ max_tokens: 0, stream: false }))).json();
  expect(whole).toMatchObject({
    content: [],
    stop_reason: 'max_tokens',
    model: 'claude-sonnet-4-5',
    usage: { input_tokens: expect.any(Number), output_tokens: 0 },
  });
  const frames = framesOf(await (await server.post(ask({ max_tokens: 0 }))).text());
  expect(frames.map(({ event }) => event)).toEqual(['message_start', 'message_delta', 'message_stop']);
  expect(upstream.calls.length).toBe(0);
});
