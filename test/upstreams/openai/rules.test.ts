import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type FakeOpenAi, startFakeOpenAi } from './fake-openai.ts';
import { compatibleRules, type Rules } from './rules.ts';
import { say } from './script.ts';

type Body = Record<string, unknown>;
interface Row {
  readonly says: string;
  readonly body: Body;
  readonly status?: number;
  readonly code: string | null;
  readonly param: string | null;
  /** Part of the message. */
  readonly message?: string;
}

const user = { role: 'user', content: 'Hello' };
const plain = { model: 'gpt-4.1', messages: [user] };
const noParameters = { type: 'object', properties: {} };
const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function tool(name: string, more: Body = {}): Body {
  return { type: 'function', function: { name, parameters: noParameters, ...more } };
}
function withParameters(parameters: Body, strict = false): Body {
  return { ...plain, tools: [tool('Fetch', { parameters, strict })] };
}
function called(...ids: string[]): Body {
  const calls = ids.map((id) => ({ id, type: 'function', function: { name: 'Read', arguments: '{}' } }));
  return { role: 'assistant', content: null, tool_calls: calls };
}
function result(id: string, content: unknown = 'done'): Body {
  return { role: 'tool', tool_call_id: id, content };
}
function talk(...messages: Body[]): Body {
  return { model: 'gpt-4.1', messages };
}
function picture(url: string): Body {
  return talk({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] });
}
function file(content: Body): Body {
  return talk({ role: 'user', content: [{ type: 'file', file: content }] });
}
function schemaFormat(schema: Body, name = 'answer', strict = true): Body {
  return { ...plain, response_format: { type: 'json_schema', json_schema: { name, schema, strict } } };
}
const strictObject = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};
const badParameters = { code: 'invalid_function_parameters', param: 'tools[0].function.parameters' };

