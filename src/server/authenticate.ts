import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/secret.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { CredentialHeader } from '../providers/provider.ts';

/**
 * Throws unless the request carries the proxy's key, in either of the headers that clients use for keys. Gives the
 * headers that hold it: none of them may go on to an upstream.
 */
export type Authenticate = (headers: Headers) => readonly CredentialHeader[];

const openDoor: Authenticate = () => [];
const credentialHeaders: readonly CredentialHeader[] = ['x-api-key', 'authorization'];

export function authenticator(key: Secret | undefined): Authenticate {
  if (key === undefined) return openDoor;
  const wanted = digest(key.reveal());
  // Digests have one length, so comparing them tells nothing about the key, not even how long it is.
  const isKey = (offered: string | null | undefined) => offered != null && timingSafeEqual(digest(offered), wanted);
  // Sent twice, or behind another word than `Bearer`, the key opens nothing, and is a key all the same.
  const holdsKey = (value: string | null) => value !== null && [value, ...value.split(/[\s,]+/)].some(isKey);
  return (headers) => {
    const bearer = /^bearer +(.*)$/i.exec(headers.get('authorization') ?? '')?.[1];
    if (isKey(headers.get('x-api-key')) || isKey(bearer)) {
      return credentialHeaders.filter((name) => holdsKey(headers.get(name)));
    }
    throw new ProxyError(
      'client-unauthenticated',
      'This proxy wants its own key (PROXY_API_KEY): set ANTHROPIC_AUTH_TOKEN to it in the environment of the client.',
    );
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
