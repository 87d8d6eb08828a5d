// Contexts that grow, before strict fakes and through the official SDK: what is cleared, what is compacted, what the client
// is told of it, and what the next request finds.
import { afterEach, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import type {
  BetaContextManagementConfig,
  BetaMessage,
  BetaMessageParam,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { clearedText } from '../../src/emulation/cleared-tool-uses.ts';
import { providerFor } from '../../src/providers/registry.ts';
import { anthropicKind } from '../e2e/harness/anthropic-kind.ts';
import { gemini3Kind, gemini25Kind } from '../e2e/harness/gemini-kind.ts';
import { chatOnlyKind, deepSeekKind, openAiKind, openAiResponsesKind } from '../e2e/harness/openai-kind.ts';
import type { Upstream, UpstreamKind } from '../e2e/harness/upstream-kind.ts';
import { fail, finish, type Reply, refuse, say, think, usage } from '../upstreams/script.ts';
import { ask, echo, readTool } from './gemini-server.ts';
import { errorOf, startTestServer, stopTestServers, type TestServer } from './test-server.ts';

const upstreams: Upstream[] = [];
afterEach(async () => {
  await stopTestServers();
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.stop()));
});

async function serverFor(kind: UpstreamKind, turns: readonly Reply[]): Promise<{ fake: Upstream; server: TestServer }> {
  const fake = await kind.start({ script: ({ index }) => turns[index] ?? [say('once more')] });
  upstreams.push(fake);
  return { fake, server: startTestServer({ registry: providerFor, env: fake.settings }) };
}

const secret = 'the old beginning';
/** More than the 50,000 tokens from which a compaction may be asked for. */
const long: BetaMessageParam = { role: 'user', content: `${secret} ${'words '.repeat(34_000)}Fix the bug.` };
const compact = (fields: object = {}): BetaContextManagementConfig => ({
  edits: [{ type: 'compact_20260112', trigger: { type: 'input_tokens', value: 50_000 }, ...fields }],
});
const summary = 'The user wants the bug fixed; nothing is done yet.';
const summarised = [think('What matters?'), say(`Here it is. <summary>\n${summary}\n</summary>`)];
const kinds = [openAiKind, chatOnlyKind, openAiResponsesKind, deepSeekKind, gemini25Kind, gemini3Kind];

/** What an answer shows, without what only carries reasoning back. */
function shown({ content }: BetaMessage): unknown[] {
  return content.flatMap((block) => {
    if (block.type === 'compaction') return [[block.type, block.content]];
    return block.type === 'text' ? [[block.type, block.text]] : [];
  });
}

test.each(kinds)(
  'a conversation that is too long is summarised by its model and goes on with that: $name',
  async (kind) => {
    const { fake, server } = await serverFor(kind, [summarised, [say('On it.')], [say('Fixed.')]]);
    const question = { model: kind.model, tools: [readTool], context_management: compact() };

    const first = await ask(server, question, [long]);
    expect(shown(first)).toEqual([
      ['compaction', summary],
      ['text', 'On it.'],
    ]);
    expect(first.stop_reason).toBe('end_turn');
    expect(first.usage.iterations?.map(({ type }) => type)).toEqual(['compaction', 'message']);
    const [spent, used] = first.usage.iterations ?? [];
    expect(spent?.output_tokens).toBeGreaterThan(0);
    expect(first.usage.output_tokens).toBe(used?.output_tokens ?? -1);

    const second = await ask(server, question, [long, echo(first), { role: 'user', content: 'And now?' }]);
    expect(shown(second)).toEqual([['text', 'Fixed.']]);
    const prompts = fake.calls.map(({ prompt }) => prompt);
    expect(prompts.map((prompt) => prompt.includes(secret))).toEqual([true, false, false]);
    expect(prompts.map((prompt) => prompt.includes(summary))).toEqual([false, true, true]);
    expect(prompts[2]).toStartWith(prompts[1] ?? 'no second prompt');
    expect(fake.refusals).toEqual([]);
    expect(await server.nextRecord()).toMatchObject({ outcome: 'answered', turns: 2, attempts: 2 });
  },
);

