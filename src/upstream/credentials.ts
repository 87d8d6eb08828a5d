import type { Target } from '../providers/provider.ts';

/**
 * Credentials that are no fixed key: they are fetched, renewed, and may know more of a target than the settings do.
 * Targets that have a key, or need none, come and go untouched.
 */
export interface Credentials {
  /**
   * The target with what only its credentials know: the project and the host on Vertex AI. Throws ProxyError where
   * there are no credentials, or none that can be used.
   */
  complete(target: Target, signal: AbortSignal): Promise<Target>;
  /** What a call must carry beside what was built; undefined where that is all. Asked anew for every call. */
  authorize(target: Target, signal: AbortSignal): Promise<Authorization | undefined>;
}

export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  /** Says that the upstream has refused it. True where a newer one may fare better. */
  refused(): boolean;
}
