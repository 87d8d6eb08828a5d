import type { Secret } from '../config/secret.ts';
import { braveCountries } from './countries.ts';
import { withSites } from './domain-lists.ts';
import { fieldOf, objectsOf, type SearchService, textOf, textOrNothing } from './search-service.ts';
import type { SearchQuery } from './web-access.ts';

const maxQueryLength = 400;
const maxResults = 20;

/**
 * Brave Search. Source: https://api-dashboard.search.brave.com/app/documentation/web-search and its MCP server: at most
 * 400 characters and 20 results, a country from a list, the user's place in headers. Domains are named in the query,
 * with `site:`; more results are asked for then, because some fall out here. A wrong key is refused with 422.
 */
export function brave(apiKey: Secret, baseUrl = 'https://api.search.brave.com'): SearchService {
  return {
    name: 'Brave Search',
    setting: 'BRAVE_API_KEY',
    maxQueryLength,
    buildCall: (query) => {
      const isFiltered = query.allowedDomains.length + query.blockedDomains.length > 0;
      const country = query.location?.country?.toUpperCase() ?? '';
      const parameters = new URLSearchParams({
        q: withSites(query, maxQueryLength),
        count: String(isFiltered ? maxResults : Math.min(query.maxResults, maxResults)),
        result_filter: 'web',
        text_decorations: 'false',
        ...(braveCountries.has(country) && { country }),
      });
      return {
        url: `${baseUrl}/res/v1/web/search?${parameters}`,
        headers: { 'x-subscription-token': apiKey.reveal(), ...placeHeaders(query.location) },
      };
    },
    readHits: (body) => {
      // Where nothing was found, the part is missing.
      if (fieldOf(body, 'type') === 'search' && fieldOf(body, 'web') === undefined) return [];
      return objectsOf(fieldOf(fieldOf(body, 'web'), 'results'))?.map((hit) => ({
        url: textOf(hit.url),
        title: unescaped(textOf(hit.title)),
        excerpt: [hit.description, ...(Array.isArray(hit.extra_snippets) ? hit.extra_snippets : [])]
          .map((piece) => unescaped(textOf(piece)))
          .filter((piece) => piece !== '')
          .join('\n'),
        pageAge: textOrNothing(hit.page_age) ?? textOrNothing(hit.age),
      }));
    },
    refusals: { 422: 'it does not take the key or a parameter, check BRAVE_API_KEY' },
  };
}

function placeHeaders(location: SearchQuery['location']): Record<string, string> {
  const place = {
    'x-loc-city': location?.city,
    'x-loc-state-name': location?.region,
    'x-loc-country': location?.country?.toUpperCase(),
    'x-loc-timezone': location?.timezone,
  };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(place)) {
    // A header holds nothing else.
    if (value !== undefined && /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/.test(value)) headers[name] = value;
  }
  return headers;
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
};

/** Titles and descriptions come escaped for HTML. */
function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#x27|#39);/g, (entity) => entities[entity] ?? entity);
}
