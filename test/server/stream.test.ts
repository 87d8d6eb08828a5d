import { afterEach, expect, test } from 'bun:test';
import { answerOf, sse, startOf, textDelta, wholeStream } from './plain-provider.ts';
import { ask, framesOf, readerOf, serverOn, stopTestServers } from './test-server.ts';

afterEach(stopTestServers);

test('an answer streams through in order; pieces that came together leave as one', async () => {
  const { server } = await serverOn((call) => call.whole(wholeStream(['Hello', ', wörld 🌍'])));
  const response = await server.post(ask(), { path: '/v1/messages?beta=true' });
  expect(response.status).toBe(200);
  expect(framesOf(await response.text()).map(({ data }) => data)).toEqual(
    answerOf(['Hello, wörld 🌍']).map((event) => JSON.parse(JSON.stringify(event))),
  );
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    'request-id': expect.stringMatching(/^req_[A-Za-z0-9]{24}$/),
    'x-proxy-model': 'openai/gpt-4.1',
    'x-proxy-route': 'sonnet -> BIG_MODEL',
  });
  expect(await server.nextRecord()).toMatchObject({
    outcome: 'answered',
    status: 200,
    stream: true,
    requestedModel: 'claude-sonnet-4-5',
    model: 'openai/gpt-4.1',
    inputTokens: 5,
    cachedTokens: 2,
    outputTokens: 7,
    stopReason: 'end_turn',
    attempts: 1,
    error: undefined,
  });
});

test('the same answer comes as one message where the client does not stream', async () => {
  const { server } = await serverOn((call) => call.whole(wholeStream(['Hello', ' there'])));
  const response = await server.post(ask({ stream: false }));
  expect(response.headers.get('content-type')).toStartWith('application/json');
  expect(await response.json()).toMatchObject({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello there' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, output_tokens: 7 },
  });
});

test('a failure in the first event of a stream that began with 200 gets its true status', async () => {
  const { server } = await serverOn((call) =>
    call.whole(sse('nothing', { fail: 'invalid-request', message: 'no such tool' })),
  );
  const response = await server.post(ask());
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error', message: 'no such tool' },
    request_id: response.headers.get('request-id'),
  });
});

test('the head waits only so long; then it goes out with a ping, and a failure becomes an error event', async () => {
  const { server, upstream } = await serverOn(() => undefined, { limits: { headWaitMs: 20 } });
  const response = await server.post(ask());
  expect(response.status).toBe(200);
  const reader = readerOf(response);
  await reader.until('event: ping');
  upstream.calls[0]?.whole(sse({ fail: 'rate-limited', message: 'slowly' }));
  const frames = framesOf(await reader.until('slowly'));
  expect(frames.at(-1)).toMatchObject({ event: 'error', data: { error: { type: 'rate_limit_error' } } });
  expect(await server.nextRecord()).toMatchObject({ outcome: 'failed', error: { type: 'rate_limit_error' } });
});

test('pings go out while the upstream is silent, before and after its first event, and stop nothing', async () => {
  const { server, upstream } = await serverOn(() => undefined, { limits: { headWaitMs: 10, pingMs: 10 } });
  const reader = readerOf(await server.post(ask()));
  await reader.until('event: ping\ndata: {"type": "ping"}\n\nevent: ping');
  const call = upstream.calls[0];
  call?.answer();
  call?.chunk(sse(startOf()));
  await reader.until(/event: message_start[\s\S]*event: ping/);
  call?.chunk(sse(...answerOf(['end']).slice(1), '[DONE]'));
  call?.end();
  const frames = framesOf(await reader.until('message_stop"}\n\n'));
  expect(frames.filter(({ event }) => event !== 'ping').map(({ event }) => event)).toEqual(
    answerOf(['end']).map(({ type }) => type),
  );
});

test('comments keep an upstream alive beyond the idle limit, and the client still gets its pings', async () => {
  let stop: ReturnType<typeof setInterval> | undefined;
  const { server, upstream } = await serverOn(
    (call) => {
      call.answer();
      stop = setInterval(() => call.chunk(': still thinking\n\n'), 20);
    },
    { limits: { headWaitMs: 10, pingMs: 50, idleMs: 200 } },
  );
  const reader = readerOf(await server.post(ask()));
  await reader.until('event: ping\ndata: {"type": "ping"}\n\n'.repeat(8));
  clearInterval(stop);
  upstream.calls[0]?.chunk(wholeStream(['at last']));
  await reader.until('message_stop');
});

