import type { ModelTraits } from './model-traits.ts';
import type { Prices } from './token-cost.ts';

/** What is known of one model at one place: of its family, of the prices there, and the user's own word. */
export interface KnownModel {
  /** The vendor's name of the model; another than the upstream's where that one (a deployment, an alias) says nothing. */
  readonly name: string;
  readonly traits: ModelTraits;
  /** Undefined: nobody has told, which is not the same as nothing. */
  readonly prices: Prices | undefined;
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
