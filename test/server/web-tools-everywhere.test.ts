// The same tools on every upstream that leaves them to the proxy, with the reasoning that each wants back.
import { afterEach, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { providerFor } from '../../src/providers/registry.ts';
import { gemini25Kind } from '../e2e/harness/gemini-kind.ts';
import { chatOnlyKind, deepSeekKind, openAiKind, openAiResponsesKind } from '../e2e/harness/openai-kind.ts';
import type { Upstream } from '../e2e/harness/upstream-kind.ts';
import { callTool, say, think } from '../upstreams/script.ts';
import { ask, echo, readTool, resultsFor, visibleText } from './gemini-server.ts';
import { startTestServer, stopTestServers } from './test-server.ts';
import { hit, page, scriptedWeb, webFetch, webSearch } from './web-tools-server.ts';

let upstream: Upstream | undefined;
afterEach(async () => {
  await stopTestServers();
  await upstream?.stop();
});

const wish: BetaMessageParam = { role: 'user', content: 'Look at https://docs.example/start.' };
/** With room for thought: where there is none, models are asked not to think. */
const thoughtful = { max_tokens: 8_000, thinking: { type: 'adaptive', display: 'summarized' } } as const;

test.each([openAiKind, chatOnlyKind, openAiResponsesKind, deepSeekKind, gemini25Kind])(
  'fetching beside a tool of the client, over several turns: $name',
  async (kind) => {
    const turns = [
      [think('It must be read.'), callTool('web_fetch', { url: 'https://docs.example/start' })],
      [think('And its index.'), say('More.'), callTool('web_fetch', { url: 'https://docs.example/index' })],
      [
        think('Now the file.'),
        callTool('Read', { path: 'a' }),
        callTool('web_fetch', { url: 'https://docs.example/a' }),
      ],
      [think('All is there.'), say('Done.')],
      [say('Still done.')],
    ];
    upstream = await kind.start({ script: ({ index }) => turns[index] ?? [] });
    const web = scriptedWeb({
      fetch: (url) => page(url, 'See https://docs.example/index and https://docs.example/a.'),
    });
    const server = startTestServer({ registry: providerFor, env: upstream.settings, web });
    const question = { ...thoughtful, model: kind.model, tools: [readTool, webFetch] };

    const first = await ask(server, question, [wish]);
    expect(first.stop_reason).toBe('tool_use');
    expect(web.fetched.map(({ url }) => url.slice(21))).toEqual(['start', 'index', 'a']);
    const soFar = [wish, echo(first), resultsFor(first)];
    const second = await ask(server, question, soFar);
    expect(visibleText(second)).toBe('Done.');
    await ask(server, question, [...soFar, echo(second), { role: 'user', content: 'Sure?' }]);

    expect(upstream.refusals).toEqual([]);
    const prompts = upstream.calls.map(({ prompt }) => prompt);
    expect(prompts.length).toBe(5);
    for (const [index, prompt] of prompts.entries()) expect(prompt).toStartWith(prompts[index - 1] ?? '');
    expect(upstream.calls.at(-1)?.toolResults.length).toBe(4);
    expect(upstream.reasoning?.faults ?? []).toEqual([]);
  },
);

test.each([chatOnlyKind, deepSeekKind, gemini25Kind])(
  'searching beside a tool of the client, over several turns: $name',
  async (kind) => {
    const turns = [
      [think('What is new?'), callTool('web_search', { query: 'a' }), callTool('web_search', { query: 'b' })],
      [think('So that is it.'), say('B says so. [cite:2] A not.[cite:1]')],
      [think('Again.'), callTool('web_search', { query: 'c' })],
      [say('C as well [cite:3].')],
    ];
    upstream = await kind.start({ script: ({ index }) => turns[index] ?? [] });
    const web = scriptedWeb({ search: ({ query }) => [hit(query)] });
    const server = startTestServer({ registry: providerFor, env: upstream.settings, web });
    const question = { ...thoughtful, model: kind.model, tools: [readTool, webSearch] };

    const first = await ask(server, question, [wish]);
    expect(visibleText(first)).toBe('B says so. A not.');
    const second = await ask(server, question, [wish, echo(first), { role: 'user', content: 'And C?' }]);
    expect(second.content.at(-2)).toMatchObject({ text: 'C as well', citations: [{ url: 'https://c.example/page' }] });

    expect(upstream.refusals).toEqual([]);
    const prompts = upstream.calls.map(({ prompt }) => prompt);
    expect(prompts.length).toBe(4);
    for (const [index, prompt] of prompts.entries()) expect(prompt).toStartWith(prompts[index - 1] ?? '');
  },
);
