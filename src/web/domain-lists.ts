import type { SearchQuery } from './web-access.ts';

/** Which domains a client wants, or does not want, to hear from. */
export type DomainLists = Pick<SearchQuery, 'allowedDomains' | 'blockedDomains'>;

/**
 * Whether a page may be used; what is no address may not. An entry stands for a domain and all below it, and may narrow
 * that down by a path, in which `*` stands for anything. Source: Anthropic's web search tool, "domain filtering".
 */
export function isWantedUrl(url: string, { allowedDomains, blockedDomains }: DomainLists): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  const isIn = (entry: string) => covers(entry, hostname.replace(/\.$/, ''), pathname);
  return !blockedDomains.some(isIn) && (allowedDomains.length === 0 || allowedDomains.some(isIn));
}

function covers(entry: string, hostname: string, pathname: string): boolean {
  const { host, path } = partsOf(entry);
  if (host === '' || (hostname !== host && !hostname.endsWith(`.${host}`))) return false;
  return path.includes('*') ? matchesPattern(pathname, path) : isBelow(pathname, path);
}

/** `/blog` holds `/blog/1`, not `/blogger`. */
function isBelow(pathname: string, path: string): boolean {
  const folder = path.replace(/\/+$/, '');
  return pathname === folder || pathname.startsWith(`${folder}/`);
}

/** In time proportional to both, whatever the entry is: it comes from outside. */
function matchesPattern(text: string, pattern: string): boolean {
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

/** The domain and the path of an entry, which may be written as a whole address. */
function partsOf(entry: string): { readonly host: string; readonly path: string } {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?(?:\*\.)?([^/]*)(.*)$/i.exec(entry.trim()) ?? [];
  return { host: host.toLowerCase().replace(/\.$/, ''), path };
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
