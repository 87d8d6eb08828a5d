import { smallAnswerTokens, type ThinkingDecision } from './thinking.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { GenerationConfig } from './wire.ts';

/** What a model that cannot be kept from thinking gets beside a small answer: it would come back empty otherwise. */
const thoughtReserveTokens = 2_048;
/** Asked for even where the window looks full: the estimate leans high, and upstream says so if it was right. */
const hopefulAnswerTokens = 4_096;

/** Length, sampling and thinking of the answer. */
export function generationConfig(thinking: ThinkingDecision, translation: Translation): GenerationConfig {
  return {
    maxOutputTokens: outputLimit(thinking, translation),
    ...sampling(translation),
    ...(thinking.config === undefined ? {} : { thinkingConfig: thinking.config }),
  };
}

/** How long the answer may become, thought included: the client's wish within what the model allows. */
function outputLimit({ thinks }: ThinkingDecision, translation: Translation): number {
  const { request, model, context } = translation;
  const reserve = thinks && request.max_tokens < smallAnswerTokens ? thoughtReserveTokens : 0;
  const wished = Math.max(1, request.max_tokens) + reserve;
  const learned = lastRepair(translation, 'limit-output-tokens')?.maximum ?? Number.POSITIVE_INFINITY;
  // Where prompts are limited apart, the answer's room is its own.
  const window = model.maxInputTokens === undefined ? windowOf(translation) : Number.POSITIVE_INFINITY;
  const room = Math.max(hopefulAnswerTokens, window - context.inputTokenEstimate);
  return Math.max(1, Math.min(wished, model.maxOutputTokens, learned, room));
}

function windowOf(translation: Translation): number {
  return lastRepair(translation, 'limit-context')?.maximum ?? translation.model.contextWindow;
}

/** More is refused (source: Google's API reference; Vertex AI's is the smaller one). */
const mostTopK = { 'ai-studio': 64, vertex: 40 } as const;

/** `temperature`, `top_p`, `top_k`. Newer models ignore them or get worse by them, and 1 is what they use anyway. */
function sampling({ request, model, target, platform, losses }: Translation): GenerationConfig {
  const { temperature, top_p: topP, top_k: topK } = request;
  if (!model.sampling) {
    for (const field of ['temperature', 'top_p', 'top_k'] as const) {
      const isDefault = field !== 'top_k' && request[field] === 1;
      if (request[field] !== undefined && !isDefault)
        losses.add(field, `${target.model} ignores it, or gets worse by it`);
    }
    return {};
  }
  const takesTopK = topK !== undefined && topK <= mostTopK[platform];
  if (topK !== undefined && !takesTopK) losses.add('top_k', `Gemini takes ${mostTopK[platform]} at most here`);
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(takesTopK ? { topK } : {}),
  };
}
