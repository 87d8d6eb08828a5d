import { afterEach, expect, test } from 'bun:test';
import OpenAI from 'openai';
import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionCreateParamsStreaming,
} from 'openai/resources/chat/completions';
import * as script from '../script.ts';
import { type FakeOpenAi, type FakeOpenAiOptions, startFakeOpenAi } from './fake-openai.ts';

const {
  callTool,
  chunk,
  cut,
  delta,
  end,
  fail,
  finish,
  interleave,
  raw,
  refuse,
  say,
  streamError,
  think,
  usage,
  wait,
} = script;
const hello = {
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: 'Hello' }],
} satisfies ChatCompletionCreateParamsNonStreaming;
const streamed = {
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
  stream_options: { include_usage: true },
} satisfies ChatCompletionCreateParamsStreaming;

let fake: FakeOpenAi | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function start(options: FakeOpenAiOptions): Promise<{ fake: FakeOpenAi; client: OpenAI }> {
  fake = await startFakeOpenAi(options);
  return { fake, client: new OpenAI({ apiKey: 'sk-test', baseURL: fake.url, maxRetries: 0 }) };
}

function playing(...reply: script.Reply) {
  return start({ model: () => reply });
}

test('the official SDK folds a streamed answer with text and interleaved tool calls', async () => {
  const first = callTool('Read', { file_path: '/tmp/a' }, { pieces: 3 });
  const second = callTool('Bash', { command: 'ls' }, { pieces: 2, id: 'call_second' });
  const { fake, client } = await playing(say('Two things. 😀'), interleave(first, second));
  const answer = await client.chat.completions.stream(streamed).finalChatCompletion();
  const choice = answer.choices[0];
  expect(choice?.message.content).toBe('Two things. 😀');
  expect(choice?.finish_reason).toBe('tool_calls');
  expect(choice?.message.tool_calls?.map((call) => ('function' in call ? call.function.arguments : ''))).toEqual([
    '{"file_path":"/tmp/a"}',
    '{"command":"ls"}',
  ]);
  expect(choice?.message.tool_calls?.[1]?.id).toBe('call_second');
  expect(answer.usage?.total_tokens).toBe((answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0));
  expect(fake.refusals).toEqual([]);
});

test('interleaved calls take turns on the wire', async () => {
  const { client } = await playing(
    interleave(callTool('a', '{"x":1}', { pieces: 2 }), callTool('b', '{"y":2}', { pieces: 2 })),
  );
  const order: number[] = [];
  for await (const chunk of await client.chat.completions.create(streamed)) {
    for (const call of chunk.choices[0]?.delta.tool_calls ?? []) order.push(call.index);
  }
  expect(order).toEqual([0, 1, 0, 1, 0, 1]);
});

test('a stream begins with the role alone and ends with usage in a chunk without choices', async () => {
  const { client } = await playing(say('Hi'));
  const chunks = await Array.fromAsync(await client.chat.completions.create(streamed));
  expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' });
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
  expect(chunks.at(-1)?.choices).toEqual([]);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBe(1);
});

test('without include_usage a stream says nothing of usage', async () => {
  const { client } = await playing(say('Hi'));
  const chunks = await Array.fromAsync(await client.chat.completions.create({ ...streamed, stream_options: null }));
  expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
});

test('a call without stream gets the same reply in one body', async () => {
  const { client } = await playing(think('Hm.'), say('Yes'), callTool('Read', { a: 1 }), usage({ prompt_tokens: 7 }));
  const answer = await client.chat.completions.create(hello);
  expect(answer.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: 'Yes', reasoning_content: 'Hm.', tool_calls: [{ function: { arguments: '{"a":1}' } }] },
  });
  expect(Object(answer.usage)).toEqual({ prompt_tokens: 7 });
});

test('a refusal of the model and a given finish reason arrive as such', async () => {
  const { client } = await playing(refuse('I will not.'), finish('content_filter'));
  const answer = await client.chat.completions.stream(streamed).finalChatCompletion();
  expect(answer.choices[0]).toMatchObject({ finish_reason: 'content_filter', message: { refusal: 'I will not.' } });
});

test('tool calls get ids that no other answer of the same fake has', async () => {
  const { client } = await playing(callTool('Read', { a: 1 }));
  const ids = new Set<string | undefined>();
  for (let round = 0; round < 3; round += 1) {
    const answer = await client.chat.completions.create(hello);
    ids.add(answer.choices[0]?.message.tool_calls?.[0]?.id);
  }
  expect(ids.size).toBe(3);
});

test('what is said before a cut arrives, and then the connection breaks', async () => {
  const { fake, client } = await playing(say('Half', 1), cut());
  let text = '';
  const read = async () => {
    for await (const chunk of await client.chat.completions.create(streamed))
      text += chunk.choices[0]?.delta.content ?? '';
  };
  await expect(read()).rejects.toThrow();
  expect(text).toBe('Half');
  expect((await fake.calls[0]?.closed)?.end).toBe('cut');
});

