import type { Effort } from '../../models/model-traits.ts';
import { isSmallAnswer, smallAnswerTokens } from './effort.ts';
import { lastRepair, type Translation } from './translation.ts';
import { windowOf } from './window.ts';

/** Long enough for nearly every answer: only beyond it is room left for a prompt that is longer than estimated. */
const usualAnswerTokens = 8_192;
/** Asked for even where the window looks full: the estimate leans high, and upstream says so if it was right. */
const hopefulAnswerTokens = 4_096;

/**
 * How many tokens the answer may have: the client's wish within what model, server and window allow. `word` is the effort
 * that the model is told.
 */
export function outputLimit(word: Effort | undefined, translation: Translation): number {
  const { request, dialect, traits, losses } = translation;
  // Thought counts inside the limit: a probe for one token would otherwise come back empty, or be refused.
  const reserve = word !== 'none' && isSmallAnswer(translation) ? smallAnswerTokens : 0;
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
  return Math.min(maximum, Math.max(room, hopefulAnswerTokens));
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
