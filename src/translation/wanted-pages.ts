import type { Tool } from '../messages/types.ts';

/** Which pages the client wants to see among the results of a search; an empty list is no wish. */
export interface WantedPages {
  readonly allowed: readonly string[];
  readonly blocked: readonly string[];
}

/** What a tool of the Messages API that searches the web says about pages. */
export function wantedPagesOf(tool: Tool): WantedPages {
  return { allowed: domainsOf(tool, 'allowed_domains'), blocked: domainsOf(tool, 'blocked_domains') };
}

/** The domains that a tool names in `field`. */
export function domainsOf(tool: Tool, field: 'allowed_domains' | 'blocked_domains'): readonly string[] {
  const domains: unknown = field in tool ? Reflect.get(tool, field) : undefined;
  return Array.isArray(domains) ? domains.filter((domain) => typeof domain === 'string') : [];
}

/** Whether the client wants a page, by its host alone. A domain stands for its subdomains too. */
export function isWanted(host: string, { allowed, blocked }: WantedPages): boolean {
  const isOf = (domain: string) => {
    const [wanted = ''] = domain.toLowerCase().split('/');
    return host === wanted || host.endsWith(`.${wanted}`);
  };
  return !blocked.some(isOf) && (allowed.length === 0 || allowed.some(isOf));
}

/** The same by a page's address: a path behind a domain limits it to what begins so. What is no address is not wanted. */
export function isWantedUrl(url: string, { allowed, blocked }: WantedPages): boolean {
  const address = URL.parse(url);
  if (address === null) return false;
  const isIn = (domain: string) => {
    const [, host = '', path = ''] = /^(?:https?:\/\/)?([^/]*)(.*)$/is.exec(domain) ?? [];
    const [beginning = ''] = path.split('*', 1);
    return isWanted(address.hostname, { allowed: [host], blocked: [] }) && address.pathname.startsWith(beginning);
  };
  return !blocked.some(isIn) && (allowed.length === 0 || allowed.some(isIn));
}
