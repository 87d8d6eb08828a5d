import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Fence } from '../../../src/web/fence.ts';
import { isPublicAddress } from '../../../src/web/public-address.ts';
import { selfSigned } from './certificate.ts';

/** What a page does when it is asked for. */
export type Page = (response: ServerResponse, request: { readonly headers: Readonly<Record<string, unknown>> }) => void;

export interface FakeWeb {
  /** Lets pages be fetched from this web's own address and from public ones, and resolves names as `names` says. */
  readonly fence: Fence;
  /** Host and path of each request, as `good.test/page`, in order. */
  readonly visits: readonly string[];
  /** Every name that was asked for. */
  readonly asked: readonly string[];
  /** Connections to an address beside the fence, where something listens that must never hear of it. */
  readonly trespasses: () => number;
  /** The address of a page, with the port that this web listens on. */
  url(page: string, scheme?: 'http' | 'https'): string;
  stop(): Promise<void>;
}

export interface FakeWebOptions {
  /** By host and path: `good.test/page`. */
  readonly pages: Readonly<Record<string, Page>>;
  /** What a name resolves to, answer after answer, the last for ever; others resolve to this web. */
  readonly names?: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Names that the certificate of the encrypted half holds. */
  readonly certified?: readonly string[];
}

const openAddress = '127.0.0.1';
/** Loopback too, but not the address that the fence lets through. Only Linux has more than one of IPv4. */
export const closedAddress = process.platform === 'linux' ? '127.0.0.2' : '::1';

/** A web of a few pages on one loopback address, plain and encrypted, with a resolver of its own. */
export async function startFakeWeb({ pages, names = {}, certified = ['good.test'] }: FakeWebOptions): Promise<FakeWeb> {
  const visits: string[] = [];
  const asked: string[] = [];
  const turns = new Map<string, number>();
  const answer: RequestListener = (request, response) => {
    const visit = `${(request.headers.host ?? '').replace(/:\d+$/, '')}${request.url}`;
    visits.push(visit);
    const page = pages[visit];
    if (page === undefined) response.writeHead(404).end('no such page');
    else page(response, request);
  };
  const identity = selfSigned(certified);
  const plain = createServer(answer);
  const encrypted = createTlsServer(identity, answer);
  const ports = { http: await listen(plain, openAddress, 0), https: await listen(encrypted, openAddress, 0) };
  let trespasses = 0;
  const beside = createServer((_, response) => response.end('secret'));
  beside.on('connection', () => {
    trespasses += 1;
  });
  await listen(beside, closedAddress, ports.http);

  return {
    visits,
    asked,
    trespasses: () => trespasses,
    fence: {
      resolve: (name) => {
        asked.push(name);
        const answers = names[name] ?? [[openAddress]];
        const turn = turns.get(name) ?? 0;
        turns.set(name, turn + 1);
        return Promise.resolve(answers[Math.min(turn, answers.length - 1)] ?? []);
      },
      isOpenAddress: (address) => address === openAddress || isPublicAddress(address),
      isOpenPort: (port) => [80, 443, ports.http, ports.https].includes(port),
      authorities: identity.cert,
    },
    url: (page, scheme = 'http') => {
      const [host, ...path] = page.split('/');
      return `${scheme}://${host}:${ports[scheme]}/${path.join('/')}`;
    },
    stop: async () => {
      await Promise.all([plain, encrypted, beside].map(closed));
    },
  };
}

async function listen(server: Server, address: string, port: number): Promise<number> {
  server.listen(port, address);
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The fake web has no port.');
  return bound.port;
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}

/** A page of one kind. */
export function page(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Page {
  return (response) => response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(body);
}

export function redirect(to: string, status = 302): Page {
  return (response) => response.writeHead(status, { location: to }).end();
}
