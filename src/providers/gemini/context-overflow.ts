import { geminiModelOf } from '../../models/gemini-models.ts';
import type { Target, TranslationContext } from '../provider.ts';
import type { SaidError } from './error-shapes.ts';

/** A prompt that is longer than the model takes; `told`: the upstream itself has said how much that is. */
export interface Overflow {
  readonly promptTokens: number;
  readonly maximum: number;
  readonly told: boolean;
}

const overflowWords =
  /input token count[^.]{0,60}(?:exceeds|only supports)|exceeds the maximum number of (?:input )?tokens|(?:context|input) (?:window|length)[^.]{0,40}exceed|prompt is too long/i;

const count = String.raw`\(?(\d[\d,]*)\)?`;
/** `prompt`, then `maximum`; where the prompt is not told, the maximum alone. */
const bothNumbers: readonly RegExp[] = [
  regex(
    String.raw`input token count(?: is| of)? ${count} exceeds the maximum number of (?:input )?tokens allowed(?: of)?:? ${count}`,
  ),
  regex(String.raw`input token count(?: is| of)? ${count}[^.]{0,40}?only supports up to ${count}`),
  regex(String.raw`token count[^.]{0,20}? ${count} exceeds[^.]{0,80}? ${count}`),
];
const maximumAlone = regex(
  String.raw`(?:maximum number of (?:input )?tokens allowed(?: of)?:?|only supports up to) ${count}`,
);

/** Finds a prompt that is too long; undefined when the failure is about something else. `code`: the HTTP status. */
export function readOverflow(
  code: number | undefined,
  said: SaidError,
  target: Target,
  context: TranslationContext,
): Overflow | undefined {
  const text = said.message ?? '';
  // A quota of input tokens is used up: that is about many requests, not about this one.
  if (code === 429 || said.quotas.length > 0 || !overflowWords.test(text)) return undefined;
  for (const pattern of bothNumbers) {
    const found = pattern.exec(text);
    const prompt = wholeNumber(found?.[1]);
    const maximum = wholeNumber(found?.[2]);
    if (prompt !== undefined && maximum !== undefined) return overflow(prompt, maximum, true);
  }
  const maximum = wholeNumber(maximumAlone.exec(text)?.[1]);
  const { maxInputTokens, contextWindow } = geminiModelOf(target);
  return overflow(context.inputTokenEstimate, maximum ?? maxInputTokens ?? contextWindow, maximum !== undefined);
}

function overflow(promptTokens: number, maximum: number, told: boolean): Overflow {
  return { promptTokens: Math.max(promptTokens, maximum + 1), maximum, told };
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text.replaceAll(',', ''));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function regex(source: string): RegExp {
  return new RegExp(source, 'i');
}
