import { expect, test } from 'bun:test';
import { noCallMemory } from '../../../test/no-call-memory.ts';
import type { ServerProfile } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { parseMessagesRequest } from '../../messages/parse-request.ts';
import type { BuiltRequest, Target, TranslationContext } from '../provider.ts';
import { providerFor } from '../registry.ts';

const context: TranslationContext = {
  messageId: 'msg_1',
  newId: (prefix) => `${prefix}1`,
  inputTokenEstimate: 10,
  sessionId: undefined,
  agentId: undefined,
  repairs: [],
  calls: noCallMemory,
};
const request = parseMessagesRequest(
  JSON.stringify({
    model: 'm',
    max_tokens: 9,
    system: 'Be brief.',
    messages: [{ role: 'user', content: 'hello' }],
    tools: [{ name: 'look', input_schema: { type: 'object', properties: {} } }],
  }),
);

function counterAt(baseUrl: string, profile: ServerProfile = 'auto') {
  const loaded = loadConfig({ env: { OPENAI_API_KEY: 'key' } });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const target: Target = { provider: 'openai', model: 'qwen3', baseUrl, profile, apiKey: undefined, route: '' };
  const provider = providerFor(target, loaded.config);
  const counter = provider.form === 'translated' ? provider.tokenCounter?.(target) : undefined;
  return counter && { counter, built: counter.buildRequest(request, target, context) };
}

const asked = ({ url, body }: BuiltRequest) => ({ url, fields: Object.keys(JSON.parse(body)).sort() });

test('vLLM is given the conversation and tells its tokens', () => {
  const vllm = counterAt('http://gpu:8000/v1');
  expect(vllm && asked(vllm.built)).toEqual({
    url: 'http://gpu:8000/tokenize',
    fields: ['chat_template_kwargs', 'messages', 'model', 'tools'],
  });
  const read = (answer: unknown) => vllm?.counter.readAnswer(JSON.stringify(answer), vllm.built);
  expect(read({ count: 42, max_model_len: 32_768, tokens: [1, 2] })).toBe(42);
  expect([read({}), read([]), read({ count: 'x' }), vllm?.counter.readAnswer('<html>', vllm.built)]).toEqual(
    Array(4).fill(undefined),
  );
});

test('llama.cpp writes the conversation out, and then tells the tokens of that', () => {
  const llama = counterAt('http://127.0.0.1:8080/v1', 'llamacpp');
  expect(llama && asked(llama.built)).toMatchObject({ url: 'http://127.0.0.1:8080/apply-template' });
  const next = llama?.counter.readAnswer(JSON.stringify({ prompt: '<|im_start|>user hello' }), llama.built);
  expect(next).toMatchObject({
    url: 'http://127.0.0.1:8080/tokenize',
    body: JSON.stringify({ content: '<|im_start|>user hello', add_special: true, parse_special: true }),
  });
  expect(llama?.counter.readAnswer(JSON.stringify({ tokens: [1, 2, 3] }), llama.built)).toBe(3);
  expect(llama?.counter.readAnswer('{}', llama.built)).toBeUndefined();
});

test.each([
  ['https://api.openai.com/v1', 'https://api.openai.com/v1/responses/input_tokens'],
  ['http://127.0.0.1:11434/v1', undefined],
  ['https://openrouter.ai/api/v1', undefined],
])('at %s it is %p that counts', (baseUrl, url) => {
  expect(counterAt(baseUrl)?.built.url).toBe(url);
});
