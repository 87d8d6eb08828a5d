import { ProxyError } from '../../errors/proxy-error.ts';
import type { ClientCall, Target } from '../provider.ts';

/** The address of a call: the client chooses what stands behind `/v1/`, and nothing before it. */
export function callUrl({ path, query }: ClientCall, target: Target): string {
  const written = `${target.baseUrl}${path}${query === '' ? '' : `?${query}`}`;
  if (plainPath.test(path)) return written;
  // What fetch will make of it: it resolves dots, however they are written.
  const url = URL.parse(written);
  if (
    url === null ||
    !url.href.startsWith(`${new URL(target.baseUrl).href.replace(/\/$/, '')}/v1/`) ||
    hasHiddenSteps(path)
  ) {
    throw new ProxyError('path-not-found', 'The path leads out of /v1/, and this proxy goes nowhere else.');
  }
  return url.href;
}

/** Nothing in it has to be resolved. */
const plainPath = /^\/v1\/[\w/-]+$/;

/** Whether a server that unpacks `%2e` or `%2f` would walk up from here. */
function hasHiddenSteps(path: string): boolean {
  const plain = path.replaceAll(/%2e/gi, '.').replaceAll(/%2f|%5c|\\/gi, '/');
  return plain.split('/').some((step) => step === '..' || step === '.');
}
