import type { MessagesRequest, Tool } from '../../messages/types.ts';
import { geminiModelOf } from '../../models/gemini-models.ts';
import { checkFieldsOf, rulesOf } from '../../translation/field-rules.ts';
import { LossList } from '../../translation/losses.ts';
import { type OfferedTool, offeredTools } from '../../translation/offered-tools.ts';
import { domainsOf, type WantedPages, wantedPagesOf as wantedBy } from '../../translation/wanted-pages.ts';
import type { Target, TranslationContext } from '../provider.ts';
import { toolFields, toolTypes } from './tool-types.ts';
import type { Translation } from './translation.ts';
import type { Tool as WireTool } from './wire.ts';

/** What runs at the vendor, by the first words of its type at Anthropic. */
const serverTools = ['web_search', 'web_fetch', 'code_execution'] as const;
export type ServerTool = (typeof serverTools)[number];

export interface BuiltServerTools {
  readonly tools: readonly WireTool[];
  /** What the model is told beside: wishes that Google's tools have no field for, and tools that are missing. */
  readonly lines: readonly string[];
}

/** Which tool of the vendor's it is; undefined for the client's own. */
export function serverToolOf({ type }: Tool): ServerTool | undefined {
  return serverTools.find((kind) => type?.startsWith(`${kind}_2`) === true);
}

/** The most that Google takes (source: `GoogleSearch.excludeDomains` in @google/genai). */
const mostExcluded = 2_000;

/**
 * The offered tools that run at Google, each an element of its own. `besideFunctions`: the client's own tools are
 * declared as well, which not every model allows.
 */
export function buildServerTools(
  offered: readonly OfferedTool[],
  besideFunctions: boolean,
  translation: Translation,
): BuiltServerTools {
  const { request, losses } = translation;
  const tools: WireTool[] = [];
  const lines: string[] = [];
  const hindrance = hindranceOf(besideFunctions, translation);
  const seen = new Set<ServerTool>();
  for (const { tool, path } of offered) {
    const kind = serverToolOf(tool);
    if (kind === undefined) continue;
    if (hindrance !== undefined) {
      losses.add(path, hindrance);
      lines.push(missing[kind]);
      continue;
    }
    checkFieldsOf(tool, fieldRules, `${path}.`, losses);
    // They are not among the functions that a choice can switch off.
    if (request.tool_choice?.type === 'none') continue;
    if (seen.has(kind)) {
      losses.add(path, 'a tool before it does the same');
      continue;
    }
    seen.add(kind);
    tools.push(builtIn(kind, tool, translation));
    lines.push(...wishes(kind, tool, translation));
  }
  return { tools, lines };
}

const fieldRules = rulesOf(toolFields);

interface Surroundings {
  readonly model: Translation['model'];
  readonly context: Pick<TranslationContext, 'repairs'>;
}

/** Why Google's own tools cannot be used; undefined where they can. */
export function hindranceOf(besideFunctions: boolean, { model, context }: Surroundings): string | undefined {
  if (!model.functions) return 'this model uses no tools';
  if (!besideFunctions) return undefined;
  if (!model.builtInWithFunctions) return 'this model cannot use it beside tools of the client';
  // Google holds calls to their schemas wherever its own tools stand beside them.
  const isTooMuch = context.repairs.some(({ kind }) => kind === 'unforced-calls');
  return isTooMuch ? 'the schemas of the other tools are too much to use it beside them' : undefined;
}

/** A model that is not told so answers as if it had searched. */
const sayPlainly = 'Where the task needs it, say plainly that it is not available, and do not make up any results.';
const missing: Readonly<Record<ServerTool, string>> = {
  web_search: `Web search is not available in this conversation. ${sayPlainly}`,
  web_fetch: `Fetching pages from the web is not available in this conversation. ${sayPlainly}`,
  code_execution: `A sandbox to run code in is not available in this conversation. ${sayPlainly}`,
};

function builtIn(kind: ServerTool, tool: Tool, { platform }: Translation): WireTool {
  switch (kind) {
    case 'web_search': {
      const blocked = platform === 'vertex' ? domainsOf(tool, 'blocked_domains') : [];
      return { googleSearch: blocked.length === 0 ? {} : { excludeDomains: blocked.slice(0, mostExcluded) } };
    }
    case 'web_fetch':
      return { urlContext: {} };
    case 'code_execution':
      return { codeExecution: {} };
  }
}

/** What the client wants of a tool, as far as the model can only be asked for it. */
function wishes(kind: ServerTool, tool: Tool, { platform }: Translation): readonly string[] {
  if (kind === 'code_execution') return [];
  const lines: string[] = [];
  const pages = kind === 'web_search' ? 'For web search, use' : 'For fetching pages, use';
  const allowed = domainsOf(tool, 'allowed_domains');
  if (allowed.length > 0) lines.push(`${pages} only these domains: ${allowed.join(', ')}.`);
  const blocked = domainsOf(tool, 'blocked_domains');
  const told = kind === 'web_search' && platform === 'vertex' ? blocked.slice(mostExcluded) : blocked;
  if (told.length > 0) lines.push(`${pages} none of these domains: ${told.join(', ')}.`);
  const place = placeOf(tool);
  if (place !== undefined) lines.push(`For web search, the user is near: ${place}.`);
  return lines;
}

/**
 * Which pages may be among the results of an answer to `request`; undefined where the model can neither search the web
 * nor fetch from it.
 */
export function wantedPagesOf(
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): WantedPages | undefined {
  if (request.tool_choice?.type === 'none' || !request.tools?.some((tool) => serverToolOf(tool))) return undefined;
  const offered = offeredTools(request, toolTypes, new LossList()).tools.map(({ tool }) => tool);
  const hasFunctions = offered.some((tool) => serverToolOf(tool) === undefined);
  if (hindranceOf(hasFunctions, { model: geminiModelOf(target), context }) !== undefined) return undefined;
  const search = offered.find((tool) => serverToolOf(tool) === 'web_search');
  if (search !== undefined) return wantedBy(search);
  return offered.some((tool) => serverToolOf(tool) === 'web_fetch')
    ? { allowedDomains: [], blockedDomains: [] }
    : undefined;
}

function placeOf(tool: Tool): string | undefined {
  const location: unknown = 'user_location' in tool ? tool.user_location : undefined;
  if (typeof location !== 'object' || location === null) return undefined;
  const parts = ['city', 'region', 'country', 'timezone'].map((part): unknown => Reflect.get(location, part));
  const told = parts.filter((part) => typeof part === 'string' && part !== '');
  return told.length === 0 ? undefined : told.join(', ');
}
