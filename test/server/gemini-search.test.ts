import { afterEach, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { callTool, say, search } from '../upstreams/script.ts';
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
import { stopTestServers } from './test-server.ts';

afterEach(async () => {
  await stopTestServers();
  await stopFakeGeminis();
});

const wish: BetaMessageParam = { role: 'user', content: 'Go on.' };
const sources = [{ title: 'bun.example', url: 'https://bun.example/blog' }];

test.each([aiStudio3, vertex3])(
  'a search on the web comes back as blocks with citations, from $platform',
  async ({ platform, model }) => {
    const { fake, server } = await geminiServer({
      platform,
      model: () => [search('bun release', sources), say('Schön: Bun 1.4 is out.')],
    });
    const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const, max_uses: 8 };
    const choice = { type: 'tool' as const, name: 'web_search' };
    const answer = await ask(server, { model, tools: [webSearch], tool_choice: choice }, [wish]);
    expect(answer.content.map((block) => block.type)).toEqual(['server_tool_use', 'web_search_tool_result', 'text']);
    expect(answer.content[1]).toMatchObject({ content: [{ title: 'bun.example', url: 'https://bun.example/blog' }] });
    expect(answer.content[2]).toMatchObject({
      text: 'Schön: Bun 1.4 is out.',
      citations: [{ type: 'web_search_result_location', url: 'https://bun.example/blog' }],
    });
    expect(answer).toMatchObject({ stop_reason: 'end_turn', usage: { server_tool_use: { web_search_requests: 1 } } });
    // The blocks come back with the next request.
    await ask(server, { model, tools: [webSearch] }, [wish, echo(answer), wish]);
    expect(fake.refusals).toEqual([]);
  },
);

test.each([aiStudio3, vertex3])(
  'a search beside functions goes on in the same turn, on $platform',
  async ({ platform, model }) => {
    const { fake, server } = await geminiServer({
      platform,
      model: ({ index }) =>
        index === 0
          ? [search('bun release', sources), say('Bun 1.4 is out.'), callTool('Read', { path: 'a' })]
          : [say('Both are known.')],
      rules: { signedSteps: 'all' },
    });
    const tools = [readTool, { type: 'web_search_20250305' as const, name: 'web_search' as const }];
    const answer = await ask(server, { model, tools }, [wish]);
    expect(answer.stop_reason).toBe('tool_use');
    expect(visibleText(answer)).toBe('Bun 1.4 is out.');
    const next = await ask(server, { model, tools }, [wish, echo(answer), resultsFor(answer)]);
    expect(visibleText(next)).toBe('Both are known.');
    // AI Studio shows the calls of its own tools, and they go back as they came.
    const returned = fake.calls[1]?.body.contents[1]?.parts ?? [];
    expect(returned.filter((part) => part.toolCall !== undefined).length).toBe(platform === 'vertex' ? 0 : 1);
    expect(fake.refusals).toEqual([]);
  },
);