const refused: readonly Row[] = [
  { says: 'an unknown model', body: { ...plain, model: 'gpt-17' }, status: 404, code: 'model_not_found', param: null },
  { says: 'an unknown field', body: { ...plain, top_k: 3 }, code: 'unknown_parameter', param: 'top_k' },
  {
    says: 'an unknown field of a message',
    body: talk({ ...user, cache_control: { type: 'ephemeral' } }),
    code: 'unknown_parameter',
    param: 'messages[0].cache_control',
  },
  { says: 'no messages', body: { model: 'gpt-4.1' }, code: 'missing_required_parameter', param: 'messages' },
  { says: 'an empty list of messages', body: talk(), code: 'empty_array', param: 'messages' },
  {
    says: 'a user message without content',
    body: talk({ role: 'user', content: null }),
    code: 'invalid_type',
    param: 'messages[0].content',
  },
  {
    says: 'a message with an empty list of parts',
    body: talk({ role: 'user', content: [] }),
    code: 'empty_array',
    param: 'messages[0].content',
  },
  {
    says: 'an assistant message that says nothing and calls nothing',
    body: talk(user, { role: 'assistant', content: null }),
    code: null,
    param: 'messages.[1].content',
  },
  {
    says: 'a role nobody has',
    body: talk({ ...user, role: 'human' }),
    code: 'invalid_value',
    param: 'messages[0].role',
  },
  {
    says: 'a part type of another vendor',
    body: talk({ role: 'user', content: [{ type: 'image', source: {} }] }),
    code: 'invalid_value',
    param: 'messages[0].content[0].type',
  },
  {
    says: 'more output than the model has',
    body: { ...plain, max_completion_tokens: 64_000 },
    code: 'invalid_value',
    param: 'max_completion_tokens',
    message: 'max_completion_tokens is too large: 64000. This model supports at most 32768 completion tokens',
  },
  {
    says: 'more output than the model has, by the old name',
    body: { ...plain, model: 'gpt-4o', max_tokens: 64_000 },
    code: 'invalid_value',
    param: 'max_tokens',
    message: 'at most 16384',
  },
  {
    says: 'an output of nothing',
    body: { ...plain, max_tokens: 0 },
    code: 'integer_below_min_value',
    param: 'max_tokens',
  },
  {
    says: 'max_tokens on a reasoning model',
    body: { ...plain, model: 'gpt-5', max_tokens: 100 },
    code: 'unsupported_parameter',
    param: 'max_tokens',
    message: "Use 'max_completion_tokens' instead",
  },
  {
    says: 'a tiny answer of a reasoning model',
    body: { ...plain, model: 'o3', max_completion_tokens: 5 },
    code: null,
    param: null,
    message: 'Could not finish the message',
  },
  {
    says: 'temperature on a reasoning model',
    body: { ...plain, model: 'o4-mini', temperature: 0.5 },
    code: 'unsupported_value',
    param: 'temperature',
  },
  {
    says: 'top_p on a reasoning model',
    body: { ...plain, model: 'gpt-5', top_p: 0.5 },
    code: 'unsupported_value',
    param: 'top_p',
  },
  {
    says: 'temperature where the model reasons on demand and was asked to',
    body: { ...plain, model: 'gpt-5.1', temperature: 0.5, reasoning_effort: 'low' },
    code: 'unsupported_value',
    param: 'temperature',
  },
  {
    says: 'stop on a reasoning model',
    body: { ...plain, model: 'gpt-5', stop: ['x'] },
    code: 'unsupported_parameter',
    param: 'stop',
  },
  {
    says: 'five stop sequences',
    body: { ...plain, stop: ['a', 'b', 'c', 'd', 'e'] },
    code: 'array_above_max_length',
    param: 'stop',
  },
  {
    says: 'an effort on a model without',
    body: { ...plain, reasoning_effort: 'low' },
    code: 'unsupported_parameter',
    param: 'reasoning_effort',
  },
  {
    says: 'an effort the model does not know',
    body: { ...plain, model: 'o3', reasoning_effort: 'minimal' },
    code: 'unsupported_value',
    param: 'reasoning_effort',
    message: "Supported values are: 'low', 'medium', and 'high'.",
  },
  {
    says: 'tools together with an effort on gpt-5.4',
    body: { ...plain, model: 'gpt-5.4', tools: [tool('Read')], reasoning_effort: 'low' },
    code: null,
    param: 'reasoning_effort',
  },
  {
    says: 'tools without an explicit effort of none on gpt-5.6',
    body: { ...plain, model: 'gpt-5.6-sol', tools: [tool('Read')] },
    code: null,
    param: 'reasoning_effort',
  },
  {
    says: 'tools on a model that cannot have them on Chat',
    body: { ...plain, model: 'gpt-6-astra', tools: [tool('Read')], reasoning_effort: 'low' },
    code: null,
    param: 'reasoning_effort',
  },
  {
    says: 'parallel_tool_calls without tools',
    body: { ...plain, parallel_tool_calls: false },
    code: null,
    param: 'parallel_tool_calls',
  },
  { says: 'tool_choice without tools', body: { ...plain, tool_choice: 'auto' }, code: null, param: 'tool_choice' },
  {
    says: 'parallel_tool_calls on an o-model',
    body: { ...plain, model: 'o3', tools: [tool('Read')], parallel_tool_calls: false },
    code: 'unsupported_parameter',
    param: 'parallel_tool_calls',
  },
  {
    says: 'a choice of a tool that is not there',
    body: { ...plain, tools: [tool('Read')], tool_choice: { type: 'function', function: { name: 'Write' } } },
    code: 'invalid_value',
    param: 'tool_choice',
  },
  { says: 'an empty list of tools', body: { ...plain, tools: [] }, code: 'empty_array', param: 'tools' },
  {
    says: '129 tools',
    body: { ...plain, tools: Array.from({ length: 129 }, (_, index) => tool(`t${index}`)) },
    code: 'array_above_max_length',
    param: 'tools',
  },
  {
    says: 'a tool name of 65 characters',
    body: { ...plain, tools: [tool('x'.repeat(65))] },
    code: 'string_above_max_length',
    param: 'tools[0].function.name',
  },
  {
    says: 'a tool name with a dot',
    body: { ...plain, tools: [tool('a.b')] },
    code: 'invalid_value',
    param: 'tools[0].function.name',
  },
  {
    says: 'a tool name with a dot in the history',
    body: talk(
      user,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'a.b', arguments: '{}' } }],
      },
      result('c'),
    ),
    code: 'invalid_value',
    param: 'messages[1].tool_calls[0].function.name',
  },
  {
    says: 'a tool twice',
    body: { ...plain, tools: [tool('Read'), tool('Read')] },
    code: 'invalid_value',
    param: 'tools[1].function.name',
  },
  { says: 'parameters without a type', body: withParameters({ properties: {} }), ...badParameters },
  { says: 'parameters that are an array', body: withParameters({ type: 'array', items: {} }), ...badParameters },
  { says: 'alternatives at the root', body: withParameters({ ...noParameters, anyOf: [{}] }), ...badParameters },
  { says: 'an object without properties', body: withParameters({ type: 'object' }), ...badParameters },
  {
    says: 'an array without items, deep inside',
    body: withParameters({ type: 'object', properties: { a: { anyOf: [{ type: 'array' }] } } }),
    ...badParameters,
    message:
      "Invalid schema for function 'Fetch': In context=('properties', 'a', 'anyOf', '0'), array schema missing items.",
  },
  {
    says: 'a property that is no schema',
    body: withParameters({ type: 'object', properties: { a: true } }),
    ...badParameters,
  },
  {
    says: 'a type nobody knows',
    body: withParameters({ type: 'object', properties: { a: { type: 'any' } } }),
    ...badParameters,
  },
  {
    says: 'a reference to nothing',
    body: withParameters({ type: 'object', properties: { a: { $ref: '#/$defs/gone' } } }),
    ...badParameters,
  },
  {
    says: 'a strict tool with an optional property',
    body: withParameters({ ...strictObject, required: [] }, true),
    ...badParameters,
    message: "Missing 'a'",
  },
  {
    says: 'a strict tool with an open object',
    body: withParameters({ ...strictObject, additionalProperties: true }, true),
    ...badParameters,
  },
  {
    says: 'a strict tool with a keyword outside the subset',
    body: withParameters({ ...strictObject, properties: { a: { type: 'string', minLength: 1 } } }, true),
    ...badParameters,
    message: "'minLength' is not permitted",
  },
  {
    says: 'a result without a call',
    body: talk(user, result('call_1')),
    code: null,
    param: 'messages.[1].role',
  },
  {
    says: 'a call without a result at the end',
    body: talk(user, called('call_1', 'call_2'), result('call_2')),
    code: null,
    param: 'messages.[1].role',
    message: 'did not have response messages: call_1',
  },
  {
    says: 'a result that does not follow its call directly',
    body: talk(user, called('call_1'), user, result('call_1')),
    code: null,
    param: 'messages.[1].role',
  },
  {
    says: 'two results for one call',
    body: talk(user, called('call_1'), result('call_1'), result('call_1')),
    code: null,
    param: 'messages.[3].role',
  },
  {
    says: 'a call id of 41 characters',
    body: talk(user, called('x'.repeat(41)), result('x'.repeat(41))),
    code: 'string_above_max_length',
    param: 'messages[1].tool_calls[0].id',
  },
  {
    says: 'one id for two calls',
    body: talk(user, called('call_1', 'call_1'), result('call_1'), result('call_1')),
    code: 'invalid_value',
    param: 'messages[1].tool_calls[1].id',
  },
  {
    says: 'an empty list of calls',
    body: talk(user, called()),
    code: 'empty_array',
    param: 'messages[1].tool_calls',
  },
  {
    says: 'reasoning of another vendor in the history',
    body: talk(user, { role: 'assistant', content: 'x', reasoning_content: 'y' }),
    code: 'unknown_parameter',
    param: 'messages[1].reasoning_content',
  },
  {
    says: 'a picture of a type it cannot read',
    body: picture('data:image/bmp;base64,Qk0='),
    code: 'unsupported_image_media_type',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture whose bytes are of another type',
    body: picture(png.replace('image/png', 'image/jpeg')),
    code: 'invalid_image_format',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture in broken base64',
    body: picture('data:image/png;base64,iVBORw0*Ggo'),
    code: 'invalid_base64_image',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture that is neither a URL nor data',
    body: picture('/tmp/picture.png'),
    code: 'invalid_image_url',
    param: 'messages.[0].content.[0].image_url.url',
  },
  {
    says: 'a picture in a tool result',
    body: talk(user, called('c'), result('c', [{ type: 'image_url', image_url: { url: png } }])),
    code: 'invalid_value',
    param: 'messages[2].content[0].type',
  },
  {
    says: 'a picture for a model that cannot see',
    body: { ...picture(png), model: 'o3-mini' },
    code: null,
    param: 'messages.[0].content.[0].type',
  },
  {
    says: 'a file without a name',
    body: file({ file_data: 'data:application/pdf;base64,JVBERi0x' }),
    code: 'missing_required_parameter',
    param: 'messages.[0].content.[0].file.filename',
  },
  {
    says: 'a file that is no PDF',
    body: file({ filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGVsbG8h' }),
    code: 'invalid_value',
    param: 'messages.[0].content.[0].file.file_data',
  },
  {
    says: 'a cache key of 65 characters',
    body: { ...plain, prompt_cache_key: 'x'.repeat(65) },
    code: 'string_above_max_length',
    param: 'prompt_cache_key',
  },
  {
    says: 'a safety identifier of 65 characters',
    body: { ...plain, safety_identifier: 'x'.repeat(65) },
    code: 'string_above_max_length',
    param: 'safety_identifier',
  },
  {
    says: 'an output schema whose name has a space',
    body: schemaFormat(strictObject, 'my answer'),
    code: 'invalid_value',
    param: 'response_format.json_schema.name',
  },
  {
    says: 'a strict output schema with an optional property',
    body: schemaFormat({ ...strictObject, required: [] }),
    code: null,
    param: 'response_format',
    message: "Invalid schema for response_format 'answer'",
  },
  {
    says: 'stream_options without stream',
    body: { ...plain, stream_options: { include_usage: true } },
    code: null,
    param: 'stream_options',
  },
  {
    says: 'a metadata value of 513 characters',
    body: { ...plain, metadata: { a: 'x'.repeat(513) } },
    code: 'string_above_max_length',
    param: 'metadata.a',
  },
  {
    says: 'a prompt longer than the window',
    body: { ...talk({ role: 'user', content: 'x'.repeat(40_000) }), model: 'gpt-4' },
    code: 'context_length_exceeded',
    param: 'messages',
    message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 10008 tokens",
  },
  {
    says: 'a prompt and an answer that together are longer than the window',
    body: { ...talk({ role: 'user', content: 'x'.repeat(20_000) }), model: 'gpt-4', max_tokens: 5000 },
    code: 'context_length_exceeded',
    param: 'messages',
    message: 'However, you requested 10008 tokens',
  },
  {
    says: 'a prompt longer than the input limit of a reasoning model',
    body: { ...talk({ role: 'user', content: 'x'.repeat(1_100_000) }), model: 'gpt-5' },
    code: 'context_length_exceeded',
    param: 'messages',
    message: 'Input tokens exceed the configured limit of 272000 tokens.',
  },
];

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
  fake = await startFakeOpenAi({ model: () => [say('Hi')], apiKey: 'sk-right' });
});
afterAll(() => fake.stop());

