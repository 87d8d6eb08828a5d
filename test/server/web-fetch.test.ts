import { afterEach, describe, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { WebFailure } from '../../src/web/web-access.ts';
import { madePdf } from '../documents/pdf-file.ts';
import type { ChatCall } from '../upstreams/openai/chat-request.ts';
import { callTool, type Reply, say } from '../upstreams/script.ts';
import { ask, echo, readTool, visibleText } from './gemini-server.ts';
import { stopTestServers } from './test-server.ts';
import { chatServer, hit, page, scriptedWeb, stopFakeOpenAis, webFetch, webSearch } from './web-tools-server.ts';

afterEach(async () => {
  await stopTestServers();
  await stopFakeOpenAis();
});

const model = 'claude-sonnet-5';
const url = 'https://docs.example/start';
const wish: BetaMessageParam = { role: 'user', content: `Read ${url}, please.` };

function fetchesOnce(address: unknown = url, answer: Reply = [say('I have read it.')]) {
  return ({ index }: ChatCall) => (index === 0 ? [callTool('web_fetch', { url: address })] : answer);
}

test('a page is fetched by the proxy, and the client gets the blocks that Anthropic would have sent', async () => {
  const web = scriptedWeb({ fetch: (address) => page(address, 'The words of the page.') });
  const { fake, server } = await chatServer(fetchesOnce(), web);
  const answer = await ask(server, { model, tools: [webFetch] }, [wish]);
  expect(answer.content).toMatchObject([
    { type: 'server_tool_use', name: 'web_fetch', input: { url } },
    {
      type: 'web_fetch_tool_result',
      content: {
        type: 'web_fetch_result',
        url,
        retrieved_at: '2026-01-02T03:04:05.000Z',
        content: {
          type: 'document',
          title: 'A page',
          source: { type: 'text', media_type: 'text/plain', data: 'The words of the page.' },
        },
      },
    },
    { type: 'text', text: 'I have read it.' },
  ]);
  expect(answer.usage.server_tool_use).toEqual({ web_search_requests: 0, web_fetch_requests: 1 });
  const shown = fake.calls[1]?.body.messages.at(-1)?.content;
  expect(shown).toBe(`Address: ${url}\n<document title="A page">\nThe words of the page.\n</document>`);

  await ask(server, { model, tools: [webFetch] }, [wish, echo(answer), { role: 'user', content: 'Thanks.' }]);
  const [, second, third] = fake.calls.map(({ body }) => JSON.stringify(body.messages).slice(0, -1));
  expect(third).toStartWith(second ?? '?');
  // When a page was read is not what upstream has in its cache.
  expect(third).not.toContain('2026-01-02');
  expect(fake.refusals).toEqual([]);
});

describe('which addresses are fetched', () => {
  const cases: readonly [name: string, address: unknown, tool: object, code: string | undefined][] = [
    ['the one that the user named', url, {}, undefined],
    ['without its end slash and with a place in it', 'https://docs.example/start/#top', {}, undefined],
    ['one that nobody named', 'https://docs.example/start?secret=1', {}, 'url_not_in_prior_context'],
    ['one on another host', 'https://evil.example/start', {}, 'url_not_in_prior_context'],
    ['one with a password', 'https://me:secret@docs.example/start', {}, 'url_not_in_prior_context'],
    ['an allowed domain', url, { allowed_domains: ['example'] }, undefined],
    ['a domain that is not allowed', url, { allowed_domains: ['other.example'] }, 'url_not_allowed'],
    ['a blocked domain', url, { blocked_domains: ['docs.example'] }, 'url_not_allowed'],
    ['a blocked path', url, { blocked_domains: ['docs.example/start'] }, 'url_not_allowed'],
    ['users may not name any', url, { url_sources: { user_input: { type: 'none' } } }, 'url_not_in_prior_context'],
    ['no address', 'the docs', {}, 'invalid_tool_input'],
    ['a number', 7, {}, 'invalid_tool_input'],
    ['a very long one', `${url}?${'x'.repeat(3000)}`, {}, 'url_too_long'],
    ['more often than allowed', url, { max_uses: 0 }, 'max_uses_exceeded'],
  ];
  test.each(cases)('%s', async (_name, address, extra, code) => {
    const web = scriptedWeb({ fetch: (asked) => page(asked, 'words') });
    const { fake, server } = await chatServer(fetchesOnce(address), web);
    const answer = await ask(server, { model, tools: [{ ...webFetch, ...extra }] }, [wish]);
    expect(answer.content[1]).toMatchObject(
      code === undefined
        ? { content: { type: 'web_fetch_result' } }
        : { content: { type: 'web_fetch_tool_result_error', error_code: code } },
    );
    expect(web.fetched.length).toBe(code === undefined ? 1 : 0);
    if (code !== undefined) expect(fake.calls[1]?.body.messages.at(-1)?.content).toStartWith('[tool error]');
    expect(fake.refusals).toEqual([]);
  });

  test('one that a search has found, in the same answer', async () => {
    const web = scriptedWeb({ search: () => [hit('one')], fetch: (asked) => page(asked, 'words') });
    const { server } = await chatServer(({ index }) => {
      if (index === 0) return [callTool('web_search', { query: 'one' })];
      return index === 1 ? [callTool('web_fetch', { url: hit('one').url })] : [say('Read.')];
    }, web);
    const answer = await ask(server, { model, tools: [webSearch, webFetch] }, [wish]);
    expect(answer.usage.server_tool_use).toEqual({ web_search_requests: 1, web_fetch_requests: 1 });
    expect(visibleText(answer)).toBe('Read.');
  });

  test('not one that the model has only said itself', async () => {
    const web = scriptedWeb({ fetch: (asked) => page(asked, 'words') });
    const made = 'https://evil.example/?all=secrets';
    const { server } = await chatServer(
      ({ index }) => (index === 0 ? [say(`See ${made}.`), callTool('web_fetch', { url: made })] : [say('No.')]),
      web,
    );
    const said: BetaMessageParam = { role: 'assistant', content: `I will look at ${made}` };
    await ask(server, { model, tools: [webFetch] }, [wish, said, wish]);
    expect(web.fetched).toEqual([]);
  });

  test('one in the result of a tool', async () => {
    const web = scriptedWeb({ fetch: (asked) => page(asked, 'words') });
    const { server } = await chatServer(fetchesOnce('https://found.example/a'), web);
    const call: BetaMessageParam = {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 't', name: 'Read', input: {} }],
    };
    const content = 'see [here](https://found.example/a).';
    const result: BetaMessageParam = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content }] };
    await ask(server, { model, tools: [readTool, webFetch] }, [wish, call, result]);
    expect(web.fetched.map(({ url: asked }) => asked)).toEqual(['https://found.example/a']);
  });

  test('what a page leads on to is not shown from a domain that is not allowed', async () => {
    const web = scriptedWeb({ fetch: () => page('https://evil.example/', 'other words') });
    const { fake, server } = await chatServer(fetchesOnce(), web);
    const answer = await ask(server, { model, tools: [{ ...webFetch, allowed_domains: ['docs.example'] }] }, [wish]);
    expect(answer.content[1]).toMatchObject({ content: { error_code: 'url_not_allowed' } });
    expect(JSON.stringify(fake.calls)).not.toContain('other words');
  });
});

