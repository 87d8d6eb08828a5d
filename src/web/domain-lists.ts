import { placeOfEntry } from '../translation/wanted-pages.ts';
import type { SearchQuery } from './web-access.ts';

/**
 * The domains of a list, for services that know no paths: they let through too much, and the rest is sorted out here.
 * `whole`: only entries that mean a whole domain, for a list of what is not wanted.
 */
export function hostsOf(entries: readonly string[], which: 'all' | 'whole' = 'all'): string[] {
  const parts = entries.map(placeOfEntry).filter(({ host, path }) => host !== '' && (which === 'all' || path === ''));
  return [...new Set(parts.map(({ host }) => host))];
}

/** The query with its domains as `site:` words, for services without a parameter; without them where they do not fit. */
export function withSites({ query, allowedDomains, blockedDomains }: SearchQuery, maxLength: number): string {
  const wanted = hostsOf(allowedDomains).map((host) => `site:${host}`);
  const unwanted = hostsOf(blockedDomains, 'whole').map((host) => `-site:${host}`);
  const sites = wanted.length > 1 ? `(${wanted.join(' OR ')})` : wanted.join('');
  const whole = [query, sites, ...unwanted].filter((part) => part !== '').join(' ');
  // Brave also counts words, and refuses more than 50.
  return whole.length <= maxLength && whole.split(/\s+/).length <= 50 ? whole : query;
}
