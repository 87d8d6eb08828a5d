import { afterEach, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { AnswerStyle } from '../upstreams/gemini/chunks.ts';
import type { FakeGemini } from '../upstreams/gemini/fake-gemini.ts';
import type { Content, GeminiCall, Part } from '../upstreams/gemini/gemini-request.ts';
import { callTool, interleave, type Reply, say, think } from '../upstreams/script.ts';
import {
  aiStudio3,
  ask,
  bashTool,
  echo,
  echoWithoutThinking,
  type GeminiPlace,
  geminiPlaces,
  geminiServer,
  readTool,
  resultsFor,
  serverBefore,
  startFake,
  stopFakeGeminis,
  vertex3,
  visibleText,
} from './gemini-server.ts';
import { stopTestServers } from './test-server.ts';

afterEach(async () => {
  await stopTestServers();
  await stopFakeGeminis();
});

const tools = [readTool, bashTool];
const thinking = { type: 'enabled' as const, budget_tokens: 2000 };
const wish: BetaMessageParam = { role: 'user', content: 'Read both files.' };
const skip = 'skip_thought_signature_validator';

/** Two calls at once in every other turn, one in the rest; thoughts and words between them; at the end it tells. */
function busyAgent(turns: number) {
  return ({ body }: GeminiCall): Reply => {
    const done = body.contents.filter(({ parts }) => parts?.some((part) => part.functionResponse !== undefined)).length;
    if (done >= turns) return [think('That was all.'), say('All is read.')];
    const read = callTool('Read', { path: `/tmp/${done}`, lines: [1, { deep: true }] });
    const words = done % 3 === 0 ? [say(`Turn ${done}: I look. ü`)] : [];
    const calls = done % 2 === 0 ? interleave(read, callTool('Bash', { command: 'ls' })) : read;
    return [think(`Step ${done}.`), ...words, calls];
  };
}

/** Runs a tool loop to its end; how the client echoes and which server is asked may change from turn to turn. */
async function runLoop(
  servers: readonly Parameters<typeof ask>[0][],
  model: string,
  echoed: typeof echo = echo,
): Promise<BetaMessageParam[]> {
  const messages: BetaMessageParam[] = [wish];
  for (let turn = 0; turn < 40; turn += 1) {
    const server = servers[turn % servers.length];
    if (server === undefined) break;
    const answer = await ask(server, { model, tools, thinking, max_tokens: 4000 }, messages);
    messages.push(echoed(answer));
    if (answer.stop_reason !== 'tool_use') break;
    messages.push(resultsFor(answer));
  }
  return messages;
}

function modelTurns(fake: FakeGemini): readonly Content[] {
  return fake.calls.at(-1)?.body.contents.filter(({ role }) => role === 'model') ?? [];
}
function partsOf(fake: FakeGemini): readonly Part[] {
  return modelTurns(fake).flatMap(({ parts }) => parts ?? []);
}

test.each(geminiPlaces)('$model on $platform answers in words, streamed and whole', async ({ platform, model }) => {
  const { fake, server } = await geminiServer({ platform, model: () => [say('Schön, dass du fragst. 😀')] });
  const answer = await ask(server, { model }, [wish]);
  expect(answer).toMatchObject({ model, stop_reason: 'end_turn' });
  expect(visibleText(answer)).toBe('Schön, dass du fragst. 😀');
  expect(answer.usage.input_tokens).toBeGreaterThan(3);
  expect(answer.usage.output_tokens).toBeGreaterThan(3);
  const whole = await server.post({ model, max_tokens: 100, messages: [wish] });
  expect(await whole.json()).toMatchObject({ type: 'message', stop_reason: 'end_turn' });
  expect(fake.calls.map((call) => call.body.method)).toEqual(['streamGenerateContent', 'streamGenerateContent']);
  expect(fake.refusals).toEqual([]);
});

test.each(geminiPlaces)(
  '$model on $platform: twenty turns with parallel calls, each signature back on its part',
  async ({ platform, model }) => {
    const rules = { signedSteps: 'all' } as const;
    const { fake, server } = await geminiServer({ platform, model: busyAgent(20), rules });
    const messages = await runLoop([server], model);
    expect(fake.refusals).toEqual([]);
    expect(fake.calls.length).toBe(21);
    expect(messages.length).toBe(42);
    // What the fake has signed came back, and nothing stands in for it.
    const firsts = modelTurns(fake).map(({ parts }) => parts?.find((part) => part.functionCall !== undefined));
    expect(firsts.every((part) => part?.thoughtSignature !== undefined && part.thoughtSignature !== skip)).toBe(true);
    expect(server.records.flatMap((record) => record.losses)).toEqual([]);
  },
);

const styles: readonly { readonly says: string; readonly style: Partial<AnswerStyle> }[] = [
  { says: 'a text signed on a part of its own', style: { textSignature: 'own-part' } },
  { says: 'a text signed on its last piece', style: { textSignature: 'last-piece' } },
  { says: 'a text signed on its first piece', style: { textSignature: 'first-piece' } },
  { says: 'a thought signed in place of the call behind it', style: { callSignature: 'thought' } },
  { says: 'arguments that come in pieces', style: { streamArguments: true } },
];
const styledPlaces = [aiStudio3, vertex3].flatMap((place) => styles.map((style) => ({ ...place, ...style })));

test.each(styledPlaces)('$says is brought back as it came by $platform', async ({ platform, model, style }) => {
  const rules = { signedSteps: 'all' } as const;
  const { fake, server } = await geminiServer({ platform, model: busyAgent(3), style, rules });
  const messages = await runLoop([server], model);
  messages.push(wish);
  // The last answer was words alone, and its signature belongs to them.
  const answer = await ask(server, { model, tools, thinking, max_tokens: 4000 }, messages);
  expect(visibleText(answer)).toBe('All is read.');
  expect(fake.refusals).toEqual([]);
  expect(server.records.flatMap((record) => record.losses)).toEqual([]);
  const said = partsOf(fake).filter((part) => part.text !== undefined && part.thought !== true);
  expect(said.map((part) => part.text).join('')).toContain('Turn 0: I look. ü');
});

test.each([aiStudio3, vertex3])(
  'thinking is shown where it is asked for, on $platform',
  async ({ platform, model }) => {
    const { fake, server } = await geminiServer({ platform, model: () => [think('Let me see.'), say('Yes.')] });
    const answer = await ask(server, { model, thinking, max_tokens: 4000 }, [wish]);
    expect(answer.content[0]).toMatchObject({ type: 'thinking', thinking: 'Let me see.' });
    expect(answer.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(0);
    const without = await ask(server, { model }, [wish]);
    expect(without.content.some((block) => block.type === 'thinking' && block.thinking !== '')).toBe(false);
    expect(fake.refusals).toEqual([]);
  },
);

test.each([aiStudio3, vertex3])(
  'a client that throws thinking away: the proxy remembers, on $platform',
  async ({ platform, model }) => {
    const rules = { signedSteps: 'all' } as const;
    const { fake, server } = await geminiServer({ platform, model: busyAgent(4), rules });
    await runLoop([server], model, echoWithoutThinking);
    expect(fake.refusals).toEqual([]);
    expect(partsOf(fake).filter((part) => part.thoughtSignature === skip)).toEqual([]);
    expect(partsOf(fake).filter((part) => part.functionCall && part.thoughtSignature).length).toBe(4);
  },
);

test.each([aiStudio3, vertex3])(
  '… and behind a new server the check is skipped, and that is told, on $platform',
  async ({ platform, model }) => {
    const fake = await startFake({ platform, model: busyAgent(2), rules: { signedSteps: 'all' } });
    const before = (): ReturnType<typeof serverBefore> => serverBefore({ [platform]: fake });
    const messages: BetaMessageParam[] = [wish];
    const first = await ask(before(), { model, tools }, messages);
    messages.push(echoWithoutThinking(first), resultsFor(first));
    const restarted = before();
    const answer = await restarted.post({ model, max_tokens: 1000, tools, messages });
    expect(answer.status).toBe(200);
    expect(fake.refusals).toEqual([]);
    expect(partsOf(fake).map((part) => part.thoughtSignature)).toContain(skip);
    expect(answer.headers.get('x-proxy-loss')).toContain('messages.1.content');
  },
);

test.each(geminiPlaces)('a restart in every turn loses nothing, with $model', async ({ platform, model }) => {
  const fake = await startFake({ platform, model: busyAgent(5), rules: { signedSteps: 'all' } });
  const servers = Array.from({ length: 6 }, () => serverBefore({ [platform]: fake }));
  await runLoop(servers, model);
  expect(fake.refusals).toEqual([]);
  expect(fake.calls.length).toBe(6);
  expect(partsOf(fake).filter((part) => part.thoughtSignature === skip)).toEqual([]);
});

const changes: readonly { readonly says: string; readonly from: GeminiPlace; readonly to: GeminiPlace }[] = [
  { says: 'from generation 2.5 to 3', from: geminiPlaces[0], to: aiStudio3 },
  { says: 'from generation 3 to 2.5', from: aiStudio3, to: geminiPlaces[0] },
  { says: 'from AI Studio to Vertex AI', from: aiStudio3, to: vertex3 },
  { says: 'from Vertex AI to AI Studio', from: vertex3, to: geminiPlaces[2] },
  { says: 'from Vertex AI 2.5 to AI Studio', from: geminiPlaces[3], to: aiStudio3 },
];

test.each(changes)('a conversation that goes on $says is taken', async ({ from, to }) => {
  const rules = { signedSteps: 'all' } as const;
  const fakes = {
    'ai-studio': await startFake({ platform: 'ai-studio', model: busyAgent(4), rules }),
    vertex: await startFake({ platform: 'vertex', model: busyAgent(4), rules }),
  };
  const server = serverBefore(fakes);
  const messages: BetaMessageParam[] = [wish];
  for (const { model } of [from, from, to, to, from]) {
    const answer = await ask(server, { model, tools, thinking, max_tokens: 4000 }, messages);
    messages.push(echo(answer));
    if (answer.stop_reason === 'tool_use') messages.push(resultsFor(answer));
  }
  expect(messages.at(-1)).toMatchObject({ role: 'assistant' });
  expect(fakes['ai-studio'].refusals).toEqual([]);
  expect(fakes.vertex.refusals).toEqual([]);
});

test.each(geminiPlaces)(
  "a Claude conversation's thinking and calls are taken by $model",
  async ({ platform, model }) => {
    const { fake, server } = await geminiServer({ platform, model: () => [say('Yes.')] });
    const call = { type: 'tool_use' as const, id: 'toolu_01A', name: 'Read', input: { path: 'a' } };
    const messages: BetaMessageParam[] = [
      wish,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm, a file.', signature: 'ErUBCkYIBxgCIkDx' },
          { type: 'redacted_thinking', data: 'EmwKAhgB' },
          { type: 'text', text: 'I read it.' },
          call,
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: call.id, content: 'x' },
          { type: 'text', text: 'So?' },
        ],
      },
    ];
    expect(visibleText(await ask(server, { model, tools, thinking, max_tokens: 4000 }, messages))).toBe('Yes.');
    expect(fake.refusals).toEqual([]);
  },
);

test('a prompt that grows at its end is read from the cache', async () => {
  const { platform, model } = aiStudio3;
  const { server } = await geminiServer({ platform, model: busyAgent(2) });
  const system = 'All of this has been said before. '.repeat(700);
  const first = await ask(server, { model, tools, system }, [wish]);
  expect(first.usage.cache_read_input_tokens).toBe(0);
  const second = await ask(server, { model, tools, system }, [wish, echo(first), resultsFor(first)]);
  expect(second.usage.cache_read_input_tokens).toBeGreaterThan(5000);
  expect(second.usage.input_tokens).toBeLessThan(first.usage.input_tokens);
});
