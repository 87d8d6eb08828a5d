import type { Config } from '../config/config.ts';
import { isOpenAiHost, placeOf, type ServerName, serverNamed } from '../config/servers.ts';

export interface NamedServer {
  readonly server: ServerName;
  readonly model: string;
}

/**
 * The server that a name begins with, and the model there. A server that is not set up has no name where the preferred
 * one may have models that are called so, as `deepseek/deepseek-chat` is one of OpenRouter's. The vendors have none: to
 * them the name can only mean the server, and what it lacks is told.
 */
export function serverInName(name: string, config: Config): NamedServer | undefined {
  const [, prefix = '', rest = ''] = /^(?:anthropic-)?([a-z]+)\/(.+)$/is.exec(name) ?? [];
  const server = serverNamed(prefix);
  if (server === undefined || (config.upstreams.servers[server] === undefined && !isVendor(config))) return undefined;
  return { server, model: placeOf(server).ownPrefix?.test(rest) === true ? `${server}/${rest}` : rest };
}

/** Whether names that tell nothing go to a vendor, none of whose models has a slash in its name. */
function isVendor({ preferredProvider, preferredServer, upstreams }: Config): boolean {
  return preferredProvider !== 'openai' || (preferredServer === undefined && isOpenAiHost(upstreams.openai.baseUrl));
}
