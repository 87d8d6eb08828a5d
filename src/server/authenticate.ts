import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/secret.ts';
import { ProxyError } from '../errors/proxy-error.ts';

/** Throws unless the request carries the proxy's key, in either of the headers that clients use for keys. */
export type Authenticate = (headers: Headers) => void;

export function authenticator(key: Secret | undefined): Authenticate {
  if (key === undefined) return () => undefined;
  const wanted = digest(key.reveal());
  // Digests have one length, so comparing them tells nothing about the key, not even how long it is.
  const isKey = (offered: string | null | undefined) => offered != null && timingSafeEqual(digest(offered), wanted);
  return (headers) => {
    const bearer = /^bearer +(.*)$/i.exec(headers.get('authorization') ?? '')?.[1];
    if (isKey(headers.get('x-api-key')) || isKey(bearer)) return;
    throw new ProxyError(
      'client-unauthenticated',
      'This proxy wants its own key (PROXY_API_KEY): set ANTHROPIC_AUTH_TOKEN to it in the environment of the client.',
    );
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
