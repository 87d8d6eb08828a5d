import type { Tool } from '../messages/types.ts';

/** Which pages a client wants to hear from; an empty list is no wish. */
export interface WantedPages {
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
}

/** What a tool of the Messages API that searches the web says about pages. */
export function wantedPagesOf(tool: Tool): WantedPages {
  return { allowedDomains: domainsOf(tool, 'allowed_domains'), blockedDomains: domainsOf(tool, 'blocked_domains') };
}

/** The domains that a tool names in `field`. */
export function domainsOf(tool: Tool, field: 'allowed_domains' | 'blocked_domains'): readonly string[] {
  const domains: unknown = field in tool ? Reflect.get(tool, field) : undefined;
  return Array.isArray(domains) ? domains.filter((domain) => typeof domain === 'string' && domain !== '') : [];
}

/** Whether the client wants a page of which nothing is known but its host. An entry that names a path stands for the host. */
export function isWantedHost(hostname: string, { allowedDomains, blockedDomains }: WantedPages): boolean {
  const isOf = (entry: string) => isBelowHost(hostname.toLowerCase(), placeOfEntry(entry).host);
  return !blockedDomains.some(isOf) && (allowedDomains.length === 0 || allowedDomains.some(isOf));
}

/**
 * Whether a page may be used; what is no address may not. An entry stands for a domain and all below it, and may narrow
 * that down by a path, in which `*` stands for anything. Source: Anthropic's web search tool, "domain filtering".
 */
export function isWantedUrl(url: string, { allowedDomains, blockedDomains }: WantedPages): boolean {
  const address = URL.parse(url);
  if (address === null) return false;
  const hostname = address.hostname.replace(/\.$/, '');
  const isIn = (entry: string) => covers(entry, hostname, address.pathname);
  return !blockedDomains.some(isIn) && (allowedDomains.length === 0 || allowedDomains.some(isIn));
}

/** The domain and the path of an entry, which may be written as a whole address. */
export function placeOfEntry(entry: string): { readonly host: string; readonly path: string } {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?(?:\*\.)?([^/]*)(.*)$/i.exec(entry.trim()) ?? [];
  return { host: host.toLowerCase().replace(/\.$/, ''), path };
}

function covers(entry: string, hostname: string, pathname: string): boolean {
  const { host, path } = placeOfEntry(entry);
  return isBelowHost(hostname, host) && (path.includes('*') ? matchesPattern(pathname, path) : isBelow(pathname, path));
}

function isBelowHost(hostname: string, host: string): boolean {
  return host !== '' && (hostname === host || hostname.endsWith(`.${host}`));
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
