import { type Effort, effortWords } from '../../models/model-traits.ts';
import { latestEffort } from '../../translation/latest-effort.ts';
import { lastRepair, type Translation } from './translation.ts';

/** What the client wants, and the field that says so, for a loss. */
export interface Wish {
  /** `off`: as little reasoning as there is. undefined: the client says nothing. */
  readonly effort: Effort | 'off' | undefined;
  readonly field: string;
  /** Set in words by the client, not by a default of ours: leaving it out is a loss. */
  readonly said: boolean;
}

/** Below this a reasoning model may spend the whole answer on thought. */
export const smallAnswerTokens = 1_024;

/** How hard the client wants the model to think; an effort that nobody knows is listed. */
export function wishOf(hasTools: boolean, { request, losses }: Translation): Wish {
  const { effort, field } = latestEffort(request);
  const known = effortWords.find((word) => word === effort);
  if (effort !== undefined && known === undefined) losses.add(field, 'not an effort that any model knows');
  const { thinking } = request;
  const said = known !== undefined;
  switch (thinking?.type) {
    case undefined:
      return { effort: known, field, said };
    case 'disabled':
      // Claude Code's subagents are full agents that say both: they need some thought between their calls.
      return said && hasTools
        ? { effort: 'low', field, said: false }
        : { effort: 'off', field: 'thinking', said: true };
    case 'enabled':
      return said
        ? { effort: known, field, said }
        : { effort: effortOfBudget(thinking.budget_tokens), field: 'thinking', said: true };
    default:
      return { effort: known ?? 'high', field, said };
  }
}

/** The words the model takes, weakest first: as its refusals have taught, as its family has, as the server says. */
export function effortsOf(translation: Translation): readonly Effort[] | undefined {
  const learned = lastRepair(translation, 'effort-words')?.words;
  if (learned !== undefined) return effortWords.filter((word) => learned.includes(word));
  return translation.traits.efforts ?? translation.dialect.effortWords;
}

/** Whether the answer may become so short that thought would leave nothing of it. */
export function isSmallAnswer({ traits, request }: Translation): boolean {
  return traits.reasons && request.max_tokens < smallAnswerTokens;
}

/** The word that a wish asks for, before it is known which ones the model takes; undefined where none is to be sent. */
export function wishedEffort({ effort }: Wish, translation: Translation): Effort | undefined {
  if (effort !== undefined) return effort === 'off' ? 'none' : effort;
  return isSmallAnswer(translation) || mustNotThink(translation) ? 'none' : undefined;
}

/** A refusal has taught that nothing else helps: what thinks by itself has to be told not to. */
function mustNotThink(translation: Translation): boolean {
  const learned = lastRepair(translation, 'effort-words')?.words;
  return learned?.length === 1 && learned[0] === 'none';
}

/** The word for the model, of those it takes; undefined only where it takes none. */
export function effortWord(
  wished: Effort,
  taken: readonly Effort[] | undefined,
  translation: Translation,
): Effort | undefined {
  return isSmallAnswer(translation) ? (taken?.[0] ?? 'none') : nearest(wished, taken ?? effortWords);
}

/** The word itself where the model takes it, else the nearest weaker one, else the nearest stronger one. */
export function nearest(wished: Effort, taken: readonly Effort[]): Effort | undefined {
  const rank = effortWords.indexOf(wished);
  return taken.findLast((word) => effortWords.indexOf(word) <= rank) ?? taken[0];
}

function effortOfBudget(budgetTokens: number): Effort {
  if (budgetTokens <= 1_024) return 'low';
  if (budgetTokens <= 8_192) return 'medium';
  return budgetTokens <= 24_576 ? 'high' : 'xhigh';
}
