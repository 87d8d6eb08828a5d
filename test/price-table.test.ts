import { expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calcPrice, type ModelInfo, type Provider, type Usage } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { findPriced } from '../src/models/price-table.ts';
import { costOf, type PaidTokens } from '../src/models/token-cost.ts';
import { bundledProviders, priceTableText } from './price-table.ts';

const file = join(import.meta.dir, '..', 'src', 'models', 'price-table.json');

test('the table of prices is that of the installed genai-prices (UPDATE=1 writes it anew)', async () => {
  const text = await priceTableText();
  if (process.env.UPDATE === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8') === text).toBe(true);
});

/** Names that a row may be meant for: its id, and the names and beginnings in its rule. */
function namesOf({ id, match }: ModelInfo): string[] {
  const names = new Set([id]);
  const walk = (rule: ModelInfo['match']) => {
    if ('or' in rule) rule.or.forEach(walk);
    else if ('equals' in rule) names.add(rule.equals);
    else if ('starts_with' in rule) names.add(rule.starts_with).add(`${rule.starts_with}-20260101`);
  };
  walk(match);
  return [...names];
}

const providers = await bundledProviders();
const models: readonly (readonly [Provider, string])[] = providers.flatMap((provider) =>
  provider.models.flatMap((model) => namesOf(model).map((name) => [provider, name] as const)),
);

const usages = fc
  .record({
    fresh: fc.nat(600_000),
    cached: fc.nat(300_000),
    written: fc.nat(50_000),
    writtenForHour: fc.nat(50_000),
    output: fc.nat(100_000),
  })
  .map(({ fresh, cached, written, writtenForHour, output }): PaidTokens => {
    const allWritten = written + writtenForHour;
    return { input: fresh + cached + allWritten, cached, written: allWritten, writtenForHour, output };
  });
const moments = fc.date({ min: new Date('2025-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });

test('every model at every provider costs what genai-prices says, at any time and length', () => {
  fc.assert(
    fc.property(fc.constantFrom(...models), usages, moments, ([provider, name], tokens, at) => {
      const row = findPriced({ baseUrl: '', profile: provider.id }, [name])?.row;
      const usage: Usage = {
        input_tokens: tokens.input,
        cache_read_tokens: tokens.cached,
        cache_write_tokens: tokens.written,
        cache_write_1h_tokens: tokens.writtenForHour,
        output_tokens: tokens.output,
      };
      const theirs = calcPrice(usage, name, { provider, timestamp: at });
      expect([name, row?.id]).toEqual([name, theirs?.model.id]);
      if (row?.prices !== undefined) expect(costOf(row.prices, tokens, at)).toBeCloseTo(theirs?.total_price ?? -1, 9);
    }),
    { numRuns: 3_000 },
  );
});

test('a row without prices is one that a count of tokens cannot tell the cost of', () => {
  const unpriced = models.filter(([provider, name]) => {
    return findPriced({ baseUrl: '', profile: provider.id }, [name])?.row.prices === undefined;
  });
  const wrong = unpriced.filter(([provider, name]) => {
    const price = calcPrice({ input_tokens: 1_000, output_tokens: 1_000 }, name, { provider });
    const rates: Record<string, unknown> = price?.model_price ?? {};
    const isPlain = 'input_mtok' in rates && 'output_mtok' in rates;
    return isPlain && !('requests_kcount' in rates) && !('output_reasoning_mtok' in rates);
  });
  expect(wrong.map(([provider, name]) => `${provider.id}/${name}`)).toEqual([]);
});
