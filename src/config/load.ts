import type { Config } from './config.ts';
import { type Dotenv, parseDotenv } from './dotenv.ts';
import { isLoopback } from './loopback.ts';
import { type ReadFile, readOverridesSetting } from './overrides-setting.ts';
import { type Settings, settingsSchema, type VariableName, variableNames } from './schema.ts';
import { chooseSearch, refuseSearchWithoutMeans } from './search-choice.ts';
import {
  azureConfig,
  openaiUpstream,
  openrouterConfig,
  readServers,
  type ServerSettings,
  serverToLookFor,
  serverVariables,
} from './server-settings.ts';
import { type ServerVariable, serverNamed } from './servers.ts';
import { warnOfUnknownNames } from './unknown-names.ts';
import { vertexHost } from './vertex-host.ts';
import { warnOfSettings } from './warn-of-settings.ts';

export interface ConfigSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of the `.env` file, where there is one. */
  readonly dotenv?: string;
  /** Whether a person reads the log as it is written. */
  readonly terminal?: boolean;
  /** For settings that may name a file. */
  readonly readFile?: ReadFile;
}

export type LoadedConfig =
  | { readonly config: Config; readonly warnings: readonly string[] }
  /** One line for each thing that is wrong, ready to print. */
  | { readonly problems: readonly string[] };

/** Everything that is set, checked at once. The environment wins over `.env`; an empty value is as good as none. */
export function loadConfig(source: ConfigSource): LoadedConfig {
  const file = parseDotenv(source.dotenv ?? '');
  const written = collect(source.env, file);
  const result = settingsSchema.safeParse(Object.fromEntries(written));

  const problems = [...file.problems];
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = String(issue.path[0]);
      problems.push(`${placeOf(name, source.env, file)} ${issue.message}`);
    }
  }
  const named = readServers(written);
  for (const { variable, message } of named.problems) {
    problems.push(`${placeOf(variable, source.env, file)} ${message}`);
  }
  // Checked on what was written, so that it is told together with the other problems.
  const open = refuseOpenDoor(written);
  if (open !== undefined) problems.push(open);
  const search = refuseSearchWithoutMeans(written);
  if (search !== undefined) problems.push(search);
  const overrides = readOverridesSetting(written.get('MODEL_OVERRIDES'), source.readFile);
  if ('problems' in overrides) {
    for (const problem of overrides.problems) {
      problems.push(`${placeOf('MODEL_OVERRIDES', source.env, file)} ${problem}`);
    }
    return { problems };
  }
  if (problems.length > 0 || !result.success) return { problems };

  const settings = result.data;
  const config = {
    ...assemble(settings, written, named.servers, source.terminal ?? false),
    modelOverrides: overrides.overrides,
  };
  const warnings = [...file.warnings, ...warnOfUnknownNames(source.env, file), ...warnOfSettings(settings, written)];
  return { config, warnings };
}

/** What is set, by the environment or by `.env`, as it was written. */
export type Written = ReadonlyMap<VariableName | ServerVariable, string>;

function collect(env: ConfigSource['env'], file: Dotenv): Written {
  const written = new Map<VariableName | ServerVariable, string>();
  for (const name of [...variableNames, ...serverVariables]) {
    const text = env[name]?.trim() || file.values.get(name)?.text.trim();
    if (text) written.set(name, text);
  }
  return written;
}

function placeOf(name: string, env: ConfigSource['env'], file: Dotenv): string {
  const line = env[name]?.trim() ? undefined : file.values.get(name)?.line;
  return line === undefined ? name : `.env:${line}: ${name}`;
}

function assemble(
  settings: Settings,
  written: Written,
  servers: ServerSettings['servers'],
  terminal: boolean,
): Omit<Config, 'modelOverrides'> {
  const { PREFERRED_PROVIDER: preferred } = settings;
  const preferredServer = serverNamed(preferred);
  const google = preferred === 'google';
  const usualSmall = google ? 'gemini-2.5-flash' : 'gpt-4.1-mini';
  return {
    host: settings.HOST,
    port: settings.PORT,
    proxyApiKey: settings.PROXY_API_KEY,
    preferredProvider: preferred === 'google' || preferred === 'anthropic' ? preferred : 'openai',
    preferredServer,
    models: {
      big: settings.BIG_MODEL ?? (google ? 'gemini-2.5-pro' : 'gpt-4.1'),
      small: settings.SMALL_MODEL ?? (preferredServer === undefined ? usualSmall : (settings.BIG_MODEL ?? usualSmall)),
      opus: settings.OPUS_MODEL,
      sonnet: settings.SONNET_MODEL,
      haiku: settings.HAIKU_MODEL,
    },
    upstreams: {
      openai: {
        ...openaiUpstream(settings, written, servers),
        api: settings.OPENAI_API,
        profile: settings.OPENAI_PROFILE,
      },
      gemini: { apiKey: settings.GEMINI_API_KEY, baseUrl: settings.GEMINI_BASE_URL },
      vertex: {
        apiKey: undefined,
        baseUrl: settings.VERTEX_BASE_URL ?? vertexHost(settings.VERTEX_LOCATION),
        enabled: settings.USE_VERTEX_AUTH,
        project: settings.VERTEX_PROJECT ?? settings.GOOGLE_CLOUD_PROJECT ?? settings.GCLOUD_PROJECT,
        location: settings.VERTEX_LOCATION,
        credentials: {
          file: settings.GOOGLE_APPLICATION_CREDENTIALS,
          gcloudDirectory: settings.CLOUDSDK_CONFIG,
          quotaProject: settings.GOOGLE_CLOUD_QUOTA_PROJECT,
        },
      },
      anthropic: { apiKey: settings.ANTHROPIC_API_KEY, baseUrl: settings.ANTHROPIC_UPSTREAM_URL },
      servers,
    },
    azure: azureConfig(settings),
    openrouter: openrouterConfig(settings),
    lookFor: serverToLookFor(written),
    web: { search: chooseSearch(settings), fetch: settings.WEB_FETCH },
    log: { level: settings.LOG_LEVEL, format: settings.LOG_FORMAT ?? (terminal ? 'pretty' : 'json') },
    repairToolCalls: settings.REPAIR_TOOL_CALLS,
    strict: settings.STRICT,
  };
}

function refuseOpenDoor(written: Written): string | undefined {
  const host = written.get('HOST')?.replace(/^\[(.*)\]$/, '$1') ?? '127.0.0.1';
  if (isLoopback(host) || written.has('PROXY_API_KEY')) return undefined;
  if (settingsSchema.shape.ALLOW_UNAUTHENTICATED.safeParse(written.get('ALLOW_UNAUTHENTICATED')).data === true) {
    return undefined;
  }
  if (!settingsSchema.shape.HOST.safeParse(host).success) return undefined;
  return `PROXY_API_KEY is not set, but HOST=${host} lets other machines in: set PROXY_API_KEY to a long random text, or HOST=127.0.0.1 (ALLOW_UNAUTHENTICATED=true lets everybody in)`;
}
