import { ProxyError } from '../../errors/proxy-error.ts';
import type { ClientCall, Target } from '../provider.ts';

/** The address of a call: the client chooses what stands behind `/v1/`, and nothing before it. */
export function callUrl({ path, query }: ClientCall, target: Target): string {
  const root = `${target.baseUrl}/v1/`;
  const url = URL.parse(`${target.baseUrl}${path}${query === '' ? '' : `?${query}`}`);
  if (url === null || !url.href.startsWith(root) || hasHiddenSteps(path)) {
    throw new ProxyError('path-not-found', 'The path leads out of /v1/, and this proxy goes nowhere else.');
  }
  return url.href;
}

/** Whether a server that unpacks `%2e` or `%2f` would walk up from here. */
function hasHiddenSteps(path: string): boolean {
  const plain = path.replaceAll(/%2e/gi, '.').replaceAll(/%2f|%5c|\\/gi, '/');
  return plain.split('/').some((step) => step === '..' || step === '.');
}
