import type { Config } from '../config/config.ts';
import { baseUrlVariableOf, hostOf, placeOf } from '../config/servers.ts';
import { type FoundServer, findLocalServer, usualPlaces } from '../upstream/find-local-server.ts';
import type { LocalPlace } from '../upstream/local-models.ts';

/** Long enough for a busy machine. Where nobody listens, the system says so at once. */
const limitMs = 700;

export type Looked =
  | {
      readonly config: Config;
      readonly warnings: readonly string[];
      /** What answered; undefined: nobody, or nobody was asked. */
      readonly found: FoundServer | undefined;
    }
  | { readonly problem: string };

/**
 * The configuration with the models of a server on this machine, where none are set: of the preferred one or, where
 * nothing at all is set, of the first that answers. A start that names its models asks nobody.
 */
export async function lookForModels(config: Config, places: readonly LocalPlace[] = usualPlaces()): Promise<Looked> {
  const { lookFor } = config;
  if (lookFor === undefined) return { config, warnings: [], found: undefined };
  if (lookFor.at === 'any local server') {
    const found = await findLocalServer(places, limitMs);
    if (found !== undefined) return { config: using(found, config), warnings: warningsOf(found), found };
    const asked = places.map(({ server, baseUrl }) => `${placeOf(server).title} ${hostOf(baseUrl)}`).join(', ');
    const warning = `no key is set, and no server on this machine has models for the proxy (looked for ${asked})`;
    return { config, warnings: [warning], found: undefined };
  }
  const upstream = config.upstreams.servers[lookFor.at];
  const found = upstream && (await findLocalServer([{ server: lookFor.at, ...upstream }], limitMs));
  if (found !== undefined) return { config: using(found, config), warnings: warningsOf(found), found };
  const { title, example } = placeOf(lookFor.at);
  return {
    problem: `BIG_MODEL is not set, and ${title} at ${upstream?.baseUrl ?? baseUrlVariableOf(lookFor.at)} tells of no model: start it with one, or write which one is meant, such as BIG_MODEL=${example}`,
  };
}

function using({ server, baseUrl, apiKey, big, small }: FoundServer, config: Config): Config {
  const { upstreams, models } = config;
  return {
    ...config,
    preferredServer: server,
    upstreams: { ...upstreams, servers: { ...upstreams.servers, [server]: { baseUrl, apiKey } } },
    models: {
      ...models,
      big: `${server}/${big.id}`,
      small: config.lookFor?.smallIsSet ? models.small : `${server}/${small.id}`,
    },
  };
}

function warningsOf({ big }: FoundServer): readonly string[] {
  return big.tools === false ? [`${big.id} cannot call tools, and Claude Code can do nothing without them`] : [];
}
