import type { MessagesRequest } from '../../messages/types.ts';
import { traitsOf } from '../../models/model-traits.ts';
import type { Target, TranslationContext } from '../provider.ts';
import type { SaidError } from './error-shapes.ts';

/**
 * A window that is full, and by whom: `prompt` is too long by itself (only the client can compact it), or `answer`
 * asks for more room than the prompt leaves (fewer output tokens help).
 */
export type Overflow =
  | { readonly cause: 'prompt'; readonly promptTokens: number; readonly maximum: number; readonly told: boolean }
  | {
      readonly cause: 'answer';
      readonly promptTokens: number;
      readonly answerTokens: number;
      readonly maximum: number;
      readonly room: number;
    };

/** Claude Code repeats with fewer `max_tokens` on this sentence; the last resort where the proxy could not do so itself. */
export function answerTooLongMessage(promptTokens: number, answerTokens: number, maximum: number): string {
  return `input length and \`max_tokens\` exceed context limit: ${promptTokens} + ${answerTokens} > ${maximum}, decrease input length or \`max_tokens\` and try again`;
}

// Under this an answer is cut before it says anything, so the prompt is what must shrink.
export const smallestUsefulAnswer = 1_024;
const unknownWindow = 128_000;
const unknownOutputReserve = 16_000;

/** Finds a full context in any of the ways servers say it; undefined when the failure is about something else. */
export function readOverflow(
  status: number | undefined,
  said: SaidError,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): Overflow | undefined {
  const text = said.message ?? '';
  const estimate = context.inputTokenEstimate;
  const numbers = readNumbers(text, said);
  const budget = status === 413 || status === 429 || status === undefined ? readMinuteBudget(text) : undefined;
  if (budget !== undefined) {
    const answerTokens = Math.min(request.max_tokens, Math.max(0, budget.requested - estimate));
    return settle({ window: budget.limit, prompt: budget.requested - answerTokens, answer: answerTokens }, estimate);
  }
  if (status === 429 || status === 401 || status === 403) return undefined;
  if (numbers === undefined && !said.codes.some((code) => overflowCodes.has(code)) && !overflowWords.test(text)) {
    return undefined;
  }
  return settle(numbers ?? {}, estimate, () => knownMaximum(request, target, context));
}

interface Numbers {
  readonly window?: number | undefined;
  readonly prompt?: number | undefined;
  readonly answer?: number | undefined;
}

function settle(numbers: Numbers, estimate: number, otherwise?: () => number): Overflow {
  const { window, prompt, answer } = numbers;
  if (window !== undefined && prompt !== undefined && answer !== undefined && prompt < window) {
    const room = window - prompt;
    if (room >= smallestUsefulAnswer) {
      return { cause: 'answer', promptTokens: prompt, answerTokens: answer, maximum: window, room };
    }
  }
  const maximum = window ?? Math.min(otherwise?.() ?? unknownWindow, prompt === undefined ? Infinity : prompt - 1);
  const promptTokens = Math.max(prompt !== undefined && prompt > maximum ? prompt : estimate, maximum + 1);
  return { cause: 'prompt', promptTokens, maximum, told: window !== undefined };
}

const overflowCodes: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'exceed_context_size_error',
  'model_max_prompt_tokens_exceeded',
  'context_window_exceeded',
  'model_context_window_exceeded',
  'prompt_too_long',
]);

const overflowWords = new RegExp(
  [
    'maximum context length',
    'tokens exceed the configured limit',
    'context (?:length|window|size)[^.]{0,40}exceed',
    'exceed[^.]{0,60}context (?:length|window|size|limit)',
    'larger than (?:the )?(?:available )?context',
    'greater than the context length',
    'context length of only',
    'maximum prompt length',
    'prompt (?:is )?too long',
    'input (?:is )?too long',
    'reduce the length of the (?:messages|prompt|input)',
    'prompt token count',
    'too many (?:input|prompt) tokens',
    'input token count[^.]{0,40}exceeds',
  ].join('|'),
  'i',
);

