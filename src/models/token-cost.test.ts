import { expect, test } from 'bun:test';
import { costOf, type Prices } from './token-cost.ts';

const noon = new Date('2026-11-23T12:00:00Z');
const million = { input: 1_000_000, cached: 0, written: 0, writtenForHour: 0, output: 0 };
const plain: Prices = [{ rates: { input: 10, cachedInput: 1, cacheWrite: 12, cacheWriteHour: 20, output: 50 } }];

test.each([
  ['a prompt', {}, 10],
  ['half of it from the cache', { cached: 500_000 }, 5.5],
  ['a tenth of it written, half of that for an hour', { written: 100_000, writtenForHour: 50_000 }, 9 + 0.6 + 1],
  ['an answer', { input: 0, output: 20_000 }, 1],
  ['more from the cache than there was', { cached: 2_000_000, written: 5 }, 1],
])('%s', (_, tokens, dollars) => {
  expect(costOf(plain, { ...million, ...tokens }, noon)).toBeCloseTo(dollars, 9);
});

test('what has no rate of its own is paid as prompt', () => {
  const prices: Prices = [{ rates: { input: 10, output: 50 } }];
  expect(costOf(prices, { ...million, cached: 300_000, written: 300_000, writtenForHour: 9 }, noon)).toBeCloseTo(10, 9);
});

test('above its limit a long prompt makes the whole call dearer, not at it', () => {
  const tiered = { base: 10, tiers: [{ above: 200_000, rate: 20 }] };
  const prices: Prices = [{ rates: { input: tiered, output: { base: 50, tiers: [{ above: 200_000, rate: 75 }] } } }];
  const cost = (input: number) => costOf(prices, { ...million, input, output: 1_000 }, noon);
  expect(cost(200_000)).toBeCloseTo(2 + 0.05, 9);
  expect(cost(200_001)).toBeCloseTo(4.00002 + 0.075, 9);
});

test('prices hold from a day on, and in hours that may go past midnight; the last that holds decides', () => {
  const rates = (input: number) => ({ input, output: 0 });
  const prices: Prices = [
    { rates: rates(1) },
    { from: '2026-08-17', rates: rates(2) },
    { between: { start: '22:30:00', end: '01:00:00' }, rates: rates(4) },
  ];
  const at = (moment: string) => costOf(prices, million, new Date(moment));
  expect([at('2026-08-16T12:00:00Z'), at('2026-08-17T00:59:59Z'), at('2026-08-17T01:00:00Z')]).toEqual([1, 4, 2]);
  expect([at('2026-11-23T22:29:59Z'), at('2026-11-23T22:30:00Z')]).toEqual([2, 4]);
});
