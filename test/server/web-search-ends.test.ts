// How an answer with searches goes on and ends: limits, failures, clients that leave.
import { afterEach, describe, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { type SearchHit, WebFailure } from '../../src/web/web-access.ts';
import type { ChatCall, ChatRequest } from '../upstreams/openai/chat-request.ts';
import { callTool, cut, fail, finish, type Reply, say, usage } from '../upstreams/script.ts';
import { ask, readTool, visibleText } from './gemini-server.ts';
import { errorOf, framesOf, readerOf, stopTestServers } from './test-server.ts';
import { chatServer, hit, scriptedWeb, stopFakeOpenAis, webSearch } from './web-tools-server.ts';

afterEach(async () => {
  await stopTestServers();
  await stopFakeOpenAis();
});

const wish: BetaMessageParam = { role: 'user', content: 'What is new?' };
const model = 'claude-sonnet-5';
const tools = [webSearch];
const body = { model, max_tokens: 1000, messages: [wish], tools };
const searching = callTool('web_search', { query: 'news' });

/** Searches in the first turn, then answers. */
function searchesOnce(answer: Reply = [say('That is all.')]) {
  return ({ index }: ChatCall) => (index === 0 ? [searching] : answer);
}

function lastResult(call: { readonly body: ChatRequest } | undefined): unknown {
  return call?.body.messages.at(-1)?.content;
}

describe('a search that finds nothing', () => {
  test.each<[name: string, search: (() => SearchHit[]) | undefined, code: string, told: RegExp]>([
    ['no search service is set up', undefined, 'unavailable', /not available here.*say plainly/],
    [
      'the service has too much to do',
      () => {
        throw new WebFailure('too_many_requests', 'slowly');
      },
      'too_many_requests',
      /too many requests/,
    ],
    [
      'the proxy has a fault',
      () => {
        throw new TypeError('a fault');
      },
      'unavailable',
      /not available/,
    ],
  ])('%s: the client reads why, and the model is told', async (_name, search, code, told) => {
    const { fake, server } = await chatServer(searchesOnce(), scriptedWeb(search === undefined ? {} : { search }));
    const answer = await ask(server, { model, tools }, [wish]);
    expect(answer.content[1]).toMatchObject({
      type: 'web_search_tool_result',
      content: { type: 'web_search_tool_result_error', error_code: code },
    });
    expect(lastResult(fake.calls[1])).toMatch(told);
    expect(answer.usage.server_tool_use).toBeNull();
    expect(answer.stop_reason).toBe('end_turn');
    expect(fake.refusals).toEqual([]);
  });

  test('nothing was found', async () => {
    const { fake, server } = await chatServer(searchesOnce(), scriptedWeb({ search: () => [] }));
    const answer = await ask(server, { model, tools }, [wish]);
    expect(answer.content[1]).toMatchObject({ type: 'web_search_tool_result', content: [] });
    expect(lastResult(fake.calls[1])).toBe('Nothing was found.');
    expect(answer.usage.server_tool_use).toMatchObject({ web_search_requests: 1 });
  });

  test.each(['{"query": ""}', '{"q": "x"}', '["x"]', '{"query": "x'])('with such arguments: %s', async (input) => {
    const web = scriptedWeb({ search: () => [hit('one')] });
    const { server } = await chatServer(
      ({ index }) => (index === 0 ? [callTool('web_search', input)] : [say('Sorry.')]),
      web,
    );
    const answer = await ask(server, { model, tools }, [wish]);
    expect(answer.content[1]).toMatchObject({ content: { error_code: 'invalid_tool_input' } });
    expect(web.queries).toEqual([]);
  });
});

describe('what a client asks for', () => {
  test('a search that was forced is forced once', async () => {
    const { fake, server } = await chatServer(searchesOnce(), scriptedWeb({ search: () => [hit('one')] }));
    const choice = { type: 'tool', name: 'web_search', disable_parallel_tool_use: true } as const;
    const answer = await ask(server, { model, tools, tool_choice: choice }, [wish]);
    expect(answer.stop_reason).toBe('end_turn');
    expect(fake.calls.map(({ body }) => [body.tool_choice, body.parallel_tool_calls])).toEqual([
      [{ type: 'function', function: { name: 'web_search' } }, false],
      [undefined, false],
    ]);
  });

  test('domains and a place reach the search service, and other pages stay out', async () => {
    const web = scriptedWeb({ search: () => [hit('one'), hit('two'), hit('blog.one')] });
    const { fake, server } = await chatServer(searchesOnce(), web);
    const user_location = { type: 'approximate', city: 'Bern', country: 'CH' } as const;
    const tool = { ...webSearch, allowed_domains: ['one.example'], user_location };
    const answer = await ask(server, { model, tools: [tool] }, [wish]);
    expect(web.queries).toMatchObject([
      { allowedDomains: ['one.example'], blockedDomains: [], location: { city: 'Bern', country: 'CH' } },
    ]);
    expect(answer.content[1]).toMatchObject({
      content: [{ url: 'https://one.example/page' }, { url: 'https://blog.one.example/page' }],
    });
    expect(fake.calls[0]?.body.tools?.[0]?.function.description).toContain('The user is near: Bern, CH.');
  });

  test('no more searches than max_uses; the model is told, and goes on without', async () => {
    const web = scriptedWeb({ search: () => [hit('one')] });
    const { fake, server } = await chatServer(
      ({ index }) => (index === 0 ? [searching, searching, searching] : [say('Enough.')]),
      web,
    );
    const answer = await ask(server, { model, tools: [{ ...webSearch, max_uses: 2 }] }, [wish]);
    const results = answer.content.filter(({ type }) => type === 'web_search_tool_result');
    expect(results).toMatchObject([
      { content: [{}] },
      { content: [{}] },
      { content: { error_code: 'max_uses_exceeded' } },
    ]);
    expect(lastResult(fake.calls[1])).toContain('as often as it may be');
    expect(answer.usage.server_tool_use).toMatchObject({ web_search_requests: 2 });
    expect(web.queries.length).toBe(2);
  });

  test('however many searches a turn calls for, few run beside each other, and all are answered in their order', async () => {
    let running = 0;
    let most = 0;
    const web = scriptedWeb({
      search: async ({ query }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return [hit(query)];
      },
    });
    const names = Array.from({ length: 18 }, (_, index) => `n${index}`);
    const { server } = await chatServer(
      ({ index }) => (index === 0 ? names.map((query) => callTool('web_search', { query })) : [say('Enough.')]),
      web,
    );
    const answer = await ask(server, { model, tools }, [wish]);
    const results = answer.content.filter(({ type }) => type === 'web_search_tool_result');
    expect(results).toMatchObject(names.map((name) => ({ content: [{ url: hit(name).url }] })));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(5);
  });

  test('an answer in a form of its own has no markers in it', async () => {
    const { fake, server } = await chatServer(
      searchesOnce([say('{"text":"x [cite:1]"}')]),
      scriptedWeb({ search: () => [hit('one')] }),
    );
    const schema = {
      type: 'object',
      properties: { text: { type: 'string' } },
      required: ['text'],
      additionalProperties: false,
    };
    const output_config = { format: { type: 'json_schema' as const, schema } };
    const answer = await ask(server, { model, tools, output_config }, [wish]);
    expect(visibleText(answer)).toBe('{"text":"x [cite:1]"}');
    expect(fake.calls[0]?.body.tools?.[0]?.function.description).not.toContain('cite');
  });
});

test('searches of one turn run beside each other, and their results come in the order of the calls', async () => {
  const both = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  let running = 0;
  const web = scriptedWeb({
    search: async ({ query }) => {
      running += 1;
      if (running === 2) both.resolve();
      await both.promise;
      // The first one is done last.
      if (query === 'a') await first.promise;
      else first.resolve();
      return [hit(query)];
    },
  });
  const { fake, server } = await chatServer(
    ({ index }) =>
      index === 0
        ? [callTool('web_search', { query: 'a' }), callTool('web_search', { query: 'b' })]
        : [say('B says so.[cite:2]')],
    web,
  );
  const answer = await ask(server, { model, tools }, [wish]);
  expect(answer.content.map(({ type }) => type)).toEqual([
    'server_tool_use',
    'server_tool_use',
    'web_search_tool_result',
    'web_search_tool_result',
    'text',
  ]);
  expect(answer.content.slice(2)).toMatchObject([
    { content: [{ url: 'https://a.example/page' }] },
    { content: [{ url: 'https://b.example/page' }] },
    { citations: [{ url: 'https://b.example/page' }] },
  ]);
  expect(fake.refusals).toEqual([]);
});

describe('the end of an answer', () => {
  test('usage is the sum of all turns, and each turn for itself', async () => {
    const counted = (prompt: number, completion: number) =>
      usage({ prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion });
    const { server } = await chatServer(
      ({ index }) => (index === 0 ? [searching, counted(100, 20)] : [say('All.'), counted(250, 30)]),
      scriptedWeb({ search: () => [hit('one')] }),
    );
    const answer = await ask(server, { model, tools }, [wish]);
    expect(answer.usage).toMatchObject({ input_tokens: 350, output_tokens: 50 });
    expect(answer.usage.iterations).toMatchObject([
      { type: 'message', input_tokens: 100, output_tokens: 20 },
      { type: 'message', input_tokens: 250, output_tokens: 30 },
    ]);
    expect(await server.nextRecord()).toMatchObject({ inputTokens: 350, outputTokens: 50 });
  });

  test('what is left of max_tokens is what later turns may say', async () => {
    const { fake, server } = await chatServer(
      ({ index }) =>
        index === 0
          ? [searching, usage({ prompt_tokens: 9, completion_tokens: 300, total_tokens: 309 })]
          : [say('All.')],
      scriptedWeb({ search: () => [hit('one')] }),
    );
    await ask(server, { model, tools, max_tokens: 1000 }, [wish]);
    const limits = fake.calls.map(
      ({ body: { max_tokens, max_completion_tokens } }) => max_tokens ?? max_completion_tokens,
    );
    expect(limits).toEqual([1000, 700]);
  });

  test('a call that was cut off is not shown, and not run', async () => {
    const web = scriptedWeb({ search: () => [hit('one')] });
    const { server } = await chatServer(
      () => [say('I will look.'), callTool('web_search', '{"query": "ne'), finish('length')],
      web,
    );
    const answer = await ask(server, { model, tools }, [wish]);
    expect(answer.content.map(({ type }) => type)).toEqual(['text']);
    expect(answer.stop_reason).toBe('max_tokens');
    expect(web.queries).toEqual([]);
  });

  test('a model that never has enough is asked to answer without tools', async () => {
    const { fake, server } = await chatServer(
      ({ body }) => (body.tool_choice === 'none' || body.tools === undefined ? [say('At last.')] : [searching]),
      scriptedWeb({ search: () => [hit('one')] }),
    );
    const answer = await ask(server, { model, tools }, [wish]);
    expect(visibleText(answer)).toBe('At last.');
    expect(fake.calls.length).toBe(16);
    expect(fake.refusals).toEqual([]);
  });

  test('one that calls even then is no answer', async () => {
    const { fake, server } = await chatServer(() => [searching], scriptedWeb({ search: () => [hit('one')] }));
    const failure = await ask(server, { model, tools }, [wish]).catch(String);
    expect(failure).toContain('although it was told not to');
    expect(fake.calls.length).toBe(16);
  });

  test.each([
    ['refuses', fail(401, { error: { message: 'no', type: 'x', param: null, code: 'invalid_api_key' } })],
    ['breaks', cut()],
  ])('an upstream that %s in a later turn: an error, and no end', async (_how, failure) => {
    const { server } = await chatServer(
      ({ index }) =>
        index === 0 ? [searching] : [say('Half an answer'), failure].slice(failure.type === 'cut' ? 0 : 1),
      scriptedWeb({ search: () => [hit('one')] }),
    );
    const frames = framesOf(await (await server.post({ ...body, stream: true })).text());
    expect(frames.at(-1)?.event).toBe('error');
    expect(frames.map(({ event }) => event)).not.toContain('message_stop');
    expect(await server.nextRecord()).toMatchObject({ outcome: 'failed' });

    const plain = await server.post(body);
    expect(plain.status).toBeGreaterThanOrEqual(400);
    expect((await errorOf(plain)).type).not.toBe('');
  });
});

test('the same without a stream', async () => {
  const { server } = await chatServer(
    searchesOnce([say('Bun 2.[cite:1] Yes.')]),
    scriptedWeb({ search: () => [hit('one')] }),
  );
  const answer = await (await server.post(body)).json();
  expect(answer).toMatchObject({
    content: [
      { type: 'server_tool_use', input: { query: 'news' } },
      { type: 'web_search_tool_result', content: [{ url: 'https://one.example/page' }] },
      { type: 'text', text: 'Bun 2.', citations: [{ url: 'https://one.example/page' }] },
      { type: 'text', text: ' Yes.', citations: null },
    ],
    stop_reason: 'end_turn',
    usage: { server_tool_use: { web_search_requests: 1 }, iterations: [{}, {}] },
  });
});

test('a long search is waited for with pings, and a client that leaves ends it at once', async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const { fake, server } = await chatServer(
    searchesOnce(),
    scriptedWeb({
      search: (_query, signal) => {
        asked.resolve(signal);
        return new Promise(() => undefined);
      },
    }),
    { limits: { pingMs: 5 } },
  );
  const reader = readerOf(await server.post({ ...body, stream: true }));
  await reader.until('server_tool_use');
  const signal = await asked.promise;
  await reader.until(/(?:event: ping[\s\S]*){3}/);
  expect(signal.aborted).toBe(false);
  await reader.cancel();
  expect((await server.nextRecord()).outcome).toBe('client-left');
  expect(signal.aborted).toBe(true);
  expect(fake.calls.length).toBe(1);
});