test.each(refused)('refuses $says', async ({ body, status = 400, code, param, message = '' }) => {
  const before = fake.refusals.length;
  const answer = await post(fake.url, body);
  const { error } = await readJson(answer);
  expect({ status: answer.status, error }).toMatchObject({
    status,
    error: { type: 'invalid_request_error', code, param },
  });
  expect(String(Object(error).message)).toContain(message);
  expect(fake.refusals.slice(before)).toMatchObject([{ code, param }]);
});

test.each(taken)('takes $says', async ({ body }) => {
  const before = fake.refusals.length;
  expect((await post(fake.url, body)).status).toBe(200);
  expect(fake.refusals.slice(before)).toEqual([]);
});

test('refuses a missing and a wrong key, and shows no more than the ends of a key', async () => {
  const missing = await post(fake.url, plain, {});
  expect([missing.status, Object((await readJson(missing)).error).code]).toEqual([401, 'invalid_api_key']);
  const wrong = await post(fake.url, plain, { authorization: 'Bearer sk-proj-secret-and-wrong' });
  expect(wrong.status).toBe(401);
  const message = String(Object((await readJson(wrong)).error).message);
  expect(message).toContain('sk-proj********rong');
  expect(message).not.toContain('secret');
});

test('refuses what is no JSON', async () => {
  const headers = { authorization: 'Bearer sk-right' };
  const answer = await fetch(`${fake.url}/chat/completions`, { method: 'POST', headers, body: '{"model":' });
  expect(answer.status).toBe(400);
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

function post(url: string, body: Body, headers: Record<string, string> = { authorization: 'Bearer sk-right' }) {
  return fetch(`${url}/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function readJson(answer: Response): Promise<Record<string, unknown>> {
  return Object(await answer.json());
}
