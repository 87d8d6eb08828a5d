import type { AzureConfig, Config, OpenrouterConfig, UpstreamConfig } from './config.ts';
import type { Written } from './load.ts';
import type { Settings } from './schema.ts';
import {
  baseUrlVariableOf,
  keyVariableOf,
  placeOf,
  type ServerName,
  type ServerVariable,
  serverAt,
  serverNamed,
  serverNames,
} from './servers.ts';
import { openaiBaseUrl, secret } from './setting-kinds.ts';

/** A key and an address for each server that has a name. */
export const serverVariables: readonly ServerVariable[] = serverNames.flatMap((name) => [
  keyVariableOf(name),
  baseUrlVariableOf(name),
]);

type Servers = Config['upstreams']['servers'];

export interface ServerSettings {
  readonly servers: Servers;
  /** Each reads on after the variable's name. */
  readonly problems: readonly { readonly variable: string; readonly message: string }[];
}

/**
 * The named servers that are set up: by a key, by an address, or, those on the user's own machine, by being named in a
 * setting. The last holds only where `OPENAI_BASE_URL` is not set, whose server may have such names for its own models.
 */
export function readServers(written: Written): ServerSettings {
  const servers: Partial<Record<ServerName, UpstreamConfig>> = {};
  const problems: { variable: string; message: string }[] = [];
  function read<T>(variable: ServerVariable, kind: Kind<T>): T | undefined {
    const text = written.get(variable);
    const result = text === undefined ? undefined : kind.safeParse(text);
    if (result?.success === false) {
      problems.push({ variable, message: result.error.issues[0]?.message ?? 'cannot be used' });
    }
    return result?.data;
  }
  const named = namedServers(written);
  for (const name of serverNames) {
    const apiKey = read(keyVariableOf(name), secret);
    const told = read(baseUrlVariableOf(name), openaiBaseUrl);
    if (apiKey === undefined && told === undefined && !named.has(name)) continue;
    const baseUrl = told === undefined ? placeOf(name).baseUrl : callableAddress(told, name);
    // A key for Azure may stand in the environment for other programs: without an address it sets nothing up.
    if (baseUrl !== undefined) servers[name] = { apiKey, baseUrl };
  }
  return { servers, problems: [...problems, ...missing(written, servers)] };
}

interface Kind<T> {
  safeParse(
    text: string,
  ):
    | { success: true; data: T; error?: undefined }
    | { success: false; data?: undefined; error: { issues: readonly { message: string }[] } };
}

const modelVariables = ['BIG_MODEL', 'SMALL_MODEL', 'OPUS_MODEL', 'SONNET_MODEL', 'HAIKU_MODEL'] as const;

function namedServers(written: Written): ReadonlySet<ServerName> {
  const named = new Set<ServerName>();
  const preferred = preferredOf(written);
  if (preferred !== undefined && placeOf(preferred).local) named.add(preferred);
  if (written.has('OPENAI_BASE_URL')) return named;
  for (const variable of modelVariables) {
    const [prefix = '', model] = (written.get(variable) ?? '').split('/', 2);
    const server = serverNamed(prefix);
    if (server !== undefined && model && placeOf(server).local) named.add(server);
  }
  return named;
}

function preferredOf(written: Written): ServerName | undefined {
  return serverNamed(written.get('PREFERRED_PROVIDER') ?? '');
}

