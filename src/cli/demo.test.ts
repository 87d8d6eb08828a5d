import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';

const model = 'claude-opus-5-5';
const readTool = {
  name: 'Read',
  description: 'Reads a file.',
  input_schema: { type: 'object' as const, properties: { file_path: { type: 'string' } }, required: ['file_path'] },
};

let demo: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
let output = '';
let client: Anthropic;

beforeAll(async () => {
  demo = Bun.spawn([process.execPath, join(import.meta.dir, '..', 'main.ts'), 'demo'], {
    env: { PATH: Bun.env.PATH ?? '', PORT: '0', LOG_FORMAT: 'json', OPENAI_API_KEY: 'sk-of-the-user' },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const url = await new Promise<string>((resolve, reject) => {
    const read = async () => {
      const decoder = new TextDecoder();
      for await (const bytes of demo.stdout) {
        output += decoder.decode(bytes, { stream: true });
        const found = /"url":"(http:[^"]+)"/.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      }
      reject(new Error(`The demo ended: ${output}${await demo.stderr.text()}`));
    };
    read().catch(reject);
  });
  client = new Anthropic({ apiKey: 'any', baseURL: url, maxRetries: 0 });
});
afterAll(async () => {
  demo.kill('SIGTERM');
  await demo.exited;
});

test('a greeting is answered with thinking and with what this is', async () => {
  const stream = client.messages.stream({
    model,
    max_tokens: 2000,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    messages: [{ role: 'user', content: 'Hello' }],
  });
  let deltas = 0;
  stream.on('text', () => {
    deltas += 1;
  });
  const message = await stream.finalMessage();
  expect(message.content.map((block) => block.type)).toEqual(['thinking', 'text']);
  expect(textOf(message)).toContain('this is the demo of claude-code-proxy');
  expect(message.model).toBe(model);
  expect(message.stop_reason).toBe('end_turn');
  expect(message.usage.output_tokens).toBeGreaterThan(50);
  expect(deltas).toBeGreaterThan(20);
});

test('a tool is called, and its result is told in the next turn', async () => {
  const question = { role: 'user' as const, content: 'Please read notes.txt' };
  const call = await client.messages
    .stream({ model, max_tokens: 500, tools: [readTool], messages: [question] })
    .finalMessage();
  expect(call.stop_reason).toBe('tool_use');
  const use = call.content.find((block) => block.type === 'tool_use');
  expect(use).toMatchObject({ name: 'Read', input: { file_path: 'notes.txt' } });

  const result = { type: 'tool_result' as const, tool_use_id: use?.id ?? '', content: 'Buy milk.' };
  const answer = await client.messages.create({
    model,
    max_tokens: 500,
    tools: [readTool],
    messages: [question, { role: 'assistant', content: call.content }, { role: 'user', content: [result] }],
  });
  expect(answer.stop_reason).toBe('end_turn');
  expect(textOf(answer)).toContain('Read answered:\n\n```\nBuy milk.\n```');
});

test('a structured answer fits its schema', async () => {
  const schema = {
    type: 'object',
    properties: { title: { type: 'string' } },
    required: ['title'],
    additionalProperties: false,
  };
  const answer = await client.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 200,
    output_config: { format: { type: 'json_schema', schema } },
    messages: [{ role: 'user', content: 'Give this conversation a title.' }],
  });
  expect(JSON.parse(textOf(answer))).toEqual({ title: expect.any(String) });
});

test('the log says that this is a demo, and nothing of the user’s own key is used', () => {
  expect(output).toContain('This is a demo: a script plays the model.');
  expect(output).not.toContain('sk-of-the-user');
});

test('a page is not fetched: nothing leaves the machine', async () => {
  const answer = await client.beta.messages.create({
    model,
    max_tokens: 2000,
    tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }],
    messages: [{ role: 'user', content: 'Please fetch https://example.com' }],
  });
  const [result] = answer.content.filter((block) => block.type === 'web_fetch_tool_result');
  expect(result?.content).toMatchObject({ type: 'web_fetch_tool_result_error' });
  expect(output).toContain('"web":{"search":"off","fetch":false}');
});

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