test('a conversation that the proxy has compacted goes on at Anthropic', async () => {
  const { fake } = await serverFor(chatOnlyKind, [summarised, [say('On it.')]]);
  const other = await anthropicKind.start({ script: () => [say('Fixed.')] });
  upstreams.push(other);
  const server = startTestServer({ registry: providerFor, env: { ...other.settings, ...fake.settings } });
  const first = await ask(server, { model: chatOnlyKind.model, context_management: compact() }, [long]);
  const messages = [long, echo(first), { role: 'user' as const, content: 'And now?' }];
  expect(shown(await ask(server, { model: anthropicKind.model }, messages))).toEqual([['text', 'Fixed.']]);
  expect(other.refusals).toEqual([]);
  expect(other.calls[0]?.prompt).toContain(summary);
  expect(other.calls[0]?.prompt).toContain('On it.');
  expect(other.calls[0]?.prompt).not.toContain(secret);
});

test('who wants to look at the summary first gets nothing else, and goes on with it', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [summarised, [say('On it.')]]);
  const question = { model: chatOnlyKind.model, context_management: compact({ pause_after_compaction: true }) };
  const paused = await ask(server, question, [long]);
  expect(paused.content).toMatchObject([{ type: 'compaction', content: summary }]);
  expect(paused.stop_reason).toBe('compaction');
  expect(paused.usage.iterations?.map(({ type }) => type)).toEqual(['compaction']);
  const next = await ask(server, question, [long, echo(paused), { role: 'user', content: 'Go on.' }]);
  expect(next.content).toMatchObject([{ type: 'text', text: 'On it.' }]);
  expect(fake.calls.map(({ prompt }) => prompt.includes(secret))).toEqual([true, false]);
});

test('who keeps some messages in front of going on finds them behind the summary', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [summarised, [say('On it.')]]);
  const question = { model: chatOnlyKind.model, context_management: compact({ pause_after_compaction: true }) };
  const paused = await ask(server, question, [long]);
  const next = await ask(server, question, [echo(paused), { role: 'user', content: 'The very words.' }]);
  expect(next.stop_reason).toBe('end_turn');
  expect(fake.calls[1]?.prompt).toMatch(/nothing is done yet\.[\s\S]*The very words\./);
  // Nothing added: the compaction is the last thing there is.
  expect((await ask(server, question, [long, echo(paused)])).content).toMatchObject([{ text: 'once more' }]);
  expect(fake.refusals).toEqual([]);
});

test('a request for a compaction is answered with nothing else, however short the conversation', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [summarised, [refuse('No.')]]);
  const question = { model: chatOnlyKind.model, compaction: { type: 'summarize' as const } };
  const messages: BetaMessageParam[] = [{ role: 'user', content: 'Fix the bug.' }];
  const answer = await ask(server, question, messages);
  expect(answer).toMatchObject({ stop_reason: 'compaction', content: [{ type: 'compaction', content: summary }] });
  const failed = await ask(server, question, messages);
  expect(failed).toMatchObject({ stop_reason: 'compaction', content: [{ type: 'compaction', content: null }] });
  expect(fake.calls).toHaveLength(2);
  const { losses } = await server.nextRecord();
  expect(losses).toEqual([]);
});

test('a tool that the conversation has loaded is still offered behind its compaction', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [summarised, [say('On it.')], [say('Yes.')]]);
  const defer = (name: string) => ({
    name,
    description: `does ${name}`,
    defer_loading: true,
    input_schema: { type: 'object' as const, properties: {} },
  });
  const search = { name: 'ToolSearch', input_schema: { type: 'object' as const, properties: {} } };
  const question = {
    model: chatOnlyKind.model,
    tools: [search, defer('Loaded'), defer('Unloaded')],
    context_management: compact(),
  };
  const conversation: BetaMessageParam[] = [
    long,
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'ToolSearch', input: {} }] },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          content: [{ type: 'tool_reference', tool_name: 'Loaded' }],
        },
      ],
    },
  ];
  const first = await ask(server, question, conversation);
  expect(first.content[0]).toMatchObject({
    type: 'compaction',
    tool_changes: [{ type: 'tool_addition', tool: { type: 'tool_reference', name: 'Loaded' } }],
  });
  await ask(server, question, [...conversation, echo(first), { role: 'user', content: 'And now?' }]);
  const offered = ['ToolSearch', 'Loaded'];
  expect(fake.calls.map(({ tools }) => tools.map(({ name }) => name))).toEqual([offered, offered, offered]);
});

