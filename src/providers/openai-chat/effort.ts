import { ProxyError } from '../../errors/proxy-error.ts';
import type { Effort } from '../../models/model-traits.ts';
import type { EffortForm } from '../openai/dialect.ts';
import { effortsOf, effortWord, isSmallAnswer, nearest, type Wish, wishedEffort, wishOf } from '../openai/effort.ts';
import type { Translation } from '../openai/translation.ts';
import type { ChatBody } from './wire.ts';

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

/** How hard the model is to think, and the fields that tell this server so. Lists what of the wish is lost. */
export function decideEffort(circumstances: Circumstances, translation: Translation): EffortDecision {
  const { dialect, traits, target, losses } = translation;
  const form = effortFormOf(translation);
  const taken = effortsOf(translation);
  const wish = wishOf(circumstances.hasTools, translation);

  if (circumstances.hasTools && dialect.vendorRules && traits.chatTools === 'refused') {
    throw new ProxyError(
      'invalid-request',
      `model: ${target.model} cannot use tools on Chat Completions, and the Responses API is not offered at OPENAI_BASE_URL; set another address, or set BIG_MODEL or SMALL_MODEL to a model that can, such as gpt-5.2 or gpt-4.1`,
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

  const wished = wishedEffort(wish, translation);
  if (wished === undefined) return { word: undefined, fields: {} };
  if (form === 'none' || (taken === undefined && !isSwitch(form))) {
    if (wish.said) losses.add(wish.field, `it is not known how ${target.model} is told here how much to think`);
    return { word: undefined, fields: {} };
  }
  if (taken?.length === 0) {
    if (wish.said && wish.effort !== 'off') losses.add(wish.field, `${target.model} takes no effort`);
    return { word: undefined, fields: {} };
  }
  const word = effortWord(wished, taken, translation);
  if (wish.said && wish.effort !== 'off' && !isSmallAnswer(translation))
    noteDifference(wish, wished, word, form, taken, translation);
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
    case 'reasoning-switch':
      return { reasoning: { enabled: on } };
    case 'template-thinking':
      return { chat_template_kwargs: { thinking: on } };
    case 'template-enable_thinking':
      return { chat_template_kwargs: { enable_thinking: on } };
    case 'default-or-none':
      return { reasoning_effort: on ? 'default' : 'none', ...(on ? { reasoning_format: 'parsed' } : {}) };
    case 'high-or-none':
      return { reasoning_effort: on ? 'high' : 'none' };
    case 'none':
      return {};
  }
}
