import { ProxyError } from '../errors/proxy-error.ts';
import type { Log } from '../observe/log.ts';

/**
 * The last net: a rejection nobody waited for must not end everybody's streams. A client that leaves in the middle of
 * something is the usual cause. Only the kind and place of an error are logged; its words may quote a prompt.
 */
export function outliveFaults(log: Log): void {
  const report = (what: string) => (error: unknown) => {
    const fields = { error: error instanceof Error ? error : typeof error };
    if (isDeparture(error)) log.debug(`${what} after a client left`, fields);
    else log.error(what, fields);
  };
  process.on('unhandledRejection', report('a rejection nobody waited for'));
  process.on('uncaughtException', report('an error nobody caught'));
}

const departures = new Set(['AbortError', 'ABORT_ERR', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

function isDeparture(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ProxyError) return false;
  return departures.has(error.name) || ('code' in error && departures.has(String(error.code)));
}
