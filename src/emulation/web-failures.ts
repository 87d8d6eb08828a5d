import { isRecord } from '../messages/json.ts';
import type { HostedTool } from '../providers/provider.ts';

/** The codes of both tools' error blocks that the proxy writes (source: @anthropic-ai/sdk). */
export type FailureCode =
  | 'invalid_tool_input'
  | 'unavailable'
  | 'max_uses_exceeded'
  | 'too_many_requests'
  | 'query_too_long'
  | 'url_too_long'
  | 'url_not_allowed'
  | 'url_not_in_prior_context'
  | 'url_not_accessible'
  | 'unsupported_content_type'
  | 'content_too_large';

const words: Readonly<Record<FailureCode, string>> = {
  invalid_tool_input: 'the input of the call was not as its schema says',
  unavailable:
    'it is not available here. Do not try again: say plainly that it could not be done, and do not make up any results',
  max_uses_exceeded: 'it has been used as often as it may be in one answer. Go on with what is known',
  too_many_requests: 'there were too many requests for now',
  query_too_long: 'the query is too long; use a few words',
  url_too_long: 'the address is too long',
  url_not_allowed: 'pages of this address may not be fetched',
  url_not_in_prior_context:
    'the address has not stood in the conversation before, and only such addresses may be fetched',
  url_not_accessible: 'the page could not be reached',
  unsupported_content_type: 'what is there is neither text nor a PDF',
  content_too_large: 'the page is too large',
};

/** What the model reads of a call that failed. Only the block's code tells it: the block is all that comes back. */
export function failureText(kind: HostedTool, code: unknown): string {
  const what = kind === 'web_search' ? 'The search failed' : 'The page was not fetched';
  const why = isCode(code) ? words[code] : undefined;
  return why === undefined ? `${what}.` : `${what}: ${why}.`;
}

/** The code of an error block's content; undefined for content that is no error. */
export function failureCodeOf(content: unknown): unknown {
  return isRecord(content) ? content.error_code : undefined;
}

function isCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(words, code);
}
