import type { BetaWebSearchResultBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { openEnvelope, sealEnvelope } from '../messages/envelope.ts';
import { isRecord } from '../messages/json.ts';
import type { Message } from '../messages/types.ts';
import type { SearchHit } from '../web/web-access.ts';
import { failureCodeOf, failureText } from './web-failures.ts';

/** A result that the proxy has found, by which the model may be held to its word. */
export interface NumberedResult {
  /** Unique in its conversation. */
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly excerpt: string;
}

const provider = 'web';
const longestExcerpt = 2_000;
const longestTitle = 300;
const highestNumber = 1_000_000;

/** The content of a result block; the first result gets `firstNumber`. All that the model will read is in it. */
export function resultBlocks(hits: readonly SearchHit[], firstNumber: number): BetaWebSearchResultBlock[] {
  return hits.map(({ url, title, excerpt, pageAge }, index) => ({
    type: 'web_search_result',
    url,
    title: cut(oneLine(title) || url, longestTitle),
    page_age: pageAge ?? null,
    encrypted_content: sealEnvelope(provider, {
      w: 'result',
      n: firstNumber + index,
      x: cut(excerpt.trim(), longestExcerpt),
    }),
  }));
}

/** What the model reads of a result block's content, the same every time. Of another vendor's only titles and addresses. */
export function searchResultText(content: unknown): string {
  if (!Array.isArray(content)) return failureText('web_search', failureCodeOf(content));
  const results = content.filter(isRecord).map((result) => {
    const own = numberedResultOf(result);
    const age = textOf(result.page_age);
    const lines = [
      `${own === undefined ? '-' : `[${own.number}]`} ${textOf(result.title) ?? ''}`.trimEnd(),
      textOf(result.url) ?? '',
      ...(age === undefined ? [] : [`Age: ${age}`]),
      own?.excerpt ?? '',
    ];
    return lines.filter((line) => line !== '').join('\n');
  });
  return results.length === 0 ? 'Nothing was found.' : results.join('\n\n');
}

/** The results of a conversation that can be cited, by their numbers. */
export function numberedResultsIn(messages: readonly Message[]): Map<number, NumberedResult> {
  const results = new Map<number, NumberedResult>();
  for (const { role, content } of messages) {
    if (role !== 'assistant' || typeof content === 'string') continue;
    for (const block of content) {
      if (block.type === 'web_search_tool_result')
        for (const own of numberedResultsOf(block.content)) results.set(own.number, own);
    }
  }
  return results;
}

export function numberedResultsOf(content: unknown): readonly NumberedResult[] {
  if (!Array.isArray(content)) return [];
  return content
    .filter(isRecord)
    .map(numberedResultOf)
    .filter((result) => result !== undefined);
}

function numberedResultOf(result: Readonly<Record<string, unknown>>): NumberedResult | undefined {
  const { url, title, encrypted_content: sealed } = result;
  if (typeof url !== 'string' || typeof title !== 'string' || typeof sealed !== 'string') return undefined;
  const opened = openEnvelope(sealed);
  if (opened?.provider !== provider || !isRecord(opened.payload)) return undefined;
  const { w, n, x } = opened.payload;
  // Anybody can make an envelope: the numbers of later results go on from here.
  const isNumber = typeof n === 'number' && Number.isInteger(n) && n > 0 && n <= highestNumber;
  if (w !== 'result' || !isNumber || typeof x !== 'string') return undefined;
  return { number: n, url, title, excerpt: x };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text.toWellFormed() : `${text.slice(0, longest - 1)}…`.toWellFormed();
}
