import { afterAll, beforeAll, expect, test } from 'bun:test';
import { say } from '../script.ts';
import { type FakeOpenAi, startFakeOpenAi } from './fake-openai.ts';
import {
  type Body,
  called,
  plain,
  png,
  post,
  readJson,
  result,
  schemaFormat,
  strictObject,
  talk,
  tool,
  user,
  withParameters,
} from './request-samples.ts';
import { compatibleRules, type Rules } from './rules.ts';

const taken: readonly { readonly says: string; readonly body: Body }[] = [
  { says: 'a plain call', body: plain },
  {
    says: 'system text in the middle',
    body: talk(user, { role: 'assistant', content: 'x' }, { role: 'system', content: 'y' }, user),
  },
  { says: 'results in another order than the calls', body: talk(user, called('a', 'b'), result('b'), result('a')) },
  {
    says: 'a picture, a file and a URL',
    body: talk({
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: png, detail: 'auto' } },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0x' } },
      ],
    }),
  },
  {
    says: 'JSON Schema keywords outside strict mode',
    body: withParameters({
      type: 'object',
      properties: {
        a: { type: 'array', items: {}, minItems: 1, default: [] },
        b: { anyOf: [{ const: 1 }, { type: ['string', 'null'], pattern: '^x', format: 'uri', minLength: 1 }] },
        c: { type: 'object', properties: {}, additionalProperties: {}, propertyNames: { type: 'string' } },
        d: { $ref: '#/$defs/deep' },
      },
      $defs: { deep: { type: 'integer', exclusiveMinimum: 0 } },
    }),
  },
  { says: 'a strict tool inside the subset', body: withParameters(strictObject, true) },
  { says: 'a strict output schema inside the subset', body: schemaFormat(strictObject) },
  { says: 'a loose output schema', body: schemaFormat({ type: 'object', properties: { a: {} } }, 'x', false) },
  {
    says: 'tools on gpt-5.6 with an effort of none',
    body: { ...plain, model: 'gpt-5.6-luna', tools: [tool('Read')], reasoning_effort: 'none' },
  },
  {
    says: 'temperature where the model does not reason unless asked',
    body: { ...plain, model: 'gpt-5.1', temperature: 0.5 },
  },
  { says: 'the standard temperature on a reasoning model', body: { ...plain, model: 'o3', temperature: 1 } },
  { says: 'a developer message', body: talk({ role: 'developer', content: 'x' }, user) },
];

let fake: FakeOpenAi;
beforeAll(async () => {
  fake = await startFakeOpenAi({ model: () => [say('Hi')] });
});
afterAll(() => fake.stop());

test.each(taken)('takes $says', async ({ body }) => {
  const before = fake.refusals.length;
  expect((await post(fake.url, body)).status).toBe(200);
  expect(fake.refusals.slice(before)).toEqual([]);
});

interface Variant {
  readonly says: string;
  readonly rules: Partial<Rules>;
  readonly body: Body;
  readonly answer: unknown;
}
const thinking = { ...called('c'), reasoning_content: 'Hm.' };
const variants: readonly Variant[] = [
  {
    says: 'DeepSeek wants its reasoning back on calls',
    rules: compatibleRules.deepSeek,
    body: talk(user, called('c'), result('c')),
    answer: { error: { message: 'The reasoning_content in the thinking mode must be passed back to the API.' } },
  },
  {
    says: 'DeepSeek takes calls with their reasoning, and fields it does not know',
    rules: compatibleRules.deepSeek,
    body: { ...talk(user, thinking, result('c')), model: 'deepseek-chat', reasoning_effort: 'high', thinking: {} },
    answer: { object: 'chat.completion' },
  },
  {
    says: 'DeepSeek takes no forced tool while thinking',
    rules: compatibleRules.deepSeek,
    body: { ...plain, tools: [tool('Read')], tool_choice: 'required' },
    answer: { error: { param: 'tool_choice' } },
  },
  {
    says: 'a server without the developer role refuses it',
    rules: compatibleRules.ollama,
    body: talk({ role: 'developer', content: 'x' }, user),
    answer: { error: { param: 'messages[0].role' } },
  },
  {
    says: 'LM Studio takes tool_choice as a word only, and complains in a plain string',
    rules: compatibleRules.lmStudio,
    body: { ...plain, tools: [tool('Read')], tool_choice: { type: 'function', function: { name: 'Read' } } },
    answer: { error: expect.stringContaining('Invalid tool_choice type') },
  },
  {
    says: 'a strict chat template wants user and assistant in turns',
    rules: { alternation: 'strict' },
    body: talk(user, user),
    answer: { error: { message: expect.stringContaining('must alternate') } },
  },
  {
    says: 'calls and their results stand between the turns of a strict chat template',
    rules: { alternation: 'strict' },
    body: talk(user, called('a'), result('a'), called('b'), result('b'), { role: 'assistant', content: 'x' }, user),
    answer: { choices: [{ message: { content: 'Hi' } }] },
  },
  {
    says: 'a strict chat template wants the system text first',
    rules: { alternation: 'strict' },
    body: talk(user, { role: 'system', content: 'x' }),
    answer: { error: { message: 'System message must be at the beginning.' } },
  },
  {
    says: 'an organisation that is not verified cannot stream',
    rules: { streaming: false },
    body: { ...plain, stream: true },
    answer: { error: { param: 'stream', code: 'unsupported_value' } },
  },
  {
    says: 'an older snapshot refuses long descriptions',
    rules: { maxDescriptionLength: 1024 },
    body: { ...plain, tools: [tool('Read', { description: 'x'.repeat(1025) })] },
    answer: { error: { code: 'string_above_max_length', param: 'tools[0].function.description' } },
  },
  {
    says: 'a small window is as small as it is told to be',
    rules: { contextWindow: 1000 },
    body: talk({ role: 'user', content: 'x'.repeat(8000) }),
    answer: { error: { code: 'context_length_exceeded', message: expect.stringContaining('is 1000 tokens') } },
  },
];

test.each(variants)('$says', async ({ rules, body, answer }) => {
  const server = await startFakeOpenAi({ model: () => [say('Hi')], rules });
  try {
    expect(await readJson(await post(server.url, body))).toMatchObject(Object(answer));
  } finally {
    await server.stop();
  }
});

test('a server that ignores keys lets in a call without one', async () => {
  const server = await startFakeOpenAi({ model: () => [say('Hi')], rules: compatibleRules.ollama });
  try {
    expect((await post(server.url, plain, {})).status).toBe(200);
  } finally {
    await server.stop();
  }
});
