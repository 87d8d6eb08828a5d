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

/** A domain stands for its subdomains too. A path behind it is not looked at: results of a search tell hosts at best. */
export function isWanted(host: string, { allowed, blocked }: WantedPages): boolean {
  const isOf = (domain: string) => {
    const [wanted = ''] = domain.toLowerCase().split('/');
    return host === wanted || host.endsWith(`.${wanted}`);
  };
  return !blocked.some(isOf) && (allowed.length === 0 || allowed.some(isOf));
}
