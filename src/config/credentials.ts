import type { Config, ProviderName } from './config.ts';

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

/**
 * The variable to set before a provider can answer. Only the vendor's own host is known to want a key: a server on
 * this machine usually wants none. To Anthropic the client's own key or login goes where none is set.
 */
export function missingKey(provider: ProviderName, config: Config): string | undefined {
  if (provider === 'anthropic') return undefined;
  const variable = keyVariables[provider];
  const upstream = config.upstreams[provider];
  if (variable === undefined || upstream.apiKey !== undefined) return undefined;
  return vendorHosts[provider].test(new URL(upstream.baseUrl).hostname) ? variable : undefined;
}