test('an answer that is not streamed tells the same', async () => {
  const { server } = await serverFor(chatOnlyKind, [summarised, [say('On it.')]]);
  const sdk = new Anthropic({ baseURL: server.url.href, apiKey: 'none', maxRetries: 0 });
  const answer = await sdk.beta.messages.create({
    model: chatOnlyKind.model,
    max_tokens: 100,
    messages: [long],
    context_management: compact(),
  });
  expect(answer.content).toMatchObject([{ type: 'compaction', content: summary }, { text: 'On it.' }]);
  expect(answer.usage.iterations?.map(({ type }) => type)).toEqual(['compaction', 'message']);
});

test("the client's own instructions take the place of the proxy's, and no form of an answer is asked for", async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [[say('Short.')], [say('{"a":1}')]]);
  const format = {
    type: 'json_schema' as const,
    schema: { type: 'object', properties: {}, additionalProperties: false },
  };
  const question = {
    model: chatOnlyKind.model,
    stop_sequences: ['}'],
    output_config: { format },
    context_management: compact({ instructions: 'One word, please.' }),
  };
  const answer = await ask(server, question, [long]);
  expect(answer.content).toMatchObject([{ type: 'compaction', content: 'Short.' }, { type: 'text' }]);
  expect(fake.calls[0]?.prompt).toContain('One word, please.');
  expect(fake.calls[0]?.prompt).not.toContain('<summary>');
  expect(fake.refusals).toEqual([]);
});

test('what a summary was written without is listed, though the conversation is gone', async () => {
  const { server } = await serverFor(chatOnlyKind, [summarised, [say('On it.')]]);
  const content = [{ type: 'text', text: long.content }, { type: 'hologram' }];
  const messages = [{ role: 'user', content }];
  const answer = await server.post({
    model: chatOnlyKind.model,
    max_tokens: 10,
    messages,
    context_management: compact(),
  });
  expect(await answer.text()).toContain('On it.');
  expect(answer.headers.get('x-proxy-loss')).toContain('messages.0.content.1');
});

test('who wants nothing said gets no summary either', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, []);
  const body = { model: chatOnlyKind.model, max_tokens: 0, messages: [long], context_management: compact() };
  expect((await server.post(body)).status).toBe(200);
  expect(fake.calls).toHaveLength(0);
});

test('under the trigger nothing is compacted', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [[say('Hello.')]]);
  const question = { model: chatOnlyKind.model, context_management: compact() };
  const answer = await ask(server, question, [{ role: 'user', content: 'Hello!' }]);
  expect(answer.content).toMatchObject([{ type: 'text', text: 'Hello.' }]);
  expect(fake.calls).toHaveLength(1);
});

test('what is long without its messages is not compacted: it would be as long again', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [[say('Hello.')]]);
  const system = 'rules '.repeat(36_000);
  const answer = await ask(server, { model: chatOnlyKind.model, system, context_management: compact() }, [
    { role: 'user', content: 'Hello!' },
  ]);
  expect(shown(answer)).toEqual([['text', 'Hello.']]);
  expect(fake.calls).toHaveLength(1);
});

test.each<[what: string, reply: Reply]>([
  ['a refusal', [refuse('No.')]],
  ['an empty summary', [say('<summary> </summary>')]],
  ['half a summary', [say('<summary>The user wants'), finish('length')]],
])('%s takes the place of no conversation: the client is told that the compaction failed', async (_what, reply) => {
  const { fake, server } = await serverFor(chatOnlyKind, [reply, [say('On it.')]]);
  const answer = await ask(server, { model: chatOnlyKind.model, context_management: compact() }, [long]);
  expect(shown(answer)).toEqual([
    ['compaction', null],
    ['text', 'On it.'],
  ]);
  expect(fake.calls.map(({ prompt }) => prompt.includes(secret))).toEqual([true, true]);
});

test('who wants to look at a summary that failed gets the answer instead: there is nothing to go on with', async () => {
  const { fake, server } = await serverFor(chatOnlyKind, [[refuse('No.')], [say('On it.')]]);
  const question = { model: chatOnlyKind.model, context_management: compact({ pause_after_compaction: true }) };
  const answer = await ask(server, question, [long]);
  expect(shown(answer)).toEqual([
    ['compaction', null],
    ['text', 'On it.'],
  ]);
  expect(answer.stop_reason).toBe('end_turn');
  expect(fake.calls[1]?.prompt).toContain(secret);
});

