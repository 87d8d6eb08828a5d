import { createHash } from 'node:crypto';
import type { ChatDialect } from './dialect.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Writes the ids of calls as a server takes them; the same id always the same way, so that call and result agree. */
export function callIdWriter(form: ChatDialect['toolIds'] | 'at-most-64'): (id: string) => string {
  switch (form) {
    case 'any':
      return (id) => id;
    case 'at-most-40':
      // Azure and older OpenAI snapshots refuse longer ids, which clients make (source: refusals in public issue threads).
      return (id) => atMost(40, id);
    case 'at-most-64':
      // `call_id` in OpenAI's API description.
      return (id) => atMost(64, id);
    case 'nine-letters':
      return nineLetters;
  }
}

function atMost(length: number, id: string): string {
  return id.length > length || id === '' ? `call_${sha256(id).toString('hex').slice(0, 32)}` : id;
}

/** Mistral takes exactly nine letters and digits. */
function nineLetters(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
  let text = '';
  for (const byte of sha256(id).subarray(0, 9)) text += base62[byte % base62.length];
  return text;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
