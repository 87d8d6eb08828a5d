import { keyVariableFor } from '../config/credentials.ts';
import type { ErrorKind } from '../errors/proxy-error.ts';
import type { MessagesRequest } from '../messages/types.ts';
import { safeText, upstreamName } from './error-text.ts';
import type { Target } from './provider.ts';
import { readRequestId } from './request-id.ts';

/** A call that failed, and what the upstream says of it. */
export interface ToldFailure {
  /** Undefined for an error in a stream that does not tell one. */
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly said: { readonly format: 'json' | 'html' | 'text' | 'empty'; readonly message: string | undefined };
}

/** Kinds after which waiting helps. */
export const waitingHelps: ReadonlySet<ErrorKind> = new Set([
  'rate-limited',
  'upstream-overloaded',
  'upstream-fault',
  'upstream-timeout',
]);

/**
 * What was wrong, where, and what to do: the upstream's own words, safe to show, and the id its support knows. `advise` puts
 * the advice to the line that it gets; `words` are the upstream's alone.
 */
export function failureMessage(
  { status, headers, said }: ToldFailure,
  request: MessagesRequest,
  target: Target,
  advise: (line: string, words: string) => string,
): string {
  const name = upstreamName(target);
  const words = said.message === undefined ? '' : safeText(said.message, request, target);
  const answered = status === undefined ? 'reported an error in its answer' : `answered ${status}`;
  const line =
    said.format === 'html'
      ? `${name} ${answered} with a web page${words === '' ? '' : `: ${words}`}`
      : words === ''
        ? `${name} ${answered} without saying why`
        : `${name}: ${words}`;
  const text = advise(line, words);
  const requestId = readRequestId(headers, target);
  return requestId === undefined ? text : `${text} (upstream request ${requestId})`;
}

/** The advice that is the same for every upstream; a kind that needs none gets the line as it is. */
export function usualAdvice(kind: ErrorKind, line: string, target: Target): string {
  switch (kind) {
    case 'upstream-unauthenticated':
      return `${sentence(line)} It does not accept the key: check ${keyVariableFor(target)}.`;
    case 'upstream-billing':
      return `${sentence(line)} Check the credit and the spending limit of the account behind ${keyVariableFor(target)}.`;
    case 'upstream-forbidden':
      return `${sentence(line)} The account behind ${keyVariableFor(target)} may not do this with ${target.model}.`;
    case 'model-not-found':
      return `model: ${target.model} (${target.route}) is not available there. ${line}`;
    case 'request-too-large':
      return `${sentence(line)} Remove images or documents, or compact the conversation.`;
    default:
      return line;
  }
}

/** The line with an end, so that something may stand behind it. */
export function sentence(line: string): string {
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
