import type { CallMemory } from '../providers/provider.ts';

export interface RecentCallsOptions {
  readonly maxCalls?: number;
  readonly maxCharacters?: number;
  readonly maxAgeMs?: number;
  /** Milliseconds from any fixed moment. */
  readonly now?: () => number;
}

interface Remembered {
  readonly envelope: string;
  readonly untilMs: number;
}

/** What travels with the latest tool calls, limited in number, size and age; the oldest go first. */
export class RecentCalls implements CallMemory {
  readonly #calls = new Map<string, Remembered>();
  readonly #maxCalls: number;
  readonly #maxCharacters: number;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  #characters = 0;

  constructor(options: RecentCallsOptions = {}) {
    this.#maxCalls = options.maxCalls ?? 5_000;
    this.#maxCharacters = options.maxCharacters ?? 16 * 1024 * 1024;
    this.#maxAgeMs = options.maxAgeMs ?? 24 * 60 * 60_000;
    this.#now = options.now ?? (() => performance.now());
  }

  recall(toolUseId: string): string | undefined {
    const found = this.#calls.get(toolUseId);
    if (found === undefined) return undefined;
    this.#forget(toolUseId, found);
    if (found.untilMs <= this.#now()) return undefined;
    // Put in again: a conversation that goes on keeps its calls.
    this.#keep(toolUseId, found);
    return found.envelope;
  }

  remember(toolUseId: string, envelope: string): void {
    const known = this.#calls.get(toolUseId);
    if (known !== undefined) this.#forget(toolUseId, known);
    if (toolUseId.length + envelope.length > this.#maxCharacters) return;
    this.#keep(toolUseId, { envelope, untilMs: this.#now() + this.#maxAgeMs });
    for (const [oldestId, oldest] of this.#calls) {
      if (this.#calls.size <= this.#maxCalls && this.#characters <= this.#maxCharacters) return;
      this.#forget(oldestId, oldest);
    }
  }

  #keep(toolUseId: string, call: Remembered): void {
    this.#calls.set(toolUseId, call);
    this.#characters += toolUseId.length + call.envelope.length;
  }

  #forget(toolUseId: string, { envelope }: Remembered): void {
    this.#calls.delete(toolUseId);
    this.#characters -= toolUseId.length + envelope.length;
  }
}