test('an upstream that falls silent for longer than the idle limit fails the stream and is hung up on', async () => {
  const { server, upstream } = await serverOn(
    (call) => {
      call.answer();
      call.chunk(sse(startOf(), textDelta('so far')));
    },
    { limits: { idleMs: 50 } },
  );
  const response = await server.post(ask());
  const frames = framesOf(await response.text());
  expect(frames.at(-1)).toMatchObject({ event: 'error', data: { error: { type: 'timeout_error' } } });
  await upstream.calls[0]?.closed;
});

test('all events of one network chunk leave in one write', async () => {
  const { server } = await serverOn((call) => call.whole(wholeStream(Array.from({ length: 50 }, (_, n) => `${n} `))));
  const response = await server.post(ask());
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) pieces.push(piece);
  expect(pieces.length).toBeLessThanOrEqual(2);
});

test('a connection that breaks in mid-stream is an error event, and open blocks stay open', async () => {
  const { server, upstream } = await serverOn((call) => {
    call.answer();
    call.chunk(sse(...answerOf([]).slice(0, 2), textDelta('half')));
  });
  const reader = readerOf(await server.post(ask()));
  await reader.until('half');
  upstream.calls[0]?.socket.resetAndDestroy();
  const frames = framesOf(await reader.rest());
  expect(frames.map(({ event }) => event)).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'error',
  ]);
  expect(frames.at(-1)?.data).toMatchObject({ error: { type: 'api_error' } });
});

test('a stream that ends cleanly before the answer does is an error event', async () => {
  const { server } = await serverOn((call) => call.whole(sse(...answerOf(['half']).slice(0, 3))));
  const frames = framesOf(await (await server.post(ask())).text());
  expect(frames.at(-1)).toMatchObject({ event: 'error', data: { error: { type: 'api_error' } } });
  expect(frames.filter(({ event }) => event === 'message_stop')).toEqual([]);
});

test('what came before a failure in the same network chunk still reaches the client', async () => {
  const { server, upstream } = await serverOn((call) => {
    call.answer();
    call.chunk(sse(startOf()));
  });
  const reader = readerOf(await server.post(ask()));
  await reader.until('message_start');
  upstream.calls[0]?.chunk(sse(...answerOf(['the last words']).slice(1, 3), { fail: 'upstream-overloaded' }));
  const frames = framesOf(await reader.until('event: error').then(() => reader.until('request_id')));
  expect(frames.map(({ event }) => event).slice(-3)).toEqual(['content_block_start', 'content_block_delta', 'error']);
  expect(frames.at(-1)?.data).toMatchObject({ error: { type: 'overloaded_error' } });
});

test('a fault of ours says nothing of its text, to the client or in the log', async () => {
  const { server } = await serverOn((call) => call.whole(sse('BUG')));
  const response = await server.post(ask());
  expect(response.status).toBe(500);
  const body = await response.text();
  expect(body).toContain('api_error');
  expect(body + server.logged()).not.toContain('a secret prompt');
  expect(server.logged()).toContain('TypeError');
});

test('an answer that came as JSON although a stream was asked for is an answer all the same', async () => {
  const lines = answerOf(['whole']).map((event) => JSON.stringify(event));
  const { server } = await serverOn((call) => call.whole(lines.join('\n'), { type: 'application/json' }));
  const frames = framesOf(await (await server.post(ask())).text());
  expect(frames.map(({ event }) => event)).toEqual(answerOf(['whole']).map(({ type }) => type));
});

test('after a whole answer the connection serves another request', async () => {
  const { server, upstream } = await serverOn((call) => {
    call.answer();
    call.chunk(wholeStream(['hi']));
  });
  for (let n = 0; n < 8; n += 1) {
    await (await server.post(ask())).text();
    // The end of the body comes later than the end of the answer.
    upstream.calls[n]?.end();
  }
  expect(upstream.calls.length).toBe(8);
  expect(upstream.connections()).toBeLessThan(6);
});

test('an upstream that goes on after the end of its answer is hung up on', async () => {
  const { server, upstream } = await serverOn(
    (call) => {
      call.answer();
      call.chunk(wholeStream(['hi']));
    },
    { limits: { drainMs: 20 } },
  );
  expect(await (await server.post(ask())).text()).toContain('message_stop');
  await upstream.calls[0]?.closed;
});

test('an answer that the translator ends early hangs up at once', async () => {
  const { server, upstream } = await serverOn((call) => {
    call.answer();
    call.chunk(sse(...answerOf(['enough']), 'STOP'));
  });
  expect(await (await server.post(ask())).text()).toContain('message_stop');
  await upstream.calls[0]?.closed;
});
