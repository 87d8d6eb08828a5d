import { expect, test } from 'bun:test';
import { closingUsage, OutputEstimate } from '../../translation/answer-usage.ts';
import { mapServiceTier } from '../openai/answer-counts.ts';
import { findUsage, readCost, readUsage } from './usage.ts';

const counted: readonly [string, object, object][] = [
  ['plain', { prompt_tokens: 10, completion_tokens: 5 }, { prompt: 10, cached: 0, written: 0, output: 5 }],
  [
    'OpenAI, with everything',
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    { prompt: 100, cached: 60, written: 30, output: 50, thinking: 40 },
  ],
  [
    'DeepSeek, hits and misses',
    { prompt_tokens: 100, completion_tokens: 5, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
    { prompt: 100, cached: 64 },
  ],
  [
    'hits and misses without their sum',
    { completion_tokens: 5, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
    { prompt: 100 },
  ],
  ['cached at the top level', { prompt_tokens: 100, completion_tokens: 5, cached_tokens: 80 }, { cached: 80 }],
  [
    'reasoning beside the completion',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 35, completion_tokens_details: { reasoning_tokens: 20 } },
    { output: 25, thinking: 20 },
  ],
  [
    'more cached than there was',
    { prompt_tokens: 10, completion_tokens: 5, cached_tokens: 90 },
    { prompt: 10, cached: 10 },
  ],
  ['details that are null', { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: null }, { cached: 0 }],
];

for (const [name, usage, expected] of counted) {
  test(`usage: ${name}`, () => expect(readUsage(usage)).toMatchObject(expected));
}

test('what was not counted is unknown, not zero', () => {
  for (const usage of [
    undefined,
    null,
    {},
    { prompt_tokens: 0, completion_tokens: 0 },
    { prompt_tokens: '7' },
    'many',
  ]) {
    expect(readUsage(usage)).toBeUndefined();
  }
  const estimate = { input: 120, output: 8 };
  expect(closingUsage(undefined, estimate)).toMatchObject({ input_tokens: 120, output_tokens: 8 });
  const onlyOutput = readUsage({ prompt_tokens: 0, completion_tokens: 5 });
  expect(closingUsage(onlyOutput, estimate)).toMatchObject({ input_tokens: 120, output_tokens: 5 });
  const onlyInput = readUsage({ prompt_tokens: 50, completion_tokens: 0 });
  expect(closingUsage(onlyInput, estimate)).toMatchObject({ input_tokens: 50, output_tokens: 8 });
});

const wholePrompts: readonly [string, object, readonly number[]][] = [
  ['read and written', { cached_tokens: 60, cache_write_tokens: 30 }, [10, 60, 30]],
  ['read and written entirely', { cached_tokens: 60, cache_write_tokens: 40 }, [1, 60, 39]],
  ['written more than there was', { cached_tokens: 60, cache_write_tokens: 90 }, [1, 60, 39]],
  ['read entirely', { cached_tokens: 100 }, [1, 99, 0]],
  ['written entirely', { cache_write_tokens: 100 }, [1, 0, 99]],
];
for (const [how, prompt_tokens_details, counts] of wholePrompts) {
  test(`the three input counts add up to the whole prompt, and at least one token is new: ${how}`, () => {
    const usage = readUsage({ prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details });
    const closing = closingUsage(usage, { input: 0, output: 0 });
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = closing;
    expect([input_tokens, cache_read_input_tokens, cache_creation_input_tokens]).toEqual([...counts]);
  });
}

test('usage is found wherever a server puts it', () => {
  const usage = { prompt_tokens: 1 };
  expect(findUsage({ usage })).toBe(usage);
  expect(findUsage({ usage: null, x_groq: { usage } })).toBe(usage);
  expect(findUsage({ choices: [{ usage }] })).toBe(usage);
  expect(findUsage({ choices: [], usage: null })).toBeUndefined();
});

test('what an answer has cost, as OpenRouter tells it', () => {
  const behind = { upstream_inference_cost: 0.5 };
  const costs: readonly [usage: unknown, expected: number | undefined][] = [
    [{ cost: 0.02, cost_details: { upstream_inference_cost: null } }, 0.02],
    [{ cost: 0, is_byok: false, cost_details: behind }, 0],
    [{ cost: 0.02, is_byok: true, cost_details: behind }, 0.52],
    [{ cost: 0.02, is_byok: true }, 0.02],
    [{ cost: { total_cost: 1 } }, undefined],
    [{ cost: -1 }, undefined],
    [undefined, undefined],
  ];
  for (const [usage, expected] of costs) expect(readCost(usage)).toBe(expected);
});

test('service tiers', () => {
  const tierOf = (tier: unknown) => mapServiceTier(tier);
  expect(['priority', 'fast', 'scale'].map(tierOf)).toEqual(['priority', 'priority', 'priority']);
  expect([undefined, null, 'default', 'auto', 'flex'].map(tierOf)).toEqual(Array(5).fill('standard'));
});

test('an estimate of the output weighs scripts by what they cost', () => {
  const tokensOf = (text: string) => {
    const estimate = new OutputEstimate();
    for (const piece of text.match(/.{1,4}/gsu) ?? []) estimate.add(piece);
    return estimate.tokens;
  };
  expect(tokensOf('The quick brown fox jumps over the lazy dog.')).toBe(11);
  expect(tokensOf('敏捷的棕色狐狸跳过了懒狗')).toBeGreaterThan(8);
  expect(tokensOf('')).toBe(0);
});
