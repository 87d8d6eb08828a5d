import type { Loss } from '../messages/types.ts';
import type { RequestRecord } from './request-record.ts';

export interface LossesToTell {
  readonly fresh: readonly Loss[];
  /** How many more have been told before, of the same model and field. */
  readonly repeated: number;
}

/** Bounded, because field names may be of a client's choosing. */
const maxTold = 1000;

/**
 * What a person at a terminal has read already. Claude Code sends the same fields with every request: a loss of one of
 * them, told each time, would hide the one that is new.
 */
export class ToldLosses {
  readonly #told = new Set<string>();

  of({ losses, model }: RequestRecord): LossesToTell {
    const fresh = new Map<string, Loss>();
    let repeated = 0;
    for (const loss of losses) {
      const key = `${model} ${loss.field.replaceAll(/\d+/g, '*')}`;
      if (this.#told.has(key)) repeated += 1;
      else if (!fresh.has(key)) fresh.set(key, loss);
    }
    for (const key of fresh.keys()) if (this.#told.size < maxTold) this.#told.add(key);
    return { fresh: [...fresh.values()], repeated };
  }
}
