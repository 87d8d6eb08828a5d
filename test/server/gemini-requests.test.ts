import { afterEach, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { GeminiRequest } from '../upstreams/gemini/gemini-request.ts';
import { isRecord } from '../upstreams/json.ts';
import { callTool, finish, say, think } from '../upstreams/script.ts';
import {
  aiStudio3,
  ask,
  bashTool,
  echo,
  geminiPlaces,
  geminiServer,
  readTool,
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
const tools = [readTool, bashTool];
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } } as const;
const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' } } as const;
const places = geminiPlaces.map((place) => ({ ...place, generation: Number(/\d(\.\d)?/.exec(place.model)?.[0]) }));

test.each(geminiPlaces)('stop sequences end an answer of $model and are told', async ({ platform, model }) => {
  const { fake, server } = await geminiServer({ platform, model: () => [say('one two STOP three four')] });
  const answer = await ask(server, { model, stop_sequences: ['STOP'] }, [wish]);
  expect(answer).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'STOP' });
  expect(visibleText(answer)).toBe('one two ');
  expect(fake.refusals).toEqual([]);
});

test.each(places)(
  'pictures and PDFs in results of tools reach $model on $platform',
  async ({ platform, model, generation }) => {
    const { fake, server } = await geminiServer({
      platform,
      model: ({ index }) =>
        index === 0 ? [callTool('Read', { path: 'a.png' }), callTool('Read', { path: 'b.pdf' })] : [say('Seen.')],
    });
    const first = await ask(server, { model, tools }, [wish]);
    const ids = first.content.flatMap((block) => (block.type === 'tool_use' ? block.id : []));
    const results: BetaMessageParam = {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: ids[0] ?? '', content: [{ type: 'text', text: 'A picture:' }, picture] },
        { type: 'tool_result', tool_use_id: ids[1] ?? '', content: [pdf] },
      ],
    };
    expect(visibleText(await ask(server, { model, tools }, [wish, echo(first), results]))).toBe('Seen.');
    expect(fake.refusals).toEqual([]);
    const parts = fake.calls[1]?.body.contents.at(-1)?.parts ?? [];
    const inside = parts.flatMap((part) => part.functionResponse?.parts ?? []);
    const beside = parts.filter((part) => part.inlineData !== undefined);
    expect({ inside: inside.length, beside: beside.length }).toEqual(
      generation >= 3 ? { inside: 2, beside: 0 } : { inside: 0, beside: 2 },
    );
  },
);

test('results in another order, missing ones and results of unknown calls are put right', async () => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({
    platform,
    model: ({ index }) =>
      index === 0 ? [callTool('Read', { path: 'a' }), callTool('Bash', { command: 'ls' })] : [say('Seen.')],
  });
  const first = await ask(server, { model, tools }, [wish]);
  const ids = first.content.flatMap((block) => (block.type === 'tool_use' ? block.id : []));
  const result = (id = '') => ({ type: 'tool_result' as const, tool_use_id: id, content: `of ${id}` });
  const swapped = [result(ids[1]), { type: 'text' as const, text: 'Both!' }, result(ids[0])];
  await ask(server, { model, tools }, [wish, echo(first), { role: 'user', content: swapped }]);
  await ask(server, { model, tools }, [wish, echo(first), { role: 'user', content: [result(ids[1])] }]);
  await ask(server, { model, tools }, [wish, echo(first), wish]);
  expect(fake.refusals).toEqual([]);
});

const schema = {
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
  additionalProperties: false,
};
const format = { type: 'json_schema' as const, schema };

test.each(places)(
  'an answer may be held to a schema by $model on $platform',
  async ({ platform, model, generation }) => {
    const { fake, server } = await geminiServer({ platform, model: () => [say('{"name":"x"}')] });
    const alone = await ask(server, { model, output_config: { format } }, [wish]);
    expect(visibleText(alone)).toBe('{"name":"x"}');
    const config = fake.calls[0]?.body.generationConfig;
    expect(config).toMatchObject({ responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } });
    // Beside tools the older models take none: it is asked for in words then.
    await ask(server, { model, tools, output_config: { format } }, [wish]);
    const beside = fake.calls[1]?.body;
    expect(beside?.generationConfig?.responseMimeType).toBe(generation >= 3 ? 'application/json' : undefined);
    if (generation < 3) expect(JSON.stringify(beside)).toContain('JSON');
    expect(fake.refusals).toEqual([]);
  },
);

test.each(geminiPlaces)(
  'a search beside functions is no refusal by $model on $platform',
  async ({ platform, model }) => {
    const { fake, server } = await geminiServer({ platform, model: () => [say('Yes.')] });
    const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const };
    await ask(server, { model, tools: [...tools, webSearch] }, [wish]);
    expect(fake.refusals).toEqual([]);
  },
);

