import { expect, test } from 'bun:test';
import { families } from './model-families.ts';
import { effortWords, traitsOf } from './model-traits.ts';
import { unknownModel } from './unknown-model.ts';

const sameFamily: readonly (readonly [string, string])[] = [
  ['gpt-4o-2024-11-20', 'gpt-4o'],
  ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
  ['gpt-4.1-mini', 'gpt-4.1-mini'],
  ['gpt-4-turbo-preview', 'gpt-4-turbo'],
  ['gpt-4-0613', 'gpt-4'],
  ['o3-2025-04-16', 'o3'],
  ['o3-pro-2025-06-10', 'o3-pro'],
  ['o4-mini-deep-research', 'o4-mini-deep-research'],
  ['gpt-5.3-chat-latest', 'gpt-5.3'],
  ['o3-mini-high', 'o3-mini'],
  ['gpt-5-2025-08-07', 'gpt-5'],
  ['gpt-5-mini', 'gpt-5-mini'],
  ['gpt-5-pro', 'gpt-5-pro'],
  ['gpt-5-chat-latest', 'gpt-5-chat'],
  ['gpt-5.1-codex-max', 'gpt-5.1-codex-max'],
  ['gpt-5.1-codex-mini', 'gpt-5.1-codex'],
  ['gpt-5.4-mini-2026-03-17', 'gpt-5.4-mini'],
  ['gpt-5.6-terra', 'gpt-5.'],
  ['gpt-6-luna', 'gpt-6'],
  ['gpt-6-astra', 'gpt-6-astra'],
  // What is still to come: the newest known is the best guess for the next.
  ['gpt-7', 'gpt-7'],
  ['gpt-8.1-sol', 'gpt-8'],
  ['gpt-10-mini', 'gpt-10'],
  ['o5', 'o5'],
  ['o6-mini-2027-01-01', 'o6'],
  ['gpt-oss:20b', 'gpt-oss'],
  ['deepseek-v4-pro', 'deepseek-v4'],
  ['deepseek-chat', 'deepseek'],
  // A vendor in front, a fine-tuning's mark, letter case, a route's suffix.
  ['openai/gpt-5', 'gpt-5'],
  ['openai/gpt-oss-120b:free', 'gpt-oss'],
  ['accounts/fireworks/models/gpt-oss-20b', 'gpt-oss'],
  ['ft:gpt-4.1-nano:acme::abc', 'gpt-4.1-nano'],
  ['GPT-4o', 'gpt-4o'],
  // Claude as the platforms write it.
  ['anthropic/claude-3.5-sonnet', 'claude-3.5'],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
  ['claude-opus-5-5', 'claude-'],
  // Open models under the names of vendors, of Ollama and of files.
  ['Qwen/Qwen3-Coder-30B-A3B-Instruct', 'qwen3-coder'],
  ['qwen3-coder:30b', 'qwen3-coder'],
  ['Qwen3-30B-A3B-Q4_K_M.gguf', 'qwen3-'],
  ['qwen2.5vl:7b', 'qwen2.5vl'],
  ['qwen/qwen3.5-397b', 'qwen'],
  ['meta-llama/Llama-3.3-70B-Instruct', 'llama'],
  ['llama3.2-vision', 'llama3.2-vision'],
  ['meta.llama3-3-70b-instruct-v1:0', 'llama'],
  ['moonshotai/kimi-k2-0905', 'kimi-k2-'],
  ['kimi-k2.5', 'kimi'],
  ['z-ai/glm-4.6', 'glm-4.6'],
  ['minimax/minimax-m2', 'minimax-m2'],
  ['mistralai/devstral-small', 'devstral'],
  ['gemma3:27b', 'gemma3'],
  ['x-ai/grok-code-fast-1', 'grok-code'],
  ['grok-4-fast-reasoning', 'grok'],
];

test.each(sameFamily)('%s belongs to the family %s', (model, prefix) => {
  expect(traitsOf({ model })).toBe(families.find((family) => family.prefix === prefix)?.traits ?? unknownModel);
});

test('a model of OpenAI that is still to come reasons, as the newest does', () => {
  expect(traitsOf({ model: 'gpt-7' })).toEqual(traitsOf({ model: 'gpt-6-sol' }));
  expect(traitsOf({ model: 'o5-mini' })).toEqual(traitsOf({ model: 'o4-mini' }));
  for (const model of ['gpt-j-6b', 'gpt2', 'gpt-image-2', 'omni']) expect(traitsOf({ model })).toBe(unknownModel);
});

test('a name nobody knows gets no limit and no refusal', () => {
  expect(traitsOf({ model: 'some-tuned-model' })).toBe(unknownModel);
  expect(traitsOf({ model: '' })).toBe(unknownModel);
  expect(unknownModel.maxOutputTokens).toBeUndefined();
  expect(unknownModel.efforts).toBeUndefined();
});

test('what OpenAI serves by the Responses API alone', () => {
  const models = ['o1-pro', 'o3-pro', 'o3-deep-research', 'codex-mini-latest', 'gpt-5-pro', 'gpt-5-codex'];
  const later = ['gpt-5.1-codex-max', 'gpt-5.2-pro', 'gpt-5.3-codex', 'gpt-5.4-pro', 'gpt-5.5-pro-2026-04-23'];
  for (const model of [...models, ...later]) expect([model, traitsOf({ model }).onlyResponses]).toEqual([model, true]);
  for (const model of ['o1', 'o3-mini', 'gpt-5', 'gpt-5.2', 'gpt-6-sol', 'gpt-4.1']) {
    expect([model, traitsOf({ model }).onlyResponses]).toEqual([model, false]);
  }
});

test('what Claude Code meets on Chat Completions, family by family', () => {
  const row = (model: string) => {
    const { maxOutputTokens, efforts, chatTools, sampling, parallelToolCalls } = traitsOf({ model });
    return [maxOutputTokens, efforts?.join(' '), chatTools, sampling, parallelToolCalls];
  };
  expect(row('gpt-4o')).toEqual([16_384, '', 'accepted', 'accepted', true]);
  expect(row('gpt-4.1')).toEqual([32_768, '', 'accepted', 'accepted', true]);
  expect(row('o4-mini')).toEqual([100_000, 'low medium high', 'accepted', 'refused', false]);
  expect(row('gpt-5')).toEqual([128_000, 'minimal low medium high', 'accepted', 'refused', true]);
  expect(row('gpt-5.1')).toEqual([128_000, 'none low medium high', 'accepted', 'with-effort-none', true]);
  expect(row('gpt-5.4')).toEqual([128_000, 'none low medium high xhigh', 'with-effort-none', 'with-effort-none', true]);
  expect(row('gpt-6-sol')).toEqual([
    128_000,
    'none low medium high xhigh max',
    'with-effort-none',
    'with-effort-none',
    true,
  ]);
  expect(row('gpt-6.1-sol')).toEqual([128_000, 'low medium high xhigh max', 'refused', 'refused', true]);
});

test('no two rows have one prefix, each says where it is from, and efforts stand in order', () => {
  expect(new Set(families.map(({ prefix }) => prefix)).size).toBe(families.length);
  for (const { prefix, source, traits } of families) {
    expect([prefix, source.length > 10]).toEqual([prefix, true]);
    const ranks = (traits.efforts ?? []).map((word) => effortWords.indexOf(word));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  }
});

test('a model that sees no images reads no PDF: its pages are shown as images too', () => {
  expect(families.filter(({ traits }) => traits.files && !traits.images).map(({ prefix }) => prefix)).toEqual([]);
});
