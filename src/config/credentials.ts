import type { Config, ProviderName } from './config.ts';
import { baseUrlVariableOf, keyVariableOf, placeOf, type ServerName, serverAt } from './servers.ts';

/** The variable that holds a provider's key; Vertex AI has credentials of its own kind. */
export const keyVariables = {
  openai: 'OPENAI_API_KEY',
  gemini: 'GEMINI_API_KEY',
  vertex: undefined,
  anthropic: 'ANTHROPIC_API_KEY',
} as const satisfies Record<ProviderName, string | undefined>;

const vendorHosts: Readonly<Record<ProviderName, RegExp>> = {
  openai: /^(?:[a-z-]+\.)?api\.openai\.com$/,
  gemini: /^generativelanguage\.googleapis\.com$/,
  vertex: /aiplatform\.googleapis\.com$/,
  anthropic: /^api\.anthropic\.com$/,
};

/** What of a target decides whether something is missing. */
interface Called {
  readonly provider: ProviderName;
  readonly server?: ServerName;
}

/**
 * The variable to set before a target can answer. Only the vendor's own host is known to want a key: a server on this
 * machine usually wants none. To Anthropic the client's own key or login goes where none is set, to Azure a token.
 */
export function missingKey({ provider, server }: Called, config: Config): string | undefined {
  if (server !== undefined) return missingOf(server, config);
  if (provider === 'anthropic') return undefined;
  const variable = keyVariables[provider];
  const upstream = config.upstreams[provider];
  if (variable === undefined || upstream.apiKey !== undefined) return undefined;
  return vendorHosts[provider].test(new URL(upstream.baseUrl).hostname) ? variable : undefined;
}

function missingOf(server: ServerName, { upstreams }: Config): string | undefined {
  const { baseUrl, local } = placeOf(server);
  const upstream = upstreams.servers[server];
  if (upstream === undefined) return local || baseUrl === undefined ? baseUrlVariableOf(server) : keyVariableOf(server);
  const wantsKey = !local && server !== 'azure' && upstream.apiKey === undefined;
  return wantsKey && serverAt(upstream.baseUrl) === server ? keyVariableOf(server) : undefined;
}

/** The setting that holds the key of a target, for people. */
export function keyVariableFor({ provider, server }: Called): string {
  return server === undefined
    ? (keyVariables[provider] ?? "Google's Application Default Credentials")
    : keyVariableOf(server);
}

/** The setting that holds the address of a target, for people. */
export function baseUrlVariableFor({ provider, server }: Called): string {
  return server === undefined ? baseUrlVariables[provider] : baseUrlVariableOf(server);
}

const baseUrlVariables = {
  openai: 'OPENAI_BASE_URL',
  gemini: 'GEMINI_BASE_URL',
  vertex: 'VERTEX_BASE_URL',
  anthropic: 'ANTHROPIC_UPSTREAM_URL',
} as const satisfies Record<ProviderName, string>;
