import { vendorNameOf } from '../models/named-model.ts';
import type { Target } from '../providers/provider.ts';
import { vocabularyFactor } from '../tokens/count-request.ts';
import type { LearnedRatios } from '../tokens/learned-ratio.ts';

/**
 * Whether the estimate, as the upstream's own counts have corrected it, is worth more than a count: where the vocabulary
 * at hand is not the model's own, that would be another guess.
 */
export function countsLearned(target: Target, ratios: LearnedRatios): boolean {
  return ratios.of(target) !== undefined && vocabularyFactor(vendorNameOf(target)) !== 1;
}
