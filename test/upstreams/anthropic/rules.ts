import { blockRules } from './block-rules.ts';
import { cacheRules } from './cache-rules.ts';
import { messageRules } from './message-rules.ts';
import { isMessagesBody, type MessagesBody } from './messages-body.ts';
import { familyOf, type ModelFamily } from './models.ts';
import { pairRules } from './pair-rules.ts';
import type { PromptCache } from './prompt-cache.ts';
import { invalid, notFound, type Refusal } from './refusal.ts';
import { requestRules } from './request-rules.ts';
import { shapeRefusal } from './request-shape.ts';
import { thinkingRules } from './thinking-rules.ts';
import { toolRules } from './tool-rules.ts';

/** What the fake insists on. The defaults are Anthropic's own API. */
export interface Rules {
  /** Smaller or larger than the model's own. */
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
}

/** What a rule may look at. */
export interface Ruling {
  readonly body: MessagesBody;
  readonly family: ModelFamily;
  readonly betas: ReadonlySet<string>;
  /** The value of the `anthropic-version` header. */
  readonly version: string;
}

export type Rule = (ruling: Ruling) => Refusal | undefined;

export interface Surroundings {
  readonly rules: Partial<Rules>;
  readonly betas: ReadonlySet<string>;
  readonly version: string;
  readonly cache: PromptCache;
  /** Counting tokens takes fewer fields, and no prompt is too long for it. */
  readonly isCount: boolean;
}

const allRules: readonly Rule[] = [
  ...requestRules,
  ...toolRules,
  ...messageRules,
  ...blockRules,
  ...pairRules,
  ...thinkingRules,
  ...cacheRules,
];

/** The first thing the real API would not take, in about its order: shape, model, parameters, tools, messages, length. */
export function judge(body: unknown, { rules, betas, version, cache, isCount }: Surroundings): Refusal | undefined {
  const shape = shapeRefusal(body, betas, isCount);
  if (shape !== undefined) return shape;
  if (!isMessagesBody(body)) return invalid('The request body could not be read.');
  const known = familyOf(body.model);
  if (known === undefined) return notFound(`model: ${body.model}`);
  const family = {
    ...known,
    contextWindow: rules.contextWindow ?? known.contextWindow,
    maxOutputTokens: rules.maxOutputTokens ?? known.maxOutputTokens,
  };
  const ruling = { body, family, betas, version };
  for (const rule of allRules) {
    const refusal = rule(ruling);
    if (refusal !== undefined) return refusal;
  }
  const tokens = cache.measure(body);
  if (isCount || tokens <= family.contextWindow) return;
  return invalid(`prompt is too long: ${tokens} tokens > ${family.contextWindow} maximum`);
}
