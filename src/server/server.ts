import type { Config } from '../config/config.ts';
import { DocumentReader } from '../documents/document-reader.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { Log } from '../observe/log.ts';
import type { ProviderRegistry } from '../providers/provider.ts';
import { providerFor } from '../providers/registry.ts';
import { LearnedRatios } from '../tokens/learned-ratio.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import { credentialsOf } from '../upstream/all-credentials.ts';
import type { Credentials } from '../upstream/credentials.ts';
import { LearnedRepairs } from '../upstream/learned-repairs.ts';
import { LocalOffer } from '../upstream/local-offer.ts';
import { RecentCalls } from '../upstream/recent-calls.ts';
import { defaultLimits, type Limits } from '../upstream/time-limits.ts';
import { VendorCounter } from '../upstream/vendor-counter.ts';
import type { WebAccess } from '../web/web-access.ts';
import { proxyHeaders } from './answer-headers.ts';
import { type Authenticate, authenticator } from './authenticate.ts';
import { Exchange } from './exchange.ts';
import type { PassThrough } from './pass-through.ts';
import { planPassOn } from './plan-pass-through.ts';
import { refuseUpload } from './read-body.ts';
import { findRoute, MethodNotAllowed, type ServerParts } from './routes.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly log: Log;
  readonly counter: TokenCounter;
  readonly registry?: ProviderRegistry;
  readonly credentials?: Credentials;
  readonly limits?: Partial<Limits>;
  readonly web?: WebAccess;
  /** What is known before the first refusal has taught it. */
  readonly learned?: LearnedRepairs;
}

export interface ProxyServer {
  readonly url: URL;
  /** Requests that are being answered. */
  activeStreams(): number;
  /** Takes no new request, lets the open ones finish for so long, then ends the rest with an error they can read. */
  shutdown(graceMs: number): Promise<void>;
  stopNow(): Promise<void>;
}

/** Connections without a request, and uploads without progress, are closed after so long. */
const idleSeconds = 120;
/** How long an error event may take to reach its client when the proxy stops. */
const farewellMs = 500;

/** Starts to listen. */
export function startServer(options: ServerOptions): ProxyServer {
  const { config, log, counter } = options;
  const web = options.web ?? { search: undefined, fetch: undefined };
  const documents = new DocumentReader({ fetchPage: web.fetch });
  const parts: ServerParts = {
    config,
    log,
    counter,
    vendorCounter: new VendorCounter(),
    registry: options.registry ?? providerFor,
    credentials: options.credentials ?? credentialsOf(config),
    ratios: new LearnedRatios(),
    learned: options.learned ?? new LearnedRepairs(),
    calls: new RecentCalls(),
    limits: { ...defaultLimits, ...options.limits },
    web,
    documents,
    localOffer: new LocalOffer(config),
  };
  const house = new House(parts, authenticator(config.proxyApiKey));
  const server = Bun.serve({
    hostname: config.host,
    port: config.port,
    idleTimeout: idleSeconds,
    // Ours is checked while reading and answered in the API's own words; Bun's would be an empty 413.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch: (request, bun) => house.welcome(request, (seconds) => bun.timeout(request, seconds)),
    error: (error) => {
      log.error('A fault of the proxy', { error });
      return new Response(null, { status: 500 });
    },
  });

  return {
    url: server.url,
    activeStreams: () => house.open.size,
    async shutdown(graceMs) {
      house.isClosing = true;
      // Stops listening; requests on open connections are still heard, and refused.
      const stopped = server.stop();
      stopped.catch(ignore);
      await house.emptied(graceMs);
      house.stopAll();
      await house.emptied(farewellMs);
      // An answer that is done may still be on its way through Bun.
      const endsAt = performance.now() + farewellMs;
      while (server.pendingRequests > 0 && performance.now() < endsAt) await Bun.sleep(5);
      await server.stop(true);
      documents.close();
    },
    async stopNow() {
      house.isClosing = true;
      house.stopAll();
      await server.stop(true);
      documents.close();
    },
  };
}

/** Who is in: every request from its arrival to the last byte of its answer. */
class House {
  readonly open = new Set<Exchange>();
  isClosing = false;
  readonly #parts: ServerParts;
  readonly #authenticate: Authenticate;
  readonly #passOn: PassThrough | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(parts: ServerParts, authenticate: Authenticate) {
    this.#parts = parts;
    this.#authenticate = authenticate;
    this.#passOn = planPassOn(parts);
  }

  async welcome(request: Request, limitIdle: (seconds: number) => void): Promise<Response> {
    const { path, query } = splitUrl(request.url);
    const exchange = new Exchange(path, request.headers, this.#parts.log, () => {
      limitIdle(idleSeconds);
      this.#leave(exchange);
    });
    this.open.add(exchange);
    let response: Response;
    try {
      response = await this.#answer(request, exchange, path, query, () => limitIdle(0));
    } catch (error) {
      response = failureResponse(error, request, exchange);
    }
    if (!exchange.isStreaming) exchange.finish();
    return response;
  }

  /** Settles when nobody is in any more, or after so long. */
  emptied(limitMs: number): Promise<void> {
    if (this.open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#onEmpty = undefined;
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.#onEmpty = done;
    });
  }

  stopAll(): void {
    const reason = new ProxyError('shutting-down', 'The proxy is shutting down. Try again in a moment.');
    for (const exchange of [...this.open]) exchange.stop(reason);
  }

  async #answer(
    request: Request,
    exchange: Exchange,
    path: string,
    query: string,
    withoutIdleLimit: () => void,
  ): Promise<Response> {
    if (this.isClosing) throw new ProxyError('shutting-down', 'The proxy is shutting down. Try again in a moment.');
    const route = findRoute(request.method, path, this.#passOn);
    if (route === 'options') return withRequestId(new Response(null, { status: 204 }), exchange);
    const proxyKeyIn = route.open === true ? [] : this.#authenticate(request.headers);
    exchange.followClient(request.signal);
    const { path: plainPath, rest } = route;
    const visit = { request, exchange, parts: this.#parts, path: plainPath, rest, query, proxyKeyIn, withoutIdleLimit };
    return withRequestId(await route.answer(visit), exchange);
  }

  #leave(exchange: Exchange): void {
    this.open.delete(exchange);
    if (this.open.size === 0) this.#onEmpty?.();
  }
}

function failureResponse(error: unknown, request: Request, exchange: Exchange): Response {
  const response = exchange.failureResponse(error);
  for (const [name, value] of Object.entries(proxyHeaders(exchange))) response.headers.set(name, value);
  if (error instanceof MethodNotAllowed) response.headers.set('allow', error.allowed);
  return error instanceof ProxyError && error.kind === 'request-too-large' && request.body?.locked === false
    ? refuseUpload(request, response)
    : response;
}

function withRequestId(response: Response, exchange: Exchange): Response {
  if (!response.headers.has('request-id')) response.headers.set('request-id', exchange.requestId);
  return response;
}

/** By hand, because a URL object costs more than the rest of the routing. */
function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const pathStart = url.indexOf('/', url.indexOf('://') + 3);
  const queryStart = url.indexOf('?', pathStart);
  return queryStart === -1
    ? { path: url.slice(pathStart), query: '' }
    : { path: url.slice(pathStart, queryStart), query: url.slice(queryStart + 1) };
}

function ignore(): void {
  // Whatever is still open is ended by force afterwards.
}