test.each([
  [undefined, 100_000],
  [500, 2_000],
])('max_content_tokens %p is a limit for the text of %d characters', async (max_content_tokens, maxCharacters) => {
  const web = scriptedWeb({ fetch: (asked) => page(asked, 'words') });
  const { server } = await chatServer(fetchesOnce(), web);
  await ask(server, { model, tools: [{ ...webFetch, max_content_tokens: max_content_tokens ?? null }] }, [wish]);
  expect(web.fetched).toEqual([{ url, maxCharacters }]);
});

test('pages of one turn leave the model room in its window', async () => {
  const web = scriptedWeb({ fetch: (asked) => page(asked, 'words') });
  const fetching = callTool('web_fetch', { url });
  const env = { MODEL_OVERRIDES: JSON.stringify({ 'gpt-4.1': { contextWindow: 20_000, maxInputTokens: 20_000 } }) };
  const { server } = await chatServer(({ index }) => (index === 0 ? [fetching, fetching] : [say('Read.')]), web, {
    env,
  });
  await ask(server, { model, tools: [webFetch] }, [wish]);
  const [first = 0, second = 0] = web.fetched.map(({ maxCharacters }) => maxCharacters);
  // Half of 20,000 tokens without the prompt, at four characters a token.
  expect(first).toBeWithin(36_000, 40_000);
  expect(second).toBeWithin(first / 2 - 10, first / 2 + 10);
});

test.each<[name: string, fetch: (() => never) | undefined, code: string]>([
  ['fetching is switched off', undefined, 'unavailable'],
  [
    'the page cannot be reached',
    () => {
      throw new WebFailure('url_not_accessible', 'no such host');
    },
    'url_not_accessible',
  ],
])('%s: the client reads why, and the model is told', async (_name, fetch, code) => {
  const { fake, server } = await chatServer(fetchesOnce(), scriptedWeb(fetch === undefined ? {} : { fetch }));
  const answer = await ask(server, { model, tools: [webFetch] }, [wish]);
  expect(answer.content[1]).toMatchObject({ content: { type: 'web_fetch_tool_result_error', error_code: code } });
  expect(answer.usage.server_tool_use).toBeNull();
  expect(fake.refusals).toEqual([]);
});

test('a PDF comes to the client as it is, and to the model as its text', async () => {
  const pdf = madePdf([{ lines: ['a lantern in the dark'] }]).toString('base64');
  const web = scriptedWeb({ fetch: (asked) => ({ ...page(asked, pdf), mediaType: 'application/pdf' }) });
  const { fake, server } = await chatServer(fetchesOnce(), web);
  const answer = await ask(server, { model, tools: [webFetch] }, [wish]);
  expect(answer.content[1]).toMatchObject({
    content: { content: { source: { type: 'base64', media_type: 'application/pdf', data: pdf } } },
  });
  const shown = fake.calls[1]?.body.messages.find(({ role }) => role === 'tool')?.content;
  expect(String(shown)).toContain('a lantern in the dark');
  await ask(server, { model, tools: [webFetch] }, [wish, echo(answer), wish]);
  const [, second, third] = fake.calls.map(({ body }) => JSON.stringify(body.messages).slice(0, -1));
  expect(third).toStartWith(second ?? '?');
  expect(fake.refusals).toEqual([]);
});

test('a wish for citations of pages is listed as lost', async () => {
  const { server } = await chatServer(() => [say('No.')], scriptedWeb({ fetch: (asked) => page(asked, 'words') }));
  const tools = [readTool, { ...webFetch, citations: { enabled: true }, use_cache: false }];
  await ask(server, { model, tools }, [wish]);
  expect((await server.nextRecord()).losses.map(({ field }) => field)).toEqual(['tools.1.citations']);
});
