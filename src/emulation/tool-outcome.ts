import type {
  BetaWebFetchToolResultBlock,
  BetaWebSearchToolResultBlock,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { HostedTool } from '../providers/provider.ts';
import type { FailureCode } from './web-failures.ts';

/** What a tool has found or why it has not, as its result block tells it. `isDone`: it was really used, and counts. */
export type ToolOutcome = { readonly isDone: boolean } & (
  | { readonly kind: 'web_search'; readonly content: BetaWebSearchToolResultBlock['content'] }
  | { readonly kind: 'web_fetch'; readonly content: BetaWebFetchToolResultBlock['content'] }
);

/** The codes that the type of a search's error knows; what it does not know is as good as unavailable. */
const searchCodes = [
  'invalid_tool_input',
  'unavailable',
  'max_uses_exceeded',
  'too_many_requests',
  'query_too_long',
] as const satisfies FailureCode[];

export function failedOutcome(kind: HostedTool, code: FailureCode): ToolOutcome {
  if (kind === 'web_search') {
    const known = searchCodes.find((one) => one === code) ?? 'unavailable';
    return { kind, isDone: false, content: { type: 'web_search_tool_result_error', error_code: known } };
  }
  const known = code === 'query_too_long' ? 'invalid_tool_input' : code;
  return { kind, isDone: false, content: { type: 'web_fetch_tool_result_error', error_code: known } };
}