const count = String.raw`(\d[\d,_]*)`;
/** Each tells the window, the prompt or both; the first that fits is taken. `prompt` also may be the sum of two groups. */
const numberPatterns: readonly {
  readonly pattern: RegExp;
  readonly read: (groups: readonly (number | undefined)[]) => Numbers;
}[] = [
  {
    // "… requested T tokens (A of text input, B of tool input, C in the output)"
    pattern: regex(
      String.raw`maximum context length is ${count} tokens.{0,80}?requested (?:about )?${count} tokens \(${count} of (?:text )?input(?:, ${count} of (?:tool|image|file|audio) input)*(?:.{0,40}?, ${count} in the output)?`,
    ),
    read: ([window, total, text, , answer]) => ({
      window,
      prompt: answer === undefined || total === undefined ? text : total - answer,
      answer,
    }),
  },
  {
    // "… requested T tokens (A in the messages, B in the completion)"; functions may stand between
    pattern: regex(
      String.raw`maximum context length is ${count} tokens.{0,80}?requested (?:about )?${count} tokens \(${count} in (?:your prompt|the (?:messages|prompt|input)).{0,80}?${count} (?:in the completion|for the completion|in the output|output)`,
    ),
    read: ([window, total, text, answer]) => ({
      window,
      prompt: total !== undefined && answer !== undefined ? total - answer : text,
      answer,
    }),
  },
  {
    // "'max_tokens' is too large: B. This model's maximum context length is M tokens and your request has A input tokens"
    pattern: regex(
      String.raw`max(?:_completion|_output)?_tokens['"\x60]? is too large: ${count}.{0,60}?maximum context length is ${count} tokens.{0,40}?(?:has|have) ${count} input tokens`,
    ),
    read: ([answer, window, prompt]) => ({ window, prompt, answer }),
  },
  {
    // "This model's maximum context length is M tokens. However, you requested B output tokens and your prompt contains at least A input tokens"
    pattern: regex(
      String.raw`maximum context length is ${count} tokens.{0,40}?requested ${count} output tokens.{0,60}?prompt contains (?:at least )?${count} (?:input )?tokens`,
    ),
    read: ([window, answer, prompt]) => ({ window, prompt, answer }),
  },
  {
    pattern: regex(
      String.raw`maximum context length is ${count} tokens.{0,80}?(?:resulted in|request(?:ed)?(?: has)?|prompt (?:contains|has)|have|has|contains) (?:at least |about )?${count} (?:input |prompt )?tokens`,
    ),
    read: ([window, prompt]) => ({ window, prompt }),
  },
  {
    pattern: regex(`tokens exceed the configured limit of ${count} tokens.{0,40}?resulted in ${count} tokens`),
    read: ([window, prompt]) => ({ window, prompt }),
  },
  {
    pattern: regex(String.raw`maximum prompt length is ${count}.{0,60}?contains ${count}`),
    read: ([window, prompt]) => ({ window, prompt }),
  },
  {
    pattern: regex(String.raw`prompt token count of ${count} exceeds the limit of ${count}`),
    read: ([prompt, window]) => ({ window, prompt }),
  },
  {
    pattern: regex(String.raw`input token count (?:\(|of )?${count}\)? exceeds.{0,80}?\(?${count}`),
    read: ([prompt, window]) => ({ window, prompt }),
  },
  {
    pattern: regex(String.raw`prompt (?:is )?too long:? ${count} tokens (?:exceeds|exceed|>)[^\d]{0,60}${count}`),
    read: ([prompt, window]) => ({ window, prompt }),
  },
  {
    pattern: regex(String.raw`\(${count} tokens\) exceeds the available context size \(${count}`),
    read: ([prompt, window]) => ({ window, prompt }),
  },
  {
    pattern: regex(
      String.raw`input length and \x60?max_tokens\x60? exceed context limit: ${count} \+ ${count} > ${count}`,
    ),
    read: ([prompt, answer, window]) => ({ window, prompt, answer }),
  },
  {
    pattern: regex(
      String.raw`(?:maximum context length (?:is|of)|context length of only|context (?:length|window|size|limit) (?:is|of)|n_ctx:?) ${count}`,
    ),
    read: ([window]) => ({ window }),
  },
];

function readNumbers(text: string, said: SaidError): Numbers | undefined {
  if (said.promptTokens !== undefined || said.contextSize !== undefined) {
    return { window: said.contextSize, prompt: said.promptTokens };
  }
  for (const { pattern, read } of numberPatterns) {
    const found = pattern.exec(text);
    if (found !== null) return read(found.slice(1).map(wholeNumber));
  }
  return undefined;
}

/** One request larger than a whole minute's budget can never pass, however long the client waits. */
function readMinuteBudget(text: string): { limit: number; requested: number } | undefined {
  const found = /\bTPM\b.{0,40}?limit:? (\d[\d,]*).{0,60}?requested:? (\d[\d,]*)/i.exec(text);
  const limit = wholeNumber(found?.[1]);
  const requested = wholeNumber(found?.[2]);
  return limit !== undefined && requested !== undefined && requested > limit ? { limit, requested } : undefined;
}

/** What the prompt may hold, where the upstream did not say: learned earlier, else known of the model, else assumed. */
export function knownMaximum(request: MessagesRequest, target: Target, context: TranslationContext): number {
  let learned = Infinity;
  for (const repair of context.repairs)
    if (repair.kind === 'limit-context') learned = Math.min(learned, repair.maximum);
  if (learned < Infinity) return learned;
  const traits = traitsOf(target);
  if (traits.maxInputTokens !== undefined) return traits.maxInputTokens;
  if (traits.contextWindow === undefined) return unknownWindow - unknownOutputReserve;
  const reserve = Math.min(request.max_tokens, traits.maxOutputTokens ?? unknownOutputReserve);
  return traits.contextWindow - Math.min(reserve, Math.floor(traits.contextWindow / 2));
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text.replaceAll(/[,_]/g, ''));
  return Number.isSafeInteger(number) ? number : undefined;
}

function regex(source: string): RegExp {
  return new RegExp(source, 'i');
}
