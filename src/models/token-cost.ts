/** US dollars for a million tokens; with `tiers`, by the length of the whole prompt: the last one it is above decides. */
export type Rate =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly above: number; readonly rate: number }[] };

export interface TokenRates {
  readonly input: Rate;
  /** For what of the prompt came from a cache; absent: as `input`. */
  readonly cachedInput?: Rate | undefined;
  /** For what of the prompt was written to a cache; absent: as `input`. */
  readonly cacheWrite?: Rate | undefined;
  /** The same where it is kept for an hour; absent: as `cacheWrite`. */
  readonly cacheWriteHour?: Rate | undefined;
  readonly output: Rate;
}

/** Rates and when they hold; where neither is said, always. */
export interface TimedRates {
  /** The first day, `2026-07-30`. */
  readonly from?: string | undefined;
  /** Hours of every day in UTC, `01:00:00` to `04:00:00`, the end left out; they may go past midnight. */
  readonly between?: { readonly start: string; readonly end: string } | undefined;
  readonly rates: TokenRates;
}

/** The last one that holds at a moment decides; where none does, the first. */
export type Prices = readonly TimedRates[];

/** Tokens of one call. */
export interface PaidTokens {
  /** Of the whole prompt: what the cache gave and took is inside. */
  readonly input: number;
  readonly cached: number;
  readonly written: number;
  /** Of these, the ones that are kept for an hour. */
  readonly writtenForHour: number;
  /** With what was thought. */
  readonly output: number;
}

/** What a call costs, in US dollars (source of the rules: genai-prices). */
export function costOf(prices: Prices, tokens: PaidTokens, at: Date): number {
  const rates = ratesAt(prices, at);
  if (rates === undefined) return 0;
  const { input, output } = tokens;
  const cached = Math.min(tokens.cached, input);
  const written = Math.min(tokens.written, input - cached);
  const writtenForHour = Math.min(tokens.writtenForHour, written);
  const cacheWrite = rates.cacheWrite ?? rates.input;
  const paid = (count: number, rate: Rate) => (count * rateFor(rate, input)) / 1_000_000;
  return (
    paid(input - cached - written, rates.input) +
    paid(cached, rates.cachedInput ?? rates.input) +
    paid(written - writtenForHour, cacheWrite) +
    paid(writtenForHour, rates.cacheWriteHour ?? cacheWrite) +
    paid(output, rates.output)
  );
}

/** The rates that hold at a moment; undefined of an empty list only. */
export function ratesAt(prices: Prices, at: Date): TokenRates | undefined {
  return (prices.findLast((timed) => holdsAt(timed, at)) ?? prices[0])?.rates;
}

function holdsAt({ from, between }: TimedRates, at: Date): boolean {
  const [day = '', time = ''] = at.toISOString().split('T');
  if (from !== undefined && day < from) return false;
  if (between === undefined) return true;
  const { start, end } = between;
  return end < start ? time >= start || time < end : time >= start && time < end;
}

function rateFor(rate: Rate, promptTokens: number): number {
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast(({ above }) => promptTokens > above)?.rate ?? rate.base;
}