test('a call for a summary that fails is the failure of the request', async () => {
  const { server } = await serverFor(chatOnlyKind, [
    [fail(400, { error: { message: 'no such luck', type: 'invalid_request_error' } })],
  ]);
  const body = { model: chatOnlyKind.model, max_tokens: 10, messages: [long], context_management: compact() };
  const answer = await server.post(body);
  expect(answer.status).toBe(400);
  expect((await errorOf(answer)).message).toContain('no such luck');
});

const uses = (count: number): BetaMessageParam[] => [
  { role: 'user', content: 'Read them all.' },
  ...Array.from({ length: count }, (_, index): BetaMessageParam[] => [
    { role: 'assistant', content: [{ type: 'tool_use', id: `toolu_${index}`, name: 'Read', input: { path: 'a' } }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: `toolu_${index}`, content: `file ${index}: ${'words '.repeat(400)}` },
      ],
    },
  ]).flat(),
];
const clearUses: BetaContextManagementConfig = {
  edits: [
    {
      type: 'clear_tool_uses_20250919',
      trigger: { type: 'tool_uses', value: 5 },
      keep: { type: 'tool_uses', value: 2 },
    },
  ],
};

test.each(kinds)('results of old tool uses are cleared, and the reply tells it: $name', async (kind) => {
  const { fake, server } = await serverFor(kind, [[say('Read.')]]);
  const question = { model: kind.model, tools: [readTool], context_management: clearUses };
  const answer = await ask(server, question, uses(7));
  // At the sixth use four were cleared; since then there is one more.
  expect(answer.context_management).toMatchObject({
    applied_edits: [{ type: 'clear_tool_uses_20250919', cleared_tool_uses: 4 }],
  });
  const prompt = fake.calls[0]?.prompt ?? '';
  expect(Array.from({ length: 7 }, (_, index) => prompt.includes(`file ${index}:`))).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
  expect(prompt).toContain(clearedText);
  expect(fake.refusals).toEqual([]);
  const { losses } = await server.nextRecord();
  expect(losses.filter(({ field }) => field.startsWith('context_management'))).toEqual([]);
});

test('what is cleared stays the same when the proxy learns how its upstream counts', async () => {
  const reply = [say('Read.'), usage({ prompt_tokens: 4_000, completion_tokens: 2, total_tokens: 4_002 })];
  const { fake, server } = await serverFor(
    chatOnlyKind,
    Array.from({ length: 6 }, () => reply),
  );
  const trigger = { type: 'input_tokens' as const, value: 3_000 };
  const question = {
    model: chatOnlyKind.model,
    tools: [readTool],
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' as const, trigger }] },
  };
  for (let turn = 0; turn < 6; turn++) await ask(server, question, uses(12));
  expect(fake.calls[0]?.prompt).toContain(clearedText);
  expect(new Set(fake.calls.map(({ prompt }) => prompt)).size).toBe(1);
});

test('counting tells the tokens before and after', async () => {
  const { server } = await serverFor(chatOnlyKind, []);
  const sdk = new Anthropic({ baseURL: server.url.href, apiKey: 'none', maxRetries: 0 });
  const count = (context_management?: BetaContextManagementConfig) =>
    sdk.beta.messages.countTokens({
      model: chatOnlyKind.model,
      messages: uses(7),
      tools: [readTool],
      ...(context_management === undefined ? {} : { context_management }),
    });
  const plain = await count();
  const edited = await count(clearUses);
  expect(edited.context_management).toEqual({ original_input_tokens: plain.input_tokens });
  expect(edited.input_tokens).toBeLessThan(plain.input_tokens - 1_000);
});

test('a wish that the Messages API refuses is refused, and one that nobody knows is a loss', async () => {
  const { server } = await serverFor(chatOnlyKind, [[say('Hello.')]]);
  const asked = (edit: object) =>
    server.post({
      model: chatOnlyKind.model,
      max_tokens: 10,
      messages: [{ role: 'user', content: 'Hello!' }],
      context_management: { edits: [edit] },
    });
  const refused = await asked({ type: 'clear_tool_uses_20250919', keep: { type: 'tool_uses', value: -1 } });
  expect(refused.status).toBe(400);
  expect((await errorOf(refused)).message).toContain('context_management.edits.0.keep.value');
  const unknown = await asked({ type: 'clear_images_20270101' });
  expect(unknown.status).toBe(200);
  expect(unknown.headers.get('x-proxy-loss')).toContain('context_management.edits.0');
});