test('a clean end without finish reason is no error to the socket', async () => {
  const { client } = await playing(say('Half'), end());
  const chunks = await Array.fromAsync(await client.chat.completions.create(streamed));
  expect(chunks.some((chunk) => chunk.choices[0]?.finish_reason != null || chunk.choices.length === 0)).toBe(false);
});

test('an error object in the middle of a stream is thrown by the SDK', async () => {
  const { client } = await playing(say('Half'), streamError({ error: { message: 'It broke.', code: 'server_error' } }));
  const reading = Array.fromAsync(await client.chat.completions.create(streamed));
  await expect(reading).rejects.toThrow('It broke.');
});

test('shapes that only compatible servers send go out as they are', async () => {
  const lone = { choices: [], prompt_filter_results: [] };
  const call = { tool_calls: [{ index: 0, id: 'c', function: { name: 'Read', arguments: '{}' } }] };
  const { fake } = await playing(raw(': hold on\n\n'), chunk(lone), delta(call, 'stop'));
  const text = await (await post(fake, streamed)).text();
  const frames = text.split('\n\n');
  expect(frames[0]).toBe(': hold on');
  expect(frames[1]).toBe(`data: ${JSON.stringify(lone)}`);
  expect(JSON.parse(frames[2]?.slice(6) ?? '')).toMatchObject({ choices: [{ delta: call, finish_reason: 'stop' }] });
  expect(text.match(/"finish_reason":"/g)).toHaveLength(1);
});

test('a scripted failure has its status, body and headers', async () => {
  const { fake } = await playing(fail(429, { error: { message: 'Slow down.' } }, { 'retry-after': '3' }));
  const answer = await post(fake, hello);
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('3');
  expect(await answer.json()).toEqual({ error: { message: 'Slow down.' } });
});

test('a script may wait, and a client that leaves meanwhile is noticed', async () => {
  const never = new Promise(() => undefined);
  const { fake } = await playing(say('First', 1), wait(never), say('Second'));
  const leave = new AbortController();
  const answer = await post(fake, streamed, leave.signal);
  const reader = answer.body?.getReader();
  await reader?.read();
  leave.abort();
  const closed = await fake.calls[0]?.closed;
  expect(closed?.end).toBe('client-left');
});

test('a prompt that begins like an earlier one is reported as cached', async () => {
  const { client } = await playing(say('Hi'));
  const long = { role: 'user', content: 'All work and no play. '.repeat(400) } as const;
  const cachedOf = async (...contents: string[]) => {
    const messages = [long, ...contents.map((content) => ({ role: 'user', content }) as const)];
    const answer = await client.chat.completions.create({ model: 'gpt-4.1', prompt_cache_key: 'one', messages });
    return answer.usage?.prompt_tokens_details?.cached_tokens ?? -1;
  };
  expect(await cachedOf()).toBe(0);
  const again = await cachedOf('next');
  expect(again).toBeGreaterThan(2000);
  expect(again % 128).toBe(0);
});

test('a changed byte at the head, a short prompt or another cache key is not cached', async () => {
  const { client } = await playing(say('Hi'));
  const ask = async (content: string, key: string) => {
    const messages = [{ role: 'user', content } as const];
    const answer = await client.chat.completions.create({ model: 'gpt-4.1', prompt_cache_key: key, messages });
    return answer.usage?.prompt_tokens_details?.cached_tokens;
  };
  const long = 'All work and no play. '.repeat(400);
  await ask(long, 'one');
  expect(await ask(`x${long}`, 'one')).toBe(0);
  expect(await ask(long, 'two')).toBe(0);
  await ask('short', 'one');
  expect(await ask('short', 'one')).toBe(0);
});

test('requests are numbered and rate limits are told', async () => {
  const { fake } = await playing(say('Hi'));
  const [first, second] = [await post(fake, hello), await post(fake, hello)];
  expect(first.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  expect(first.headers.get('x-ratelimit-remaining-tokens')).toBe('29999000');
});

test('the list of models is served, and any other path is a 404', async () => {
  const { fake, client } = await playing();
  const names = (await client.models.list()).data.map((model) => model.id);
  expect(names).toContain('gpt-4.1');
  const answer = await post(fake, hello, undefined, '/completions');
  expect(answer.status).toBe(404);
});

test('a fault in a script ends the call and is recorded', async () => {
  const { fake } = await start({
    model: () => {
      throw new Error('no such scene');
    },
  });
  expect((await post(fake, hello)).status).toBe(500);
  expect(fake.refusals).toMatchObject([{ type: 'script_error', message: 'Error: no such scene' }]);
});

function post(to: FakeOpenAi, body: unknown, signal: AbortSignal | null = null, path = '/chat/completions') {
  const headers = { authorization: 'Bearer sk-test', 'content-type': 'application/json' };
  return fetch(`${to.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal });
}
