import type { Secret } from '../config/secret.ts';
import { countryNames } from './countries.ts';
import { hostsOf } from './domain-lists.ts';
import { fieldOf, objectsOf, type SearchService, textOf, textOrNothing } from './search-service.ts';

/**
 * Tavily. Source: https://docs.tavily.com/documentation/api-reference/endpoint/search and its SDK tavily-js: a list may
 * hold 300 domains to include and 150 to exclude; a query of more than 400 characters is refused; 432 and 433 mean that
 * a plan's limit is reached.
 */
export function tavily(apiKey: Secret, baseUrl = 'https://api.tavily.com'): SearchService {
  return {
    name: 'Tavily',
    setting: 'TAVILY_API_KEY',
    maxQueryLength: 400,
    buildCall: ({ query, allowedDomains, blockedDomains, location, maxResults }) => {
      const country = countryNames[location?.country?.toUpperCase() ?? ''];
      return {
        url: `${baseUrl}/search`,
        headers: { authorization: `Bearer ${apiKey.reveal()}` },
        body: {
          query,
          search_depth: 'basic',
          max_results: Math.min(maxResults, 20),
          ...(allowedDomains.length > 0 && { include_domains: hostsOf(allowedDomains).slice(0, 300) }),
          ...(blockedDomains.length > 0 && { exclude_domains: hostsOf(blockedDomains, 'whole').slice(0, 150) }),
          ...(country !== undefined && { country }),
        },
      };
    },
    readHits: (body) =>
      objectsOf(fieldOf(body, 'results'))?.map((hit) => ({
        url: textOf(hit.url),
        title: textOf(hit.title),
        excerpt: textOf(hit.content),
        pageAge: textOrNothing(hit.published_date),
      })),
    refusals: { 432: 'the limit of the plan is reached', 433: 'the limit of pay-as-you-go is reached' },
  };
}
