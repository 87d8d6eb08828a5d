import { traitsOf } from '../../models/model-traits.ts';
import type { Target } from '../provider.ts';
import { dialectOf } from './dialect.ts';

/**
 * Whether the calls of tools that a target's model writes may be wrong: those of a weak or unknown model, and all that
 * come from a server of the user's own, whose template and parser may not fit the model.
 */
export function needsCallRepair(target: Target): boolean {
  const { rawCalls, vendorRules } = dialectOf(target);
  return rawCalls || (!vendorRules && traitsOf(target).strength !== 'strong');
}
