// The official SDK as a strict reader of the fake's streams: it puts the answer together from the events alone.
import { afterEach, expect, test } from 'bun:test';
import OpenAI from 'openai';
import type { ResponseCreateParamsStreaming, ResponseStreamEvent } from 'openai/resources/responses/responses';
import {
  callTool,
  cut,
  end,
  finish,
  interleave,
  type Reply,
  refuse,
  say,
  search,
  streamError,
  think,
  usage,
} from '../../script.ts';
import { type FakeOpenAi, startFakeOpenAi } from '../fake-openai.ts';

let fake: FakeOpenAi;
afterEach(() => fake.stop());

const body = {
  model: 'gpt-5.4',
  input: 'Hi',
  stream: true,
  store: false,
  include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
  reasoning: { effort: 'low', summary: 'auto' },
} satisfies ResponseCreateParamsStreaming;

async function played(reply: Reply, more: Partial<ResponseCreateParamsStreaming> = {}) {
  fake = await startFakeOpenAi({ responses: () => reply });
  const client = new OpenAI({ baseURL: fake.url, apiKey: 'sk-any', maxRetries: 0 });
  const stream = client.responses.stream({ ...body, ...more, stream: true });
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return { events, response: await stream.finalResponse() };
}

function typesOf(events: readonly ResponseStreamEvent[]): readonly string[] {
  return events.map(({ type }) => type.replace('response.', '')).filter((type, at, all) => type !== all[at - 1]);
}

test('reasoning, text and a call: the real order of events, numbered, and the whole answer at the end', async () => {
  const reply = [think('First.\n\nThen.'), say('I look.'), callTool('Read', { path: 'a.txt' })];
  const { events, response } = await played(reply);
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, at) => at));
  const part = [
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
  ];
  expect(typesOf(events)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    ...part,
    ...part,
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ]);
  expect(response.output).toMatchObject([
    { type: 'reasoning', summary: [{ text: 'First.' }, { text: 'Then.' }] },
    { type: 'message', phase: 'commentary', content: [{ type: 'output_text', text: 'I look.' }] },
    { type: 'function_call', name: 'Read', arguments: '{"path":"a.txt"}', status: 'completed' },
  ]);
  expect(response.usage).toMatchObject({
    input_tokens: expect.any(Number),
    output_tokens_details: { reasoning_tokens: 4 },
  });
  const [begun, done] = ['response.output_item.added', 'response.output_item.done'].map((type) => {
    const event = events.find((other) => other.type === type);
    return event !== undefined && 'item' in event && event.item.type === 'reasoning'
      ? event.item.encrypted_content
      : '';
  });
  expect(begun).not.toBe(done);
});

test('pieces of parallel calls come in turns', async () => {
  const calls = [callTool('Read', { path: 'a' }, { pieces: 2 }), callTool('Read', { path: 'b' }, { pieces: 2 })];
  const { events, response } = await played([interleave(...calls)]);
  const deltas = events.flatMap((event) =>
    event.type === 'response.function_call_arguments.delta' ? [event.output_index] : [],
  );
  expect(deltas).toEqual([0, 1, 0, 1]);
  expect(response.output).toMatchObject([{ arguments: '{"path":"a"}' }, { arguments: '{"path":"b"}' }]);
});

test('a search is an item of its own, and what it found is cited where it is named', async () => {
  const found = [{ title: 'Weather in Berlin', url: 'https://weather.example/berlin' }];
  const reply = [search('weather', found), say('See Weather in Berlin today.')];
  const { events, response } = await played(reply, { tools: [{ type: 'web_search' }] });
  expect(typesOf(events).filter((type) => type.startsWith('web_search'))).toEqual([
    'web_search_call.in_progress',
    'web_search_call.searching',
    'web_search_call.completed',
  ]);
  expect(response.output).toMatchObject([
    {
      type: 'web_search_call',
      action: { type: 'search', query: 'weather', sources: [{ type: 'url', url: 'https://weather.example/berlin' }] },
    },
    {
      content: [{ annotations: [{ type: 'url_citation', start_index: 4, end_index: 21, title: 'Weather in Berlin' }] }],
    },
  ]);
});

test('a refusal is a part of its own', async () => {
  const { response } = await played([refuse('I will not.')]);
  expect(response.output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'I will not.' }] }]);
});

test.each([
  ['length', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
])('an answer that ends by %s is incomplete', async (reason, told) => {
  const { events, response } = await played([say('Once upon'), finish(reason)]);
  expect(events.at(-1)?.type).toBe('response.incomplete');
  expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: told } });
  expect(response.output).toMatchObject([{ status: 'incomplete' }]);
});

test('a call that is cut by length is never told to be done', async () => {
  const { events, response } = await played([callTool('Read', '{"path": "a'), finish('length')]);
  expect(typesOf(events)).not.toContain('function_call_arguments.done');
  expect(response.output).toMatchObject([{ arguments: '{"path": "a', status: 'incomplete' }]);
});

test('usage can be set', async () => {
  const { response } = await played([say('Hi'), usage({ input_tokens: 7, output_tokens: 1, total_tokens: 8 })]);
  expect(response.usage).toMatchObject({ input_tokens: 7 });
});

test('a stream can end without its end, fail, or break off', async () => {
  const failure = streamError({ type: 'error', code: 'server_error', message: 'Broken', param: null });
  const endings: readonly Reply[] = [
    [say('Hi'), end()],
    [say('Hi'), failure],
    [say('Hi'), cut()],
  ];
  fake = await startFakeOpenAi({ responses: ({ index }) => endings[index] ?? [] });
  const call = async () => {
    const headers = { authorization: 'Bearer any' };
    const answer = await fetch(`${fake.url}/responses`, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.text();
  };
  const [ended, failed] = [await call(), await call()];
  expect(ended).toContain('output_text.delta');
  expect(ended).not.toContain('response.completed');
  expect(failed).toEndWith(
    'event: error\ndata: {"type":"error","code":"server_error","message":"Broken","param":null}\n\n',
  );
  await expect(call()).rejects.toThrow();
});

test('what a prompt has in common with an earlier one is read from the cache', async () => {
  fake = await startFakeOpenAi({ responses: () => [say('Hi')] });
  const client = new OpenAI({ baseURL: fake.url, apiKey: 'sk-any', maxRetries: 0 });
  const message = (text: string) => ({ role: 'user' as const, content: text });
  const long = message('words '.repeat(2000));
  const first = await client.responses.create({ model: 'gpt-5', input: [long] });
  const second = await client.responses.create({ model: 'gpt-5', input: [long, message('more')] });
  expect([first, second].map(({ usage: used }) => used?.input_tokens_details.cached_tokens)).toEqual([0, 2944]);
});
