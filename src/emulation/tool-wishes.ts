import { isRecord } from '../messages/json.ts';
import type { Tool } from '../messages/types.ts';
import { type WantedPages, wantedPagesOf } from '../translation/wanted-pages.ts';
import type { SearchQuery } from '../web/web-access.ts';
import type { UrlSources } from './known-urls.ts';

/** What a client wants of a tool that the proxy runs; each field as it is used, whatever stood in the request. */
export interface ToolWishes extends WantedPages {
  readonly maxUses: number | undefined;
  /** Of a search. */
  readonly location: SearchQuery['location'];
  /** Of a page, in tokens. */
  readonly maxContentTokens: number | undefined;
  /** Where a page's address must have stood before. */
  readonly urlSources: UrlSources;
}

export function wishesOf(tool: Tool): ToolWishes {
  const fields: Readonly<Record<string, unknown>> = { ...tool };
  return {
    maxUses: countOf(fields.max_uses),
    ...wantedPagesOf(tool),
    location: locationOf(fields.user_location),
    maxContentTokens: countOf(fields.max_content_tokens),
    urlSources: isRecord(fields.url_sources) ? fields.url_sources : {},
  };
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? Math.floor(value) : undefined;
}

const placeFields = ['city', 'region', 'country', 'timezone'] as const;

function locationOf(value: unknown): SearchQuery['location'] {
  if (!isRecord(value)) return undefined;
  const told = placeFields.filter((field) => typeof value[field] === 'string' && value[field] !== '');
  if (told.length === 0) return undefined;
  return Object.fromEntries(told.map((field) => [field, String(value[field])]));
}
