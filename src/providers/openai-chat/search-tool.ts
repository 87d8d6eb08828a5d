import type { MessagesRequest } from '../../messages/types.ts';
import { checkFieldsOf, rulesOf } from '../../translation/field-rules.ts';
import type { OfferedTool } from '../../translation/offered-tools.ts';
import { domainsOf, type WantedPages, wantedPagesOf } from '../../translation/wanted-pages.ts';
import { dialectOf } from '../openai/dialect.ts';
import { isWebSearch, searchPlaceOf } from '../openai/search-wishes.ts';
import { toolFields } from '../openai/tool-types.ts';
import type { Translation } from '../openai/translation.ts';
import type { Target } from '../provider.ts';
import type { SearchTool } from './wire.ts';

export interface BuiltSearch {
  /** The server's own search; undefined: there is none, or none that may be used. */
  readonly tool: SearchTool | undefined;
  /** A last system line. */
  readonly line: string | undefined;
  /** The server tools that were asked for and cannot run here. */
  readonly missing: readonly string[];
}

const none: BuiltSearch = { tool: undefined, line: undefined, missing: [] };

/** Whether the server searches the web for an answer to `request`. */
export function searchesWeb({ tools = [], tool_choice: choice }: MessagesRequest, target: Target): boolean {
  return dialectOf(target).webSearch !== undefined && choice?.type !== 'none' && tools.some(isWebSearch);
}

/** Which pages may be among the results of an answer to `request`; undefined where the server does not search. */
export function searchedPages(request: MessagesRequest, target: Target): WantedPages | undefined {
  const tool = searchesWeb(request, target) ? request.tools?.find(isWebSearch) : undefined;
  return tool === undefined ? undefined : wantedPagesOf(tool);
}

/** The search among the offered tools, as the server knows it (source: OpenRouter's "Web Search" server tool). */
export function buildSearch(offered: readonly OfferedTool[], translation: Translation): BuiltSearch {
  const { request, target, losses } = translation;
  const [first, ...others] = offered.filter(({ tool }) => isWebSearch(tool));
  if (first === undefined) return none;
  if (!searchesWeb(request, target)) {
    // Of a search that may not be used nothing is missing.
    if (request.tool_choice?.type === 'none') return none;
    for (const { path } of [first, ...others]) losses.add(path, 'this server searches no web; the model is told so');
    return { ...none, missing: ['web_search'] };
  }
  for (const { path } of others) losses.add(path, 'a tool before it does the same');
  checkFieldsOf(first.tool, fieldRules, `${first.path}.`, losses);
  return {
    tool: { type: 'openrouter:web_search', parameters: parametersOf(first) },
    line: isForced(first.name, request) ? 'Search the web before you answer.' : undefined,
    missing: [],
  };
}

const fieldRules = rulesOf(toolFields);

/** Only one of the two lists of domains is taken; results from elsewhere are left out of the answer in any case. */
function parametersOf({ tool }: OfferedTool): SearchTool['parameters'] {
  const allowed = domainsOf(tool, 'allowed_domains');
  const blocked = domainsOf(tool, 'blocked_domains');
  const place = searchPlaceOf(tool);
  return {
    ...(allowed.length > 0 && { allowed_domains: [...allowed] }),
    ...(allowed.length === 0 && blocked.length > 0 && { excluded_domains: [...blocked] }),
    ...(place !== undefined && { user_location: place }),
  };
}

/** Whether the client wants a search and nothing else. Servers have no word for that. */
function isForced(name: string, { tool_choice: choice, tools = [] }: MessagesRequest): boolean {
  if (choice?.type === 'tool') return choice.name === name;
  return choice?.type === 'any' && tools.every(isWebSearch);
}
