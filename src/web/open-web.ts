import type { Config, WebSearchConfig } from '../config/config.ts';
import { askService } from './ask-service.ts';
import { brave } from './brave.ts';
import { exa } from './exa.ts';
import type { SearchService } from './search-service.ts';
import { searxng } from './searxng.ts';
import { tavily } from './tavily.ts';
import type { FetchPage, WebAccess } from './web-access.ts';

export interface WebOptions {
  /** For whoever runs the proxy; holds neither keys nor queries. */
  readonly warn: (message: string) => void;
}

/** What the configuration lets the proxy do on the web. */
export function openWeb({ search, fetch }: Config['web'], { warn }: WebOptions): WebAccess {
  return {
    search: search === undefined ? undefined : askService(serviceOf(search), { warn }),
    fetch: fetch ? lazyFetcher() : undefined,
  };
}

function serviceOf(config: WebSearchConfig): SearchService {
  switch (config.service) {
    case 'tavily':
      return tavily(config.apiKey);
    case 'brave':
      return brave(config.apiKey);
    case 'exa':
      return exa(config.apiKey);
    case 'searxng':
      return searxng(config.baseUrl);
  }
}

/** What it takes to fetch is loaded with the first page: most days none is fetched, and the start is to be quick. */
function lazyFetcher(): FetchPage {
  let fetcher: Promise<FetchPage> | undefined;
  return async (url, limits, signal) => {
    fetcher ??= import('./fetch-page.ts').then(({ pageFetcher }) => pageFetcher());
    return (await fetcher)(url, limits, signal);
  };
}
