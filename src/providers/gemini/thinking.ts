import { type GeminiThinkingLevel, thinkingLevels } from '../../models/gemini-models.ts';
import { type Effort, effortWords } from '../../models/model-traits.ts';
import { latestEffort } from '../../translation/latest-effort.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { ThinkingConfig } from './wire.ts';

/** How much the client wants the model to think. `least`: as little as there is. */
type Wish =
  | { readonly kind: 'least' | 'unsaid' | 'as-wanted' }
  | { readonly kind: 'effort'; readonly effort: Effort; readonly field: string }
  | { readonly kind: 'budget'; readonly tokens: number };

export interface ThinkingDecision {
  readonly config: ThinkingConfig | undefined;
  /** Whether thought may use up tokens of the answer. */
  readonly thinks: boolean;
}

/** Below this a model that thinks may spend the whole answer on thought. */
export const smallAnswerTokens = 1_024;

/** `-1` lets the model choose its budget, `0` switches thinking off (source: `ThinkingConfig` in @google/genai). */
const asWanted = -1;
const off = 0;

/** How much the model is to think, and whether its thoughts are shown. Lists what of the wish is lost. */
export function decideThinking(translation: Translation): ThinkingDecision {
  const { model, request } = translation;
  const wish = wishOf(translation);
  const isSmall = request.max_tokens < smallAnswerTokens;
  const amount = amountOf(isSmall ? { kind: 'least' } : wish, translation);
  const thinks = model.thinking.kind !== 'none' && amount.thinkingBudget !== off;
  const config = { ...(thinks && wantsThoughts(request) ? { includeThoughts: true } : {}), ...amount };
  return { config: Object.keys(config).length > 0 ? config : undefined, thinks };
}

function wishOf({ request, model, losses }: Translation): Wish {
  const { effort, field } = latestEffort(request);
  const known = effortWords.find((word) => word === effort);
  if (effort !== undefined && known === undefined) losses.add(field, 'not an effort that any model knows');
  const { thinking } = request;
  switch (thinking?.type) {
    case 'disabled':
    case 'between_tools':
      return { kind: 'least' };
    case 'enabled':
      if (known !== undefined && model.thinking.kind === 'level') return { kind: 'effort', effort: known, field };
      return { kind: 'budget', tokens: thinking.budget_tokens };
    default:
      if (known !== undefined) return { kind: 'effort', effort: known, field };
      return { kind: thinking === undefined ? 'unsaid' : 'as-wanted' };
  }
}

/** Thoughts are shown to who asks for thinking, unless only their signatures are wanted. */
function wantsThoughts({ thinking }: Translation['request']): boolean {
  if (thinking === undefined || thinking.type === 'disabled' || thinking.type === 'between_tools') return false;
  return thinking.display !== 'omitted';
}

function amountOf(wish: Wish, translation: Translation): Pick<ThinkingConfig, 'thinkingBudget' | 'thinkingLevel'> {
  const { model, target, losses } = translation;
  switch (model.thinking.kind) {
    case 'none':
      if (wish.kind === 'effort') losses.add(wish.field, `${target.model} cannot be told how much to think`);
      if (wish.kind === 'budget' || wish.kind === 'as-wanted') losses.add('thinking', `${target.model} does not think`);
      return {};
    case 'budget': {
      const thinkingBudget = budgetFor(wish, model.thinking, translation);
      return thinkingBudget === undefined ? {} : { thinkingBudget };
    }
    case 'level': {
      const thinkingLevel = levelFor(wish, levelsOf(model.thinking.levels, translation), translation);
      return thinkingLevel === undefined ? {} : { thinkingLevel };
    }
  }
}

type Budget = Extract<Translation['model']['thinking'], { kind: 'budget' }>;

function budgetFor(wish: Wish, { min, max, canBeOff }: Budget, translation: Translation): number | undefined {
  const { target, losses } = translation;
  switch (wish.kind) {
    case 'unsaid':
      return undefined;
    case 'as-wanted':
      return asWanted;
    case 'least':
      return canBeOff ? off : min;
    case 'effort': {
      const share = shares[wish.effort];
      if (share === 0) return canBeOff ? off : min;
      return within(share * max, min, roomFor(translation, max));
    }
    case 'budget': {
      if (wish.tokens > max) losses.add('thinking.budget_tokens', `${target.model} thinks ${max} tokens at most`);
      return within(wish.tokens, min, roomFor(translation, max));
    }
  }
}

/** How much of its range an effort is. */
const shares: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0,
  low: 0.25,
  medium: 0.5,
  high: 1,
  xhigh: 1,
  max: 1,
};

/** Thought counts inside the answer: it must leave some of it. */
function roomFor(translation: Translation, max: number): number {
  const learned = lastRepair(translation, 'limit-output-tokens')?.maximum ?? Number.POSITIVE_INFINITY;
  const answer = Math.min(translation.request.max_tokens, translation.model.maxOutputTokens, learned);
  return Math.min(max, answer - Math.min(smallAnswerTokens, Math.ceil(answer / 4)));
}

function within(tokens: number, min: number, max: number): number {
  return Math.max(min, Math.min(Math.round(tokens), max));
}

/** The levels the model takes, weakest first: as its refusals have taught, else as its family has. */
function levelsOf(known: readonly GeminiThinkingLevel[], translation: Translation): readonly GeminiThinkingLevel[] {
  const learned = lastRepair(translation, 'effort-words')?.words;
  if (learned === undefined) return known;
  return thinkingLevels.filter((level) => learned.includes(level.toLowerCase()));
}

function levelFor(
  wish: Wish,
  taken: readonly GeminiThinkingLevel[],
  { target, losses }: Translation,
): GeminiThinkingLevel | undefined {
  switch (wish.kind) {
    case 'unsaid':
    case 'as-wanted':
      return undefined;
    case 'least':
      return taken[0];
    case 'budget':
      return nearest(levelOfBudget(wish.tokens), taken);
    case 'effort': {
      const level = nearest(wordsAsLevels[wish.effort], taken);
      const isSame = level?.toLowerCase() === wish.effort || wish.effort === 'none';
      if (!isSame) losses.add(wish.field, `${target.model} takes no ${wish.effort}; ${level ?? 'nothing'} is sent`);
      return level;
    }
  }
}

const wordsAsLevels: Readonly<Record<Effort, GeminiThinkingLevel>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};

function levelOfBudget(tokens: number): GeminiThinkingLevel {
  if (tokens < 2_048) return 'LOW';
  return tokens < 12_288 ? 'MEDIUM' : 'HIGH';
}

/** The level itself where the model takes it, else the next higher one, else its highest. */
function nearest(level: GeminiThinkingLevel, taken: readonly GeminiThinkingLevel[]): GeminiThinkingLevel | undefined {
  const rank = thinkingLevels.indexOf(level);
  return taken.find((candidate) => thinkingLevels.indexOf(candidate) >= rank) ?? taken.at(-1);
}
