import { isKnownUrl } from '../emulation/known-urls.ts';
import type { Found } from '../emulation/tool-use.ts';
import type { HostedCall } from '../emulation/woven-message.ts';
import type { Message } from '../messages/types.ts';
import { isWantedUrl } from '../translation/wanted-pages.ts';
import { type WebAccess, WebFailure } from '../web/web-access.ts';

export interface WebToolJob {
  readonly web: WebAccess;
  /** All that was said before the call. */
  readonly messages: readonly Message[];
  /** What the model's window has room for; undefined where nobody knows. */
  readonly maxPageTokens: number | undefined;
  readonly signal: AbortSignal;
  /** Something went wrong that is nobody's fault but ours. */
  readonly onFault: (error: unknown) => void;
}

const mostResults = 8;
const charactersPerToken = 4;
/** Where the client names no limit. */
const usualTokens = 25_000;
const longestUrl = 2_048;

/** Runs one call. Throws the signal's reason only: whatever else goes wrong is what the call has found. */
export async function runWebTool(call: HostedCall, job: WebToolJob): Promise<Found> {
  const { signal } = job;
  signal.throwIfAborted();
  try {
    return await untilAborted(call.tool.kind === 'web_search' ? search(call, job) : fetchPage(call, job), signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof WebFailure) return { kind: 'failure', code: error.code };
    job.onFault(error);
    return { kind: 'failure', code: 'unavailable' };
  }
}

async function search({ tool, input }: HostedCall, { web, signal }: WebToolJob): Promise<Found> {
  const query = input?.query;
  if (typeof query !== 'string' || query.trim() === '') return { kind: 'failure', code: 'invalid_tool_input' };
  if (web.search === undefined) return { kind: 'failure', code: 'unavailable' };
  const { allowedDomains, blockedDomains, location } = tool.wishes;
  const hits = await web.search({ query, allowedDomains, blockedDomains, location, maxResults: mostResults }, signal);
  return { kind: 'results', hits: hits.slice(0, mostResults) };
}

async function fetchPage(
  { tool, input }: HostedCall,
  { web, messages, maxPageTokens, signal }: WebToolJob,
): Promise<Found> {
  const url = input?.url;
  if (typeof url !== 'string' || !URL.canParse(url)) return { kind: 'failure', code: 'invalid_tool_input' };
  if (web.fetch === undefined) return { kind: 'failure', code: 'unavailable' };
  if (url.length > longestUrl) return { kind: 'failure', code: 'url_too_long' };
  const { maxContentTokens, urlSources } = tool.wishes;
  if (!isKnownUrl(url, messages, urlSources)) return { kind: 'failure', code: 'url_not_in_prior_context' };
  if (!isWantedUrl(url, tool.wishes)) return { kind: 'failure', code: 'url_not_allowed' };
  const maxTokens = Math.min(maxContentTokens ?? usualTokens, maxPageTokens ?? Number.POSITIVE_INFINITY);
  const maxCharacters = maxTokens * charactersPerToken;
  const allows = (target: URL) => isWantedUrl(target.href, tool.wishes);
  return { kind: 'page', page: await web.fetch(url, { maxCharacters, allows }, signal) };
}

/** A search that does not listen must not keep the answer waiting. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
