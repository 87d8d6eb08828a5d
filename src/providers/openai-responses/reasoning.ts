import type { Effort } from '../../models/model-traits.ts';
import { thinkingOf } from '../../translation/answer-facts.ts';
import { effortsOf, effortWord, isSmallAnswer, wishedEffort, wishOf } from '../openai/effort.ts';
import type { Translation } from '../openai/translation.ts';
import { serverFormOf } from './server-form.ts';
import type { ResponsesBody } from './wire.ts';

export interface ReasoningDecision {
  /** The effort that the model is told, if any. */
  readonly word: Effort | undefined;
  readonly fields: Pick<ResponsesBody, 'reasoning'>;
  /** Whether reasoning is to come encrypted, for the next turn. */
  readonly carried: boolean;
}

export interface Circumstances {
  readonly hasTools: boolean;
  /** The vendor's web search is offered: it does not run at effort `minimal`. */
  readonly searches: boolean;
}

/** How hard the model is to think, and whether it tells of it. Lists what of the wish is lost. */
export function decideReasoning({ hasTools, searches }: Circumstances, translation: Translation): ReasoningDecision {
  const { request, traits, dialect } = translation;
  const known = effortsOf(translation);
  const taken = searches ? known?.filter((word) => word !== 'minimal') : known;
  const word = effortFor(taken, hasTools, translation);
  const reasons = traits.reasons && word !== 'none';
  const reasoning: ResponsesBody['reasoning'] = {
    ...(word === undefined ? {} : { effort: word }),
    ...(reasons && thinkingOf(request) === 'shown' ? { summary: 'auto' } : {}),
  };
  return {
    word,
    fields: Object.keys(reasoning).length === 0 ? {} : { reasoning },
    // A model that is known not to reason refuses the wish; one that nobody knows may reason.
    carried: serverFormOf(dialect).encryptedReasoning && (traits.reasons || known === undefined),
  };
}

function effortFor(
  taken: readonly Effort[] | undefined,
  hasTools: boolean,
  translation: Translation,
): Effort | undefined {
  const { target, losses } = translation;
  const wish = wishOf(hasTools, translation);
  const wished = wishedEffort(wish, translation);
  if (wished === undefined) return undefined;
  const isSaid = wish.said && wish.effort !== 'off';
  if (taken === undefined) {
    if (wish.said) losses.add(wish.field, `it is not known which efforts ${target.model} takes`);
    return undefined;
  }
  if (taken.length === 0) {
    if (isSaid) losses.add(wish.field, `${target.model} takes no effort`);
    return undefined;
  }
  const word = effortWord(wished, taken, translation);
  if (isSaid && word !== wished && !isSmallAnswer(translation)) {
    losses.add(wish.field, `${target.model} takes no ${wished} here; it is sent as ${word}`);
  }
  return word;
}
