import { ProxyError } from '../../errors/proxy-error.ts';
import { endToEndHeaders } from '../end-to-end-headers.ts';
import type { ClientCall, Target } from '../provider.ts';

/** The client's headers as they go to Anthropic. Throws `credential-missing` where no credential would be among them. */
export function requestHeaders(call: ClientCall, target: Target): Headers {
  const headers = endToEndHeaders(call.headers);
  // Of this connection too: the one to Anthropic has a host, a length and an expectation of its own.
  for (const name of ['host', 'content-length', 'expect']) headers.delete(name);
  if (target.apiKey === undefined) keepClientCredentials(headers, call, target);
  else replaceCredentials(headers, target.apiKey.reveal());
  return headers;
}

function replaceCredentials(headers: Headers, key: string): void {
  headers.delete('authorization');
  headers.set('x-api-key', key);
  // It says of a login that its token is one, and speaks of nothing else in the request.
  const betas = headers
    .get('anthropic-beta')
    ?.split(',')
    .map((beta) => beta.trim());
  if (betas === undefined || !betas.some(isOfLogin)) return;
  const kept = betas.filter((beta) => !isOfLogin(beta));
  if (kept.length > 0) headers.set('anthropic-beta', kept.join(','));
  else headers.delete('anthropic-beta');
}

function isOfLogin(beta: string): boolean {
  return beta.startsWith('oauth-');
}

function keepClientCredentials(headers: Headers, { proxyKeyIn }: ClientCall, target: Target): void {
  // The proxy's own key is nobody else's business.
  for (const name of proxyKeyIn) headers.delete(name);
  if (headers.has('x-api-key') || headers.has('authorization') || !isAnthropic(target)) return;
  throw new ProxyError(
    'credential-missing',
    proxyKeyIn.length > 0
      ? 'Anthropic wants a key or a login, and the client sent only the key of this proxy. Set ANTHROPIC_API_KEY in the .env of the proxy, or let the client send the key of the proxy as ANTHROPIC_AUTH_TOKEN and its own ANTHROPIC_API_KEY beside it.'
      : 'Anthropic wants a key or a login, and the client sent neither. Set ANTHROPIC_API_KEY in the .env of the proxy, or log in with the client.',
  );
}

/** Another server that speaks its language may want no credential. */
function isAnthropic({ baseUrl }: Target): boolean {
  return /(?:^|\.)anthropic\.com$/.test(new URL(baseUrl).hostname);
}
