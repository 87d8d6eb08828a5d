import type { DeltaUsage } from '../messages/types.ts';

type Iteration = NonNullable<DeltaUsage['iterations']>[number];

/** What an answer used that took several calls of the upstream: the sum, and each call for itself, as the API tells it. */
export class AddedUsage {
  readonly #calls: DeltaUsage[] = [];
  readonly #model: string;
  #searches = 0;
  #fetches = 0;

  /** `model`: the client's name of it. */
  constructor(model: string) {
    this.#model = model;
  }

  add(usage: DeltaUsage): void {
    this.#calls.push(usage);
  }

  addSearch(): void {
    this.#searches += 1;
  }

  addFetch(): void {
    this.#fetches += 1;
  }

  get outputTokens(): number {
    return this.#calls.reduce((sum, { output_tokens }) => sum + output_tokens, 0);
  }

  total(): DeltaUsage {
    const sum = (read: (usage: DeltaUsage) => number | null | undefined) => {
      const told = this.#calls.map(read).filter((tokens) => typeof tokens === 'number');
      return told.length === 0 ? null : told.reduce((total, tokens) => total + tokens, 0);
    };
    const thinking = sum(({ output_tokens_details: details }) => details?.thinking_tokens);
    const searches = this.#searches + (sum(({ server_tool_use: tools }) => tools?.web_search_requests) ?? 0);
    const fetches = this.#fetches + (sum(({ server_tool_use: tools }) => tools?.web_fetch_requests) ?? 0);
    const last = this.#calls.at(-1);
    return {
      input_tokens: sum(({ input_tokens }) => input_tokens),
      cache_creation_input_tokens: sum(({ cache_creation_input_tokens: written }) => written),
      cache_read_input_tokens: sum(({ cache_read_input_tokens: read }) => read),
      output_tokens: this.outputTokens,
      output_tokens_details: thinking === null ? null : { thinking_tokens: thinking },
      server_tool_use: searches + fetches === 0 ? null : { web_search_requests: searches, web_fetch_requests: fetches },
      iterations:
        this.#calls.length < 2 ? (last?.iterations ?? null) : this.#calls.map((usage) => this.#iteration(usage)),
      fallback_credit: last?.fallback_credit ?? null,
    };
  }

  #iteration(usage: DeltaUsage): Iteration {
    const written = usage.cache_creation_input_tokens ?? 0;
    return {
      type: 'message',
      model: this.#model,
      input_tokens: usage.input_tokens ?? 0,
      cache_read_input_tokens: usage.cache_read_input_tokens ?? 0,
      cache_creation_input_tokens: written,
      cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
      output_tokens: usage.output_tokens,
    };
  }
}
