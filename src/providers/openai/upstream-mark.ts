import { createHash } from 'node:crypto';
import type { Target } from '../provider.ts';

/**
 * Stands for one upstream in an envelope. The key is no part of it: an account has several and changes them, and what
 * another account encrypted is found by its refusal.
 */
export function upstreamMark({ baseUrl }: Target): string {
  const place = baseUrl.split('?', 1)[0]?.replace(/\/+$/, '') ?? '';
  return createHash('sha256').update(place).digest('hex').slice(0, 16);
}
