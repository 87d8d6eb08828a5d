import { afterEach, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import * as script from '../script.ts';
import { type FakeAnthropic, type FakeAnthropicOptions, startFakeAnthropic } from './fake-anthropic.ts';
import { plain, post } from './request-samples.ts';

const { callTool, chunk, cut, end, fail, finish, interleave, raw, refuse, say, search, streamError, think, usage } =
  script;

const hello = {
  model: 'claude-opus-5-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello' }],
} satisfies Anthropic.MessageCreateParamsNonStreaming;

let fake: FakeAnthropic | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function start(options: FakeAnthropicOptions): Promise<{ fake: FakeAnthropic; client: Anthropic }> {
  fake = await startFakeAnthropic(options);
  return { fake, client: new Anthropic({ apiKey: 'sk-test', baseURL: fake.url, maxRetries: 0 }) };
}

/** The SDK's promises do their work only when they are awaited. */
async function failureOf(answer: PromiseLike<unknown>): Promise<string> {
  try {
    await answer;
  } catch (error) {
    return String(error);
  }
  return 'none';
}

function playing(...reply: script.Reply) {
  return start({ model: () => reply });
}

test('the official SDK reads the same message, streamed and not', async () => {
  const { fake, client } = await playing(
    think('Two of them. 思う'),
    say('Two things. 😀'),
    interleave(
      callTool('Read', { path: '/tmp/a' }, { pieces: 3, id: 'toolu_first' }),
      callTool('Bash', {}, { id: 'toolu_second' }),
    ),
  );
  const streamed = await client.messages.stream(hello).finalMessage();
  const whole = await client.messages.create(hello);
  expect(streamed.content).toMatchObject([
    { type: 'thinking', thinking: 'Two of them. 思う' },
    { type: 'text', text: 'Two things. 😀' },
    { type: 'tool_use', id: 'toolu_first', name: 'Read', input: { path: '/tmp/a' }, caller: { type: 'direct' } },
    { type: 'tool_use', id: 'toolu_second', name: 'Bash', input: {} },
  ]);
  // The signature of each answer is its own.
  expect(whole.content.slice(1)).toEqual(streamed.content.slice(1));
  expect([whole.stop_reason, streamed.stop_reason]).toEqual(['tool_use', 'tool_use']);
  expect(streamed.usage).toMatchObject({
    input_tokens: whole.usage.input_tokens,
    output_tokens: whole.usage.output_tokens,
  });
  expect(fake.refusals).toEqual([]);
});

test('a stream names every event, pings once, and keeps one block open at a time', async () => {
  const { fake } = await playing(think('Hm.', { pieces: 1 }), say('Hi', 1));
  const text = await (await post(fake.url, { ...plain, stream: true })).text();
  const frames = text
    .trim()
    .split('\n\n')
    .map((frame) => /^event: (.+)\ndata: (.+)$/.exec(frame) ?? []);
  for (const [, name, data] of frames) expect(JSON.parse(data ?? '')).toMatchObject({ type: name });
  expect(frames.map(([, name]) => name)).toEqual([
    'message_start',
    'content_block_start',
    'ping',
    ...['content_block_delta', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_delta', 'content_block_stop'],
    'message_delta',
    'message_stop',
  ]);
  expect(text).toContain('"signature_delta"');
});

test('its thinking comes back as it was, and not otherwise', async () => {
  const { fake, client } = await playing(think('Hm.'), say('Hi.'));
  const { content } = await client.messages.stream(hello).finalMessage();
  const goOn = (blocks: Anthropic.ContentBlockParam[]) =>
    client.messages.create({
      ...hello,
      messages: [...hello.messages, { role: 'assistant', content: blocks }, { role: 'user', content: 'And?' }],
    });
  await goOn(content);
  expect(fake.refusals).toEqual([]);
  const changed = content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'Ha.' } : block));
  expect(await failureOf(goOn(changed))).toContain('Invalid `signature` in `thinking` block');
});

test('thinking that is not to be shown comes as its signature, and goes back', async () => {
  const { fake, client } = await playing(think('Hm.'), say('Hi.'));
  const thinking = { type: 'adaptive', display: 'omitted' } as const;
  const { content } = await client.messages.stream({ ...hello, thinking }).finalMessage();
  expect(content).toMatchObject([{ type: 'thinking', thinking: '' }, { type: 'text' }]);
  const messages = [...hello.messages, { role: 'assistant', content } as const, ...hello.messages];
  await client.messages.create({ ...hello, messages });
  expect(fake.refusals).toEqual([]);
});

