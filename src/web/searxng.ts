import { withSites } from './domain-lists.ts';
import { fieldOf, objectsOf, type SearchService, textOf, textOrNothing } from './search-service.ts';

/**
 * A SearXNG server. Source: https://docs.searxng.org/dev/search_api.html: an output format that its settings do not list
 * is refused with 403. It takes no number of results and no location; `site:` is understood by the engines behind it that
 * know it.
 */
export function searxng(baseUrl: string): SearchService {
  return {
    name: 'SearXNG',
    setting: 'SEARXNG_URL',
    maxQueryLength: 2_000,
    buildCall: (query) => ({
      url: `${baseUrl}/search?${new URLSearchParams({ q: withSites(query, 2_000), format: 'json' })}`,
      headers: {},
    }),
    readHits: (body) =>
      objectsOf(fieldOf(body, 'results'))?.map((hit) => ({
        url: textOf(hit.url),
        title: textOf(hit.title),
        excerpt: textOf(hit.content),
        pageAge: textOrNothing(hit.publishedDate),
      })),
    refusals: { 403: 'its settings.yml must have json among search.formats' },
  };
}
