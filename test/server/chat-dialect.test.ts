import { afterEach, expect, test } from 'bun:test';
import { providerFor } from '../../src/providers/registry.ts';
import type { RawCall } from './raw-upstream.ts';
import {
  ask,
  errorOf,
  framesOf,
  readerOf,
  serverOn,
  stopTestServers,
  type TestServerOptions,
  upstreamKey,
} from './test-server.ts';

afterEach(stopTestServers);

/** The server with the real dialect, on an upstream that says what no well-behaved one would. */
function chatServerOn(onCall: (call: RawCall, number: number) => void, options: TestServerOptions = {}) {
  return serverOn(onCall, { registry: providerFor, ...options });
}

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
}

function refuse(call: RawCall, status: number, error: object, headers = ''): void {
  call.whole(JSON.stringify({ error }), { status, type: 'application/json', headers });
}

test('an upstream that repeats its key in a refusal does not give it away', async () => {
  const { server } = await chatServerOn((call) =>
    refuse(call, 401, { message: `Incorrect API key provided: ${upstreamKey}.`, code: 'invalid_api_key' }),
  );
  for (const stream of [true, false]) {
    const response = await server.post(ask({ stream }));
    expect(response.status).toBe(401);
    expect(response.headers.get('x-should-retry')).toBe('false');
    const said = (await response.text()) + JSON.stringify([...response.headers]) + server.logged();
    expect(said).not.toContain(upstreamKey);
  }
});

test('an upstream that makes its key the id of a request does not give it away either', async () => {
  const { server } = await chatServerOn((call, number) => {
    const headers = `x-request-id: for-${upstreamKey}\r\n`;
    if (number === 1) refuse(call, 400, { message: 'no' }, headers);
    else call.whole(`${chunk({ content: 'yes' }, 'stop')}data: [DONE]\n\n`, { headers });
  });
  const refused = await server.post(ask());
  const answered = await server.post(ask());
  expect([refused.status, answered.status]).toEqual([400, 200]);
  const said = (await refused.text()) + (await answered.text()) + server.logged();
  expect(said).not.toContain(upstreamKey);
});

test('the wait that an upstream asks for reaches the client', async () => {
  const { server, upstream } = await chatServerOn((call) =>
    refuse(call, 429, { message: 'Rate limit reached', code: 'rate_limit_exceeded' }, 'retry-after: 21\r\n'),
  );
  const response = await server.post(ask());
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('21');
  expect(upstream.calls.length).toBe(1);
});

test('a parameter that the upstream does not know is left out from then on', async () => {
  const { server, upstream } = await chatServerOn((call) => {
    if (JSON.parse(call.body).stream_options === undefined) {
      call.whole(`${chunk({ role: 'assistant', content: 'fine' }, 'stop')}data: [DONE]\n\n`);
      return;
    }
    const message = 'Unrecognized request argument supplied: stream_options';
    refuse(call, 400, { message, type: 'invalid_request_error', param: 'stream_options', code: 'unknown_parameter' });
  });
  for (let n = 0; n < 2; n += 1) expect((await server.post(ask())).status).toBe(200);
  expect(upstream.calls.length).toBe(3);
});

const fault = `data: ${JSON.stringify({ error: { message: 'overloaded', code: 'server_is_overloaded' } })}\n\n`;
const breaks: readonly [what: string, type: string, act: (call: RawCall | undefined) => void][] = [
  ['cut before finish_reason', 'api_error', (call) => call?.end()],
  ['with an error in it', 'overloaded_error', (call) => call?.chunk(fault)],
];
test.each(breaks)('a stream %s is an error', async (_, type, act) => {
  const { server, upstream } = await chatServerOn((call) => {
    call.answer();
    call.chunk(chunk({ role: 'assistant', content: 'Once upon a' }));
  });
  const reader = readerOf(await server.post(ask()));
  await reader.until('Once upon a');
  act(upstream.calls[0]);
  const frames = framesOf(await reader.rest());
  expect(frames.at(-1)).toMatchObject({ event: 'error', data: { error: { type } } });
  expect(frames.map(({ event }) => event)).not.toContain('message_stop');
});

const usage = 'data: {"choices":[],"usage":{"prompt_tokens":40,"completion_tokens":5,"total_tokens":45}}\n\n';
const finished = chunk({ role: 'assistant', content: 'all of it' }) + chunk({}, 'stop') + usage;
const afterTheFinish: readonly [string, (call: RawCall | undefined) => void][] = [
  ['stays open', () => undefined],
  ['sends a comment and stays open', (call) => call?.chunk(': still here\n\n')],
  ['is reset', (call) => call?.socket.resetAndDestroy()],
  ['breaks off in the middle of a chunk', (call) => call?.socket.end('ff\r\ndata: [DO')],
];
for (const [what, act] of afterTheFinish) {
  test(`an answer that is finished is whole, even if its connection ${what}`, async () => {
    const { server, upstream } = await chatServerOn(
      (call) => {
        call.answer();
        call.chunk(finished);
      },
      { limits: { finishedMs: 50 } },
    );
    const reader = readerOf(await server.post(ask()));
    await reader.until('all of it');
    // Only now has the proxy read the finish: a reset throws away what is still on its way.
    act(upstream.calls[0]);
    const text = await reader.until('message_stop');
    expect(text).toContain('"stop_reason":"end_turn"');
    expect(await server.nextRecord()).toMatchObject({ outcome: 'answered', inputTokens: 40, attempts: 1 });
    await upstream.calls[0]?.closed;
  });
}

test('a finished answer that is not streamed is whole, even if its connection stays open', async () => {
  const { server, upstream } = await chatServerOn(
    (call) => {
      call.answer();
      call.chunk(finished);
    },
    { limits: { finishedMs: 50 } },
  );
  expect(await (await server.post(ask({ stream: false }))).json()).toMatchObject({
    content: [{ text: 'all of it' }],
    stop_reason: 'end_turn',
  });
  await upstream.calls[0]?.closed;
});

test('what an upstream counts after the finish is waited for', async () => {
  const { server, upstream } = await chatServerOn((call) => {
    call.answer();
    call.chunk(chunk({ role: 'assistant', content: 'short' }, 'stop'));
  });
  const reader = readerOf(await server.post(ask()));
  await reader.until('short');
  upstream.calls[0]?.chunk(`${usage}data: [DONE]\n\n`);
  upstream.calls[0]?.end();
  await reader.rest();
  expect(await server.nextRecord()).toMatchObject({ inputTokens: 40, outputTokens: 5 });
});

test('a client that leaves after the finish, before the end, has left', async () => {
  const { server } = await chatServerOn((call) => {
    call.answer();
    call.chunk(chunk({ role: 'assistant', content: 'nearly' }) + chunk({}, 'stop'));
  });
  const leaving = new AbortController();
  await readerOf(await server.post(ask(), { signal: leaving.signal })).until('nearly');
  leaving.abort();
  expect((await server.nextRecord()).outcome).toBe('client-left');
});

test('without a key the client is told which variable to set, and not to try again', async () => {
  const { server } = await chatServerOn(() => undefined, {
    upstream: 'https://api.openai.com/v1',
    env: { OPENAI_API_KEY: '' },
  });
  const response = await server.post(ask());
  expect(response.status).toBe(401);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect((await errorOf(response)).message).toContain('OPENAI_API_KEY');
});
