import { expect, test } from 'bun:test';
import { LearnedRatios } from './learned-ratio.ts';

const model = { provider: 'openai', baseUrl: 'http://gpu:8000/v1', model: 'qwen3' };
const text = (tokens: number) => ({ tokens, media: 0 });

function learned(...samples: readonly (readonly [estimate: number, truth: number])[]): LearnedRatios {
  const ratios = new LearnedRatios();
  for (const [estimate, truth] of samples) ratios.learn(model, text(estimate), truth);
  return ratios;
}

test('one or two answers prove nothing; from the third on the estimate is the truth of the last ones', () => {
  expect(learned([1_000, 1_300], [2_000, 2_600]).corrected(model, text(10_000))).toBe(10_000);
  expect(learned([1_000, 1_300], [2_000, 2_600], [3_000, 3_900]).corrected(model, text(10_000))).toBe(13_000);
});

test.each([
  ['one odd answer among many', [10_000, 29_000], 1.3],
  ['a count of what the cache did not give', [10_000, 300], 1.3],
  ['a count from another world', [10_000, 1e9], 1.3],
  ['a count that is none', [10_000, Number.NaN], 1.3],
  ['a short prompt, most of which is what the upstream adds', [40, 90], 1.3],
] as const)('%s changes nothing', (_, odd, ratio) => {
  expect(learned([9_000, 11_700], odd, [10_000, 13_000], [11_000, 14_300], odd).of(model)).toBeCloseTo(ratio, 9);
});

test('long prompts say more than short ones', () => {
  expect(learned([600, 900], [600, 900], [600, 900], [40_000, 44_000]).of(model)).toBeCloseTo(1.1, 9);
});

test('what has changed is learned anew', () => {
  const ratios = learned(...Array.from({ length: 40 }, () => [5_000, 5_000] as const));
  for (let at = 0; at < 24; at++) ratios.learn(model, text(5_000), 7_500);
  expect(ratios.of(model)).toBe(1.5);
});

test('images and documents are not learned from, and stay as they are estimated', () => {
  const ratios = learned([1_000, 1_200], [1_000, 1_200], [1_000, 1_200]);
  for (let at = 0; at < 10; at++) ratios.learn(model, { tokens: 5_000, media: 4_000 }, 15_000);
  expect(ratios.corrected(model, { tokens: 5_000, media: 4_000 })).toBe(1_200 + 4_000);
});

test('each upstream and model is learned for itself, and the one heard of longest ago is forgotten', () => {
  const ratios = learned([1_000, 1_500], [1_000, 1_500], [1_000, 1_500]);
  expect(ratios.of({ ...model, baseUrl: 'http://other:8000/v1' })).toBeUndefined();
  for (let at = 0; at < 500; at++) ratios.learn({ ...model, model: `m${at}` }, text(1_000), 1_000);
  expect(ratios.of(model)).toBeUndefined();
});
