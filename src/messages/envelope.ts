import { createHash } from 'node:crypto';
import { isDeeper } from './json.ts';

// What an upstream wants back next turn (reasoning text, encrypted reasoning, thought signatures) travels in the
// `signature` of a thinking block: clients return it unchanged, so that no server memory is needed.
const tag = 'ccp1';
const hashLength = 8;
/** Far beyond what any upstream sends to be kept. The body's own limit does not see into an envelope. */
const maxDepth = 200;

/** Stands in everything that the proxy has made to find it again in a history. */
export const ownMark = tag;

/** How every signature made here begins; no vendor's own does. */
export const envelopeStart = `${tag}.`;

/** How the ids of server tool blocks begin that the proxy made of another vendor's searches and runs. */
export const ownServerToolStart = `srvtoolu_${tag}_`;

/** The `encrypted_content` of every compaction that the proxy has made: it holds nothing, and tells it from Anthropic's own. */
export const ownCompaction = `${envelopeStart}compaction`;

/** Packs `payload` as `ccp1.<provider>.<base64url of its JSON>.<short hash>`; the same payload gives the same bytes. */
export function sealEnvelope(provider: string, payload: unknown): string {
  const body = `${tag}.${provider}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${body}.${shortHash(body)}`;
}

/** Unpacks a signature made by `sealEnvelope`. Anything else, also one that was cut, altered or forged to exhaust the stack, is `undefined`. */
export function openEnvelope(signature: string): { provider: string; payload: unknown } | undefined {
  if (!signature.startsWith(`${tag}.`)) return undefined;
  const parts = signature.split('.', 5);
  const [, provider, body, hash] = parts;
  if (parts.length !== 4 || !provider || !body || hash === undefined) return undefined;
  if (hash !== shortHash(signature.slice(0, -hash.length - 1))) return undefined;
  try {
    const payload: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    return isDeeper(payload, maxDepth) ? undefined : { provider, payload };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Finds damage by accident; no secret, so it proves nothing about who made the envelope. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, hashLength);
}