const choices = [
  { choice: { type: 'auto' }, mode: undefined },
  { choice: { type: 'any' }, mode: 'ANY' },
  { choice: { type: 'tool', name: 'Bash' }, mode: 'ANY' },
  { choice: { type: 'none' }, mode: 'NONE' },
] as const;

test.each(choices)('the choice $choice.type of a tool', async ({ choice, mode }) => {
  const { platform, model } = vertex3;
  const { fake, server } = await geminiServer({ platform, model: () => [say('Yes.')] });
  await ask(server, { model, tools, tool_choice: choice }, [wish]);
  await ask(server, { model, tool_choice: { type: 'auto' } }, [wish]);
  expect(fake.refusals).toEqual([]);
  const config = fake.calls[0]?.body.toolConfig?.functionCallingConfig;
  if (mode !== undefined) expect(config).toMatchObject({ mode });
  expect(config?.allowedFunctionNames).toEqual('name' in choice ? [choice.name] : undefined);
});

test('only one call of parallel ones where the client wants no more', async () => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({
    platform,
    model: ({ index }) =>
      index === 0 ? [callTool('Read', { path: 'a' }), callTool('Read', { path: 'b' })] : [say('Yes.')],
  });
  const choice = { type: 'auto' as const, disable_parallel_tool_use: true };
  const answer = await ask(server, { model, tools, tool_choice: choice }, [wish]);
  const calls = answer.content.filter((block) => block.type === 'tool_use');
  expect(calls.map((call) => call.input)).toEqual([{ path: 'a' }]);
  const results = {
    role: 'user' as const,
    content: calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id })),
  };
  await ask(server, { model, tools }, [wish, echo(answer), results]);
  expect(fake.refusals).toEqual([]);
});

const effort = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
const everyThinking = [
  { thinking: { type: 'disabled' as const } },
  { thinking: { type: 'enabled' as const, budget_tokens: 1024 } },
  { thinking: { type: 'enabled' as const, budget_tokens: 30_000 } },
  { thinking: { type: 'adaptive' as const } },
  ...effort.map((word) => ({ thinking: { type: 'adaptive' as const }, output_config: { effort: word } })),
  { thinking: { type: 'disabled' as const }, output_config: { effort: 'max' as const } },
];
const thinkers = [
  ...geminiPlaces,
  { platform: 'ai-studio', model: 'gemini/gemini-2.0-flash' },
  { platform: 'ai-studio', model: 'gemini/gemini-2.5-pro' },
  { platform: 'vertex', model: 'vertex/gemini-2.5-flash-lite' },
  { platform: 'ai-studio', model: 'gemini/gemini-3-pro-preview' },
  { platform: 'ai-studio', model: 'gemini/gemini-3.5-flash-lite' },
  { platform: 'vertex', model: 'vertex/gemini-4-argon' },
  { platform: 'ai-studio', model: 'gemini/gemini-flash-latest' },
] as const;

test.each(thinkers)('every wish about thinking is taken by $model', async ({ platform, model }) => {
  const { fake, server } = await geminiServer({ platform, model: () => [think('Hm.'), say('Yes.')] });
  for (const wishes of everyThinking) await ask(server, { model, max_tokens: 32_000, ...wishes }, [wish]);
  expect(fake.refusals).toEqual([]);
});

test.each(thinkers)(
  'sampling, long answers and a beginning of the answer are taken by $model',
  async ({ platform, model }) => {
    const { fake, server } = await geminiServer({ platform, model: () => [say(' and so on')] });
    await server.post({ model, max_tokens: 1_000_000, temperature: 0.7, top_p: 0.5, top_k: 300, messages: [wish] });
    await ask(server, { model, max_tokens: 1 }, [wish]);
    await ask(server, { model }, [wish, { role: 'assistant', content: 'It begins' }]);
    expect(fake.refusals).toEqual([]);
  },
);

test.each(geminiPlaces)(
  'an order of messages that no Gemini takes is put right for $model',
  async ({ platform, model }) => {
    const { fake, server } = await geminiServer({ platform, model: () => [say('Yes.')] });
    const call = { type: 'tool_use' as const, id: 'toolu_01', name: 'Read', input: {} };
    const talks: BetaMessageParam[][] = [
      [{ role: 'assistant', content: 'I begin.' }, wish],
      [
        wish,
        { role: 'assistant', content: [{ type: 'text', text: 'x' }] },
        { role: 'assistant', content: [call] },
        wish,
      ],
      [wish, wish, { role: 'assistant', content: [call] }],
      [
        { role: 'assistant', content: [call] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id }] },
      ],
      [
        wish,
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_x' }] },
      ],
      [wish, { role: 'assistant', content: 'Yes.' }, { role: 'system', content: 'Be brief.' }, wish],
      [{ role: 'user', content: [{ type: 'text', text: ' ' }, picture, pdf] }],
    ];
    for (const messages of talks) await ask(server, { model, tools }, messages);
    expect(fake.refusals).toEqual([]);
  },
);

