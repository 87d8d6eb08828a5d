import type { ModelOverrides } from '../models/model-overrides.ts';
import type { Secret } from './secret.ts';
import { type ServerName, serverNames } from './servers.ts';

/** The prefix a model name carries; also the name of the place a request goes to. */
export const providerNames = ['openai', 'gemini', 'vertex', 'anthropic'] as const;
export type ProviderName = (typeof providerNames)[number];

/** What is known of how a server differs from others: of a named one, of OpenAI itself, or of none. `auto`: guessed. */
export const serverProfiles = ['auto', 'openai', ...serverNames, 'generic'] as const;
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

export interface AzureConfig {
  /** By the name of a deployment: OpenAI's own name of its model. */
  readonly deployments: ReadonlyMap<string, string>;
  /** Who asks Entra for a token where no key is set. */
  readonly entra: {
    readonly tenant: string | undefined;
    readonly client: string | undefined;
    readonly clientSecret: Secret | undefined;
    /** The path of a file that holds a token of another issuer (workload identity federation). */
    readonly federatedTokenFile: string | undefined;
    /** Another login host than the one of the cloud that the address is in. */
    readonly authorityHost: string | undefined;
  };
}

/** What every request to OpenRouter carries beside what is translated. */
export interface OpenrouterConfig {
  /** Its `provider` object: which of the vendors behind it may answer. */
  readonly provider: Readonly<Record<string, unknown>> | undefined;
  readonly siteUrl: string | undefined;
  readonly appName: string | undefined;
}

/** Everything that can be set, complete with defaults. Made once, at start, by `loadConfig`. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** When set, clients must send it. */
  readonly proxyApiKey: Secret | undefined;
  readonly preferredProvider: 'openai' | 'google' | 'anthropic';
  /** The named server that stands in OpenAI's place where OpenAI is preferred; undefined: `OPENAI_BASE_URL`. */
  readonly preferredServer: ServerName | undefined;
  /** Model names as the user wrote them or their defaults, with or without a provider prefix. */
  readonly models: {
    readonly big: string;
    readonly small: string;
    readonly opus: string | undefined;
    readonly sonnet: string | undefined;
    readonly haiku: string | undefined;
  };
  /** What the user knows of models; it wins over everything else that is known of them. */
  readonly modelOverrides: ModelOverrides;
  readonly upstreams: {
    readonly openai: UpstreamConfig & {
      readonly api: OpenaiApiSetting;
      readonly profile: ServerProfile;
    };
    readonly gemini: UpstreamConfig;
    readonly vertex: VertexConfig;
    readonly anthropic: UpstreamConfig;
    /** Those that are set up: only their names choose a server. */
    readonly servers: Readonly<Partial<Record<ServerName, UpstreamConfig>>>;
  };
  readonly azure: AzureConfig;
  readonly openrouter: OpenrouterConfig;
  /** Whose models are to be asked for when the proxy starts, because none are named; undefined: nobody's. */
  readonly lookFor:
    | { readonly at: 'any local server' | ServerName /** Only the big one is missing. */; readonly smallIsSet: boolean }
    | undefined;
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
  /** Whether models' calls of tools are repaired; `auto`: where they cannot be relied on. */
  readonly repairToolCalls: 'auto' | 'on' | 'off';
  /** Refuse a request, instead of listing the loss, where part of it cannot reach the upstream. */
  readonly strict: boolean;
}
