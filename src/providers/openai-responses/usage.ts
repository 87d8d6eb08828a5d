import { isRecord } from '../../messages/json.ts';
import type { CountedUsage } from '../../translation/answer-usage.ts';
import { tokenCount } from '../openai/answer-counts.ts';

/** `usage` of a response. Undefined where the upstream counted nothing: zeros from a server that does not count are no numbers. */
export function readUsage(usage: unknown): CountedUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const inputDetails = isRecord(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const outputDetails = isRecord(usage.output_tokens_details) ? usage.output_tokens_details : {};
  const prompt = tokenCount(usage.input_tokens) ?? 0;
  const told = tokenCount(usage.output_tokens) ?? 0;
  const thinking = tokenCount(outputDetails.reasoning_tokens);
  // xAI has counted reasoning beside the output, everyone else inside it.
  const beside = thinking !== undefined && thinking > 0 && tokenCount(usage.total_tokens) === prompt + told + thinking;
  const output = beside ? told + thinking : told;
  if (prompt === 0 && output === 0) return undefined;
  const cached = Math.min(tokenCount(inputDetails.cached_tokens) ?? 0, prompt);
  const written = Math.min(tokenCount(inputDetails.cache_write_tokens) ?? 0, prompt - cached);
  return { prompt, cached, written, output, thinking };
}
