import { isRecord } from '../../messages/json.ts';
import type { CountedUsage } from '../../translation/answer-usage.ts';

const counts = [
  'promptTokenCount',
  'cachedContentTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'toolUsePromptTokenCount',
] as const;
type Counts = { [K in (typeof counts)[number]]?: number };

/**
 * Keeps the latest of each number: chunks tell running totals, and not every chunk tells all of them. Vertex AI counts
 * in the last chunk only.
 */
export class UsageReader {
  readonly #known: Counts = {};

  /** The `usageMetadata` of one chunk. */
  read(usage: unknown): void {
    if (!isRecord(usage)) return;
    for (const name of counts) {
      const count = usage[name];
      if (typeof count === 'number' && Number.isFinite(count) && count >= 0) this.#known[name] = Math.round(count);
    }
  }

  /**
   * Undefined while nothing has been counted. Thoughts are counted beside the candidate, a cached part of the prompt
   * inside it, and what Google's own tools have put into it outside (source: the SDK's `usageMetadata`).
   */
  get counted(): CountedUsage | undefined {
    const known = this.#known;
    const prompt = (known.promptTokenCount ?? 0) + (known.toolUsePromptTokenCount ?? 0);
    const output = (known.candidatesTokenCount ?? 0) + (known.thoughtsTokenCount ?? 0);
    if (prompt === 0 && output === 0) return undefined;
    return {
      prompt,
      cached: Math.min(known.cachedContentTokenCount ?? 0, known.promptTokenCount ?? 0),
      written: 0,
      output,
      thinking: known.thoughtsTokenCount,
    };
  }
}
