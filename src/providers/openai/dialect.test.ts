import { expect, test } from 'bun:test';
import type { ServerProfile } from '../../config/config.ts';
import { unknownModel } from '../../models/unknown-model.ts';
import type { Target } from '../provider.ts';
import { dialectOf } from './dialect.ts';

const at = (baseUrl: string, profile?: ServerProfile): Target => ({
  provider: 'openai',
  model: 'm',
  baseUrl,
  apiKey: undefined,
  route: 'test',
  ...(profile === undefined ? {} : { profile }),
});

const guesses: readonly (readonly [baseUrl: string, profile: ServerProfile])[] = [
  ['https://api.openai.com/v1', 'openai'],
  ['https://eu.api.openai.com/v1', 'openai'],
  ['https://me.openai.azure.com/openai/v1', 'azure'],
  ['https://me.services.ai.azure.com/openai/v1', 'azure'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['https://api.deepseek.com', 'deepseek'],
  ['https://api.groq.com/openai/v1', 'groq'],
  ['https://api.x.ai/v1', 'xai'],
  ['https://api.mistral.ai/v1', 'mistral'],
  ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'dashscope'],
  ['https://api.moonshot.cn/v1', 'moonshot'],
  ['https://api.z.ai/api/paas/v4', 'zai'],
  ['https://api.minimax.io/v1', 'minimax'],
  ['http://localhost:11434/v1', 'ollama'],
  ['http://192.168.1.4:1234/v1', 'lmstudio'],
  ['http://gpu:8000/v1', 'vllm'],
  ['http://[::1]:30000/v1', 'sglang'],
  // Names that only look like one of them.
  ['https://api.openai.com.evil.example/v1', 'generic'],
  ['https://notopenrouter.ai.example/v1', 'generic'],
  ['https://gateway.example/api.openai.com/v1', 'generic'],
  ['http://127.0.0.1:80001/v1', 'generic'],
  ['not a url', 'generic'],
];

test.each(guesses)('%s is taken for %s', (baseUrl, profile) => {
  expect(dialectOf(at(baseUrl))).toBe(dialectOf(at('', profile)));
});

test('a profile that was set wins over the address', () => {
  expect(dialectOf(at('http://localhost:11434/v1', 'openai'))).toBe(dialectOf(at('https://api.openai.com/v1')));
  expect(dialectOf(at('http://localhost:11434/v1', 'auto'))).toBe(dialectOf(at('', 'ollama')));
});

test("Mistral's models keep the habits of their templates wherever they are served", () => {
  const local = at('http://localhost:1234/v1');
  for (const model of [
    'mistralai/devstral-small-2507',
    'Mistral-Nemo-Instruct.gguf',
    'open-mixtral-8x7b',
    'ministral:8b',
  ]) {
    expect(dialectOf({ ...local, model })).toMatchObject({ userAfterTool: false, toolIds: 'nine-letters' });
  }
  expect(
    dialectOf({ ...local, known: { name: 'codestral', traits: unknownModel, prices: undefined } }).userAfterTool,
  ).toBe(false);
  for (const model of ['qwen3', 'llama3.3', 'mistrial'])
    expect(dialectOf({ ...local, model }).userAfterTool).toBe(true);
});
