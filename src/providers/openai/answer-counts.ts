import type { Usage } from '../../messages/types.ts';

/** `priority` and its other names; everything else is the standard tier. */
export function mapServiceTier(tier: unknown): Usage['service_tier'] {
  return tier === 'priority' || tier === 'fast' || tier === 'scale' ? 'priority' : 'standard';
}

/** A number of tokens; undefined for anything that is none. */
export function tokenCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
}
