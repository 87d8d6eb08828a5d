import type { Config } from '../config/config.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { Target } from '../providers/provider.ts';
import type { Authorization, Credentials } from './credentials.ts';

/** Google's Application Default Credentials, for targets on Vertex AI. */
export class GoogleCredentials implements Credentials {
  readonly #settings: Config['upstreams']['vertex'];

  constructor(settings: Config['upstreams']['vertex']) {
    this.#settings = settings;
  }

  complete(target: Target, _signal: AbortSignal): Promise<Target> {
    if (target.provider !== 'vertex') return Promise.resolve(target);
    const { project, location } = this.#settings;
    if (project === undefined) throw new ProxyError('credential-missing', 'VERTEX_PROJECT is not set.');
    return Promise.resolve({ ...target, vertex: { project, location: location ?? 'global' } });
  }

  authorize(_target: Target, _signal: AbortSignal): Promise<Authorization | undefined> {
    return Promise.resolve(undefined);
  }
}
