// What several turns of a model in one answer need of each other: ids, reasoning, tools that the vendor runs beside.
import { afterEach, describe, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { providerFor } from '../../src/providers/registry.ts';
import { openAiResponsesKind } from '../e2e/harness/openai-kind.ts';
import type { Upstream } from '../e2e/harness/upstream-kind.ts';
import { isRecord } from '../upstreams/json.ts';
import { callTool, finish, say, search, think, wait } from '../upstreams/script.ts';
import {
  aiStudio3,
  ask,
  echo,
  geminiServer,
  readTool,
  resultsFor,
  stopFakeGeminis,
  vertex3,
  visibleText,
} from './gemini-server.ts';
import { framesOf, readerOf, startTestServer, stopTestServers } from './test-server.ts';
import { chatServer, hit, page, scriptedWeb, stopFakeOpenAis, webFetch, webSearch } from './web-tools-server.ts';

let upstream: Upstream | undefined;
afterEach(async () => {
  await stopTestServers();
  await Promise.all([stopFakeGeminis(), stopFakeOpenAis(), upstream?.stop()]);
  upstream = undefined;
});

const wish: BetaMessageParam = { role: 'user', content: 'What is new?' };
const sure: BetaMessageParam = { role: 'user', content: 'Sure?' };
const model = 'claude-sonnet-5';
/** With room for thought: where there is none, models are asked not to think. */
const thoughtful = { max_tokens: 8_000, thinking: { type: 'adaptive', display: 'summarized' } } as const;
const web = () => scriptedWeb({ search: () => [hit('one')], fetch: (url) => page(url, 'words') });

function expectEachToBeginWithTheLast(prompts: readonly (string | undefined)[]): void {
  for (const [index, prompt] of prompts.entries()) expect(prompt).toStartWith(prompts[index - 1] ?? '');
}

test('a search of the vendor’s and a page of the proxy’s in one answer, with the reasoning between them', async () => {
  const found = [{ title: 'Start', url: 'https://docs.example/start' }];
  const turns = [
    [
      think('I look.'),
      search('docs', found),
      think('That page.'),
      callTool('web_fetch', { url: 'https://docs.example/start' }),
    ],
    [think('And the news.'), search('news', found), say('It says so.')],
    [say('Yes.')],
  ];
  upstream = await openAiResponsesKind.start({ script: ({ index }) => turns[index] ?? [] });
  const fetching = web();
  const server = startTestServer({ registry: providerFor, env: upstream.settings, web: fetching });
  const question = { ...thoughtful, model: openAiResponsesKind.model, tools: [readTool, webSearch, webFetch] };

  const answer = await ask(server, question, [wish]);
  expect(fetching.fetched.map(({ url }) => url)).toEqual(['https://docs.example/start']);
  expect(answer.content.map(({ type }) => type)).toEqual([
    'thinking',
    'server_tool_use',
    'web_search_tool_result',
    'thinking',
    'server_tool_use',
    'web_fetch_tool_result',
    'thinking',
    'server_tool_use',
    'web_search_tool_result',
    // What the vendor calls the text that follows.
    'thinking',
    'text',
  ]);
  expect(answer.content.at(-1)).toMatchObject({ citations: [{ url: 'https://docs.example/start' }] });
  expect(answer.usage.server_tool_use).toEqual({ web_search_requests: 2, web_fetch_requests: 1 });

  await ask(server, question, [wish, echo(answer), sure]);
  expect(upstream.refusals).toEqual([]);
  expect(upstream.reasoning?.faults ?? []).toEqual([]);
  expect(upstream.calls.length).toBe(3);
  expectEachToBeginWithTheLast(upstream.calls.map(({ prompt }) => prompt));
  expect((await server.nextRecord()).losses).toEqual([]);
});

test('a request in which no tool may be called has the same tools, and the vendor’s search stays the vendor’s', async () => {
  const found = [{ title: 'Start', url: 'https://docs.example/start' }];
  const turns = [[think('I look.'), search('docs', found), say('It says so.')], [say('Yes.')]];
  upstream = await openAiResponsesKind.start({ script: ({ index }) => turns[index] ?? [] });
  const server = startTestServer({ registry: providerFor, env: upstream.settings, web: web() });
  const question = { ...thoughtful, model: openAiResponsesKind.model, tools: [readTool, webSearch, webFetch] };
  const answer = await ask(server, question, [wish]);
  await ask(server, { ...question, tool_choice: { type: 'none' } }, [wish, echo(answer), sure]);
  expect(upstream.refusals).toEqual([]);
  expectEachToBeginWithTheLast(upstream.calls.map(({ prompt }) => prompt));
});

test.each([aiStudio3, vertex3])(
  'signatures of thoughts go back between the turns: $model',
  async ({ platform, model: gemini3 }) => {
    const turns = [
      [think('I look.'), callTool('web_search', { query: 'a' }), callTool('web_search', { query: 'b' })],
      [think('Once more.'), callTool('web_search', { query: 'c' }), callTool('Read', { path: 'a' })],
      [think('So that is it.'), say('Found.[cite:2]')],
      [say('Yes.')],
    ];
    const prompts: string[] = [];
    const { fake, server } = await geminiServer(
      {
        platform,
        model: ({ body }) => {
          prompts.push(JSON.stringify(body.contents).slice(0, -1));
          return turns[prompts.length - 1] ?? [];
        },
        // These functions are too much beside Google's own search, and a refusal says so.
        rules: { maxForcedSchemaLength: 10, signedSteps: 'all' },
      },
      { web: scriptedWeb({ search: ({ query }) => [hit(query)] }) },
    );
    const question = { ...thoughtful, model: gemini3, tools: [readTool, webSearch] };
    const first = await ask(server, question, [wish]);
    const soFar = [wish, echo(first), resultsFor(first)];
    const second = await ask(server, question, soFar);
    expect(second.content.at(-1)).toMatchObject({ text: 'Found.', citations: [{ url: 'https://b.example/page' }] });
    await ask(server, question, [...soFar, echo(second), sure]);
    expect(fake.refusals.map(({ message }) => message.slice(0, 20))).toEqual(Array(3).fill('The specified schema'));
    expect(prompts.length).toBe(4);
    expectEachToBeginWithTheLast(prompts);
  },
);

test('a server that gives every call the same id: each result goes to its own call', async () => {
  const { fake, server } = await chatServer(
    ({ index }) => (index < 2 ? [callTool('web_search', { query: `q${index}` }, { id: 'call_0' })] : [say('Found.')]),
    scriptedWeb({ search: ({ query }) => [hit(query)] }),
  );
  const answer = await ask(server, { model, tools: [webSearch] }, [wish]);
  await ask(server, { model, tools: [webSearch] }, [wish, echo(answer), sure]);
  const ids = answer.content.flatMap((block) => (block.type === 'server_tool_use' ? [block.id] : []));
  expect(new Set(ids).size).toBe(2);
  const called = fake.calls.at(-1)?.body.messages ?? [];
  const asked = called.flatMap(({ tool_calls: calls = [] }) => (calls ?? []).map(({ id }) => id));
  expect(new Set(asked).size).toBe(2);
  expect(called.flatMap(({ tool_call_id: id }) => (id === undefined ? [] : [id]))).toEqual(asked);
  expect(fake.refusals).toEqual([]);
  expectEachToBeginWithTheLast(fake.calls.map(({ body }) => JSON.stringify(body.messages).slice(0, -1)));
});

describe('how a later turn may end', () => {
  test('with a stop sequence of the client’s', async () => {
    const { fake, server } = await chatServer(
      ({ index }) => (index === 0 ? [callTool('web_search', { query: 'a' })] : [say('One. STOP two.', 20)]),
      web(),
    );
    const answer = await ask(server, { model, tools: [webSearch], stop_sequences: ['STOP'] }, [wish]);
    expect(visibleText(answer).trimEnd()).toBe('One.');
    expect(answer).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'STOP' });
    expect(fake.calls.length).toBe(2);
  });

  test('with a call of the client’s that was cut off: the answer is cut off there, behind what was found', async () => {
    const { server } = await chatServer(
      () => [callTool('web_search', { query: 'a' }), callTool('Read', '{"path": "a'), finish('length')],
      web(),
    );
    const answer = await ask(server, { model, tools: [readTool, webSearch] }, [wish]);
    expect(answer.stop_reason).toBe('max_tokens');
    expect(answer.content[0]).toMatchObject({ type: 'server_tool_use', name: 'web_search' });
  });

  test('with arguments of the client’s tool that are no JSON: they stream through, as without a search', async () => {
    const { server } = await chatServer(
      () => [callTool('web_search', { query: 'a' }), callTool('Read', '{"path": a}')],
      web(),
    );
    const body = { model, max_tokens: 1000, messages: [wish], tools: [readTool, webSearch], stream: true };
    const frames = framesOf(await (await server.post(body)).text());
    expect(frames.at(-1)?.event).toBe('message_stop');
    const pieces = frames.map(({ data }) => (isRecord(data) && isRecord(data.delta) ? data.delta.partial_json : ''));
    expect(pieces.join('')).toContain('{"path": a}');
  });

  test('with a client that leaves: the upstream is called no more', async () => {
    const { fake, server } = await chatServer(
      ({ index }) =>
        index === 0
          ? [callTool('web_search', { query: 'a' })]
          : [say('Half of '), wait(new Promise(() => undefined)), callTool('web_search', { query: 'b' })],
      web(),
    );
    const body = { model, max_tokens: 1000, messages: [wish], tools: [webSearch], stream: true };
    const reader = readerOf(await server.post(body));
    await reader.until('Half');
    await reader.cancel();
    expect((await server.nextRecord()).outcome).toBe('client-left');
    expect(fake.calls.length).toBe(2);
    expect(server.activeStreams()).toBe(0);
  });
});

describe('with STRICT', () => {
  const env = { STRICT: 'true' };

  test('tools that the proxy runs are no loss', async () => {
    const { server } = await chatServer(
      ({ index }) => (index === 0 ? [callTool('web_search', { query: 'a' })] : [say('Found.[cite:1]')]),
      web(),
      { env },
    );
    const answer = await ask(server, { model, tools: [webSearch, webFetch] }, [wish]);
    expect(visibleText(answer)).toBe('Found.');
    await ask(server, { model, tools: [webSearch, webFetch] }, [wish, echo(answer), sure]);
  });

  test('what the proxy cannot do of them is refused, before anybody is asked', async () => {
    const { fake, server } = await chatServer(() => [say('No.')], web(), { env });
    const tools = [{ ...webFetch, citations: { enabled: true } }];
    const failure = await ask(server, { model, tools }, [wish]).catch(String);
    expect(failure).toContain('tools.0.citations');
    expect(fake.calls).toEqual([]);
  });
});
