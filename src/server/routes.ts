import type { Config } from '../config/config.ts';
import type { DocumentReader } from '../documents/document-reader.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { Log } from '../observe/log.ts';
import type { CallMemory, CredentialHeader, ProviderRegistry } from '../providers/provider.ts';
import type { LearnedRatios } from '../tokens/learned-ratio.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { Credentials } from '../upstream/credentials.ts';
import type { LearnedRepairs } from '../upstream/learned-repairs.ts';
import type { LocalOffer } from '../upstream/local-offer.ts';
import type { Limits } from '../upstream/time-limits.ts';
import type { VendorCounter } from '../upstream/vendor-counter.ts';
import type { WebAccess } from '../web/web-access.ts';
import { answerCountTokens } from './count-tokens.ts';
import type { Exchange } from './exchange.ts';
import { handleMessages } from './handle-messages.ts';
import { findModel, listModels } from './list-models.ts';
import { type PassThrough, passThrough } from './pass-through.ts';
import { planPassThrough } from './plan-pass-through.ts';
import { readBody, takeText } from './read-body.ts';

/** What every request may use; made once, at start. */
export interface ServerParts {
  readonly config: Config;
  readonly log: Log;
  readonly counter: TokenCounter;
  readonly ratios: LearnedRatios;
  readonly vendorCounter: VendorCounter;
  readonly registry: ProviderRegistry;
  readonly credentials: Credentials;
  readonly learned: LearnedRepairs;
  readonly calls: CallMemory;
  readonly limits: Limits;
  /** What the proxy itself can do on the web. */
  readonly web: WebAccess;
  readonly documents: DocumentReader;
  /** The models that servers of the user's own have. */
  readonly localOffer: LocalOffer;
}

export interface Visit {
  readonly request: Request;
  readonly exchange: Exchange;
  readonly parts: ServerParts;
  /** Without what base URLs often have too much of. */
  readonly path: string;
  /** What stands behind the path of a route that ends in `/*`. */
  readonly rest: string;
  readonly query: string;
  /** The headers that hold the proxy's own key. */
  readonly proxyKeyIn: readonly CredentialHeader[];
  /** Bun closes a connection that is silent for long; an answer may be silent for longer. */
  readonly withoutIdleLimit: () => void;
}

interface Route {
  readonly answer: (visit: Visit) => Response | Promise<Response>;
  /** Whether it is answered without the proxy's key. */
  readonly open?: boolean;
  /** Whether the proxy looks at it even where everything else under `/v1/` is the preferred provider's. */
  readonly always?: boolean;
}
type Routes = Readonly<Record<string, Readonly<Record<string, Route>>>>;

/**
 * The whole URL table. HEAD is answered wherever GET is. Where the preferred provider speaks our language, what is not
 * marked `always` goes there instead, and so does every other path under `/v1/`: batches, files, whatever is new.
 */
const routes: Routes = {
  '/': { GET: { answer: about }, HEAD: { answer: about, open: true } },
  '/health': { GET: { answer: health, open: true } },
  // Claude Code greets the API when it starts; a failure here would only alarm.
  '/api/hello': { GET: { answer: health, open: true } },
  '/v1/messages': { POST: { answer: handleMessages, always: true } },
  '/v1/messages/count_tokens': { POST: { answer: countTokens, always: true } },
  '/v1/models': {
    GET: { answer: models },
  },
  '/v1/models/*': { GET: { answer: ({ parts, rest }) => Response.json(findModel(parts, rest)) } },
};

export type Found = Route & { readonly path: string; readonly rest: string };

/** The route of a request; throws what a wrong path or method is answered with. `passOn`: everything but ours goes on. */
export function findRoute(method: string, path: string, passOn: PassThrough | undefined): Found | 'options' {
  if (method === 'OPTIONS') return 'options';
  const plain = own(routes, path) === undefined ? normalized(path) : path;
  if (passOn !== undefined && plain.startsWith('/v1/') && passable.has(method)) {
    const ours = own(own(routes, plain) ?? {}, method);
    if (ours?.always !== true) return { answer: (visit) => passUnread(visit, passOn), path: plain, rest: '' };
  }
  const { methods, rest } = findPath(plain);
  const route = own(methods, method) ?? (method === 'HEAD' ? own(methods, 'GET') : undefined);
  if (route === undefined) throw new MethodNotAllowed(method, path, Object.keys(methods));
  return { ...route, path: plain, rest };
}

/** Others have a meaning between neighbours only. */
const passable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

export class MethodNotAllowed extends ProxyError {
  /** For the `allow` header. */
  readonly allowed: string;

  constructor(method: string, path: string, allowed: readonly string[]) {
    super('method-not-allowed', `${method} is not possible on ${cut(path)}; it takes ${allowed.join(', ')}.`);
    const all = allowed.includes('GET') ? [...new Set([...allowed, 'HEAD'])] : allowed;
    this.allowed = [...all, 'OPTIONS'].join(', ');
  }
}

function findPath(path: string): { readonly methods: Readonly<Record<string, Route>>; readonly rest: string } {
  const methods = own(routes, path);
  if (methods !== undefined && !path.endsWith('*')) return { methods, rest: '' };
  const models = '/v1/models/';
  const oneModel = routes[`${models}*`];
  if (oneModel !== undefined && path.startsWith(models)) return { methods: oneModel, rest: path.slice(models.length) };
  const advice = /^\/v1\/(?:files|messages\/batches)\b/.test(path)
    ? ': it is passed on to Anthropic where PREFERRED_PROVIDER=anthropic is set'
    : '';
  throw new ProxyError('path-not-found', `${cut(path)} is not offered by this proxy${advice}.`);
}

/** A name that comes from outside must not find what every object inherits. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Base URLs are often given with a slash at the end, or with the `/v1` that clients add by themselves. */
function normalized(path: string): string {
  let plain = path.replaceAll(/\/{2,}/g, '/');
  while (plain.startsWith('/v1/v1/')) plain = plain.slice('/v1'.length);
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain;
}

function cut(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 199)}…`;
}

function about(): Response {
  return Response.json({ name: 'claude-code-proxy', messages: '/v1/messages', health: '/health' });
}

function health(): Response {
  return Response.json({ status: 'ok' });
}

async function models({ parts, query }: Visit): Promise<Response> {
  return Response.json(listModels(parts, new URLSearchParams(query), await parts.localOffer.names()));
}

async function countTokens(visit: Visit): Promise<Response> {
  const { request, exchange, parts } = visit;
  const body = await readBody(request);
  visit.withoutIdleLimit();
  const asItIs = planPassThrough(body, exchange, parts);
  if (asItIs !== undefined) return passThrough(visit, asItIs);
  return Response.json(await answerCountTokens(takeText(body), exchange, parts));
}

function passUnread(visit: Visit, passOn: PassThrough): Promise<Response> {
  visit.withoutIdleLimit();
  visit.exchange.noteTarget(passOn.target);
  return passThrough(visit, passOn);
}
