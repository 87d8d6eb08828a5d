import type { Config } from '../config/config.ts';
import type { Target } from '../providers/provider.ts';
import { planTarget } from './plan-target.ts';

/** A name Claude Code may ask for, as a user thinks of it, and where it goes. */
export interface PlannedTier {
  /** An id that routes by this tier. */
  readonly id: string;
  readonly tier: 'Opus' | 'Sonnet' | 'Haiku' | 'other Claude';
  readonly target: Target;
  /** The name itself goes upstream: nothing is mapped. */
  readonly untouched: boolean;
}

const tiers = [
  { tier: 'Opus', id: 'claude-opus' },
  { tier: 'Sonnet', id: 'claude-sonnet' },
  { tier: 'Haiku', id: 'claude-haiku' },
  { tier: 'other Claude', id: 'claude-other' },
] as const;

/** The whole mapping of Claude's names, for the start table and the model list. */
export function planTiers(config: Config): readonly PlannedTier[] {
  return tiers.map(({ tier, id }) => {
    const target = planTarget(id, config);
    return { tier, id, target, untouched: target.model === id };
  });
}
