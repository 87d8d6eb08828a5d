import type { DeltaUsage } from '../messages/types.ts';
import { costOf, type PaidTokens, type Prices } from '../models/token-cost.ts';
import type { SeenAnswer } from '../providers/provider.ts';

/** What was counted of an answer, one entry for each call of the upstream that it took. */
export interface UsedTokens {
  readonly calls: readonly PaidTokens[];
  /** Tokens of the prompt that the client has sent, as it first went out; undefined where nothing was asked with it. */
  readonly prompt: number | undefined;
  /** Whether the upstream has counted the prompt; else the numbers are the proxy's own estimate. */
  readonly isCounted: boolean;
}

/** `expectedInput`: the estimate that stands in the usage where the upstream has counted nothing. */
export function usedTokens(usage: DeltaUsage, expectedInput: number | undefined): UsedTokens {
  // An answer that took several calls tells each of them, and their sum beside that.
  const told = usage.iterations ?? [];
  if (told.length === 0) {
    const only = paidTokens(usage);
    // What the vendor's own tools have brought is counted with it, and was in no prompt.
    const prompt = usage.server_tool_use ? undefined : only.input;
    return { calls: [only], prompt, isCounted: only.input !== expectedInput };
  }
  const first = told.find(({ type }) => type === 'message');
  const prompt = first === undefined ? undefined : paidTokens(first).input;
  return { calls: told.map(paidTokens), prompt, isCounted: prompt !== expectedInput };
}

/** The same of an answer that passes through; undefined where it is none of a model. */
export function seenTokens({ inputTokens, outputTokens, ...seen }: SeenAnswer): UsedTokens | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const { cachedTokens: cached = 0, writtenTokens: written = 0, writtenForHourTokens: writtenForHour = 0 } = seen;
  const only = { input: inputTokens, cached, written, writtenForHour, output: outputTokens };
  return { calls: [only], prompt: inputTokens, isCounted: true };
}

/** In US dollars; undefined where the price or the count is not known. */
export function costOfCalls(used: UsedTokens, prices: Prices | undefined, at: Date): number | undefined {
  if (prices === undefined || !used.isCounted) return undefined;
  return used.calls.reduce((sum, call) => sum + costOf(prices, call, at), 0);
}

function paidTokens(usage: Pick<DeltaUsage, 'input_tokens' | CacheField | 'output_tokens'>): PaidTokens {
  const cached = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  const input = (usage.input_tokens ?? 0) + cached + written;
  return { input, cached, written, writtenForHour: 0, output: usage.output_tokens };
}

type CacheField = 'cache_read_input_tokens' | 'cache_creation_input_tokens';
