import type { Loss } from '../messages/types.ts';

/** Collects what of a request does not reach the upstream, in the order in which it is found. */
export class LossList {
  readonly #losses: Loss[] = [];

  add(field: string, why: string): void {
    this.#losses.push({ field, why });
  }

  get all(): readonly Loss[] {
    return this.#losses;
  }
}

/**
 * What becomes of a part of a request. `preserved`: it stands upstream as it was. `translated`: upstream has another word
 * for it. `emulated`: upstream has none, and its purpose is served in another way. `without effect`: left out, and no
 * answer can differ for it. `lost`: left out and listed. `refused`: the request is answered with a 400.
 */
export type Fate = 'preserved' | 'translated' | 'emulated' | 'without effect' | 'lost' | 'refused';

export interface FieldRule {
  readonly fate: Fate;
  /** For the reader of docs/translation.md, and the reason in the loss or the refusal. */
  readonly how: string;
  /** Values that ask for nothing: they are neither listed nor refused. */
  readonly harmless?: (value: unknown) => boolean;
}

/** Whether a value of a `lost` or `refused` field asks for something. */
export function asksForSomething(rule: FieldRule, value: unknown): boolean {
  return value !== undefined && value !== null && rule.harmless?.(value) !== true;
}

export const notKnown = 'this version of the proxy does not know it';

/** The keys of every member of a union, so that a table over them fails to compile when the SDK adds one. */
export type KeysOf<T> = T extends unknown ? keyof T : never;
