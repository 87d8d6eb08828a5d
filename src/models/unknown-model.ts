import type { Family, ModelTraits } from './model-traits.ts';

/** Nothing is assumed that would narrow a request: what such a model refuses is learned from its refusals. */
export const unknownModel: ModelTraits = {
  contextWindow: undefined,
  maxInputTokens: undefined,
  maxOutputTokens: undefined,
  efforts: undefined,
  reasons: false,
  sampling: 'accepted',
  stop: true,
  parallelToolCalls: true,
  chatTools: 'accepted',
  onlyResponses: false,
  webSearch: false,
  images: true,
  files: true,
  strength: undefined,
  encoding: 'o200k_base',
  imageTokens: { kind: 'tiles', base: 85, perTile: 170 },
};

/** A row of the family table. */
export function family(prefix: string, source: string, told: Partial<ModelTraits>): Family {
  return { prefix, source, told, traits: { ...unknownModel, ...told } };
}
