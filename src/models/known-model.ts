import { type ModelOverrides, overridesFor } from './model-overrides.ts';
import { familyOf, type ModelTraits } from './model-traits.ts';
import type { KnownModel } from './named-model.ts';
import { findPriced, type PricePlace, priceTable } from './price-table.ts';
import type { Prices } from './token-cost.ts';
import { unknownModel } from './unknown-model.ts';

/** A model and where it is called. */
export interface ModelPlace extends PricePlace {
  /** The prefix that names the place in a model's name. */
  readonly provider: string;
  readonly model: string;
  /** The vendor's name of the model, where the configuration tells it. */
  readonly name?: string | undefined;
}

/** What one source knows of a model. */
interface Layer {
  /** For a person who wants to look it up. */
  readonly source: string;
  readonly traits: Partial<ModelTraits>;
  readonly prices: Prices | undefined;
}

interface Layers {
  /** The vendor's name of the model. */
  readonly name: string;
  /** Whose word counts first, first. */
  readonly layers: readonly Layer[];
}

/**
 * All that is known of a model at one place: the user's word first, then our own table, then the table of prices. Asked for
 * every request, so it is put together once for each model; the names come from outside, so not for ever more of them.
 */
export function knowModel(place: ModelPlace, overrides: ModelOverrides): KnownModel {
  const known = knownBy.get(overrides) ?? new Map<string, KnownModel>();
  knownBy.set(overrides, known);
  const key = JSON.stringify([place.provider, place.baseUrl, place.profile, place.model, place.name]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const model = modelFrom(layersOf(place, overrides));
  if (key.length > longestKept) return model;
  if (known.size >= mostKept) known.clear();
  known.set(key, model);
  return model;
}

const mostKept = 500;
const longestKept = 1_000;
const knownBy = new WeakMap<ModelOverrides, Map<string, KnownModel>>();

function modelFrom({ name, layers }: Layers): KnownModel {
  return { name, traits: traitsFrom(layers), prices: layers.find(({ prices }) => prices !== undefined)?.prices };
}

export type KnownProperty = keyof ModelTraits | 'prices';

export interface ExplainedModel extends KnownModel {
  /** Who has told each property; undefined: nobody, and `traits` holds what is assumed then. */
  readonly sources: Readonly<Partial<Record<KnownProperty, string>>>;
}

/** The same for a person, with the source of each property. */
export function explainModel(place: ModelPlace, overrides: ModelOverrides): ExplainedModel {
  const found = layersOf(place, overrides);
  const known = modelFrom(found);
  const sources: Partial<Record<KnownProperty, string>> = {};
  for (const { source, traits, prices } of found.layers.toReversed()) {
    for (const [property, value] of Object.entries(traits)) {
      if (value !== undefined && isTrait(property)) sources[property] = source;
    }
    if (prices !== undefined) sources.prices = source;
  }
  // Taken back where another source has told of less room.
  if (known.traits.maxInputTokens === undefined) delete sources.maxInputTokens;
  return { ...known, sources };
}

function layersOf(place: ModelPlace, overrides: ModelOverrides): Layers {
  const { model, provider } = place;
  const told = overridesFor(overrides, [model, `${provider}/${model}`]);
  const name = told.find(({ like }) => like !== undefined)?.like ?? place.name ?? model;
  const family = familyOf(name);
  const priced = findPriced(place, name === model ? [model] : [model, name]);

  const layers: Layer[] = told.map(({ pattern, traits, prices }) => ({
    source: `MODEL_OVERRIDES "${pattern}"`,
    traits,
    prices,
  }));
  if (family !== undefined) {
    const { prefix, source, told: traits } = family;
    layers.push({ source: `${source} (row ${prefix})`, traits, prices: undefined });
  }
  if (priced !== undefined) {
    const { row } = priced;
    layers.push({
      source: `genai-prices ${priceTable.version} (${priced.provider}: ${row.id})`,
      traits: row.window === undefined ? {} : { contextWindow: row.window },
      prices: row.prices,
    });
  }
  return { name, layers };
}

function traitsFrom(layers: readonly Layer[]): ModelTraits {
  let traits = unknownModel;
  for (const layer of layers.toReversed()) traits = overlaid(traits, layer.traits);
  const { contextWindow, maxInputTokens } = traits;
  // One source's limit of the prompt means nothing in another's smaller window.
  const isCut = contextWindow !== undefined && maxInputTokens !== undefined && maxInputTokens > contextWindow;
  return isCut ? { ...traits, maxInputTokens: undefined } : traits;
}

function overlaid(below: ModelTraits, above: Partial<ModelTraits>): ModelTraits {
  const said = Object.entries(above).filter(([, value]) => value !== undefined);
  return said.length === 0 ? below : { ...below, ...Object.fromEntries(said) };
}

function isTrait(property: string): property is keyof ModelTraits {
  return property in unknownModel;
}