test('a result that looks like a schema stays text', async () => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({
    platform,
    model: ({ index }) => (index === 0 ? [callTool('Read', { path: 'a' })] : [say('Yes.')]),
  });
  const first = await ask(server, { model, tools }, [wish]);
  const id = first.content.find((block) => block.type === 'tool_use')?.id ?? '';
  const content = '{"$ref":"#/components/schemas/A"}';
  await ask(server, { model, tools }, [
    wish,
    echo(first),
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content, is_error: true }] },
  ]);
  expect(fake.refusals).toEqual([]);
  expect(JSON.stringify(fake.calls[1]?.body.contents)).toContain(JSON.stringify(content));
});

test('a GIF is told in words, and listed as a loss', async () => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({ platform, model: () => [say('I cannot see it.')] });
  const gif = { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'R0lGODlh' } };
  const answer = await server.post({ model, max_tokens: 10, messages: [{ role: 'user', content: [gif] }] });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-proxy-loss')).toContain('messages.0.content.0');
  expect(fake.calls[0]?.body.contents[0]?.parts?.[0]?.text).toContain('image/gif');
  expect(fake.refusals).toEqual([]);
});

test.each([aiStudio3, vertex3])('tokens are counted by $platform itself', async ({ platform, model }) => {
  const { fake, server } = await geminiServer({ platform, model: () => [] });
  const system = 'Be brief. '.repeat(100);
  const answer = await server.post({ model, system, tools, messages: [wish] }, { path: '/v1/messages/count_tokens' });
  const body: unknown = await answer.json();
  expect(fake.calls.map((call) => call.body.method)).toEqual(['countTokens']);
  expect(fake.refusals).toEqual([]);
  expect(isRecord(body) && Number(body.input_tokens)).toBeGreaterThan(250);
});

test.each(geminiPlaces)("the tools of Claude Code's kind are declared to $model", async ({ platform, model }) => {
  const { fake, server } = await geminiServer({ platform, model: () => [say('Yes.')] });
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  const everything = {
    $schema,
    type: 'object' as const,
    properties: {
      any: {},
      uri: { type: 'string', format: 'uri', minLength: 1, maxLength: 524_288 },
      count: { type: 'integer', exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      kind: {
        anyOf: [
          { type: 'string', enum: ['a', 'b'] },
          { type: 'string', const: 'c' },
        ],
      },
      map: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} },
      tree: { $ref: '#/$defs/node' },
      pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
      flag: { type: ['boolean', 'null'], default: null },
      'odd-name': { enum: [1, 'x', null, true] },
    },
    required: ['uri', 'count'],
    additionalProperties: false,
    $defs: { node: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } } } } },
  };
  const declared = [
    { name: 'Everything', input_schema: everything },
    { name: 'Nothing', input_schema: { $schema, type: 'object' as const, properties: {} } },
    { name: '2fa-check', input_schema: { type: 'object' as const, properties: {}, additionalProperties: false } },
    { type: 'bash_20250124' as const, name: 'bash' as const },
    { type: 'text_editor_20250728' as const, name: 'str_replace_based_edit_tool' as const },
  ];
  await ask(server, { model, tools: declared }, [wish]);
  expect(fake.refusals).toEqual([]);
  const names = declaredNames(fake.calls[0]?.body);
  expect(names.length).toBe(5);
});

test('a name that Gemini does not take comes back as the client knows it', async () => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({
    platform,
    model: ({ body }) => [callTool(declaredNames(body)[0] ?? '', {})],
  });
  const answer = await ask(server, { model, tools: [{ ...bashTool, name: '2fa-check' }] }, [wish]);
  expect(answer.content.find((block) => block.type === 'tool_use')?.name).toBe('2fa-check');
  expect(fake.refusals).toEqual([]);
});

test('an answer that was cut by its limit says so', async () => {
  const { platform, model } = aiStudio3;
  const { server } = await geminiServer({ platform, model: () => [say('It was a'), finish('length')] });
  expect(await ask(server, { model }, [wish])).toMatchObject({ stop_reason: 'max_tokens' });
});

function declaredNames(request: GeminiRequest | undefined): readonly string[] {
  return (request?.tools ?? []).flatMap((tool) => tool.functionDeclarations?.map(({ name }) => name ?? '') ?? []);
}
