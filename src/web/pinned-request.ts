import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import { isIP } from 'node:net';
import type { Fence } from './fence.ts';
import { portOf } from './page-url.ts';
import { WebFailure } from './web-access.ts';

export interface RequestLimits {
  readonly connectMs: number;
  readonly signal: AbortSignal;
}

const headers = {
  'user-agent': 'claude-code-proxy',
  accept: 'text/html,text/markdown;q=0.9,text/plain;q=0.9,application/pdf;q=0.8,*/*;q=0.5',
  'accept-encoding': 'gzip, br',
};
const maxHeaderBytes = 64 * 1024;
const maxAddresses = 4;

/**
 * Asks for a page at one of the addresses that the fence lets through, and at no other: the name is resolved once, here,
 * and the connection goes to the very address that was checked, so that a second answer of the name's server changes
 * nothing. The name still decides the `host` header, and which certificate must be shown. No proxy of the environment is
 * used, since it would resolve the name again. Throws WebFailure.
 */
export async function requestPage(url: URL, fence: Fence, limits: RequestLimits): Promise<IncomingMessage> {
  const addresses = await openAddresses(url, fence, limits.signal);
  let problem: unknown;
  for (const address of addresses) {
    try {
      return await requestFrom(address, url, fence, limits);
    } catch (error) {
      limits.signal.throwIfAborted();
      if (!(error instanceof NotConnected)) throw notAccessible(url, error);
      problem = error.cause;
    }
  }
  throw notAccessible(url, problem);
}

async function openAddresses(url: URL, fence: Fence, signal: AbortSignal): Promise<readonly string[]> {
  const name = hostOf(url);
  const addresses = isIP(name) === 0 ? await resolved(name, fence, signal) : [name];
  const open = addresses.filter((address) => fence.isOpenAddress(address));
  if (open.length === 0) {
    throw new WebFailure('url_not_allowed', `${url.hostname} is no host of the public internet.`);
  }
  return open.slice(0, maxAddresses);
}

async function resolved(name: string, fence: Fence, signal: AbortSignal): Promise<readonly string[]> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const addresses = await Promise.race([fence.resolve(name), aborted.promise]);
    if (addresses.length > 0) return addresses;
  } catch {
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throw new WebFailure('url_not_accessible', `No address is known for ${name}.`);
}

class NotConnected extends Error {}

function requestFrom(address: string, url: URL, fence: Fence, limits: RequestLimits): Promise<IncomingMessage> {
  const encrypted = url.protocol === 'https:';
  const name = hostOf(url);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = (encrypted ? requestEncrypted : requestPlain)({
    host: address,
    port: portOf(url),
    path: url.pathname + url.search,
    headers: { host: url.host, ...headers },
    // A connection of its own, never one that was made for another name.
    agent: false,
    signal: limits.signal,
    maxHeaderSize: maxHeaderBytes,
    ...(encrypted && isIP(name) === 0 && { servername: name }),
    ...(encrypted && fence.authorities !== undefined && { ca: fence.authorities }),
  });
  let connected = false;
  const timer = setTimeout(() => call.destroy(new NotConnected()), limits.connectMs);
  call.on('socket', (socket) => {
    socket.once(encrypted ? 'secureConnect' : 'connect', () => {
      connected = true;
      clearTimeout(timer);
    });
  });
  call.on('response', (answer) => {
    clearTimeout(timer);
    resolve(answer);
  });
  call.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(new Error('an upgrade that was not asked for'));
  });
  call.on('error', (error) => {
    clearTimeout(timer);
    reject(connected ? error : new NotConnected('', { cause: error }));
  });
  call.end();
  return promise;
}

/** As the resolver and a certificate know it. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function notAccessible(url: URL, error: unknown): WebFailure {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new WebFailure('url_not_accessible', `${url.host} could not be reached${code}.`);
}
