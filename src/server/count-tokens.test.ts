import { afterAll, expect, test } from 'bun:test';
import { loadConfig } from '../config/load.ts';
import { TokenCounter } from '../tokens/token-counter.ts';
import { answerCountTokens } from './count-tokens.ts';

const counter = new TokenCounter({ patienceMs: 60_000 });
afterAll(() => counter.close());

function configOf(env: Record<string, string>) {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

const answer = (body: object, env: Record<string, string> = {}) =>
  answerCountTokens(JSON.stringify(body), configOf(env), counter);
const hello = { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'hello world' }] };

test('a prompt is counted without max_tokens and without a key', async () => {
  expect(await answer(hello)).toEqual({ input_tokens: 8 });
});

test('the model that the name is routed to decides the count', async () => {
  const content = 'hello world '.repeat(100);
  const long = { ...hello, messages: [{ role: 'user', content }] };
  const { input_tokens: openai } = await answer(long, { SMALL_MODEL: 'gpt-4.1-mini' });
  const { input_tokens: other } = await answer(long, { SMALL_MODEL: 'openai/qwen3-coder' });
  expect(other / openai).toBeCloseTo(1.1, 1);
});

test('who asks about context management is told the count before it too', async () => {
  const body = { ...hello, context_management: { edits: [] } };
  expect(await answer(body)).toEqual({ input_tokens: 8, context_management: { original_input_tokens: 8 } });
});

test('a body that is no request names the field', async () => {
  await expect(answer({ model: 'claude-haiku-4-5' })).rejects.toMatchObject({
    kind: 'invalid-request',
    message: expect.stringContaining('messages'),
  });
});
