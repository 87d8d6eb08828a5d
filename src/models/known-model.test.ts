import { expect, test } from 'bun:test';
import { geminiModelOf } from './gemini-models.ts';
import { explainModel, knowModel, type ModelPlace } from './known-model.ts';
import { type ModelOverrides, readOverrides } from './model-overrides.ts';
import { traitsOf } from './model-traits.ts';

function overrides(said: object): ModelOverrides {
  const read = readOverrides(JSON.stringify(said));
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.overrides;
}

const openai = (model: string): ModelPlace => ({ provider: 'openai', model, baseUrl: 'https://api.openai.com/v1' });
const local = (model: string): ModelPlace => ({ provider: 'openai', model, baseUrl: 'http://127.0.0.1:8000/v1' });

test('what nobody knows stays unknown, and is never nothing', () => {
  const { traits, prices } = knowModel(local('some-tuned-model'), []);
  expect([traits.contextWindow, traits.maxOutputTokens, traits.efforts, prices]).toEqual(Array(4).fill(undefined));
});

test('a new name of a known family has the family’s behaviour, and no price of another model', () => {
  const { traits, prices } = knowModel(openai('gpt-5.9-nova'), []);
  expect(traits).toMatchObject({ reasons: true, stop: false, contextWindow: 1_050_000 });
  expect(prices).toBeUndefined();
});

test('windows and prices are those of the place that is called', () => {
  const at = (baseUrl: string, model: string, profile?: string) => {
    const { traits, prices } = knowModel({ provider: 'openai', baseUrl, model, profile }, []);
    return [traits.contextWindow, prices?.[0]?.rates.input];
  };
  expect(at('https://api.openai.com/v1', 'gpt-4.1')).toEqual([1_047_576, 2]);
  expect(at('https://openrouter.ai/api/v1', 'moonshotai/kimi-k2-thinking')).toEqual([262_144, 0.6]);
  expect(at('https://openrouter.ai/api/v1', 'meta-llama/llama-3.3-70b-instruct:free')).toEqual([undefined, 0]);
  expect(at('https://resource.openai.azure.com/openai/v1', 'gpt-5')).toEqual([400_000, 1.25]);
  expect(at('http://127.0.0.1:11434/v1', 'gpt-oss:20b')).toEqual([131_072, undefined]);
  // A gateway that was said to be OpenAI's has its prices.
  expect(at('http://gateway.internal/v1', 'gpt-4.1')).toEqual([1_047_576, undefined]);
  expect(at('http://gateway.internal/v1', 'gpt-4.1', 'openai')).toEqual([1_047_576, 2]);
});

test('the user’s word wins, the most exact one first, property by property', () => {
  const said = overrides({
    'qwen3*': { contextWindow: 32_768, images: true },
    'openai/qwen3-coder*': { contextWindow: 65_536 },
    'qwen3-coder:30b': { maxOutputTokens: 8_192 },
  });
  const { traits } = knowModel(local('Qwen3-Coder:30b'), said);
  expect(traits).toMatchObject({ contextWindow: 65_536, maxOutputTokens: 8_192, images: true, strength: 'strong' });
  expect(knowModel(local('qwen2.5'), said).traits.contextWindow).toBeUndefined();
});

test('an alias is the model that it stands for, its price included', () => {
  const said = overrides({ 'my-gpt': { like: 'gpt-5.2', efforts: ['high', 'low'] } });
  const known = knowModel(openai('my-gpt'), said);
  expect(known.name).toBe('gpt-5.2');
  expect(known.traits).toMatchObject({ maxInputTokens: 272_000, stop: false, efforts: ['low', 'high'] });
  expect(known.prices?.[0]?.rates.input).toBe(1.75);
  expect(traitsOf({ model: 'my-gpt', known })).toBe(known.traits);
  // The configuration's own way to say it, for deployments of Azure.
  expect(knowModel({ ...openai('prod-1'), name: 'gpt-5.2' }, []).traits.maxInputTokens).toBe(272_000);
});

test('a window that the user has narrowed takes the limit of the prompt with it', () => {
  const { traits } = knowModel(openai('gpt-5'), overrides({ 'gpt-5': { contextWindow: 100_000 } }));
  expect([traits.contextWindow, traits.maxInputTokens]).toEqual([100_000, undefined]);
});

test('Gemini’s own table follows an alias and a limit too', () => {
  const place = { provider: 'gemini', model: 'tuned-1', baseUrl: 'https://generativelanguage.googleapis.com' };
  const known = knowModel(place, overrides({ 'tuned-1': { like: 'gemini-2.5-flash', maxOutputTokens: 1_000 } }));
  expect(geminiModelOf({ model: 'tuned-1', known })).toMatchObject({
    generation: 2.5,
    thinking: { kind: 'budget', canBeOff: true },
    maxOutputTokens: 1_000,
    maxInputTokens: 1_048_576,
  });
});

test('each property names its source, and what is only assumed names none', () => {
  const { sources } = explainModel(openai('gpt-5'), overrides({ 'gpt-*': { images: false } }));
  expect(sources.images).toBe('MODEL_OVERRIDES "gpt-*"');
  expect(sources.efforts).toBe("OpenAI's model pages and reasoning guide (row gpt-5)");
  expect(sources.prices).toMatch(/^genai-prices \d+\.\d+\.\d+ \(openai: gpt-5\)$/);
  expect(explainModel(local('some-tuned-model'), []).sources).toEqual({});
  expect(explainModel(local('llama3.3'), []).sources).toEqual({
    images: "Meta's model cards (row llama)",
    files: "Meta's model cards (row llama)",
    strength: "Meta's model cards (row llama)",
  });
});

test('what is known is put together once for each model, however often it is asked and whoever else is', () => {
  const said = overrides({ 'gpt-4.1': { contextWindow: 1_000 } });
  const first = knowModel(openai('gpt-4.1'), said);
  expect(knowModel(openai('gpt-4.1'), said)).toBe(first);
  expect(knowModel(openai('gpt-4.1'), []).traits.contextWindow).toBe(1_047_576);
  for (let index = 0; index < 2_000; index++) knowModel(openai(`gpt-4.1-${index}`), said);
  expect(knowModel(openai('gpt-4.1'), said)).toEqual(first);
});
