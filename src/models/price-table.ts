import table from './price-table.json' with { type: 'json' };
import type { Prices } from './token-cost.ts';

/** Which names a row is for; one of the fields is there. All but `regex` are asked of small letters. */
export interface NameMatch {
  readonly equals?: string | undefined;
  readonly starts_with?: string | undefined;
  readonly ends_with?: string | undefined;
  readonly contains?: string | undefined;
  readonly regex?: string | undefined;
  readonly or?: readonly NameMatch[] | undefined;
  readonly and?: readonly NameMatch[] | undefined;
}

export interface PricedModel {
  readonly id: string;
  /** Absent: its id alone. */
  readonly match?: NameMatch | undefined;
  /** The vendor's word on prompt and answer together, or on the prompt alone: the table does not tell which. */
  readonly window?: number | undefined;
  readonly prices?: Prices | undefined;
}

export interface PricedProvider {
  readonly id: string;
  /** A regular expression for the beginning of its base URLs. */
  readonly urls: string;
  /** Whose prices it takes for models of theirs. */
  readonly like?: readonly string[] | undefined;
  /** The first that fits decides. */
  readonly models: readonly PricedModel[];
}

/** Made of the package genai-prices by test/price-table.ts, without what no token count needs. */
export interface PriceTable {
  readonly version: string;
  readonly providers: readonly PricedProvider[];
}

export const priceTable: PriceTable = table;

/** Where a model is called, as far as prices differ by it. */
export interface PricePlace {
  readonly baseUrl: string;
  /** Which server it was said to be, in the words of the configuration; absent or `auto`: the address tells. */
  readonly profile?: string | undefined;
}

export interface FoundPrice {
  readonly provider: string;
  readonly row: PricedModel;
}

/** The row of the first of `names` that is in the table of the place; undefined also where nobody lists prices of the place. */
export function findPriced(place: PricePlace, names: readonly string[]): FoundPrice | undefined {
  const provider = providerAt(place);
  if (provider === undefined) return undefined;
  for (const name of names) {
    const found = provider.find(name) ?? provider.find(name.slice(name.lastIndexOf('/') + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One provider's rows, made ready to be searched: most names are listed, a few are matched. */
class PricedModels {
  readonly id: string;
  readonly #like: readonly string[];
  readonly #rows: readonly PricedModel[];
  readonly #listed = new Map<string, number>();
  readonly #matched: { readonly at: number; readonly match: NameMatch }[] = [];

  constructor({ id, like = [], models }: PricedProvider) {
    this.id = id;
    this.#like = like;
    this.#rows = models;
    for (const [at, row] of models.entries()) {
      const match = row.match ?? { equals: row.id.toLowerCase() };
      for (const one of match.or ?? [match]) {
        if (one.equals === undefined) this.#matched.push({ at, match: one });
        else if (!this.#listed.has(one.equals)) this.#listed.set(one.equals, at);
      }
    }
  }

  /** Dates stand in names with and without hyphens. */
  find(name: string): FoundPrice | undefined {
    const plain = name.trim().toLowerCase();
    return this.#find(plain) ?? this.#find(plain.replace(/-(20\d\d)(\d\d)(\d\d)(?=-|:|$)/g, '-$1-$2-$3'));
  }

  #find(name: string): FoundPrice | undefined {
    const listed = this.#listed.get(name) ?? Number.POSITIVE_INFINITY;
    const matched = this.#matched.find(({ at, match }) => at < listed && isFor(match, name))?.at;
    const row = this.#rows[matched ?? listed];
    if (row !== undefined) return { provider: this.id, row };
    for (const other of this.#like) {
      const found = providerCalled(other)?.find(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function isFor(match: NameMatch, name: string): boolean {
  if (match.equals !== undefined) return name === match.equals;
  if (match.starts_with !== undefined) return name.startsWith(match.starts_with);
  if (match.ends_with !== undefined) return name.endsWith(match.ends_with);
  if (match.contains !== undefined) return name.includes(match.contains);
  if (match.regex !== undefined) return patternOf(match.regex).test(name);
  return match.or?.some((one) => isFor(one, name)) ?? match.and?.every((one) => isFor(one, name)) ?? false;
}

/** What the configuration calls otherwise than the table. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['xai', 'x-ai'],
  ['moonshot', 'moonshotai'],
]);

function providerAt({ baseUrl, profile = 'auto' }: PricePlace): PricedModels | undefined {
  const named = providerCalled(otherNames.get(profile) ?? profile);
  if (named !== undefined) return named;
  const found = priceTable.providers.find(({ urls }) => patternOf(`^(?:${urls})`).test(baseUrl));
  return found === undefined ? undefined : ready(found);
}

function providerCalled(id: string): PricedModels | undefined {
  const found = priceTable.providers.find((provider) => provider.id === id);
  return found === undefined ? undefined : ready(found);
}

// Made of the table alone and as often as it has rows: only the providers that are used cost anything.
const readyProviders = new Map<string, PricedModels>();
const patterns = new Map<string, RegExp>();

function ready(provider: PricedProvider): PricedModels {
  const known = readyProviders.get(provider.id) ?? new PricedModels(provider);
  readyProviders.set(provider.id, known);
  return known;
}

function patternOf(source: string): RegExp {
  const known = patterns.get(source) ?? new RegExp(source);
  patterns.set(source, known);
  return known;
}
