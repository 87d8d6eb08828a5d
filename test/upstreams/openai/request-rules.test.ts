import { afterAll, beforeAll, expect, test } from 'bun:test';
import { say } from '../script.ts';
import { type FakeOpenAi, startFakeOpenAi } from './fake-openai.ts';
import {
  expectRefusal,
  plain,
  post,
  type RefusedRequest,
  readJson,
  schemaFormat,
  strictObject,
  talk,
  tool,
  user,
} from './request-samples.ts';

const refused: readonly RefusedRequest[] = [
  { says: 'an unknown model', body: { ...plain, model: 'gpt-17' }, status: 404, code: 'model_not_found', param: null },
  { says: 'an unknown field', body: { ...plain, top_k: 3 }, code: 'unknown_parameter', param: 'top_k' },
  {
    says: 'an unknown field of a message',
    body: talk({ ...user, cache_control: { type: 'ephemeral' } }),
    code: 'unknown_parameter',
    param: 'messages[0].cache_control',
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

let fake: FakeOpenAi;
beforeAll(async () => {
  fake = await startFakeOpenAi({ model: () => [say('Hi')], apiKey: 'sk-right' });
});
afterAll(() => fake.stop());

test.each(refused)('refuses $says', async (request) => {
  await expectRefusal(fake, request);
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
