import { isRecord } from '../../messages/json.ts';
import type { CountedUsage } from '../../translation/answer-usage.ts';
import { tokenCount } from '../openai/answer-counts.ts';

/** The usage in a chunk or body, wherever the server puts it: Groq also under `x_groq`, Moonshot in the choice. */
export function findUsage(chunk: Readonly<Record<string, unknown>>): unknown {
  if (chunk.usage !== undefined && chunk.usage !== null) return chunk.usage;
  if (isRecord(chunk.x_groq) && isRecord(chunk.x_groq.usage)) return chunk.x_groq.usage;
  const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  return isRecord(choice) ? choice.usage : undefined;
}

/** Undefined where the upstream counted nothing: zeros from a server that does not count are not numbers. */
export function readUsage(usage: unknown): CountedUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const promptDetails = isRecord(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const outputDetails = isRecord(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const hit = tokenCount(usage.prompt_cache_hit_tokens);
  const cachedTold = tokenCount(promptDetails.cached_tokens) ?? hit ?? tokenCount(usage.cached_tokens) ?? 0;
  const writtenTold = tokenCount(promptDetails.cache_write_tokens) ?? 0;
  const prompt = tokenCount(usage.prompt_tokens) || cachedTold + (tokenCount(usage.prompt_cache_miss_tokens) ?? 0);
  const thinking = tokenCount(outputDetails.reasoning_tokens);
  const told = tokenCount(usage.completion_tokens) ?? 0;
  // xAI counts reasoning beside the completion, everyone else inside it.
  const beside = thinking !== undefined && thinking > 0 && tokenCount(usage.total_tokens) === prompt + told + thinking;
  const output = beside ? told + thinking : told;
  if (prompt === 0 && output === 0) return undefined;
  const cached = Math.min(cachedTold, prompt);
  return { prompt, cached, written: Math.min(writtenTold, prompt - cached), output, thinking };
}

/**
 * What an answer has cost, in US dollars, as OpenRouter tells it; with a key of the user's own for the vendor behind, what
 * that one charges comes on top (source: "Usage Accounting").
 */
export function readCost(usage: unknown): number | undefined {
  if (!isRecord(usage)) return undefined;
  const charged = dollars(usage.cost);
  const details = isRecord(usage.cost_details) ? usage.cost_details : {};
  const beside = usage.is_byok === true ? (dollars(details.upstream_inference_cost) ?? 0) : 0;
  return charged === undefined ? undefined : charged + beside;
}

function dollars(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
