import { afterEach, expect, test } from 'bun:test';
import { providerFor } from '../../src/providers/registry.ts';
import { startFakeOpenAi } from '../upstreams/openai/fake-openai.ts';
import { compatibleRules } from '../upstreams/openai/rules.ts';
import { say } from '../upstreams/script.ts';
import { ask, framesOf, serverOn, startTestServer, stopTestServers } from './test-server.ts';

afterEach(stopTestServers);

const tools = [
  {
    name: 'Read',
    description: 'Reads a file.',
    input_schema: {
      type: 'object',
      required: ['file_path'],
      properties: { file_path: { type: 'string' }, limit: { type: 'integer' }, offset: { type: 'integer' } },
    },
  },
];

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
}

const inText = `${chunk({ content: 'I look.\n<tool' })}${chunk({ content: '_call>{"name":"Read","arguments":{"file_path":"/a"}}</tool_call>' })}${chunk({}, 'stop')}data: [DONE]\n\n`;
const call = { index: 0, id: 'call_1', type: 'function' };
const wrongTypes = `${chunk({ tool_calls: [{ ...call, function: { name: 'read', arguments: '{"file_path":"/a","limit":"5"' } }] })}${chunk({ tool_calls: [{ index: 0, function: { arguments: ',"offset":""}' } }] }, 'tool_calls')}data: [DONE]\n\n`;

/** The blocks of an answer: text, or the name and the input of a call; and how it ends. */
async function answerTo(upstream: string, env: Readonly<Record<string, string>>, stream = true) {
  const { server } = await serverOn((received) => received.whole(upstream), { registry: providerFor, env });
  const response = await server.post(ask({ tools, stream }));
  const text = await response.text();
  const record = await server.nextRecord();
  if (!stream) {
    const { content, stop_reason: reason } = JSON.parse(text);
    return {
      said: [...content.map((block: { text?: string; input?: object }) => block.text ?? block.input), reason],
      record,
    };
  }
  const said: unknown[] = [];
  let input = '';
  for (const { event, data } of framesOf(text)) {
    const { delta } = Object(data);
    if (event === 'content_block_delta' && delta.type === 'text_delta') said.push(delta.text);
    if (event === 'content_block_delta' && delta.type === 'input_json_delta') input += delta.partial_json;
    if (event === 'content_block_stop' && input !== '') {
      said.push(JSON.parse(input));
      input = '';
    }
    if (event === 'message_delta') said.push(delta.stop_reason);
  }
  return { said, record };
}

const vllm = { OPENAI_PROFILE: 'vllm', BIG_MODEL: 'my-model' };

test.each([true, false])(
  'a call that a model on a server of one’s own wrote as text is called (streamed: %p)',
  async (stream) => {
    const { said, record } = await answerTo(inText, vllm, stream);
    expect(said.join('|').replaceAll('\n', '')).toBe('I look.|[object Object]|tool_use');
    expect(said.at(1)).toEqual({ file_path: '/a' });
    expect(record.callRepairs).toEqual({ text: 1 });
  },
);

test.each([true, false])(
  'arguments fit the tool, and what was repaired is in the log (streamed: %p)',
  async (stream) => {
    const { said, record } = await answerTo(wrongTypes, vllm, stream);
    expect(said).toEqual([{ file_path: '/a', limit: 5 }, 'tool_use']);
    expect(record.callRepairs).toEqual({ type: 1, empty: 1 });
  },
);

test('models that can be relied on, and who switches it off, get what the server sends', async () => {
  for (const env of [{ ...vllm, REPAIR_TOOL_CALLS: 'off' }, { BIG_MODEL: 'gpt-4.1' }]) {
    const { said, record } = await answerTo(wrongTypes, env);
    expect(said).toEqual([{ file_path: '/a', limit: '5', offset: '' }, 'tool_use']);
    expect(record.callRepairs).toEqual({});
  }
});

test('who switches it on gets it for every model', async () => {
  const { said } = await answerTo(wrongTypes, { BIG_MODEL: 'gpt-4.1', REPAIR_TOOL_CALLS: 'on' });
  expect(said).toEqual([{ file_path: '/a', limit: 5 }, 'tool_use']);
});

test('a chat template that wants user and assistant in turns is refused once, and obeyed from then on', async () => {
  const fake = await startFakeOpenAi({ model: () => [say('Done.')], rules: compatibleRules.lmStudio });
  try {
    const env = { OPENAI_PROFILE: 'lmstudio', BIG_MODEL: 'a-model-of-strict-template' };
    const server = startTestServer({ registry: providerFor, upstream: fake.url, env });
    const content = [
      { type: 'tool_result', tool_use_id: 'toolu_1', content: 'of a' },
      { type: 'text', text: 'Go on.' },
    ];
    const messages = [
      { role: 'user', content: 'Read a.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: 'a' } }] },
      { role: 'user', content },
    ];
    for (const attempts of [2, 1]) {
      expect((await server.post(ask({ tools, messages }))).status).toBe(200);
      expect((await server.nextRecord()).attempts).toBe(attempts);
    }
    expect(fake.calls.at(-1)?.body.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
  } finally {
    await fake.stop();
  }
});
