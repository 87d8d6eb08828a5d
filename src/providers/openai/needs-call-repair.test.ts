import { expect, test } from 'bun:test';
import { needsCallRepair } from './needs-call-repair.ts';

test.each([
  ['http://localhost:11434/v1', 'qwen3:8b', true],
  ['http://localhost:8000/v1', 'openai/gpt-oss-120b', true],
  ['https://openrouter.ai/api/v1', 'meta-llama/llama-3.1-8b-instruct', true],
  ['https://openrouter.ai/api/v1', 'openai/gpt-5', false],
  ['https://gateway.test/v1', 'a-model-nobody-knows', true],
  ['https://gateway.test/v1', 'claude-sonnet-4-5', false],
  ['https://api.openai.com/v1', 'a-model-nobody-knows', false],
  ['https://me.openai.azure.com/openai/v1', 'my-deployment', false],
])('%s %s: %p', (baseUrl, model, needed) => {
  expect(needsCallRepair({ provider: 'openai', model, baseUrl, apiKey: undefined, route: '' })).toBe(needed);
});
