import { afterEach, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import { sse, startOf, wholeStream } from './plain-provider.ts';
import { type RawCall, startRawUpstream } from './raw-upstream.ts';
import { startTestServer, stopTestServers, type TestServer } from './test-server.ts';

afterEach(stopTestServers);

async function sdkOn(onCall: (call: RawCall, number: number) => void) {
  const upstream = await startRawUpstream(onCall);
  const server = startTestServer({ upstream: upstream.url, env: { PROXY_API_KEY: 'the-key' } });
  return { upstream, server, sdk: sdkFor(server) };
}

function sdkFor(server: TestServer): Anthropic {
  return new Anthropic({ baseURL: server.url.href, apiKey: 'the-key', maxRetries: 0 });
}

const question = {
  model: 'claude-sonnet-5',
  max_tokens: 50,
  messages: [{ role: 'user' as const, content: 'hello' }],
};

test('the official SDK reads an answer, streamed and not', async () => {
  const { sdk } = await sdkOn((call) => call.whole(wholeStream(['one ', 'two'])));
  const streamed = await sdk.messages.stream(question).finalMessage();
  expect(streamed.content).toMatchObject([{ type: 'text', text: 'one two' }]);
  const whole = await sdk.messages.create(question);
  expect(whole.content).toMatchObject([{ type: 'text', text: 'one two' }]);
  expect(whole._request_id).toStartWith('req_');
});

test('the official SDK knows a failure by its class, before the stream and in its middle', async () => {
  const { sdk } = await sdkOn((call, number) =>
    call.whole(number === 1 ? sse({ fail: 'rate-limited', message: 'slowly' }) : sse(startOf())),
  );
  expect(await sdk.messages.create(question).catch((error: unknown) => error)).toBeInstanceOf(Anthropic.RateLimitError);
  const stream = sdk.messages.stream(question);
  const failure = await stream.finalMessage().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Anthropic.APIError);
  expect(String(failure)).toContain('ended the stream early');
});

test('the official SDK counts tokens and lists models', async () => {
  const { sdk } = await sdkOn(() => undefined);
  const { max_tokens: _unused, ...prompt } = question;
  expect((await sdk.messages.countTokens(prompt)).input_tokens).toBeGreaterThan(0);
  const ids: string[] = [];
  for await (const model of sdk.models.list({ limit: 1 })) ids.push(model.id);
  expect(ids.length).toBeGreaterThan(2);
  expect((await sdk.models.retrieve(ids[0] ?? '')).id).toBe(ids[0] ?? '');
});

test('leaving a stream of the official SDK ends the call to the upstream', async () => {
  const { sdk, upstream, server } = await sdkOn((call) => {
    call.answer();
    call.chunk(sse(startOf()));
  });
  for await (const event of await sdk.messages.create({ ...question, stream: true })) {
    expect(event.type).toBe('message_start');
    break;
  }
  await upstream.calls[0]?.closed;
  expect((await server.nextRecord()).outcome).toBe('client-left');
});
