/** Which pages a client wants: a domain stands for its subdomains too, and may name a path to begin with. */
export interface WantedDomains {
  /** Empty: no limit. */
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
}

/** Whether a page may be used. What is no address may not. */
export function isWantedUrl(url: string, { allowedDomains, blockedDomains }: WantedDomains): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  const isIn = (domain: string) => isWithin(hostname, pathname, domain);
  return !blockedDomains.some(isIn) && (allowedDomains.length === 0 || allowedDomains.some(isIn));
}

/** `example.com/blog` allows `www.example.com/blog/1`; `*` in a path stands for anything. */
function isWithin(hostname: string, pathname: string, domain: string): boolean {
  const [, host = '', path = ''] = /^(?:[a-z]+:\/\/)?([^/]*)(.*)$/i.exec(domain.trim()) ?? [];
  const wanted = host.toLowerCase().replace(/^\*\./, '').replace(/\.$/, '');
  const ending = hostname.replace(/\.$/, '');
  if (wanted === '' || (ending !== wanted && !ending.endsWith(`.${wanted}`))) return false;
  const beginning = (path.split('*', 1)[0] ?? '').replace(/\/$/, path.includes('*') ? '/' : '');
  if (path.includes('*')) return pathname.startsWith(beginning);
  return beginning === '' || pathname === beginning || pathname.startsWith(`${beginning}/`);
}
