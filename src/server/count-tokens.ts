import type { Config } from '../config/config.ts';
import { parseCountTokensRequest } from '../messages/parse-request.ts';
import { planTarget } from '../routing/plan-target.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';

export interface CountTokensAnswer {
  readonly input_tokens: number;
  readonly context_management?: { readonly original_input_tokens: number };
}

/** Answers `POST /v1/messages/count_tokens`: how long the prompt is for the model it would go to. */
export async function answerCountTokens(
  text: string,
  config: Config,
  counter: TokenCounter,
): Promise<CountTokensAnswer> {
  const request = parseCountTokensRequest(text);
  const target = planTarget(request.model, config);
  const tokens = await counter.count(text, target.model);
  // The proxy clears nothing from a conversation, so what was asked about is what is counted.
  return request.context_management
    ? { input_tokens: tokens, context_management: { original_input_tokens: tokens } }
    : { input_tokens: tokens };
}
