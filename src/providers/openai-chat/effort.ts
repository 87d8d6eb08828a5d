import { ProxyError } from '../../errors/proxy-error.ts';
import { type Effort, effortWords } from '../../models/model-traits.ts';
import { latestEffort } from '../../translation/latest-effort.ts';
import type { EffortForm } from '../openai/dialect.ts';
import { lastRepair, type Translation } from '../openai/translation.ts';
import type { ChatBody } from './wire.ts';

/** What the client wants, and the field that says so, for a loss. */
interface Wish {
  /** `off`: as little reasoning as there is. undefined: the client says nothing. */
  readonly effort: Effort | 'off' | undefined;
  readonly field: string;
  /** Set in words by the client, not by a default of ours: leaving it out is a loss. */
  readonly said: boolean;
}

export interface Circumstances {
  readonly hasTools: boolean;
  /** A forced call that the server refuses beside reasoning. */
  readonly needsThinkingOff: boolean;
}

export interface EffortDecision {
  /** The word for the model, if it takes one. */
  readonly word: Effort | undefined;
  readonly fields: Partial<ChatBody>;
}

/** Below this a reasoning model may spend the whole answer on thought. */
export const smallAnswerTokens = 1_024;

/** How hard the model is to think, and the fields that tell this server so. Lists what of the wish is lost. */
export function decideEffort(circumstances: Circumstances, translation: Translation): EffortDecision {
  const { dialect, traits, target, request, losses } = translation;
  const form = effortFormOf(translation);
  const taken = effortsOf(translation);
  const wish = wishOf(circumstances, translation);

  if (circumstances.hasTools && dialect.vendorRules && traits.chatTools === 'refused') {
    throw new ProxyError(
      'invalid-request',
      `model: ${target.model} cannot use tools on Chat Completions, the only API of OpenAI that this version speaks; set BIG_MODEL or SMALL_MODEL to a model that can, such as gpt-5.2 or gpt-4.1`,
    );
  }
  if (circumstances.needsThinkingOff) {
    if (wish.effort !== 'off' && wish.said)
      losses.add(wish.field, 'a forced tool call and reasoning exclude each other here');
    return { word: 'none', fields: fieldsFor('none', form, taken) };
  }
  if (circumstances.hasTools && dialect.vendorRules && traits.chatTools === 'with-effort-none') {
    if (wish.effort !== 'off' && wish.effort !== 'none' && wish.said) {
      losses.add(wish.field, `${target.model} takes tools on Chat Completions only with effort none`);
    }
    const word = nearest('none', taken ?? ['none']);
    return { word, fields: fieldsFor(word, form, taken) };
  }

  const small = traits.reasons && request.max_tokens < smallAnswerTokens;
  const wished = wish.effort === 'off' || (wish.effort === undefined && small) ? 'none' : wish.effort;
  if (wished === undefined) return { word: undefined, fields: {} };
  if (form === 'none' || (taken === undefined && !isSwitch(form))) {
    if (wish.said) losses.add(wish.field, `it is not known how ${target.model} is told here`);
    return { word: undefined, fields: {} };
  }
  if (taken?.length === 0) {
    if (wish.said && wish.effort !== 'off') losses.add(wish.field, `${target.model} takes no effort`);
    return { word: undefined, fields: {} };
  }
  const word = small ? (taken?.[0] ?? 'none') : nearest(wished, taken ?? effortWords);
  if (wish.said && wish.effort !== 'off' && !small) noteDifference(wish, wished, word, form, taken, translation);
  return { word, fields: fieldsFor(word, form, taken) };
}

/** Whether reasoning can be switched off for one request. */
export function canSwitchThinkingOff(translation: Translation): boolean {
  const form = effortFormOf(translation);
  return form === 'reasoning' || isSwitch(form) || effortsOf(translation)?.includes('none') === true;
}

function effortFormOf({ dialect, target }: Translation): EffortForm {
  return dialect.effortByModel.find(({ model }) => model.test(target.model))?.form ?? dialect.effort;
}

/** The words the model takes, weakest first: as its refusals have taught, as its family has, as the server says. */
function effortsOf(translation: Translation): readonly Effort[] | undefined {
  const learned = lastRepair(translation, 'effort-words')?.words;
  if (learned !== undefined) return effortWords.filter((word) => learned.includes(word));
  return translation.traits.efforts ?? translation.dialect.effortWords;
}

function wishOf({ hasTools }: Circumstances, { request, losses }: Translation): Wish {
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

function effortOfBudget(budgetTokens: number): Effort {
  if (budgetTokens <= 1_024) return 'low';
  if (budgetTokens <= 8_192) return 'medium';
  return budgetTokens <= 24_576 ? 'high' : 'xhigh';
}

/** The word itself where the model takes it, else the nearest weaker one, else the nearest stronger one. */
function nearest(wished: Effort, taken: readonly Effort[]): Effort | undefined {
  const rank = effortWords.indexOf(wished);
  return taken.findLast((word) => effortWords.indexOf(word) <= rank) ?? taken[0];
}

function noteDifference(
  wish: Wish,
  wished: Effort,
  word: Effort | undefined,
  form: EffortForm,
  taken: readonly Effort[] | undefined,
  { target, losses }: Translation,
): void {
  if (isSwitch(form) && (form !== 'thinking' || taken === undefined)) {
    losses.add(wish.field, `${target.model} is only told whether to reason, not how hard`);
  } else if (word !== wished) {
    losses.add(wish.field, `${target.model} takes no ${wished}; it is sent as ${word}`);
  }
}

/** Forms that can at least say on or off to a model of which no words are known. */
function isSwitch(form: EffortForm): boolean {
  return form !== 'reasoning_effort' && form !== 'reasoning' && form !== 'none';
}

function fieldsFor(
  word: Effort | undefined,
  form: EffortForm,
  taken: readonly Effort[] | undefined,
): Partial<ChatBody> {
  if (word === undefined) return {};
  const on = word !== 'none';
  switch (form) {
    case 'reasoning_effort':
      return { reasoning_effort: word };
    case 'reasoning':
      return { reasoning: on ? { effort: word } : { enabled: false } };
    case 'thinking':
      if (!on) return { thinking: { type: 'disabled' } };
      return taken === undefined
        ? { thinking: { type: 'enabled' } }
        : { thinking: { type: 'enabled' }, reasoning_effort: word };
    case 'thinking-switch':
      // Without the second field the server throws earlier reasoning away.
      return { thinking: on ? { type: 'enabled', clear_thinking: false } : { type: 'disabled' } };
    case 'enable_thinking':
      return { enable_thinking: on };
    case 'template-thinking':
      return { chat_template_kwargs: { thinking: on } };
    case 'template-enable_thinking':
      return { chat_template_kwargs: { enable_thinking: on } };
    case 'default-or-none':
      return { reasoning_effort: on ? 'default' : 'none', ...(on ? { reasoning_format: 'parsed' } : {}) };
    case 'none':
      return {};
  }
}
