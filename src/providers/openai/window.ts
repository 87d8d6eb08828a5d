import type { ModelTraits } from '../../models/model-traits.ts';
import type { Repair } from '../provider.ts';

/**
 * The room of prompt and answer together, in tokens. Of a model that limits its prompts apart, a refusal may have told
 * that limit only, which is no window.
 */
export function windowOf(
  { contextWindow, maxInputTokens }: ModelTraits,
  repairs: readonly Repair[],
): number | undefined {
  const learned = repairs.findLast((repair) => repair.kind === 'limit-context')?.maximum;
  if (learned === undefined || (maxInputTokens !== undefined && learned <= maxInputTokens)) return contextWindow;
  return learned;
}
