import type { VertexConfig } from '../config/config.ts';
import { publicUniverse, vertexHost } from '../config/vertex-host.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { Target } from '../providers/provider.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { type CredentialSource, findCredentialSource } from './google-credential-source.ts';
import { googleFailure, tooSlow } from './google-failure.ts';
import type { FetchGrant, Grant } from './google-grants.ts';
import { HeldGrant, within } from './held-grant.ts';

export interface GoogleCredentialsOptions {
  /** Milliseconds since 1970: tokens end at a time of day. */
  readonly now?: () => number;
  /** How long fetching a token may take, its retries included. */
  readonly limitMs?: number;
  /** How long a failure is told again before the next try. */
  readonly holdMs?: number;
}

/** Google's Application Default Credentials, for targets on Vertex AI. */
export class GoogleCredentials implements Credentials {
  readonly #settings: VertexConfig;
  readonly #limitMs: number;
  readonly #held: HeldGrant<Grant>;
  /** The library's client of the credentials found last; given up when it fails, so that a new login is noticed. */
  #fetch: { readonly grant: FetchGrant; readonly source: CredentialSource } | undefined;

  constructor(settings: VertexConfig, options: GoogleCredentialsOptions = {}) {
    this.#settings = settings;
    this.#limitMs = options.limitMs ?? 15_000;
    this.#held = new HeldGrant(() => this.#fetchGrant(), options);
  }

  async complete(target: Target, signal: AbortSignal): Promise<Target> {
    if (target.provider !== 'vertex') return target;
    const { location, baseUrl } = this.#settings;
    const grant = await this.#held.current(signal);
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
    const grant = await this.#held.current(signal);
    const quotaProject = this.#settings.credentials.quotaProject ?? grant.quotaProject;
    return {
      headers: {
        authorization: grant.authorization,
        ...(quotaProject !== undefined && { 'x-goog-user-project': quotaProject }),
      },
      refused: () => {
        if (this.#held.giveUp(grant)) this.#fetch = undefined;
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

  async #fetchGrant(): Promise<Grant> {
    let source: CredentialSource | undefined;
    try {
      source = this.#fetch?.source ?? findCredentialSource(this.#settings.credentials);
      return await within(this.#limitMs, this.#grantFrom(source), tooSlow);
    } catch (error) {
      this.#fetch = undefined;
      throw source === undefined ? error : googleFailure(error, source);
    }
  }

  async #grantFrom(source: CredentialSource): Promise<Grant> {
    if (this.#fetch === undefined) {
      const { openGrants } = await import('./google-grants.ts');
      this.#fetch = { source, grant: await openGrants(source) };
    }
    return this.#fetch.grant();
  }
}
