import { createHash, randomBytes } from 'node:crypto';

// Signatures of thinking, data of redacted thinking and encrypted search results: opaque to a client, and worthless when
// the fake has not made them or when what they belong to has been changed.
const secret = randomBytes(16).toString('hex');

/** What proves later that the fake itself has said `content`. */
export function seal(content: string): string {
  const nonce = randomBytes(24).toString('base64');
  return `Eq${nonce}${digestOf(nonce, content)}`;
}

/** Whether this seal was made for exactly this content. */
export function isSealOf(sealed: string, content: string): boolean {
  const nonce = sealed.slice(2, 34);
  return sealed === `Eq${nonce}${digestOf(nonce, content)}`;
}

function digestOf(nonce: string, content: string): string {
  return createHash('sha256').update(`${secret}/${nonce}/${content}`).digest('base64');
}
