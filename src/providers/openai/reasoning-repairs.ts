import { effortWords, traitsOf } from '../../models/model-traits.ts';
import type { Repair } from '../provider.ts';
import { dialectOf } from './dialect.ts';
import type { Refusal } from './refusal.ts';

/** The effort as the two APIs name it. */
const effortField = { chat: 'reasoning_effort', responses: 'reasoning.effort' } as const;

/** Reasoning of earlier turns that the upstream cannot read or has not stored, or wants nothing of. */
export function badReasoning({ text, said, withoutReasoning }: Refusal): Repair | undefined {
  const isBad = said.codes.includes('invalid_encrypted_content') || badItem.some((words) => words.test(text));
  if (isBad) return withoutReasoning();
  const place = said.parameter ?? '';
  const isUnwanted = /^(?:messages?|input)\b/.test(place) && reasoningField.test(place);
  return isUnwanted || unwanted.test(text) ? { kind: 'drop-reasoning', scope: 'model' } : undefined;
}

/**
 * Servers that have the Responses API beside Chat Completions find as many words against an item that they do not take back
 * as there are validators. Asked last: the refusal is about nothing that is known better.
 */
export function refusedReasoningItem({ text, said, api, target, withoutReasoning }: Refusal): Repair | undefined {
  if (api !== 'responses' || dialectOf(target).responses) return undefined;
  return /reasoning/i.test(`${said.parameter ?? ''} ${text}`) ? withoutReasoning() : undefined;
}

const badItem: readonly RegExp[] = [
  /encrypted[ _]content.{0,80}could not be (?:verified|decrypted|parsed)/i,
  /(?:decrypt|verify)\b.{0,60}\bencrypted[ _]content/i,
  /\bitem\b.{0,80}\brs_\w+.{0,40}not found/i,
  /provided without its required\b/i,
  /(?:invalid|corrupted|missing)[^.]{0,20}(?:thought[ _]signature|signature[`'"]? in [`'"]?thinking)/i,
  /thought[ _]signature is not valid/i,
];
const reasoningField = /\b(?:reasoning_content|reasoning_details|reasoning|encrypted_content)\b/;
const unwanted =
  /\bmessages?\b.{0,200}?\b(?:reasoning_content|reasoning_details|reasoning)\b.{0,40}(?:unsupported|not permitted)/i;

/** Reasoning of earlier turns that is missing. A server that gets all there is wants what is lost: it has to do without thinking. */
export function reasoningWanted({ text, target }: Refusal): Repair | undefined {
  const found =
    /\b(reasoning_content|reasoning_details|reasoning)\b[`'"]?[^.]{0,80}(?:passed back|sent back|is missing|is required|must be (?:provided|included|present))/i.exec(
      text,
    ) ?? /(?:missing|must include|must return)[^.]{0,40}\b(reasoning_content|reasoning_details)\b/i.exec(text);
  const parameter = found?.[1]?.toLowerCase();
  if (parameter === undefined) return undefined;
  return dialectOf(target).demandedReasoning === parameter
    ? { kind: 'effort-words', scope: 'request', words: ['none'] }
    : { kind: 'return-reasoning', scope: 'model', parameter };
}

/**
 * Newer OpenAI models take tools on Chat Completions only while they do not reason. They reason on Responses; where that is
 * no way, or the user wants none of it, they do without.
 */
export function toolsRefuseEffort({ text, target, context }: Refusal): Repair | undefined {
  if (!isToolEffortConflict(text)) return undefined;
  const { efforts } = traitsOf(target);
  const none = efforts === undefined || efforts.includes('none');
  const wasElsewhere = context.repairs.some(({ kind }) => kind === 'use-api');
  const prefersChat = target.api === 'chat' && none;
  if (dialectOf(target).responses && !wasElsewhere && !prefersChat) {
    return { kind: 'use-api', scope: 'model', api: 'responses' };
  }
  return none ? { kind: 'effort-words', scope: 'model', words: ['none'] } : undefined;
}

export function isToolEffortConflict(text: string): boolean {
  return /function tools?\b[^.]{0,60}\breasoning[_. ]effort\b|\breasoning[_. ]effort\b[^.]{0,60}\bfunction tools?\b/i.test(
    text,
  );
}

/** The vendor's search does not run at the lowest effort; in another request the model may go on at it. */
export function searchRefusesEffort({ text, target }: Refusal): Repair | undefined {
  const refused = /tools cannot be used with reasoning[_. ]effort [`'"]?(\w+)/i.exec(text)?.[1]?.toLowerCase();
  if (refused === undefined) return undefined;
  const words = (traitsOf(target).efforts ?? effortWords).filter((word) => word !== refused && word !== 'none');
  return { kind: 'effort-words', scope: 'request', words };
}

/** Summaries are for verified organisations only, and some models write none. */
export function reasoningSummary({ text, said }: Refusal): Repair | undefined {
  const isAsked = said.parameter === 'reasoning.summary' || /reasoning summar|reasoning\.summary/i.test(text);
  return isAsked ? { kind: 'omit-parameter', scope: 'model', parameter: 'reasoning.summary' } : undefined;
}

/** The model takes other words for its effort, or none at all. */
export function effort(refusal: Refusal): Repair | undefined {
  const { text, said, api } = refusal;
  const aboutEffort = /reasoning[_. ,]{0,2}effort|invalid think value|does(?: not|n't) support thinking/i;
  // No word and no omission helps there.
  if (isToolEffortConflict(text)) return undefined;
  if (!aboutEffort.test(said.parameter ?? '') && !aboutEffort.test(text)) return undefined;
  const list =
    /(?:supported values? (?:are|is)|must be (?:one of)?|expected one of|should be|allowed values?(?: are)?|\bvalid values?(?: are)?|one of):?\s*(.+)$/is;
  // Validators repeat what they were given behind it.
  const offered = list.exec(text)?.[1]?.replace(/\binput["']?\s*[:=].*$/is, '') ?? '';
  const words = effortWords.filter((word) => new RegExp(String.raw`["'\x60]${word}["'\x60]`, 'i').test(offered));
  if (words.length > 0) return { kind: 'effort-words', scope: 'model', words };
  const wholly =
    /does(?: not|n't) support (?:thinking|reasoning)|not support(?:ed)?|unsupported|unknown|unrecognized|not permitted|invalid/i;
  return wholly.test(text) ? { kind: 'omit-parameter', scope: 'model', parameter: effortField[api] } : undefined;
}