/** What a preferred server or a profile cannot do without. */
function missing(written: Written, servers: Servers): ServerSettings['problems'] {
  const problems: { variable: string; message: string }[] = [];
  const need = (variable: string, why: string) => problems.push({ variable, message: `is not set, and ${why}` });
  const profile = serverNamed(written.get('OPENAI_PROFILE') ?? '');
  const hasAddress = profile === undefined || placeOf(profile).baseUrl !== undefined || servers[profile] !== undefined;
  if (!hasAddress && !written.has('OPENAI_BASE_URL')) need('OPENAI_BASE_URL', `OPENAI_PROFILE=${profile} needs it`);

  const preferred = preferredOf(written);
  if (preferred === undefined) return problems;
  const { title, baseUrl, local, example } = placeOf(preferred);
  const why = `PREFERRED_PROVIDER=${preferred} needs it`;
  if (servers[preferred] === undefined) {
    if (baseUrl === undefined) need(baseUrlVariableOf(preferred), why);
    else need(keyVariableOf(preferred), why);
  }
  // What a local server has, the proxy can ask for.
  if (!local && !written.has('BIG_MODEL')) {
    need('BIG_MODEL', `${why}: write a model that ${title} has, such as BIG_MODEL=${example}`);
  }
  return problems;
}

/**
 * An address as it can be called. Azure shows its endpoints without a path: theirs is the v1 API or, with an
 * `api-version`, that of each deployment, for which `{model}` stands. Other programs write those of local servers
 * without the `/v1` that all of them have.
 */
export function callableAddress(baseUrl: string, server: ServerName | undefined = serverAt(baseUrl)): string {
  const [address = '', query] = baseUrl.split('?', 2);
  if (server === 'azure') {
    const endpoint = /^https?:\/\/[^/]+(?=(?:\/openai)?$)/.exec(address)?.[0];
    if (endpoint === undefined) return baseUrl;
    return query === undefined ? `${endpoint}/openai/v1` : `${endpoint}/openai/deployments/{model}?${query}`;
  }
  const isBare = server !== undefined && placeOf(server).local && /^https?:\/\/[^/]+$/.test(baseUrl);
  return isBare ? `${baseUrl}/v1` : baseUrl;
}

/** Where names without a server go: to `OPENAI_BASE_URL`, else to the usual place of the server of `OPENAI_PROFILE`. */
export function openaiUpstream(settings: Settings, written: Written, servers: Servers): UpstreamConfig {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_PROFILE: profile } = settings;
  if (written.has('OPENAI_BASE_URL')) return { apiKey, baseUrl: callableAddress(baseUrl) };
  const server = serverNamed(profile);
  const own = server === undefined ? undefined : servers[server];
  const place = server === undefined ? undefined : placeOf(server).baseUrl;
  return { apiKey: own?.apiKey ?? apiKey, baseUrl: own?.baseUrl ?? place ?? baseUrl };
}

/** Any of these says where models are to come from. */
const choices = [
  ...modelVariables,
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_PROFILE',
  'GEMINI_API_KEY',
  'ANTHROPIC_API_KEY',
  'PREFERRED_PROVIDER',
  'USE_VERTEX_AUTH',
  ...serverVariables,
] as const;

/** Whose models are to be asked for at the start: those of a preferred local server, or of any where nothing is set. */
export function serverToLookFor(written: Written): Config['lookFor'] {
  const preferred = preferredOf(written);
  const smallIsSet = written.has('SMALL_MODEL');
  if (preferred !== undefined) {
    return placeOf(preferred).local && !written.has('BIG_MODEL') ? { at: preferred, smallIsSet } : undefined;
  }
  return choices.some((name) => written.has(name)) ? undefined : { at: 'any local server', smallIsSet };
}

export function azureConfig(settings: Settings): AzureConfig {
  return {
    deployments: settings.AZURE_DEPLOYMENTS ?? new Map(),
    entra: {
      tenant: settings.AZURE_TENANT_ID,
      client: settings.AZURE_CLIENT_ID,
      clientSecret: settings.AZURE_CLIENT_SECRET,
      federatedTokenFile: settings.AZURE_FEDERATED_TOKEN_FILE,
      authorityHost: settings.AZURE_AUTHORITY_HOST,
    },
  };
}

export function openrouterConfig(settings: Settings): OpenrouterConfig {
  return {
    provider: settings.OPENROUTER_PROVIDER,
    siteUrl: settings.OPENROUTER_SITE_URL,
    appName: settings.OPENROUTER_APP_NAME,
  };
}
