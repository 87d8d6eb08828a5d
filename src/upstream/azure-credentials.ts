import type { AzureConfig } from '../config/config.ts';
import { serverAt } from '../config/servers.ts';
import type { Target } from '../providers/provider.ts';
import { type AzureCloud, cloudAt, findAzureSource } from './azure-credential-source.ts';
import { azureFailure, entraTooSlow } from './azure-failure.ts';
import type { AzureGrant, FetchAzureGrant, openAzureGrants } from './azure-grants.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { HeldGrant, type HeldGrantOptions, within } from './held-grant.ts';

export interface AzureCredentialsOptions extends HeldGrantOptions {
  /** How long fetching a token may take. */
  readonly limitMs?: number;
  /** In the place of Microsoft's library. */
  readonly open?: typeof openAzureGrants;
}

/** Tokens of Microsoft Entra, for targets on Azure that have no key. Each of Azure's clouds has its own. */
export class AzureCredentials implements Credentials {
  readonly #settings: AzureConfig['entra'];
  readonly #options: AzureCredentialsOptions;
  readonly #tokens = new Map<string, HeldGrant<AzureGrant>>();

  constructor(settings: AzureConfig['entra'], options: AzureCredentialsOptions = {}) {
    this.#settings = settings;
    this.#options = options;
  }

  async complete(target: Target): Promise<Target> {
    return target;
  }

  async authorize(target: Target, signal: AbortSignal): Promise<Authorization | undefined> {
    if (!needsToken(target)) return undefined;
    const held = this.#tokenOf(cloudAt(target.baseUrl));
    const grant = await held.current(signal);
    return {
      headers: { authorization: grant.authorization },
      refused: () => {
        held.giveUp(grant);
        return true;
      },
    };
  }

  #tokenOf(cloud: AzureCloud): HeldGrant<AzureGrant> {
    const known = this.#tokens.get(cloud.resource);
    if (known !== undefined) return known;
    let fetchGrant: FetchAzureGrant | undefined;
    const held = new HeldGrant(async () => {
      const source = findAzureSource(this.#settings, cloud);
      try {
        fetchGrant ??= (this.#options.open ?? (await import('./azure-grants.ts')).openAzureGrants)(
          source,
          cloud.resource,
        );
        return await within(this.#options.limitMs ?? 15_000, fetchGrant(), entraTooSlow);
      } catch (error) {
        throw azureFailure(error, source);
      }
    }, this.#options);
    this.#tokens.set(cloud.resource, held);
    return held;
  }
}

/** A token goes to Azure, and to whatever the user has put into Azure's place by its name. */
function needsToken({ provider, server, baseUrl, apiKey }: Target): boolean {
  return provider === 'openai' && apiKey === undefined && (server ?? serverAt(baseUrl)) === 'azure';
}
