import { expect, test } from 'bun:test';
import { geminiFamilies, geminiModelOf, thinkingLevels } from './gemini-models.ts';
import { traitsOf } from './model-traits.ts';

test.each([
  ['gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash'],
  ['gemini-2.5-flash-lite', 'gemini-2.5-flash-lite'],
  ['models/gemini-2.5-pro', 'gemini-2.5'],
  ['publishers/google/models/Gemini-3.5-Flash', 'gemini-3.5-flash'],
  ['gemini-3.1-pro-preview-customtools', 'gemini-3.1-'],
  ['gemini-3.9-flash', 'gemini-3.'],
  ['gemini-3-pro-preview', 'gemini-3-pro'],
  ['gemini-4-argon', 'gemini-4'],
  ['gemini-flash-latest', 'gemini-'],
  ['gemini-17-ultra', 'gemini-'],
  ['gemma-3n-e4b-it', 'gemma-'],
  ['gemma-4-e4b-it', 'gemma-4'],
  ['gemma-4-31b-it', 'gemma-4-31b'],
])('%s belongs to the family %s', (model, prefix) => {
  expect(geminiFamilies.find((family) => family.prefix === prefix)?.model).toBe(geminiModelOf({ model }));
});

test('what decides a translation, generation by generation', () => {
  const row = (model: string) => {
    const { generation, prefill, checksSignatures, functionResponseMedia, builtInWithFunctions } = geminiModelOf({
      model,
    });
    return [generation, prefill, checksSignatures, functionResponseMedia, builtInWithFunctions];
  };
  expect(row('gemini-2.0-flash')).toEqual([2, true, false, false, false]);
  expect(row('gemini-2.5-pro')).toEqual([2.5, true, false, false, false]);
  expect(row('gemini-3-flash-preview')).toEqual([3, false, true, true, true]);
  expect(row('gemini-3.8-flash')).toEqual([3.8, false, true, true, true]);
  expect(row('gemini-4-argon')).toEqual([4, false, true, true, true]);
});

test('a name that says nothing, such as that of a tuned model, is told nothing that a model could refuse', () => {
  const { thinking, checksSignatures } = geminiModelOf({ model: 'projects/p/locations/l/endpoints/7' });
  expect({ thinking, checksSignatures }).toEqual({ thinking: { kind: 'none' }, checksSignatures: false });
});

test('levels stand weakest first, and no two families have one prefix', () => {
  expect(new Set(geminiFamilies.map(({ prefix }) => prefix)).size).toBe(geminiFamilies.length);
  for (const { model } of geminiFamilies) {
    const ranks =
      model.thinking.kind === 'level' ? model.thinking.levels.map((level) => thinkingLevels.indexOf(level)) : [];
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  }
});

test('the table of all models tells the same limits', () => {
  for (const { prefix, model } of geminiFamilies) {
    expect(traitsOf({ model: `google/${prefix}` })).toMatchObject({
      maxInputTokens: model.maxInputTokens,
      contextWindow: model.contextWindow,
      maxOutputTokens: model.maxOutputTokens,
    });
  }
});

test('generation 4 shares its window between prompt and answer; before that a prompt may fill its own', () => {
  expect(traitsOf({ model: 'gemini-4-argon' })).toMatchObject({ maxInputTokens: undefined, contextWindow: 1_048_576 });
  expect(traitsOf({ model: 'gemini-2.5-pro' })).toMatchObject({ maxInputTokens: 1_048_576, maxOutputTokens: 65_536 });
});
