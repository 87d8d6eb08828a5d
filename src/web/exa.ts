import type { Secret } from '../config/secret.ts';
import { hostsOf } from './domain-lists.ts';
import { fieldOf, objectsOf, type SearchService, textOf, textOrNothing } from './search-service.ts';

/**
 * Exa. Source: https://docs.exa.ai/reference/search and its SDK exa-js: `userLocation` is a country of two letters;
 * `highlights` are the passages that fit the query; a title may be null; 402 means that the credits are used up.
 */
export function exa(apiKey: Secret, baseUrl = 'https://api.exa.ai'): SearchService {
  return {
    name: 'Exa',
    setting: 'EXA_API_KEY',
    maxQueryLength: 2_000,
    buildCall: ({ query, allowedDomains, blockedDomains, location, maxResults }) => ({
      url: `${baseUrl}/search`,
      headers: { 'x-api-key': apiKey.reveal() },
      body: {
        query,
        type: 'auto',
        numResults: Math.min(maxResults, 100),
        contents: { highlights: true },
        ...(allowedDomains.length > 0 && { includeDomains: hostsOf(allowedDomains) }),
        ...(blockedDomains.length > 0 && { excludeDomains: hostsOf(blockedDomains, 'whole') }),
        ...(/^[a-z]{2}$/i.test(location?.country ?? '') && { userLocation: location?.country?.toUpperCase() }),
      },
    }),
    readHits: (body) =>
      objectsOf(fieldOf(body, 'results'))?.map((hit) => ({
        url: textOf(hit.url),
        title: textOf(hit.title),
        excerpt: passagesOf(hit.highlights) || textOf(hit.text),
        pageAge: textOrNothing(hit.publishedDate),
      })),
    refusals: { 402: 'the credits are used up' },
  };
}

function passagesOf(highlights: unknown): string {
  return Array.isArray(highlights) ? highlights.filter((passage) => typeof passage === 'string').join('\n') : '';
}
