import { afterEach, describe, expect, test } from 'bun:test';
import { placeOf, serverNames } from '../../src/config/servers.ts';
import { isRecord } from '../../src/messages/json.ts';
import { providerFor } from '../../src/providers/registry.ts';
import { startFakeServer } from '../upstreams/compatible/fake-server.ts';
import { refusalOf, serverRules } from '../upstreams/compatible/server-rules.ts';
import { callTool, say, think } from '../upstreams/script.ts';
import { ask, startTestServer, stopTestServers } from './test-server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await stopTestServers();
  for (const stop of stops.splice(0)) await stop();
});

const read = {
  name: 'Read',
  description: 'Reads.',
  input_schema: { type: 'object', properties: { path: { type: 'string' } } },
};

/** Those that have `reasoning` where DeepSeek has `reasoning_content`. */
const newerField: ReadonlySet<string> = new Set(['openrouter', 'groq', 'together', 'cerebras', 'ollama', 'vllm']);

// As Claude Code asks: it thinks, calls a tool, gets its result and a reminder, and goes on.
describe('a conversation with tools goes through without a refusal', () => {
  test.each(serverNames)('%s', async (name) => {
    const fake = await startFakeServer({
      server: name,
      apiKey: 'the-key',
      model: ({ index }) =>
        index === 0
          ? [
              think('Read it.', { field: newerField.has(name) ? 'reasoning' : 'reasoning_content' }),
              callTool('Read', { path: 'a' }),
            ]
          : [say('Done.')],
    });
    stops.push(fake.stop);
    const upper = name.toUpperCase();
    const env = { [`${upper}_API_KEY`]: 'the-key', [`${upper}_BASE_URL`]: fake.url };
    const server = startTestServer({ registry: providerFor, env });
    const model = `${name}/${placeOf(name).example}`;
    const turn = (more: object) =>
      server.post(
        ask({
          model,
          max_tokens: 8_000,
          stream: false,
          system: 'Be kind.',
          thinking: { type: 'adaptive' },
          output_config: { effort: 'high' },
          metadata: { user_id: 'somebody' },
          stop_sequences: ['END'],
          tools: [read],
          ...more,
        }),
      );
    const question = { role: 'user', content: 'Read a.' };
    const content = contentOf(await (await turn({ messages: [question] })).json());
    const call = content.find(({ type }) => type === 'tool_use');
    expect(call).toMatchObject({ name: 'Read', input: { path: 'a' } });

    const results = [
      { type: 'tool_result', tool_use_id: call?.id, content: 'of a' },
      { type: 'text', text: 'Go on.' },
    ];
    const messages = [question, { role: 'assistant', content }, { role: 'user', content: results }];
    expect(await (await turn({ messages })).json()).toMatchObject({ content: [{ type: 'text', text: 'Done.' }] });
    // Without tools, and with a call that is forced.
    const forced = { messages: [question], tool_choice: { type: 'tool', name: 'Read' } };
    expect(await (await turn(forced)).json()).toMatchObject({ stop_reason: 'end_turn' });
    const small = { messages: [question], tools: [], thinking: { type: 'disabled' }, max_tokens: 100 };
    expect(await (await turn(small)).json()).toMatchObject({ content: [{ text: 'Done.' }] });
    expect(fake.refusals).toEqual([]);
    expect(fake.bodies).toHaveLength(4);
  });
});

function contentOf(message: unknown): Record<string, unknown>[] {
  if (!isRecord(message) || !Array.isArray(message.content)) throw new Error(JSON.stringify(message));
  return message.content.filter(isRecord);
}

test('the fakes refuse what the real servers refuse', () => {
  const user = { role: 'user', content: 'x' };
  const call = { id: 'toolu_0123456789', type: 'function', function: { name: 'a', arguments: '{}' } };
  const wrong: readonly [name: keyof typeof serverRules, body: object][] = [
    ['azure', { top_k: 1 }],
    ['openrouter', { chat_template_kwargs: {} }],
    ['deepseek', { messages: [{ role: 'assistant', tool_calls: [call] }] }],
    ['deepseek', { tool_choice: 'required' }],
    ['groq', { reasoning: {} }],
    ['groq', { messages: [{ role: 'assistant', content: 'x', reasoning_content: 'y' }] }],
    ['xai', { stop: ['END'] }],
    ['mistral', { stream_options: {} }],
    ['mistral', { messages: [{ role: 'tool', content: 'x' }, user] }],
    ['mistral', { messages: [{ role: 'assistant', tool_calls: [call] }] }],
    ['fireworks', { reasoning: {} }],
    ['cerebras', { max_tokens: 1 }],
    ['lmstudio', { tool_choice: { type: 'function', function: { name: 'a' } } }],
  ];
  for (const [name, body] of wrong) {
    expect([name, body, refusalOf(serverRules[name], { ...body })?.status]).toEqual([name, body, expect.any(Number)]);
    expect(refusalOf(serverRules[name], { model: 'm', messages: [user] })).toBeUndefined();
  }
});
