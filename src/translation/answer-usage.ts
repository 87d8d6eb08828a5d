import type { DeltaUsage, Usage } from '../messages/types.ts';

/** What an upstream counted. The prompt is whole: what of it was read from or written to a cache is inside. */
export interface CountedUsage {
  readonly prompt: number;
  readonly cached: number;
  readonly written: number;
  readonly output: number;
  readonly thinking: number | undefined;
}

/** The numbers known before the upstream has counted: an estimate that the end of the message overrides. */
export function openingUsage(inputTokens: number, serviceTier: Usage['service_tier']): Usage {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: serviceTier,
    inference_geo: null,
    iterations: null,
    speed: null,
    fallback_credit: null,
  };
}

/** The final numbers; where the upstream told none, the estimates. Anthropic's input excludes what the cache took. */
export function closingUsage(usage: CountedUsage | undefined, estimate: { input: number; output: number }): DeltaUsage {
  const { cached, written, fresh } =
    usage !== undefined && usage.prompt > 0 ? splitPrompt(usage) : { cached: 0, written: 0, fresh: estimate.input };
  return {
    input_tokens: fresh,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    output_tokens: usage?.output || estimate.output,
    output_tokens_details: usage?.thinking === undefined ? null : { thinking_tokens: usage.thinking },
    server_tool_use: null,
    iterations: null,
    fallback_credit: null,
  };
}

/**
 * At least one token counts as new: Claude Code reads a 0 at the end as no news, keeps the estimate from the head of the
 * message, and would count the prompt twice.
 */
function splitPrompt({ prompt, cached, written }: CountedUsage): { cached: number; written: number; fresh: number } {
  const fresh = prompt - cached - written;
  if (fresh > 0) return { cached, written, fresh };
  return written > 0 ? { cached, written: written - 1, fresh: 1 } : { cached: cached - 1, written, fresh: 1 };
}

/** Adds up an answer's tokens by the length of its pieces, for upstreams that do not count. One look a piece tells its script. */
export class OutputEstimate {
  #tokens = 0;

  add(text: string): void {
    const code = text.charCodeAt(text.length >> 1);
    this.#tokens += text.length * (code < 0x80 ? 0.25 : code < 0x2e80 ? 0.45 : 0.85);
  }

  get tokens(): number {
    return Math.ceil(this.#tokens);
  }
}
