import { ProxyError } from '../errors/proxy-error.ts';
import type { Loss } from '../messages/types.ts';

/** For STRICT: throws `loss-refused` where anything of a request would not reach its upstream. */
export function refuseLosses(losses: readonly Loss[]): void {
  if (losses.length === 0) return;
  const list = losses.map(({ field, why }) => `${field} (${why})`).join('; ');
  throw new ProxyError(
    'loss-refused',
    `STRICT is set, and this would not reach the upstream: ${list.length <= 2000 ? list : `${list.slice(0, 1999)}…`}`,
  );
}
