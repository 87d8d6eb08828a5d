import { lastRepair, type Translation } from '../openai/translation.ts';
import { windowOf } from '../openai/window.ts';
import { type EffortDecision, smallAnswerTokens } from './effort.ts';
import type { ChatBody } from './wire.ts';

/** Long enough for nearly every answer: only beyond it is room left for a prompt that is longer than estimated. */
const usualAnswerTokens = 8_192;
/** Asked for even where the window looks full: the estimate leans high, and upstream says so if it was right. */
const hopefulAnswerTokens = 4_096;

/** How long the answer may become: the client's wish within what model, server and window allow. */
export function outputLimit({ word }: EffortDecision, translation: Translation): Partial<ChatBody> {
  const { request, dialect, traits, losses } = translation;
  // Thought counts inside the limit: a probe for one token would otherwise come back empty, or be refused.
  const reserve = traits.reasons && word !== 'none' && request.max_tokens < smallAnswerTokens ? smallAnswerTokens : 0;
  const wished = Math.max(1, request.max_tokens) + reserve;

  const learned = lastRepair(translation, 'limit-output-tokens')?.maximum;
  const known = Math.min(traits.maxOutputTokens ?? Number.POSITIVE_INFINITY, learned ?? Number.POSITIVE_INFINITY);
  const assumed = Number.isFinite(known) ? known : (dialect.assumedMaxOutputTokens ?? known);
  if (assumed < wished && !Number.isFinite(known)) {
    losses.add('max_tokens', `the model's limit is not known; ${assumed} are asked for`);
  }
  const maximum = Math.min(wished, assumed);
  const window = windowOf(traits, translation.context.repairs);
  const room = window === undefined ? maximum : roomIn(window, translation);
  return { [dialect.outputLimitField]: Math.min(maximum, Math.max(room, hopefulAnswerTokens)) };
}

/**
 * What a window leaves beside the prompt. Other servers than OpenAI count tools and text by other rules, a quarter more
 * at times, and would refuse the first try of every turn where the answer asks for all that seems to be left.
 */
function roomIn(window: number, { dialect, context }: Translation): number {
  const room = window - context.inputTokenEstimate;
  if (dialect.vendorRules) return room;
  return Math.max(Math.min(room, usualAnswerTokens), room - Math.ceil(context.inputTokenEstimate / 4) - 1_000);
}
