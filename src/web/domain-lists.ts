import type { SearchQuery } from './web-access.ts';

/** Which domains a client wants, or does not want, to hear from. */
export type DomainLists = Pick<SearchQuery, 'allowedDomains' | 'blockedDomains'>;

/**
 * Whether an address may be shown. An entry stands for a domain and all below it, and may narrow that down by a path, in
 * which `*` stands for anything. Source: Anthropic's web search tool, "domain filtering".
 */
export function isInDomains(url: URL, { allowedDomains, blockedDomains }: DomainLists): boolean {
  if (blockedDomains.some((entry) => covers(entry, url))) return false;
  return allowedDomains.length === 0 || allowedDomains.some((entry) => covers(entry, url));
}

function covers(entry: string, url: URL): boolean {
  const { host, path } = partsOf(entry);
  const hostname = url.hostname.replace(/\.$/, '');
  if (host === '' || (hostname !== host && !hostname.endsWith(`.${host}`))) return false;
  return matchesPath(url.pathname + url.search, path);
}

/** In time proportional to both, whatever the entry is: it comes from outside. */
function matchesPath(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return true;
}

function partsOf(entry: string): { readonly host: string; readonly path: string } {
  const bare = entry.trim().replace(/^https?:\/\//i, '');
  const slash = bare.indexOf('/');
  const host = (slash === -1 ? bare : bare.slice(0, slash)).toLowerCase().replace(/^\*\./, '');
  return { host, path: slash === -1 ? '' : bare.slice(slash) };
}

/**
 * The domains of a list, for services that know no paths: they let through too much, and the rest is sorted out here.
 * `whole`: only entries that mean a whole domain, for a list of what is not wanted.
 */
export function hostsOf(entries: readonly string[], which: 'all' | 'whole' = 'all'): string[] {
  const parts = entries.map(partsOf).filter(({ host, path }) => host !== '' && (which === 'all' || path === ''));
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
