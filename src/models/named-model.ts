import type { ModelTraits } from './model-traits.ts';

/** What is paid for tokens, in US dollars for a million of them. */
export interface TokenRates {
  readonly input: number;
  /** Of the prompt, what came from the cache; absent: as `input`. */
  readonly cachedInput?: number | undefined;
  /** Of the prompt, what was written to the cache; absent: as `input`. */
  readonly cacheWrite?: number | undefined;
  /** The same where it is kept for an hour; absent: as `cacheWrite`. */
  readonly cacheWriteHour?: number | undefined;
  readonly output: number;
}

/** What is known of one model at one place: of its family, of the prices there, and the user's own word. */
export interface KnownModel {
  /** The vendor's name of the model; another than the upstream's where that one (a deployment, an alias) says nothing. */
  readonly name: string;
  readonly traits: ModelTraits;
  /** The user's own word on the price. */
  readonly rates: TokenRates | undefined;
}

/** A model as an upstream names it. A target is one. */
export interface NamedModel {
  readonly model: string;
  /** Decided by routing; absent: what the name tells is all. */
  readonly known?: KnownModel | undefined;
}

/** The vendor's name of a model. */
export function vendorNameOf({ model, known }: NamedModel): string {
  return known?.name ?? model;
}
