import { type SearchServiceName, searchServices, type WebSearchConfig } from './config.ts';
import type { Written } from './load.ts';
import type { Settings } from './schema.ts';

/** What each service cannot do without. */
export const searchVariables = {
  tavily: 'TAVILY_API_KEY',
  brave: 'BRAVE_API_KEY',
  exa: 'EXA_API_KEY',
  searxng: 'SEARXNG_URL',
} as const satisfies Record<SearchServiceName, keyof Settings>;

/** The search service of these settings; undefined where it is off or none is set up. */
export function chooseSearch(settings: Settings): WebSearchConfig | undefined {
  const { WEB_SEARCH } = settings;
  if (WEB_SEARCH === 'off') return undefined;
  if (WEB_SEARCH !== 'auto') return setUp(WEB_SEARCH, settings);
  for (const service of searchServices) {
    const found = setUp(service, settings);
    if (found !== undefined) return found;
  }
  return undefined;
}

function setUp(service: SearchServiceName, settings: Settings): WebSearchConfig | undefined {
  if (service === 'searxng') {
    return settings.SEARXNG_URL === undefined ? undefined : { service, baseUrl: settings.SEARXNG_URL };
  }
  const apiKey = settings[searchVariables[service]];
  return apiKey === undefined ? undefined : { service, apiKey };
}

/** A service that was named without what it needs: checked on what was written, to be told with other problems. */
export function refuseSearchWithoutMeans(written: Written): string | undefined {
  const named = written.get('WEB_SEARCH')?.toLowerCase();
  const service = searchServices.find((name) => name === named);
  if (service === undefined || written.has(searchVariables[service])) return undefined;
  return `WEB_SEARCH is ${service}, but ${searchVariables[service]} is not set: set it, or WEB_SEARCH=off`;
}
