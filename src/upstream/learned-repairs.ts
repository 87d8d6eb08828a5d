import type { Repair, Target } from '../providers/provider.ts';

const maxTargets = 500;
const maxRepairsPerTarget = 64;

/**
 * What the refusals of each upstream and model have taught, so that the next request gets it right at once. Held in
 * memory only: a restart learns it again, at the price of one refused call.
 */
export class LearnedRepairs {
  readonly #byTarget = new Map<string, readonly Repair[]>();

  of(target: Target): readonly Repair[] {
    return this.#byTarget.get(keyOf(target)) ?? [];
  }

  remember(target: Target, repair: Repair): void {
    if (repair.kind === 'limit-output-tokens' && repair.window !== undefined) {
      this.remember(target, { kind: 'limit-context', scope: 'model', maximum: repair.window });
    }
    if (repair.scope !== 'model') return;
    const key = keyOf(target);
    const known = this.of(target).filter((earlier) => !replaces(repair, earlier));
    // Taken out and put in again, so that the target learned about longest ago stands first.
    this.#byTarget.delete(key);
    this.#byTarget.set(key, [...known, repair].slice(-maxRepairsPerTarget));
    if (this.#byTarget.size <= maxTargets) return;
    for (const oldest of this.#byTarget.keys()) {
      this.#byTarget.delete(oldest);
      break;
    }
  }

  /** The longest prompt this upstream has said it takes. */
  contextLimit(target: Target): number | undefined {
    for (const repair of this.of(target)) if (repair.kind === 'limit-context') return repair.maximum;
    return undefined;
  }
}

function keyOf(target: Target): string {
  return `${target.baseUrl}\n${target.model}`;
}

/** Whether the later repair makes the earlier one void: of a limit only the latest counts. */
function replaces(later: Repair, earlier: Repair): boolean {
  switch (later.kind) {
    case 'limit-output-tokens':
    case 'limit-context':
    case 'raise-output-tokens':
    case 'effort-words':
    case 'shorten-tool-descriptions':
    case 'drop-reasoning':
    case 'alternate-roles':
    case 'leave-out-reasoning':
    case 'plain-answer':
    case 'own-schema-form':
    case 'skip-signatures':
    case 'validate-calls':
    case 'unforced-calls':
    case 'omit-call-ids':
    case 'addresses-as-text':
    case 'use-api':
      return earlier.kind === later.kind;
    case 'omit-parameter':
      return earlier.kind === later.kind && earlier.parameter === later.parameter;
    case 'rename-parameter':
      return earlier.kind === later.kind && earlier.parameter === later.parameter;
    case 'loosen-tool-schema':
      return earlier.kind === later.kind && earlier.tool === later.tool;
    case 'return-reasoning':
      return earlier.kind === later.kind && earlier.parameter === later.parameter;
  }
}
