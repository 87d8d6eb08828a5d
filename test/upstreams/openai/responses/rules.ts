import { anyModel, familyOf, type ModelFamily } from '../models.ts';
import type { PromptCache } from '../prompt-cache.ts';
import { badRequest, type Refusal } from '../refusal.ts';
import type { Rules } from '../rules.ts';
import { itemRules } from './item-rules.ts';
import { parameterRules } from './parameter-rules.ts';
import type { ReasoningMemory } from './reasoning-memory.ts';
import { reasoningRules } from './reasoning-rules.ts';
import type { ResponsesRequest } from './responses-request.ts';
import { toolRules } from './tool-rules.ts';

/** What a rule may look at. */
export interface Ruling {
  readonly body: ResponsesRequest;
  readonly family: ModelFamily;
  readonly rules: Rules;
  readonly memory: ReasoningMemory;
}

export type Rule = (ruling: Ruling) => Refusal | undefined;

/** The family of a model, with what the rules say of it. */
export function ruledFamily(model: string, rules: Rules): ModelFamily {
  const family = rules.models === 'any' ? anyModel : (familyOf(model) ?? anyModel);
  return {
    ...family,
    contextWindow: rules.contextWindow ?? family.contextWindow,
    maxOutputTokens: rules.maxOutputTokens ?? family.maxOutputTokens,
  };
}

/** The first thing the real API would not take, but for the prompt's length, of which it speaks later. */
export function judge(body: ResponsesRequest, rules: Rules, memory: ReasoningMemory): Refusal | undefined {
  if (familyOf(body.model) === undefined && rules.models === 'openai') {
    const message = `The requested model '${body.model}' does not exist.`;
    return badRequest('model', 'model_not_found', message);
  }
  const ruling = { body, rules, memory, family: ruledFamily(body.model, rules) };
  for (const rule of [...parameterRules, ...toolRules, ...itemRules, ...reasoningRules]) {
    const refusal = rule(ruling);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** A prompt longer than the window: refused at once, or in a stream that has already begun. */
export function judgeLength(
  body: ResponsesRequest,
  rules: Rules,
  cache: PromptCache<ResponsesRequest>,
): Refusal | undefined {
  const family = ruledFamily(body.model, rules);
  const { messageTokens, toolTokens } = cache.measure(body);
  const inputLimit = rules.contextWindow === undefined ? family.maxInputTokens : undefined;
  if (messageTokens + toolTokens <= (inputLimit ?? family.contextWindow)) return;
  const message = 'Your input exceeds the context window of this model. Please adjust your input and try again.';
  return badRequest('input', 'context_length_exceeded', message);
}
