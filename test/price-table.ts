import { type MatchLogic, type ModelInfo, type ModelPrice, type Provider, waitForUpdate } from '@pydantic/genai-prices';
import packageJson from '../package.json' with { type: 'json' };
import type { NameMatch, PricedModel, PricedProvider } from '../src/models/price-table.ts';
import type { Prices, Rate, TokenRates } from '../src/models/token-cost.ts';

/** Every provider of the package's bundled data; nothing is fetched. */
export async function bundledProviders(): Promise<readonly Provider[]> {
  const providers = await waitForUpdate();
  if (providers === null) throw new Error('genai-prices has no data');
  return providers;
}

/** What stands in src/models/price-table.json: one model a line. */
export async function priceTableText(): Promise<string> {
  const providers = (await bundledProviders()).map(pricedProvider);
  const texts = providers.map(({ models, ...provider }) => {
    const head = JSON.stringify(provider).slice(0, -1);
    return `${head},"models":[\n${models.map((model) => JSON.stringify(model)).join(',\n')}\n]}`;
  });
  return `{"version":"${packageJson.devDependencies['@pydantic/genai-prices']}","providers":[\n${texts.join(',\n')}\n]}\n`;
}

function pricedProvider({ id, api_pattern, fallback_model_providers, models }: Provider): PricedProvider {
  return {
    id,
    urls: api_pattern,
    ...(fallback_model_providers && { like: fallback_model_providers }),
    models: models.map(pricedModel),
  };
}

function pricedModel({ id, match, context_window, prices }: ModelInfo): PricedModel {
  const known = pricesOf(prices, id);
  return {
    id,
    ...(!isIdAlone(match, id) && { match: smallLetters(match) }),
    ...(context_window !== undefined && { window: context_window }),
    ...(known !== undefined && { prices: known }),
  };
}

function isIdAlone(match: MatchLogic, id: string): boolean {
  return 'equals' in match && match.equals.toLowerCase() === id.toLowerCase();
}

function smallLetters(match: MatchLogic): NameMatch {
  if ('regex' in match) return match;
  if ('or' in match) return { or: match.or.map(smallLetters) };
  if ('and' in match) return { and: match.and.map(smallLetters) };
  return Object.fromEntries(Object.entries(match).map(([kind, text]) => [kind, String(text).toLowerCase()]));
}

/** Where tokens are not all that is paid for, there is no price that a count of them tells. */
const paidOtherwise = ['requests_kcount', 'output_reasoning_mtok'];

function pricesOf(prices: ModelInfo['prices'], id: string): Prices | undefined {
  const timed = Array.isArray(prices) ? prices : [{ prices }];
  const rows = timed.map((row) => {
    const rates = ratesOf(row.prices, id);
    if (rates === undefined) return undefined;
    const { constraint } = row;
    if (constraint === undefined) return { rates };
    if (constraint.type === 'start_date') return { from: constraint.start_date, rates };
    return { between: { start: utcTime(constraint.start_time), end: utcTime(constraint.end_time) }, rates };
  });
  return rows.includes(undefined) ? undefined : rows.filter((row) => row !== undefined);
}

function utcTime(text: string): string {
  const time = /^(\d{2}:\d{2}:\d{2})Z$/.exec(text)?.[1];
  if (time === undefined) throw new Error(`A time of day that is not in UTC: ${text}`);
  return time;
}

function ratesOf(price: ModelPrice, id: string): TokenRates | undefined {
  const keys = Object.keys(price);
  // What OpenRouter gives away it names so; nowhere else does a row without prices mean that there is nothing to pay.
  if (keys.length === 0) return id.endsWith(':free') ? { input: 0, output: 0 } : undefined;
  if (paidOtherwise.some((key) => key in price)) return undefined;
  const { input_mtok, output_mtok, cache_read_mtok, cache_write_mtok, cache_write_1h_mtok } = price;
  if (input_mtok === undefined || output_mtok === undefined) return undefined;
  return {
    input: rateOf(input_mtok),
    ...(cache_read_mtok !== undefined && { cachedInput: rateOf(cache_read_mtok) }),
    ...(cache_write_mtok !== undefined && { cacheWrite: rateOf(cache_write_mtok) }),
    ...(cache_write_1h_mtok !== undefined && { cacheWriteHour: rateOf(cache_write_1h_mtok) }),
    output: rateOf(output_mtok),
  };
}

function rateOf(price: NonNullable<ModelPrice[string]>): Rate {
  if (typeof price === 'number') return price;
  const tiers = price.tiers.toSorted((a, b) => a.start - b.start);
  return { base: price.base, tiers: tiers.map(({ start, price: rate }) => ({ above: start, rate })) };
}
