import { afterAll, beforeAll, expect, test } from 'bun:test';
import { say } from '../../script.ts';
import { type FakeOpenAi, startFakeOpenAi } from '../fake-openai.ts';
import {
  ask,
  type Body,
  called,
  expectRefused,
  noParameters,
  post,
  result,
  said,
  tool,
  user,
} from './request-samples.ts';

interface Row {
  readonly says: string;
  readonly body: Body;
  readonly status?: number;
  readonly code: string | null;
  readonly param: string | null;
  /** Part of the message. */
  readonly message: string;
}

const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const search: Body = { type: 'web_search' };
const withOptional: Body = { type: 'object', properties: { pages: { type: 'string' } }, additionalProperties: false };

const refused: readonly Row[] = [
  {
    says: 'an unknown model',
    body: ask('Hi', { model: 'gpt-17' }),
    code: 'model_not_found',
    param: 'model',
    message: "'gpt-17' does not exist",
  },
  {
    says: 'no input',
    body: { model: 'gpt-5' },
    code: 'missing_required_parameter',
    param: 'input',
    message: "'input'",
  },
  {
    says: 'an unknown field',
    body: ask('Hi', { messages: [] }),
    code: 'unknown_parameter',
    param: 'messages',
    message: "Unknown parameter: 'messages'.",
  },
  {
    says: 'stop sequences, which this API has not',
    body: ask('Hi', { stop: ['x'] }),
    code: 'unknown_parameter',
    param: 'stop',
    message: "'stop'",
  },
  {
    says: 'an unknown field of an item',
    body: ask([{ ...user, cache_control: { type: 'ephemeral' } }]),
    code: 'unknown_parameter',
    param: 'input[0].cache_control',
    message: 'Unknown parameter',
  },
  {
    says: 'an unknown type of item',
    body: ask([user, { type: 'thinking', text: 'x' }]),
    code: 'invalid_value',
    param: 'input[1].type',
    message: "Invalid value: 'thinking'",
  },
  {
    says: 'less output than 16 tokens',
    body: ask('Hi', { max_output_tokens: 15 }),
    code: 'integer_below_min_value',
    param: 'max_output_tokens',
    message: 'Expected a value >= 16',
  },
  {
    says: 'more output than the model has',
    body: ask('Hi', { max_output_tokens: 128_001 }),
    code: 'invalid_value',
    param: 'max_output_tokens',
    message: 'at most 128000',
  },
  {
    says: 'temperature on a model that reasons',
    body: ask('Hi', { temperature: 0.5 }),
    code: null,
    param: 'temperature',
    message: "'temperature' is not supported with this model",
  },
  {
    says: 'temperature where the model reasons on demand and was asked to',
    body: ask('Hi', { model: 'gpt-5.1', temperature: 0.5, reasoning: { effort: 'low' } }),
    code: null,
    param: 'temperature',
    message: 'Unsupported parameter',
  },
  {
    says: 'an effort the model does not know',
    body: ask('Hi', { reasoning: { effort: 'xhigh' } }),
    code: 'unsupported_value',
    param: 'reasoning.effort',
    message: "Supported values are: 'minimal', 'low', 'medium', and 'high'.",
  },
  {
    says: 'an effort on a model without',
    body: { model: 'gpt-4.1', input: 'Hi', reasoning: { effort: 'low' } },
    code: 'unsupported_parameter',
    param: 'reasoning.effort',
    message: 'not supported with this model',
  },
  {
    says: 'encrypted reasoning of a model without reasoning',
    body: ask('Hi', { model: 'gpt-4.1' }),
    code: null,
    param: 'include',
    message: 'Encrypted content is not supported with this model.',
  },
  {
    says: 'an earlier answer that nobody has stored',
    body: ask('Hi', { previous_response_id: 'resp_1' }),
    code: 'previous_response_not_found',
    param: 'previous_response_id',
    message: "'resp_1' not found",
  },
  {
    says: 'stream_options without stream',
    body: ask('Hi', { stream_options: { include_obfuscation: false } }),
    code: null,
    param: 'stream_options',
    message: "only allowed when 'stream' is enabled",
  },
  {
    says: 'a cache key of 65 characters',
    body: ask('Hi', { prompt_cache_key: 'x'.repeat(65) }),
    code: 'string_above_max_length',
    param: 'prompt_cache_key',
    message: 'maximum length 64',
  },
  {
    says: 'a strict output schema with an optional property',
    body: ask('Hi', { text: { format: { type: 'json_schema', name: 'answer', schema: withOptional, strict: true } } }),
    code: null,
    param: 'text.format.schema',
    message: "Invalid schema for response_format 'answer'",
  },
  {
    says: 'a tool choice without tools',
    body: ask('Hi', { tool_choice: 'required' }),
    code: null,
    param: 'tool_choice',
    message: "only allowed when 'tools' are specified",
  },
  {
    says: 'parallel_tool_calls without tools',
    body: ask('Hi', { parallel_tool_calls: false }),
    code: null,
    param: 'parallel_tool_calls',
    message: "only allowed when 'tools' are specified",
  },
  {
    says: 'parallel_tool_calls on an o-series model',
    body: ask('Hi', { model: 'o4-mini', tools: [tool('Read')], parallel_tool_calls: false }),
    code: 'unsupported_parameter',
    param: 'parallel_tool_calls',
    message: 'not supported with this model',
  },
  {
    says: 'a choice of a tool that is not offered',
    body: ask('Hi', { tools: [tool('Read')], tool_choice: { type: 'function', name: 'Write' } }),
    code: null,
    param: 'tool_choice',
    message: "'Write' not found",
  },
  {
    says: 'a function that does not say whether it is strict',
    body: ask('Hi', { tools: [{ type: 'function', name: 'Read', parameters: withOptional }] }),
    code: 'missing_required_parameter',
    param: 'tools[0].strict',
    message: "'tools[0].strict'",
  },
  {
    says: 'a strict function with an optional parameter',
    body: ask('Hi', { tools: [tool('Read', { parameters: withOptional, strict: true })] }),
    code: 'invalid_function_parameters',
    param: 'tools[0].parameters',
    message: "Invalid schema for function 'Read'",
  },
  {
    says: 'parameters that are no object',
    body: ask('Hi', { tools: [tool('Read', { parameters: { type: 'string' } })] }),
    code: 'invalid_function_parameters',
    param: 'tools[0].parameters',
    message: '\'type: "object"\'',
  },
  {
    says: 'a function without parameters',
    body: ask('Hi', { tools: [{ type: 'function', name: 'Read', strict: false }] }),
    code: 'missing_required_parameter',
    param: 'tools[0].parameters',
    message: 'parameters',
  },
  {
    says: 'a name of 65 characters',
    body: ask('Hi', { tools: [tool('x'.repeat(65))] }),
    code: 'string_above_max_length',
    param: 'tools[0].name',
    message: 'maximum length 64',
  },
  {
    says: 'a name with a dot, of a tool and of a call',
    body: ask([user, called('a', { name: 'mcp.read' }), result('a')]),
    code: 'invalid_value',
    param: 'input[1].name',
    message: 'does not match pattern',
  },
  {
    says: 'two tools of one name',
    body: ask('Hi', { tools: [tool('Read'), tool('Read')] }),
    code: 'invalid_value',
    param: 'tools[1].name',
    message: "duplicate function name 'Read'",
  },
  {
    says: 'a tool of Chat Completions',
    body: ask('Hi', { tools: [{ type: 'function', function: { name: 'Read', parameters: noParameters } }] }),
    code: 'missing_required_parameter',
    param: 'tools[0].name',
    message: 'tools[0].name',
  },
  {
    says: 'a choice of the web search on gpt-5',
    body: ask('Hi', { tools: [search], tool_choice: { type: 'web_search' } }),
    code: null,
    param: 'tool_choice',
    message: "Tool choices other than 'auto' are not supported with model 'gpt-5'",
  },
  {
    says: 'a web search with an effort of minimal',
    body: ask('Hi', { tools: [search], reasoning: { effort: 'minimal' } }),
    code: null,
    param: 'tools',
    message: "cannot be used with reasoning.effort 'minimal': web_search",
  },
  {
    says: 'a web search on a model without',
    body: { model: 'gpt-4.1-nano', input: 'Hi', tools: [search] },
    code: null,
    param: 'tools',
    message: "'web_search' is not supported with gpt-4.1-nano",
  },
  {
    says: 'domains that are kept out of a search',
    body: ask('Hi', { tools: [{ ...search, filters: { blocked_domains: ['a.example'] } }] }),
    code: 'unknown_parameter',
    param: 'tools[0].filters.blocked_domains',
    message: 'Unknown parameter',
  },
  {
    says: 'a domain with a scheme',
    body: ask('Hi', { tools: [{ ...search, filters: { allowed_domains: ['https://a.example'] } }] }),
    code: 'invalid_value',
    param: 'tools[0].filters.allowed_domains[0]',
    message: 'without a scheme',
  },
  {
    says: 'input_text of the assistant',
    body: ask([user, { role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }]),
    code: 'invalid_value',
    param: 'input[1].content[0].type',
    message: "Supported values are: 'output_text' and 'refusal'.",
  },
  {
    says: 'output_text of the user',
    body: ask([{ role: 'user', content: [{ type: 'output_text', text: 'x' }] }]),
    code: 'invalid_value',
    param: 'input[0].content[0].type',
    message: "'input_text', 'input_image', and 'input_file'",
  },
  {
    says: 'a message of a tool',
    body: ask([user, { role: 'tool', content: 'x' }]),
    code: 'invalid_value',
    param: 'input[1].role',
    message: "Invalid value: 'tool'",
  },
  {
    says: 'a call without an output',
    body: ask([user, called('a'), called('b'), result('a')]),
    code: null,
    param: 'input',
    message: 'No tool output found for function call b.',
  },
  {
    says: 'an output without a call',
    body: ask([user, result('a')]),
    code: null,
    param: 'input',
    message: 'No tool call found for function call output with call_id a.',
  },
  {
    says: 'two outputs of one call',
    body: ask([user, called('a'), result('a'), result('a')]),
    code: null,
    param: 'input',
    message: 'No tool call found',
  },
  {
    says: 'two calls of one id',
    body: ask([user, called('a'), result('a'), called('a'), result('a')]),
    code: null,
    param: 'input',
    message: 'Duplicate function call',
  },
  {
    says: 'a call id of 65 characters',
    body: ask([user, called('x'.repeat(65)), result('x'.repeat(65))]),
    code: 'string_above_max_length',
    param: 'input[1].call_id',
    message: 'maximum length 64',
  },
  {
    says: 'an item id of the wrong kind',
    body: ask([user, called('a', { id: 'call_a' }), result('a')]),
    code: 'invalid_value',
    param: 'input[1].id',
    message: "begins with 'fc'",
  },
  {
    says: 'the same item twice',
    body: ask([user, said('x', { id: 'msg_1' }), user, said('x', { id: 'msg_1' })]),
    code: null,
    param: 'input',
    message: 'Duplicate item found with id msg_1',
  },
  {
    says: 'an image that is none',
    body: ask([
      { role: 'user', content: [{ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' }] },
    ]),
    code: 'invalid_image_format',
    param: 'input[0].content[0].image_url',
    message: 'unsupported image',
  },
  {
    says: 'an image for a model that sees none',
    body: ask([user, called('a'), result('a', [{ type: 'input_image', detail: 'auto', image_url: png }])], {
      model: 'o3-mini',
    }),
    code: null,
    param: 'input[2].output[0].type',
    message: 'Image inputs are not supported',
  },
  {
    says: 'a PDF without a name',
    body: ask([{ role: 'user', content: [{ type: 'input_file', file_data: 'data:application/pdf;base64,JVBERi0x' }] }]),
    code: 'missing_required_parameter',
    param: 'input[0].content[0].filename',
    message: 'filename',
  },
];

let fake: FakeOpenAi;
beforeAll(async () => {
  fake = await startFakeOpenAi({ responses: () => [say('Hi')], apiKey: 'sk-right' });
});
afterAll(() => fake.stop());

test.each(refused)('refuses $says', async ({ body, status = 400, code, param, message }) => {
  const before = fake.refusals.length;
  await expectRefused(fake, body, { status, code, param }, message);
  expect(fake.refusals.slice(before)).toMatchObject([{ code, param }]);
});

const taken: readonly { readonly says: string; readonly body: Body }[] = [
  { says: 'a bare text', body: ask('Hi') },
  { says: 'system text in the middle', body: ask([user, said('x'), { role: 'developer', content: 'y' }, user]) },
  {
    says: 'outputs in another order than the calls, with images and files in them',
    body: ask([
      user,
      called('a'),
      called('b'),
      result('b', [
        { type: 'input_text', text: 'x' },
        { type: 'input_image', image_url: png, detail: 'auto' },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0x' },
      ]),
      result('a'),
    ]),
  },
  {
    says: 'temperature with an effort of none',
    body: ask('Hi', { model: 'gpt-5.2', temperature: 0, reasoning: { effort: 'none' } }),
  },
  {
    says: 'a search of some domains and a place',
    body: ask('Hi', {
      tools: [
        {
          ...search,
          filters: { allowed_domains: ['a.example'] },
          user_location: { type: 'approximate', city: 'Bonn' },
        },
      ],
    }),
  },
  {
    says: 'a choice of the web search where the model lets itself be told',
    body: ask('Hi', { model: 'gpt-5.2', tools: [search], tool_choice: { type: 'web_search' } }),
  },
  { says: 'a model that is served only here', body: ask('Hi', { model: 'gpt-5-pro' }) },
];

test.each(taken)('takes $says', async ({ body }) => {
  const answer = await post(fake, body);
  expect(await answer.json()).toMatchObject({ error: null, status: 'completed' });
});

test('a key that is wrong is not let in, and Chat Completions is a 404 where only Responses is played', async () => {
  const wrong = await fetch(`${fake.url}/responses`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: 'Bearer x' },
  });
  expect(wrong.status).toBe(401);
  expect((await post(fake, ask('Hi'), '/chat/completions')).status).toBe(404);
});

test('models that are served only by Responses are refused on Chat Completions in the real words', async () => {
  const chat = await startFakeOpenAi({ model: () => [say('Hi')], apiKey: 'sk-right' });
  for (const model of ['gpt-5-pro', 'gpt-5-codex', 'gpt-5.1-codex-max']) {
    const answer = await post(chat, { model, messages: [{ role: 'user', content: 'Hi' }] }, '/chat/completions');
    expect(answer.status).toBe(404);
    const message = 'This model is only supported in v1/responses and not in v1/chat/completions.';
    expect(Object(await answer.json()).error.message).toBe(message);
  }
  await chat.stop();
});

test('a prompt over the window is refused at once, or in a stream that has begun with 200', async () => {
  const small = await startFakeOpenAi({ responses: () => [], apiKey: 'sk-right', rules: { contextWindow: 100 } });
  const body = ask('x'.repeat(1000));
  await expectRefused(small, body, { code: 'context_length_exceeded', param: 'input' }, 'exceeds the context window');
  const streamed = await post(small, { ...body, stream: true });
  expect(streamed.status).toBe(200);
  const text = await streamed.text();
  expect(text).toContain('event: response.failed');
  expect(text).toContain('context_length_exceeded');
  expect(small.refusals.map(({ code }) => code)).toEqual(['context_length_exceeded', 'context_length_exceeded']);
  await small.stop();
});

test('the counter counts, and wants nothing of how to answer', async () => {
  const body = { model: 'gpt-5', input: [user], tools: [tool('Read')] };
  const counted = await post(fake, body, '/responses/input_tokens');
  expect(await counted.json()).toEqual({ object: 'response.input_tokens', input_tokens: expect.any(Number) });
  const refusal = await post(fake, { ...body, stream: true, store: false }, '/responses/input_tokens');
  expect(refusal.status).toBe(400);
});

test('summaries and streams are for verified organisations', async () => {
  const unverified = await startFakeOpenAi({
    responses: () => [say('Hi')],
    apiKey: 'sk-right',
    rules: { streaming: false, summaries: false },
  });
  const expected = { code: 'unsupported_value' };
  await expectRefused(unverified, ask('Hi', { stream: true }), { ...expected, param: 'stream' }, 'verified');
  const summary = ask('Hi', { reasoning: { summary: 'auto' } });
  await expectRefused(unverified, summary, { ...expected, param: 'reasoning.summary' }, 'verified');
  await unverified.stop();
});