test('a client that leaves while it waits for the whole answer ends the search too', async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const { fake, server } = await chatServer(
    searchesOnce(),
    scriptedWeb({
      // One that does not listen.
      search: (_query, signal) => {
        asked.resolve(signal);
        return new Promise(() => undefined);
      },
    }),
  );
  const client = new AbortController();
  const answer = server.post(body, { signal: client.signal }).catch(() => 'left');
  const signal = await asked.promise;
  client.abort();
  expect(await answer).toBe('left');
  expect((await server.nextRecord()).outcome).toBe('client-left');
  expect(signal.aborted).toBe(true);
  expect(fake.calls.length).toBe(1);
});

test('what gets lost is told by the paths of the client, also behind a search of earlier', async () => {
  const { server } = await chatServer(searchesOnce(), scriptedWeb({ search: () => [hit('one')] }));
  const earlier: BetaMessageParam = {
    role: 'assistant',
    content: [
      { type: 'server_tool_use', id: 'srvtoolu_01', name: 'web_search', input: { query: 'q' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 'srvtoolu_01',
        content: [{ type: 'web_search_result', url: 'https://a.example', title: 'A', encrypted_content: 'opaque' }],
      },
      { type: 'thinking', thinking: 'hm', signature: 'of another' },
      { type: 'text', text: 'So.' },
    ],
  };
  const messages = [wish, earlier, { role: 'user', content: [{ type: 'text', text: 'And?', shape: 'round' }] }];
  await server.post({ ...body, messages, tools: [readTool, webSearch] });
  expect((await server.nextRecord()).losses.map(({ field }) => field)).toEqual([
    'messages.1.content.2',
    'messages.2.content.0.shape',
  ]);
});

test('a search that Anthropic made is read as a call and its titles', async () => {
  const { fake, server } = await chatServer(() => [say('Yes.')], scriptedWeb({ search: () => [hit('one')] }));
  const found = {
    type: 'web_search_result',
    url: 'https://a.example',
    title: 'A',
    encrypted_content: 'opaque',
  } as const;
  const earlier: BetaMessageParam = {
    role: 'assistant',
    content: [
      { type: 'text', text: 'I look.' },
      { type: 'server_tool_use', id: 'srvtoolu_01', name: 'web_search', input: { query: 'q' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_01', content: [found] },
      { type: 'text', text: 'So.' },
    ],
  };
  await ask(server, { model, tools }, [wish, earlier, wish]);
  expect(fake.calls[0]?.body.messages).toMatchObject([
    { role: 'user' },
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [{ id: 'srvtoolu_01', function: { name: 'web_search', arguments: '{"query":"q"}' } }],
    },
    { role: 'tool', tool_call_id: 'srvtoolu_01', content: '- A\nhttps://a.example' },
    { role: 'assistant', content: 'So.' },
    { role: 'user' },
  ]);
  expect(fake.refusals).toEqual([]);
});