test('what stands before a mark is written to the cache once, then read', async () => {
  const { client } = await playing(say('Hi'));
  const system = [{ type: 'text', text: 'Be brief. '.repeat(400), cache_control: { type: 'ephemeral' } }] as const;
  const ask = async (content: string) => {
    const answer = await client.messages.create({
      ...hello,
      system: [...system],
      messages: [{ role: 'user', content }],
    });
    const { input_tokens: fresh, cache_creation_input_tokens: written, cache_read_input_tokens: read } = answer.usage;
    return { fresh, written, read };
  };
  const first = await ask('One?');
  expect(first.read).toBe(0);
  expect(first.written).toBeGreaterThan(900);
  expect(await ask('Two?')).toMatchObject({ written: 0, read: first.written, fresh: first.fresh });
});

test('a search of its own comes as its blocks, and goes back', async () => {
  const { fake, client } = await playing(
    search('weather', [{ title: 'Berlin', url: 'https://a.example' }]),
    say('Rain.'),
  );
  const tools = [{ type: 'web_search_20250305', name: 'web_search' }] as const;
  const answer = await client.messages.stream({ ...hello, tools: [...tools] }).finalMessage();
  expect(answer.content).toMatchObject([
    { type: 'server_tool_use', name: 'web_search', input: { query: 'weather' } },
    { type: 'web_search_tool_result', content: [{ title: 'Berlin', url: 'https://a.example' }] },
    { type: 'text', text: 'Rain.' },
  ]);
  expect(answer.usage.server_tool_use?.web_search_requests).toBe(1);
  const messages = [...hello.messages, { role: 'assistant', content: answer.content } as const, ...hello.messages];
  await client.messages.create({ ...hello, messages });
  expect(fake.refusals).toEqual([]);
});

test('a refusal, a given reason and given usage arrive as such', async () => {
  const refusing = await playing(refuse('I will not.'), usage({ output_tokens: 7 }));
  const refused = await refusing.client.messages.stream(hello).finalMessage();
  expect(refused).toMatchObject({ stop_reason: 'refusal', usage: { output_tokens: 7 } });
  await refusing.fake.stop();
  const stopping = await playing(say('Half'), finish('max_tokens'));
  expect((await stopping.client.messages.create(hello)).stop_reason).toBe('max_tokens');
});

