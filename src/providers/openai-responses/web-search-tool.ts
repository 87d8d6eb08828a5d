import type { ModelTraits } from '../../models/model-traits.ts';
import { checkFieldsOf, rulesOf } from '../../translation/field-rules.ts';
import type { OfferedTool } from '../../translation/offered-tools.ts';
import { domainsOf } from '../../translation/wanted-pages.ts';
import { mostSearches, searchPlaceOf } from '../openai/search-wishes.ts';
import type { Translation } from '../openai/translation.ts';
import type { Repair } from '../provider.ts';
import { serverFormOf } from './server-form.ts';
import { toolFields } from './tool-types.ts';
import type { SearchTool } from './wire.ts';

/** The vendor's own web search, as a request offers it. */
export interface BuiltSearch {
  readonly tool: SearchTool;
  /** The client's name of it, which `tool_choice` may name. */
  readonly name: string;
  /** How often it may be used in one answer. */
  readonly maxCalls: number | undefined;
  /** What the model is told beside: wishes that the tool has no field for. */
  readonly lines: readonly string[];
}

/** Whether the vendor's search runs for a model, as far as is known and a refusal has taught. */
export function searchesWeb({ webSearch }: ModelTraits, repairs: readonly Repair[]): boolean {
  return webSearch && !repairs.some((repair) => repair.kind === 'omit-parameter' && repair.parameter === 'web_search');
}

export function buildSearch({ tool, name, path }: OfferedTool, { losses, dialect }: Translation): BuiltSearch {
  checkFieldsOf(tool, fieldRules, `${path}.`, losses);
  const allowed = domainsOf(tool, 'allowed_domains');
  const mostDomains = serverFormOf(dialect).mostSearchDomains;
  if (allowed.length > mostDomains) {
    losses.add(`${path}.allowed_domains`, `the search takes ${mostDomains}; the others are not searched`);
  }
  const blocked = domainsOf(tool, 'blocked_domains');
  const place = searchPlaceOf(tool);
  return {
    name,
    tool: {
      type: 'web_search',
      ...(allowed.length === 0 ? {} : { filters: { allowed_domains: allowed.slice(0, mostDomains).map(bareDomain) } }),
      ...(place === undefined ? {} : { user_location: place }),
    },
    maxCalls: mostSearches(tool),
    lines: blocked.length === 0 ? [] : [`For web search, use none of these domains: ${blocked.join(', ')}.`],
  };
}

const fieldRules = rulesOf(toolFields);

/** OpenAI takes hosts only, subdomains included; of a path the answer's reading takes care. */
function bareDomain(domain: string): string {
  return domain.replace(/^https?:\/\//i, '').replace(/\/.*$/s, '');
}
