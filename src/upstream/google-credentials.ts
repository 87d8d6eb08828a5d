import type { VertexConfig } from '../config/config.ts';
import { publicUniverse, vertexHost } from '../config/vertex-host.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { Target } from '../providers/provider.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { type CredentialSource, findCredentialSource } from './google-credential-source.ts';
import { googleFailure, tooSlow } from './google-failure.ts';
import type { FetchGrant, Grant } from './google-grants.ts';

export interface GoogleCredentialsOptions {
  /** Milliseconds since 1970: tokens end at a time of day. */
  readonly now?: () => number;
  /** How long fetching a token may take, its retries included. */
  readonly limitMs?: number;
  /** How long a failure is told again before the next try. */
  readonly holdMs?: number;
}

interface HeldGrant extends Grant {
  /** From then on a newer one is fetched while this one serves. */
  readonly renewAtMs: number;
  /** From then on it does not serve. */
  readonly endsAtMs: number;
}

// The metadata server hands out the same token until four minutes before its end.
const earlyMs = 225_000;
/** A call may take so long from leaving here to being checked there. */
const travelMs = 10_000;
/** How long a token of unknown life is used. */
const assumedLifeMs = 600_000;

/**
 * Google's Application Default Credentials, for targets on Vertex AI. One token serves all requests and is renewed
 * before it ends; however many ask at once, it is fetched once.
 */
export class GoogleCredentials implements Credentials {
  readonly #settings: VertexConfig;
  readonly #now: () => number;
  readonly #limitMs: number;
  readonly #holdMs: number;
  /** The library's client of the credentials found last; given up when it fails, so that a new login is noticed. */
  #fetch: { readonly grant: FetchGrant; readonly source: CredentialSource } | undefined;
  #held: HeldGrant | undefined;
  #pending: Promise<HeldGrant> | undefined;
  #failure: { readonly error: ProxyError; readonly untilMs: number } | undefined;

  constructor(settings: VertexConfig, options: GoogleCredentialsOptions = {}) {
    this.#settings = settings;
    this.#now = options.now ?? Date.now;
    this.#limitMs = options.limitMs ?? 15_000;
    this.#holdMs = options.holdMs ?? 5_000;
  }

  async complete(target: Target, signal: AbortSignal): Promise<Target> {
    if (target.provider !== 'vertex') return target;
    const { location, baseUrl } = this.#settings;
    const grant = await this.#current(signal);
    const project = this.#settings.project ?? grant.project;
    if (project === undefined) {
      throw new ProxyError(
        'credential-missing',
        'Vertex AI needs a Google Cloud project, and the credentials name none: set VERTEX_PROJECT.',
      );
    }
    if (!/^[a-z0-9](?:[a-z0-9:.-]*[a-z0-9])?$/.test(project)) {
      throw new ProxyError(
        'credential-missing',
        'The Google Cloud project has no name Vertex AI takes: set VERTEX_PROJECT.',
      );
    }
    const isOurs = baseUrl === vertexHost(location) && grant.universe !== publicUniverse;
    return {
      ...target,
      vertex: { project, location },
      ...(isOurs && { baseUrl: vertexHost(location, grant.universe) }),
    };
  }

  async authorize(target: Target, signal: AbortSignal): Promise<Authorization | undefined> {
    if (target.provider !== 'vertex') return undefined;
    const grant = await this.#current(signal);
    const quotaProject = this.#settings.credentials.quotaProject ?? grant.quotaProject;
    return {
      headers: {
        authorization: grant.authorization,
        ...(quotaProject !== undefined && { 'x-goog-user-project': quotaProject }),
      },
      refused: () => {
        // Many requests may carry the same token; only the first refusal of it is news.
        if (this.#held === grant) {
          this.#held = undefined;
          this.#fetch = undefined;
        }
        return true;
      },
    };
  }

  /** Fetches a token ahead of the first request. Gives what keeps it from coming, in words for the user. */
  async check(signal: AbortSignal): Promise<string | undefined> {
    try {
      await this.complete({ provider: 'vertex', model: '', baseUrl: '', apiKey: undefined, route: '' }, signal);
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof ProxyError) return error.message;
      throw error;
    }
  }

  #current(signal: AbortSignal): Promise<HeldGrant> {
    const now = this.#now();
    const held = this.#held;
    if (held === undefined || now >= held.endsAtMs) return untilAborted(this.#renew(now), signal);
    if (now >= held.renewAtMs) this.#renew(now).catch(ignore);
    return Promise.resolve(held);
  }

  /** One at a time, whoever asks; and not again at once where it has just failed. */
  #renew(now: number): Promise<HeldGrant> {
    if (this.#pending !== undefined) return this.#pending;
    if (this.#failure !== undefined && now < this.#failure.untilMs) return Promise.reject(this.#failure.error);
    this.#pending = this.#fetchGrant().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #fetchGrant(): Promise<HeldGrant> {
    let source: CredentialSource | undefined;
    try {
      source = this.#fetch?.source ?? findCredentialSource(this.#settings.credentials);
      const held = this.#hold(await within(this.#limitMs, this.#grantFrom(source)));
      this.#failure = undefined;
      return held;
    } catch (error) {
      this.#fetch = undefined;
      const failure = source === undefined ? error : googleFailure(error, source);
      if (failure instanceof ProxyError) this.#failure = { error: failure, untilMs: this.#now() + this.#holdMs };
      throw failure;
    }
  }

  async #grantFrom(source: CredentialSource): Promise<Grant> {
    if (this.#fetch === undefined) {
      const { openGrants } = await import('./google-grants.ts');
      this.#fetch = { source, grant: await openGrants(source) };
    }
    return this.#fetch.grant();
  }

  #hold(grant: Grant): HeldGrant {
    const now = this.#now();
    const endsAtMs = grant.expiresAtMs ?? now + assumedLifeMs;
    const lifeMs = endsAtMs - now;
    const held = {
      ...grant,
      renewAtMs: endsAtMs - Math.min(earlyMs, lifeMs / 2),
      endsAtMs: endsAtMs - Math.min(travelMs, lifeMs / 10),
    };
    this.#held = held;
    return held;
  }
}

/** Waits for what others may wait for as well: who leaves does not take it away from them. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooSlow()), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function ignore(): void {
  // The token at hand still serves; whoever needs a new one hears of it.
}
