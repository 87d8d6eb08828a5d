import type { Config } from '../config/config.ts';
import { AzureCredentials } from './azure-credentials.ts';
import type { Credentials } from './credentials.ts';
import { GoogleCredentials } from './google-credentials.ts';

/** Every vendor's credentials that are no fixed key; each knows its own targets. */
export function credentialsOf(config: Config, google: Credentials = new GoogleCredentials(config.upstreams.vertex)) {
  return together([google, new AzureCredentials(config.azure.entra)]);
}

/** One after another: a target belongs to one of them at most. */
export function together(all: readonly Credentials[]): Credentials {
  return {
    async complete(target, signal) {
      let completed = target;
      for (const credentials of all) completed = await credentials.complete(completed, signal);
      return completed;
    },
    async authorize(target, signal) {
      for (const credentials of all) {
        const authorization = await credentials.authorize(target, signal);
        if (authorization !== undefined) return authorization;
      }
      return undefined;
    },
  };
}
