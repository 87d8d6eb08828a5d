import type { MessagesRequest } from '../messages/types.ts';
import { isWantedUrl } from '../translation/wanted-pages.ts';
import type { FetchedPage, SearchHit } from '../web/web-access.ts';
import { pageBlock } from './fetched-pages.ts';
import type { EmulatedTool } from './offer-hosted-tools.ts';
import { resultBlocks } from './search-results.ts';
import { failedOutcome, type ToolOutcome } from './tool-outcome.ts';
import type { FailureCode } from './web-failures.ts';
import type { HostedCall } from './woven-message.ts';

/** What one use of a tool has brought, before it is shown to anybody. */
export type Found =
  | { readonly kind: 'results'; readonly hits: readonly SearchHit[] }
  | { readonly kind: 'page'; readonly page: FetchedPage }
  | { readonly kind: 'failure'; readonly code: FailureCode };

/** As the client and the model are told; the first result of a search gets `firstNumber`. */
export function outcomeOf({ tool }: HostedCall, found: Found, firstNumber: number): ToolOutcome {
  switch (found.kind) {
    case 'results': {
      const hits = found.hits.filter(({ url }) => isWantedUrl(url, tool.wishes));
      return { kind: 'web_search', isDone: true, content: resultBlocks(hits, firstNumber) };
    }
    case 'page':
      // It may have led on to another place.
      if (!isWantedUrl(found.page.url, tool.wishes)) return failedOutcome('web_fetch', 'url_not_allowed');
      return { kind: 'web_fetch', isDone: true, content: pageBlock(found.page) };
    case 'failure':
      return failedOutcome(tool.kind, found.code);
  }
}

/** Where a tool names no limit: so often in one answer, that a model which never has enough comes to an end. */
const usualUses = 20;
/** Whatever limit it names. */
const mostUses = 100;

/** Counts how often each tool was used in one answer. */
export class UseCount {
  readonly #uses = new Map<string, number>();

  /** Whether it may be used once more, which then is counted. */
  take({ name, wishes }: EmulatedTool): boolean {
    const uses = this.#uses.get(name) ?? 0;
    if (uses >= Math.min(wishes.maxUses ?? usualUses, mostUses)) return false;
    this.#uses.set(name, uses + 1);
    return true;
  }
}

export interface NextTurn {
  readonly request: MessagesRequest;
  readonly tools: readonly EmulatedTool[];
  /** What the client has got so far. */
  readonly content: MessagesRequest['messages'][number]['content'];
  readonly outputTokens: number;
  /** No tool may be called any more. */
  readonly isLast: boolean;
}

/** The request for the model's next turn in the same answer: what was said and found so far is in the conversation. */
export function continuedRequest({ request, tools, content, outputTokens, isLast }: NextTurn): MessagesRequest {
  const choice = isLast ? ({ type: 'none' } as const) : relaxedChoice(request.tool_choice, tools);
  return {
    ...request,
    max_tokens: request.max_tokens - outputTokens,
    messages: [...request.messages, { role: 'assistant', content }],
    ...(choice === undefined ? {} : { tool_choice: choice }),
  };
}

/** What was forced has happened: forced again, the model would search for ever. */
function relaxedChoice(
  choice: MessagesRequest['tool_choice'],
  tools: readonly EmulatedTool[],
): MessagesRequest['tool_choice'] {
  const isDone = choice?.type === 'any' || (choice?.type === 'tool' && tools.some(({ name }) => name === choice.name));
  if (!isDone) return choice;
  const { disable_parallel_tool_use: single } = choice;
  return { type: 'auto', ...(single === undefined ? {} : { disable_parallel_tool_use: single }) };
}
