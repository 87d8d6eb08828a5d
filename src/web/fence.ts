import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isPublicAddress } from './public-address.ts';

/** What of the world pages may be fetched from. Tests put up another one; nothing a client sends can. */
export interface Fence {
  /** The addresses of a name, asked once for each connection: what was checked is what is connected to. */
  resolve(name: string): Promise<readonly string[]>;
  isOpenAddress(address: string): boolean;
  isOpenPort(port: number): boolean;
  /** PEM; undefined: those that everybody trusts. */
  readonly authorities?: string;
}

/** Other ports are where services listen that are no web pages. */
const webPorts: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

export const publicInternet: Fence = {
  resolve: async (name) => (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address),
  isOpenAddress: (address) => isPublicAddress(address) && !isOwnAddress(address),
  isOpenPort: (port) => webPorts.has(port),
};

/** A machine in a data centre may have public addresses itself, and trust what comes from them. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((own) => own.address === address));
}
