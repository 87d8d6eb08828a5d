import { afterEach, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { createLog } from '../../src/observe/log.ts';
import type { RequestRecord } from '../../src/observe/request-record.ts';
import { clientLeft, Exchange } from '../../src/server/exchange.ts';
import { streamAnswer } from '../../src/server/relay-stream.ts';
import { defaultLimits } from '../../src/upstream/time-limits.ts';
import { expectBackPressure, Flood } from './back-pressure.ts';
import { sse, startOf, textDelta, wholeStream } from './plain-provider.ts';
import type { RawCall } from './raw-upstream.ts';
import { ask, framesOf, readerOf, serverOn, stopTestServers } from './test-server.ts';

const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown) => unhandled.push(reason);
process.on('unhandledRejection', noteUnhandled);
afterEach(async () => {
  await stopTestServers();
  expect(unhandled.splice(0)).toEqual([]);
});

const silent = () => undefined;
const headOnly = (call: RawCall) => call.answer();
const halfAnswer = (call: RawCall) => {
  call.answer();
  call.chunk(sse(startOf(), textDelta('half')));
};

const moments: readonly [string, (call: RawCall) => void, object][] = [
  ['before the upstream answers', silent, ask()],
  ['before the first event', headOnly, ask()],
  ['in the middle of the stream', halfAnswer, ask()],
  ['in the middle of an answer that is not streamed', halfAnswer, ask({ stream: false })],
  ['before the upstream answers what is not streamed', silent, ask({ stream: false })],
];
for (const [moment, act, body] of moments) {
  test(`a client that leaves ${moment} ends the call to the upstream within a second`, async () => {
    const called = Promise.withResolvers<RawCall>();
    const { server } = await serverOn((call) => {
      act(call);
      called.resolve(call);
    });
    const leaving = new AbortController();
    const response = server.post(body, { signal: leaving.signal }).then((answer) => readerOf(answer).until('half'));
    response.catch(() => undefined);
    const call = await called.promise;
    if (act === halfAnswer && 'stream' in body && body.stream === true) await response;
    const leftAt = performance.now();
    leaving.abort();
    expect((await call.closed) - leftAt).toBeLessThan(1000);
    const status = act === halfAnswer && 'stream' in body && body.stream === true ? 200 : 499;
    expect(await server.nextRecord()).toMatchObject({ outcome: 'client-left', status, error: undefined });
    expect(server.activeStreams()).toBe(0);
  });
}

test('a client that leaves while only pings went out ends the call', async () => {
  const { server, upstream } = await serverOn(silent, { limits: { headWaitMs: 5, pingMs: 5 } });
  const leaving = new AbortController();
  await readerOf(await server.post(ask(), { signal: leaving.signal })).until('event: ping');
  leaving.abort();
  await upstream.calls[0]?.closed;
  expect((await server.nextRecord()).outcome).toBe('client-left');
});

test('a client that leaves while a second try is waited for is the end of it', async () => {
  const called = Promise.withResolvers<void>();
  const { server, upstream } = await serverOn(
    (call) => {
      call.whole(sse({ fail: 'upstream-overloaded' }));
      called.resolve();
    },
    { limits: { overloadedPauseMs: 60_000 } },
  );
  const leaving = new AbortController();
  const response = server.post(ask(), { signal: leaving.signal });
  response.catch(() => undefined);
  await called.promise;
  leaving.abort();
  expect((await server.nextRecord()).outcome).toBe('client-left');
  expect(upstream.calls.length).toBe(1);
});

test('a client that leaves at the very moment its answer begins leaves nothing open', async () => {
  const records: RequestRecord[] = [];
  const log = createLog({ level: 'error', format: 'json' }, () => undefined);
  const client = new AbortController();
  let open = true;
  const exchange = new Exchange('/v1/messages', new Headers(), { ...log, request: (r) => records.push(r) }, () => {
    open = false;
  });
  exchange.followClient(client.signal);
  const answer = {
    async next() {
      queueMicrotask(() => client.abort());
      return [startOf()];
    },
  };
  // Nobody pulls the body of a response that has no client any more: it must not wait for that.
  await expect(streamAnswer(answer, exchange, defaultLimits)).rejects.toBe(clientLeft);
  expect(exchange.isStreaming).toBe(false);
  exchange.failureResponse(clientLeft);
  exchange.finish();
  expect(open).toBe(false);
  expect(records).toMatchObject([{ outcome: 'client-left', status: 499 }]);
});

test('a client that closes the connection as soon as it has the whole answer was answered', async () => {
  const { server } = await serverOn((call) => {
    call.answer();
    call.chunk(wholeStream(['all']));
  });
  const socket = connect(Number(server.url.port), '127.0.0.1');
  const body = JSON.stringify(ask());
  socket.write(`POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
    if (text.includes('message_stop')) socket.destroy();
  });
  expect((await server.nextRecord()).outcome).toBe('answered');
});

test('a client that reads nothing stops the upstream from sending, and does not fill the memory', async () => {
  const flood = new Flood();
  const onCall = (call: RawCall) => {
    call.answer();
    call.chunk(sse(startOf()));
    flood.pour(call.socket, sse(textDelta('x'.repeat(64 * 1024))));
  };
  // The upstream's idle limit must not count what the client keeps it waiting for.
  const { server, upstream } = await serverOn(onCall, { limits: { idleMs: 150 } });
  const body = JSON.stringify(ask());
  const request = `POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  await expectBackPressure(server, request, flood);
  await upstream.calls[0]?.closed;
  expect((await server.nextRecord()).outcome).toBe('client-left');
});

test('a shutdown lets open streams finish, and takes no new request meanwhile', async () => {
  const { server, upstream } = await serverOn(halfAnswer);
  const reader = readerOf(await server.post(ask()));
  await reader.until('half');
  expect(server.activeStreams()).toBe(1);
  const down = server.shutdown(10_000);
  expect(
    await server.post(ask()).then(
      (r) => r.status,
      () => 'refused',
    ),
  ).toBeOneOf([529, 'refused']);
  upstream.calls[0]?.chunk(sse('nothing'));
  upstream.calls[0]?.chunk(wholeStream(['the rest']));
  expect(await reader.until('message_stop')).toContain('the rest');
  await down;
  expect(await server.nextRecord()).toMatchObject({ outcome: 'answered' });
  expect(
    await server.post(ask()).then(
      (r) => r.status,
      () => 'refused',
    ),
  ).toBe('refused');
});

test('a shutdown ends what does not finish in time with an error the client can read', async () => {
  const { server, upstream } = await serverOn(halfAnswer);
  const response = await server.post(ask());
  const reader = readerOf(response);
  await reader.until('half');
  const whole = server.post(ask({ stream: false }));
  while (upstream.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await server.shutdown(20);
  const frames = framesOf(await reader.until('request_id'));
  expect(frames.at(-1)).toMatchObject({ event: 'error', data: { error: { type: 'overloaded_error' } } });
  expect((await whole).status).toBe(529);
  await Promise.all(upstream.calls.map((call) => call.closed));
});

test('stopping now waits for nobody', async () => {
  const { server, upstream } = await serverOn(halfAnswer);
  await readerOf(await server.post(ask())).until('half');
  await server.stopNow();
  await upstream.calls[0]?.closed;
  expect(server.activeStreams()).toBe(0);
  // Its client was cut off and did not leave.
  expect(await server.nextRecord()).toMatchObject({ outcome: 'failed', error: { type: 'overloaded_error' } });
});
