import type { LossList } from '../../translation/losses.ts';
import type { OfferedTool } from '../../translation/offered-tools.ts';
import { buildFunctions, type FunctionTool } from '../openai/function-tools.ts';
import { isWebSearch } from '../openai/search-wishes.ts';
import type { Translation } from '../openai/translation.ts';
import { type BuiltSearch, buildSearch, searchesWeb } from './web-search-tool.ts';
import type { WireTool } from './wire.ts';

export interface BuiltTools {
  readonly tools: readonly WireTool[];
  readonly search: BuiltSearch | undefined;
  /** The server's names of the functions. */
  readonly functionNames: ReadonlySet<string>;
  /** What the system text says of tools: whole descriptions, wishes about the search. */
  readonly lines: readonly string[];
  /** Server tools that were asked for and cannot run here. */
  readonly missing: readonly string[];
}

/** The offered tools in the order of the offer, the vendor's search behind the functions. */
export function buildTools(offered: readonly OfferedTool[], translation: Translation): BuiltTools {
  const searches = offered.filter(({ tool }) => isWebSearch(tool));
  const functions = buildFunctions(
    offered.filter(({ tool }) => !isWebSearch(tool)),
    undefined,
    translation,
  );
  const search = searchAmong(searches, translation);
  return {
    tools: [...functions.tools.map(wireTool), ...(search === undefined ? [] : [search.tool])],
    search,
    functionNames: new Set(functions.tools.map(({ name }) => name)),
    lines: [...functions.descriptions, ...(search?.lines ?? [])],
    missing: searches.length > 0 && search === undefined ? ['web_search'] : [],
  };
}

/** One is enough: they all are the same at the vendor. */
function searchAmong(searches: readonly OfferedTool[], translation: Translation): BuiltSearch | undefined {
  const { traits, target, losses, context } = translation;
  const [first, ...others] = searches;
  if (first === undefined) return undefined;
  if (!searchesWeb(traits, context.repairs)) {
    listAll(searches, `${target.model} searches no web`, losses);
    return undefined;
  }
  listAll(others, 'a tool before it does the same', losses);
  return buildSearch(first, translation);
}

function listAll(tools: readonly OfferedTool[], why: string, losses: LossList): void {
  for (const { path } of tools) losses.add(path, why);
}

/**
 * `strict` is always said: without it the server tries to hold calls to the schema, makes optional fields required, and
 * the model fills them with nothing.
 */
function wireTool({ name, description, parameters, strict }: FunctionTool): WireTool {
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    parameters: { ...parameters },
    strict,
  };
}
