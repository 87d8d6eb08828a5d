import type { Secret } from './secret.ts';

/** The prefix a model name carries; also the name of the place a request goes to. */
export const providerNames = ['openai', 'gemini', 'vertex', 'anthropic'] as const;
export type ProviderName = (typeof providerNames)[number];

/**
 * Servers whose Chat Completions differ in known ways, and `generic` for the rest. `auto` guesses from host and port.
 */
export const serverProfiles = [
  'auto',
  'openai',
  'azure',
  'openrouter',
  'deepseek',
  'groq',
  'xai',
  'mistral',
  'dashscope',
  'moonshot',
  'zai',
  'minimax',
  'ollama',
  'lm-studio',
  'vllm',
  'sglang',
  'generic',
] as const;
export type ServerProfile = (typeof serverProfiles)[number];

export const openaiApiSettings = ['auto', 'chat', 'responses'] as const;
export type OpenaiApiSetting = (typeof openaiApiSettings)[number];

export const searchServices = ['tavily', 'brave', 'exa', 'searxng'] as const;
export type SearchServiceName = (typeof searchServices)[number];
export const webSearchSettings = ['auto', 'off', ...searchServices] as const;

/** Which search service is asked, and with what. */
export type WebSearchConfig =
  | { readonly service: Exclude<SearchServiceName, 'searxng'>; readonly apiKey: Secret }
  | { readonly service: 'searxng'; readonly baseUrl: string };

export interface UpstreamConfig {
  readonly apiKey: Secret | undefined;
  /** Without a trailing slash, up to what the vendor's own SDK calls the base URL (`https://api.openai.com/v1`). */
  readonly baseUrl: string;
}

export interface VertexConfig extends UpstreamConfig {
  /** Whether Gemini models go here where their name does not say. */
  readonly enabled: boolean;
  /** The Google Cloud project; undefined: the credentials' own. */
  readonly project: string | undefined;
  readonly location: string;
  readonly credentials: {
    /** The path of a credential file; undefined: gcloud's own, or the metadata server. */
    readonly file: string | undefined;
    /** Where gcloud keeps its files; undefined: in its usual place. */
    readonly gcloudDirectory: string | undefined;
    /** The project that pays for the calls, where it is not the one the credentials name. */
    readonly quotaProject: string | undefined;
  };
}

/** Everything that can be set, complete with defaults. Made once, at start, by `loadConfig`. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** When set, clients must send it. */
  readonly proxyApiKey: Secret | undefined;
  readonly preferredProvider: 'openai' | 'google' | 'anthropic';
  /** Model names as the user wrote them or their defaults, with or without a provider prefix. */
  readonly models: {
    readonly big: string;
    readonly small: string;
    readonly opus: string | undefined;
    readonly sonnet: string | undefined;
    readonly haiku: string | undefined;
  };
  readonly upstreams: {
    readonly openai: UpstreamConfig & {
      readonly api: OpenaiApiSetting;
      readonly profile: ServerProfile;
    };
    readonly gemini: UpstreamConfig;
    readonly vertex: VertexConfig;
    readonly anthropic: UpstreamConfig;
  };
  /** What the proxy may do on the web for models whose vendor does it not. */
  readonly web: {
    /** Undefined: no search service is set up. */
    readonly search: WebSearchConfig | undefined;
    readonly fetch: boolean;
  };
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly format: 'pretty' | 'json';
  };
  /** Refuse a request, instead of listing the loss, where part of it cannot reach the upstream. */
  readonly strict: boolean;
}
