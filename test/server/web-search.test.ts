import { afterEach, describe, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { callTool, say } from '../upstreams/script.ts';
import {
  aiStudio3,
  ask,
  echo,
  geminiPlaces,
  geminiServer,
  readTool,
  resultsFor,
  stopFakeGeminis,
  visibleText,
} from './gemini-server.ts';
import { stopTestServers } from './test-server.ts';
import { chatServer, hit, scriptedWeb, stopFakeOpenAis, webSearch } from './web-tools-server.ts';

afterEach(async () => {
  await stopTestServers();
  await Promise.all([stopFakeGeminis(), stopFakeOpenAis()]);
});

const wish: BetaMessageParam = { role: 'user', content: 'What is new about Bun?' };
const model = 'claude-sonnet-5';
const found = [hit('one'), hit('two')];

describe('a model that cannot search', () => {
  test('searches with the proxy, and the client gets the blocks that Anthropic would have sent', async () => {
    const web = scriptedWeb({ search: () => found });
    const { fake, server } = await chatServer(
      ({ index }) =>
        index === 0
          ? [say('I will look.'), callTool('web_search', { query: 'bun news' })]
          : [say('Bun 2 is out.[cite:2] It is fast.')],
      web,
    );
    const answer = await ask(server, { model, tools: [webSearch] }, [wish]);

    expect(answer.content).toMatchObject([
      { type: 'text', text: 'I will look.' },
      { type: 'server_tool_use', name: 'web_search', input: { query: 'bun news' } },
      {
        type: 'web_search_tool_result',
        content: [
          { type: 'web_search_result', url: 'https://one.example/page', title: 'Title of one', page_age: null },
          { type: 'web_search_result', url: 'https://two.example/page', title: 'Title of two' },
        ],
      },
      {
        type: 'text',
        text: 'Bun 2 is out.',
        citations: [
          {
            type: 'web_search_result_location',
            url: 'https://two.example/page',
            title: 'Title of two',
            cited_text: 'What two says.',
          },
        ],
      },
      { type: 'text', text: ' It is fast.' },
    ]);
    expect(answer.stop_reason).toBe('end_turn');
    expect(answer.usage.server_tool_use).toEqual({ web_search_requests: 1, web_fetch_requests: 0 });
    expect(web.queries).toMatchObject([{ query: 'bun news' }]);
    expect(fake.refusals).toEqual([]);
    expect(fake.calls[1]?.body.messages.at(-1)).toMatchObject({
      role: 'tool',
      content:
        '[1] Title of one\nhttps://one.example/page\nWhat one says.\n\n[2] Title of two\nhttps://two.example/page\nWhat two says.',
    });
    expect(await server.nextRecord()).toMatchObject({ outcome: 'answered', turns: 2, attempts: 2, losses: [] });
  });

  test('the next request begins with the bytes of the last one, and the model reads its own words', async () => {
    const { fake, server } = await chatServer(
      ({ index }) =>
        index === 0
          ? [callTool('web_search', { query: 'bun' })]
          : index === 1
            ? [say('It is [cite: 1, 2]. And[cite:2] [cite:1] so on.')]
            : [say('Yes.')],
      scriptedWeb({ search: () => found }),
    );
    const answer = await ask(server, { model, tools: [webSearch] }, [wish]);
    await ask(server, { model, tools: [webSearch] }, [wish, echo(answer), { role: 'user', content: 'Sure?' }]);

    const [first, second, third] = fake.calls.map(({ body }) => JSON.stringify(body.messages).slice(0, -1));
    expect(second).toStartWith(first ?? '?');
    expect(third).toStartWith(second ?? '?');
    expect(new Set(fake.calls.map(({ body }) => JSON.stringify(body.tools))).size).toBe(1);
    expect(fake.calls[2]?.body.messages.at(-2)).toMatchObject({
      role: 'assistant',
      content: 'It is [cite: 1, 2]. And[cite:2] [cite:1] so on.',
    });
    expect(visibleText(answer)).toBe('It is. And so on.');
    expect(fake.refusals).toEqual([]);
  });
});

test.each(geminiPlaces)(
  'beside functions of the client it searches with the proxy where Google cannot: $model',
  async (place) => {
    const web = scriptedWeb({ search: () => found });
    const own = place.model.includes('gemini-2.5');
    const { fake, server } = await geminiServer(
      {
        platform: place.platform,
        model: ({ index, body }) => {
          const names = JSON.stringify(body.tools);
          expect(names.includes('googleSearch')).toBe(!own);
          if (!own) return [say('By heart.')];
          return index % 2 === 0 ? [callTool('web_search', { query: 'bun' })] : [say('Found.[cite:1]')];
        },
        rules: { signedSteps: 'all' },
      },
      { web },
    );
    const tools = [readTool, webSearch];
    const answer = await ask(server, { model: place.model, tools }, [wish]);
    expect(visibleText(answer)).toBe(own ? 'Found.' : 'By heart.');
    expect(web.queries.length).toBe(own ? 1 : 0);
    await ask(server, { model: place.model, tools }, [wish, echo(answer), wish]);
    expect(fake.refusals).toEqual([]);
    expect((await server.nextRecord()).losses).toEqual([]);
  },
);

test('calls of the client beside a search: the search is done, and the client brings the rest', async () => {
  const { fake, server } = await chatServer(
    ({ index }) =>
      index === 0
        ? [callTool('web_search', { query: 'bun' }), callTool('Read', { path: 'a' })]
        : [say('Both are known.[cite:1]')],
    scriptedWeb({ search: () => found }),
  );
  const tools = [readTool, webSearch];
  const answer = await ask(server, { model, tools }, [wish]);
  expect(answer.content.map(({ type }) => type)).toEqual(['server_tool_use', 'tool_use', 'web_search_tool_result']);
  expect(answer.stop_reason).toBe('tool_use');
  expect(fake.calls.length).toBe(1);

  const next = await ask(server, { model, tools }, [wish, echo(answer), resultsFor(answer)]);
  expect(visibleText(next)).toBe('Both are known.');
  expect(next.content).toMatchObject([{ citations: [{ url: 'https://one.example/page' }] }]);
  expect(fake.calls[1]?.body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
  expect(fake.refusals).toEqual([]);
});

test('an upstream that will not search beside these functions after all: the proxy does, in the same request', async () => {
  const { platform, model: gemini3 } = aiStudio3;
  const web = scriptedWeb({ search: () => found });
  const { fake, server } = await geminiServer(
    {
      platform,
      model: ({ index }) => (index === 1 ? [callTool('web_search', { query: 'bun' })] : [say('Found.[cite:2]')]),
      rules: { maxForcedSchemaLength: 10 },
    },
    { web },
  );
  const answer = await ask(server, { model: gemini3, tools: [readTool, webSearch] }, [wish]);
  expect(answer.content.map(({ type }) => type)).toContain('web_search_tool_result');
  expect(visibleText(answer)).toBe('Found.');
  expect(fake.calls.map(({ body }) => JSON.stringify(body.tools).includes('googleSearch'))).toEqual([
    true,
    false,
    false,
  ]);
  expect(await server.nextRecord()).toMatchObject({ turns: 2, attempts: 3, losses: [] });
});