const half = [
  chunk({
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} },
  }),
  chunk({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"comm' } }),
];

test.each([
  { says: 'a connection cut', steps: [cut()] },
  { says: 'an end without a stop', steps: [...half, end()] },
  {
    says: 'an error in mid-stream',
    steps: [streamError({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })],
  },
])('$says is an error to the SDK, after what was said', async ({ steps }) => {
  const { client } = await playing(say('Half', 1), ...steps);
  let text = '';
  const stream = client.messages.stream(hello).on('text', (piece) => {
    text += piece;
  });
  await expect(stream.finalMessage()).rejects.toThrow();
  expect(text).toBe('Half');
});

test('raw bytes and scripted failures go out as they are', async () => {
  const odd = ': hold on\n\n';
  const { fake } = await playing(raw(odd), say('Hi'));
  expect(await (await post(fake.url, { ...plain, stream: true })).text()).toStartWith(odd);
  await fake.stop();
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const failing = await playing(fail(529, overloaded, { 'retry-after': '3' }));
  const answer = await post(failing.fake.url, plain);
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([529, '3', overloaded]);
});

const token = 'sk-ant-oat01-of-a-subscription';
test.each([
  { sends: 'no credential', headers: {}, error: 'x-api-key header is required' },
  { sends: 'another key', headers: { 'x-api-key': 'sk-wrong' }, error: 'invalid x-api-key' },
  { sends: 'another bearer', headers: { authorization: 'Bearer sk-wrong' }, error: 'Invalid bearer token' },
  {
    sends: 'a token without its beta',
    headers: { authorization: `Bearer ${token}` },
    error: 'OAuth authentication is currently not supported.',
  },
  {
    sends: 'another token',
    headers: { authorization: `Bearer ${token}2`, 'anthropic-beta': 'oauth-2025-04-20' },
    error: 'Invalid bearer token',
  },
  { sends: 'the key', headers: { 'x-api-key': 'sk-right' }, error: undefined },
  { sends: 'the key as a bearer', headers: { authorization: 'Bearer sk-right' }, error: undefined },
  {
    sends: 'the token',
    headers: { authorization: `Bearer ${token}`, 'anthropic-beta': 'oauth-2025-04-20' },
    error: undefined,
  },
])('with $sends: $error', async ({ headers, error }) => {
  const { fake } = await start({ model: () => [say('Hi')], apiKey: 'sk-right', oauthToken: token });
  const answer = await fetch(`${fake.url}/v1/messages`, {
    method: 'POST',
    headers: { 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify(plain),
  });
  const body: unknown = await answer.json();
  if (error === undefined) expect([answer.status, body]).toMatchObject([200, { type: 'message' }]);
  else expect([answer.status, body]).toMatchObject([401, { error: { type: 'authentication_error', message: error } }]);
});

test('a version is required', async () => {
  const { fake } = await playing();
  const headers = { 'x-api-key': 'any' };
  const answer = await fetch(`${fake.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(plain) });
  expect(await answer.json()).toMatchObject({ error: { message: 'anthropic-version: header is required' } });
});

test('limits are told, and a subscription has its own', async () => {
  const { fake } = await playing(say('Hi'));
  const withKey = await post(fake.url, plain);
  expect(withKey.headers.get('anthropic-ratelimit-tokens-remaining')).toBe('3999000');
  expect(withKey.headers.get('request-id')).toStartWith('req_');
  const headers = {
    authorization: `Bearer ${token}`,
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'oauth-2025-04-20',
  };
  const answer = await fetch(`${fake.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(plain) });
  expect(answer.headers.get('anthropic-ratelimit-unified-5h-utilization')).toBe('0.12');
  expect(answer.headers.get('anthropic-ratelimit-tokens-remaining')).toBeNull();
});

test('tokens are counted, with fewer fields than an answer takes', async () => {
  const { fake, client } = await playing();
  const { max_tokens: _unused, ...prompt } = hello;
  expect((await client.messages.countTokens(prompt)).input_tokens).toBeGreaterThan(0);
  expect(await failureOf(client.post('/v1/messages/count_tokens', { body: hello }))).toContain(
    'max_tokens: Extra inputs',
  );
  expect(fake.calls).toEqual([]);
});

test('models are listed and found', async () => {
  const { client } = await playing();
  expect((await client.models.list()).data.map(({ id }) => id)).toContain('claude-opus-5-5');
  expect((await client.models.retrieve('claude-opus-5-5')).display_name).toBe('Claude Opus 5.5');
  expect(await failureOf(client.models.retrieve('claude-0'))).toContain('model: claude-0');
});

test('a batch gives the answer of each request, or why there is none', async () => {
  const { client } = await playing(say('Hi'));
  const tooMuch = { ...hello, max_tokens: 500_000 };
  const batch = await client.messages.batches.create({
    requests: [
      { custom_id: 'good', params: hello },
      { custom_id: 'bad', params: tooMuch },
    ],
  });
  expect(batch).toMatchObject({ processing_status: 'ended', request_counts: { succeeded: 1, errored: 1 } });
  const results = await Array.fromAsync(await client.messages.batches.results(batch.id));
  expect(results).toMatchObject([
    { custom_id: 'good', result: { type: 'succeeded', message: { content: [{ text: 'Hi' }] } } },
    { custom_id: 'bad', result: { type: 'errored' } },
  ]);
  await client.messages.batches.delete(batch.id);
  expect(await failureOf(client.messages.batches.retrieve(batch.id))).toContain('not found');
});

test('a file is kept byte for byte', async () => {
  const { client } = await playing();
  const bytes = new Uint8Array([0, 255, 13, 10, 13, 10, 45, 45]);
  const file = await client.files.upload({ file: new File([bytes], 'odd.bin', { type: 'application/octet-stream' }) });
  expect(file).toMatchObject({ filename: 'odd.bin', size_bytes: bytes.length });
  expect(await (await client.files.download(file.id)).bytes()).toEqual(bytes);
  await client.files.delete(file.id);
  expect(await failureOf(client.files.retrieveMetadata(file.id))).toContain('File not found');
});

test('HEAD of the root needs no key; any other path is a 404 in the usual form', async () => {
  const { fake } = await playing();
  expect((await fetch(fake.url, { method: 'HEAD' })).status).toBe(200);
  const headers = { 'x-api-key': 'any', 'anthropic-version': '2023-06-01' };
  const answer = await fetch(`${fake.url}/v1/complete`, { method: 'POST', headers, body: '{}' });
  expect([answer.status, await answer.json()]).toMatchObject([404, { error: { type: 'not_found_error' } }]);
  expect(fake.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['HEAD /', 'POST /v1/complete']);
});
