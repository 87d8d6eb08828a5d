// The one description of everything that can be set. Defaults, checks, docs/config.md, .env.example and `--help` all
// come from here.
import { z } from 'zod';
import { openaiApiSettings, serverProfiles, webSearchSettings } from './config.ts';
import { serverNames } from './servers.ts';
import {
  baseUrl,
  entraName,
  flag,
  foreign,
  headerText,
  host,
  jsonObject,
  locationName,
  modelName,
  modelsByName,
  oneOf,
  openaiBaseUrl,
  port,
  projectName,
  searxngUrl,
  secret,
  serverProfile,
} from './setting-kinds.ts';

/** What a person needs to know of a variable. */
export interface VariableNotes {
  readonly group:
    | 'Keys'
    | 'Models'
    | 'Upstream hosts'
    | 'Servers by name'
    | 'Vertex AI'
    | 'The web'
    | 'Listening'
    | 'Behaviour';
  readonly description: string;
  readonly example: string;
  /** What an unset variable is taken as, in the words a person would write. */
  readonly default?: string;
  /** Where the default is no fixed text. */
  readonly defaultNote?: string;
  readonly secret?: boolean;
}

const notes = z.registry<VariableNotes>();

type SettingNotes = VariableNotes & { readonly default?: undefined };

/** Without a default the variable may be left out; its default goes through the same checks as what a person writes. */
function setting<S extends z.ZodType<unknown, string>>(schema: S, of: SettingNotes): z.ZodOptional<S>;
function setting<S extends z.ZodType<unknown, string>>(
  schema: S,
  of: VariableNotes & { readonly default: z.input<S> },
): z.ZodPrefault<S>;
function setting(schema: z.ZodType<unknown, string>, of: VariableNotes): z.ZodType {
  return (of.default === undefined ? schema.optional() : z.prefault(schema, of.default)).register(notes, of);
}

export const settingsSchema = z.object({
  OPENAI_API_KEY: setting(secret, {
    group: 'Keys',
    description: 'The key for OpenAI, or for the OpenAI-compatible server of `OPENAI_BASE_URL` if it wants one.',
    example: 'sk-…',
    secret: true,
  }),
  GEMINI_API_KEY: setting(secret, {
    group: 'Keys',
    description: 'The key for Google Gemini, from AI Studio.',
    example: 'AIza…',
    secret: true,
  }),
  ANTHROPIC_API_KEY: setting(secret, {
    group: 'Keys',
    description:
      'The key for Anthropic. Without it, the key or login that the client sends goes there: Claude Code with a subscription needs none here.',
    example: 'sk-ant-…',
    secret: true,
  }),
  PROXY_API_KEY: setting(secret, {
    group: 'Keys',
    description:
      'When set, clients must send it, as `x-api-key` or as a bearer token. Must be set when `HOST` is not this machine alone.',
    example: 'a-long-random-text',
    secret: true,
  }),

  PREFERRED_PROVIDER: setting(
    oneOf(
      ['openai', 'google', 'anthropic', ...serverNames],
      `write openai (also for the server of OPENAI_BASE_URL), google, anthropic, or a server by its name: ${serverNames.join(', ')}`,
    ),
    {
      group: 'Models',
      description:
        'Where model names go that name no provider: `openai` (also the server of `OPENAI_BASE_URL`), `google`, `anthropic`, or one of the servers by name below. With `anthropic`, Claude names go through as they are and `BIG_MODEL` and `SMALL_MODEL` are ignored.',
      example: 'openai',
      default: 'openai',
    },
  ),
  BIG_MODEL: setting(modelName, {
    group: 'Models',
    description:
      'What opus, sonnet and unknown `claude-*` names become. May name its provider: `openai/…`, `gemini/…`, `vertex/…`, `anthropic/…`, or a server: `groq/…`.',
    example: 'gpt-4.1',
    defaultNote: '`gpt-4.1`; `gemini-2.5-pro` with `google`; with a server, what it offers if it is local',
  }),
  SMALL_MODEL: setting(modelName, {
    group: 'Models',
    description: 'What haiku becomes.',
    example: 'gpt-4.1-mini',
    defaultNote: '`gpt-4.1-mini`; `gemini-2.5-flash` with `google`; `BIG_MODEL` with a server',
  }),
  OPUS_MODEL: setting(modelName, {
    group: 'Models',
    description: 'What opus becomes, where it should differ from `BIG_MODEL`.',
    example: 'gpt-5.2',
    defaultNote: '`BIG_MODEL`',
  }),
  SONNET_MODEL: setting(modelName, {
    group: 'Models',
    description: 'What sonnet becomes, where it should differ from `BIG_MODEL`.',
    example: 'gpt-4.1',
    defaultNote: '`BIG_MODEL`',
  }),
  HAIKU_MODEL: setting(modelName, {
    group: 'Models',
    description: 'What haiku becomes, where it should differ from `SMALL_MODEL`.',
    example: 'gpt-4.1-nano',
    defaultNote: '`SMALL_MODEL`',
  }),
  MODEL_OVERRIDES: setting(foreign, {
    group: 'Models',
    description:
      'What you know of models and the proxy does not: limits, abilities, prices, or which known model an alias stands for. JSON by name or beginning of a name, or the path of a file that holds it; docs/models.md names the properties.',
    example: '{"qwen3*":{"contextWindow":32768}}',
  }),

  OPENAI_BASE_URL: setting(openaiBaseUrl, {
    group: 'Upstream hosts',
    description:
      'OpenAI or any server that speaks its Chat Completions API: OpenRouter, DeepSeek, Groq, Ollama, LM Studio, vLLM, or Azure (`https://….openai.azure.com/openai/v1`, or an address of one deployment with its `?api-version=…`).',
    example: 'http://localhost:11434/v1',
    default: 'https://api.openai.com/v1',
  }),
  OPENAI_API: setting(oneOf(openaiApiSettings), {
    group: 'Upstream hosts',
    description:
      'Which of OpenAI’s two APIs is called: `chat` (Chat Completions), `responses`, or `auto`: Responses for reasoning models and for web search on OpenAI, Azure and xAI, Chat Completions for everything else. A model that exists only on Responses is called there whatever is set.',
    example: 'responses',
    default: 'auto',
  }),
  OPENAI_PROFILE: setting(serverProfile, {
    group: 'Upstream hosts',
    description: `How the server behind \`OPENAI_BASE_URL\` differs from others (names of parameters, reasoning fields, limits). \`auto\` guesses from host and port; set it when the server stands behind a gateway or on another port, \`openai\` for a gateway to OpenAI itself. Where \`OPENAI_BASE_URL\` is not set, the server is called where it usually is. One of ${serverProfiles.map((name) => `\`${name}\``).join(', ')}.`,
    example: 'vllm',
    default: 'auto',
  }),
  GEMINI_BASE_URL: setting(baseUrl, {
    group: 'Upstream hosts',
    description: 'Another host for the Gemini API.',
    example: 'https://generativelanguage.googleapis.com',
    default: 'https://generativelanguage.googleapis.com',
  }),
  ANTHROPIC_UPSTREAM_URL: setting(baseUrl, {
    group: 'Upstream hosts',
    description:
      'Another host for Anthropic. Not called `ANTHROPIC_BASE_URL`, because that variable points clients at this proxy.',
    example: 'https://api.anthropic.com',
    default: 'https://api.anthropic.com',
  }),

  AZURE_DEPLOYMENTS: setting(modelsByName, {
    group: 'Servers by name',
    description:
      "Which model of OpenAI's stands behind a deployment of Azure, where its name does not say so: what is known of that model then holds for the deployment.",
    example: 'my-gpt5=gpt-5.2,small=gpt-5-mini',
  }),
  AZURE_TENANT_ID: setting(entraName, {
    group: 'Servers by name',
    description: 'The Entra tenant that a token for Azure is asked of, where no key is set.',
    example: '00000000-0000-0000-0000-000000000000',
  }),
  AZURE_CLIENT_ID: setting(entraName, {
    group: 'Servers by name',
    description: 'The application that asks, or the user-assigned managed identity.',
    example: '00000000-0000-0000-0000-000000000000',
    defaultNote: "the machine's own identity",
  }),
  AZURE_CLIENT_SECRET: setting(secret, {
    group: 'Servers by name',
    description: 'The secret of that application.',
    example: 'its-secret',
    secret: true,
  }),
  AZURE_FEDERATED_TOKEN_FILE: setting(foreign, {
    group: 'Servers by name',
    description: 'A file with a token of another issuer that the application trusts, as Kubernetes writes it.',
    example: '/var/run/secrets/azure/tokens/azure-identity-token',
  }),
  AZURE_AUTHORITY_HOST: setting(baseUrl, {
    group: 'Servers by name',
    description: 'Where Entra is asked.',
    example: 'https://login.microsoftonline.us',
    defaultNote: 'the login host of the cloud that `AZURE_BASE_URL` is in',
  }),
  OPENROUTER_PROVIDER: setting(jsonObject, {
    group: 'Servers by name',
    description:
      "OpenRouter's `provider` object for every request: which of the vendors behind a model may answer, and in which order.",
    example: '{"order":["anthropic"],"allow_fallbacks":false}',
  }),
  OPENROUTER_SITE_URL: setting(headerText, {
    group: 'Servers by name',
    description: 'Tells OpenRouter whose requests these are (`HTTP-Referer`).',
    example: 'https://example.com',
  }),
  OPENROUTER_APP_NAME: setting(headerText, {
    group: 'Servers by name',
    description: 'The name that OpenRouter shows for them (`X-Title`).',
    example: 'my-proxy',
  }),

  USE_VERTEX_AUTH: setting(flag, {
    group: 'Vertex AI',
    description:
      'Reach Gemini models through Vertex AI with Application Default Credentials instead of a key. `gemini/…` still names AI Studio, and `vertex/…` Vertex AI.',
    example: 'true',
    default: 'false',
  }),
  VERTEX_PROJECT: setting(projectName, {
    group: 'Vertex AI',
    description:
      'The Google Cloud project. The account of the credentials needs the role `roles/aiplatform.user` in it.',
    example: 'my-project-123',
    defaultNote: "`GOOGLE_CLOUD_PROJECT`, else the credentials' own",
  }),
  VERTEX_LOCATION: setting(locationName, {
    group: 'Vertex AI',
    description:
      'The location: `global`, a multi-region (`us`, `eu`) or a region. The newest models are not offered in single regions.',
    example: 'europe-west4',
    default: 'global',
  }),
  VERTEX_BASE_URL: setting(baseUrl, {
    group: 'Vertex AI',
    description: 'Another host for Vertex AI. It receives the access token.',
    example: 'https://europe-west4-aiplatform.googleapis.com',
    defaultNote: 'the host of `VERTEX_LOCATION`',
  }),
  GOOGLE_APPLICATION_CREDENTIALS: setting(foreign, {
    group: 'Vertex AI',
    description:
      'The path of a credential file: a service account key, a gcloud login, workload identity federation or an impersonated service account. Only a file of your own: it may name addresses and programs to call.',
    example: '/home/me/keys/proxy.json',
    defaultNote: "gcloud's own file (`gcloud auth application-default login`), else the metadata server",
  }),
  GOOGLE_CLOUD_PROJECT: setting(foreign, {
    group: 'Vertex AI',
    description: "The project, under the name that Google's own tools read.",
    example: 'my-project-123',
    defaultNote: '`GCLOUD_PROJECT`',
  }),
  GCLOUD_PROJECT: setting(foreign, {
    group: 'Vertex AI',
    description: 'The same under its older name.',
    example: 'my-project-123',
  }),
  GOOGLE_CLOUD_QUOTA_PROJECT: setting(foreign, {
    group: 'Vertex AI',
    description: 'The project whose quota the calls use (`x-goog-user-project`).',
    example: 'my-billing-project',
    defaultNote: "the credential file's `quota_project_id`",
  }),
  CLOUDSDK_CONFIG: setting(foreign, {
    group: 'Vertex AI',
    description: 'The directory of gcloud, where its `application_default_credentials.json` is looked for.',
    example: '/home/me/.config/gcloud',
    defaultNote: '`~/.config/gcloud`, on Windows `%APPDATA%\\gcloud`',
  }),

  WEB_SEARCH: setting(oneOf(webSearchSettings), {
    group: 'The web',
    description:
      'The service that searches the web for models whose vendor does not. `auto` takes the first that is set up here, in the order `tavily`, `brave`, `exa`, `searxng`; `off` none (docs/web-tools.md).',
    example: 'brave',
    default: 'auto',
  }),
  TAVILY_API_KEY: setting(secret, {
    group: 'The web',
    description: 'The key for Tavily.',
    example: 'tvly-…',
    secret: true,
  }),
  BRAVE_API_KEY: setting(secret, {
    group: 'The web',
    description: 'The key for the Brave Search API.',
    example: 'BSA…',
    secret: true,
  }),
  EXA_API_KEY: setting(secret, { group: 'The web', description: 'The key for Exa.', example: '1a2b…', secret: true }),
  SEARXNG_URL: setting(searxngUrl, {
    group: 'The web',
    description: 'A SearXNG server, without `/search`. Its `settings.yml` must have `json` among `search.formats`.',
    example: 'http://localhost:8888',
  }),
  WEB_FETCH: setting(flag, {
    group: 'The web',
    description:
      'Fetch pages for models whose vendor does not, from public addresses of the internet only (docs/decisions/fetching-pages.md).',
    example: 'false',
    default: 'true',
  }),

  HOST: setting(host, {
    group: 'Listening',
    description:
      'The address to listen on. `0.0.0.0` or `::` lets other machines in; then `PROXY_API_KEY` must be set.',
    example: '0.0.0.0',
    default: '127.0.0.1',
  }),
  PORT: setting(port, {
    group: 'Listening',
    description: 'The port to listen on; `0` takes any free one.',
    example: '8082',
    default: '8082',
  }),
  ALLOW_UNAUTHENTICATED: setting(flag, {
    group: 'Listening',
    description: 'Lets other machines in without any key. Whoever reaches the port can then spend your money.',
    example: 'true',
    default: 'false',
  }),

  STRICT: setting(flag, {
    group: 'Behaviour',
    description:
      'Refuse a request where part of it cannot reach the model, instead of listing the loss in `x-proxy-loss` and the log. Claude Code names an effort in every request, so it then needs a model that takes one, such as `gpt-5.2`.',
    example: 'true',
    default: 'false',
  }),
  REPAIR_TOOL_CALLS: setting(oneOf(['auto', 'on', 'off']), {
    group: 'Behaviour',
    description:
      'Whether calls of tools are repaired that a model on an OpenAI-compatible server has not got right (docs/weak-models.md): `auto` for servers on your own machine and for models that are weak or unknown, `on` for every such server, `off` for none.',
    example: 'off',
    default: 'auto',
  }),
  LOG_LEVEL: setting(oneOf(['debug', 'info', 'warn', 'error']), {
    group: 'Behaviour',
    description: 'The least important lines to print: `debug`, `info`, `warn` or `error`.',
    example: 'debug',
    default: 'info',
  }),
  LOG_FORMAT: setting(oneOf(['pretty', 'json']), {
    group: 'Behaviour',
    description: 'One line to read (`pretty`) or one JSON object (`json`) for each request.',
    example: 'json',
    defaultNote: '`pretty` on a terminal, else `json`',
  }),
});

export type Settings = z.output<typeof settingsSchema>;
export type VariableName = keyof Settings;

export const variableNames = settingsSchema.keyof().options;

/** The notes of one variable. */
export function notesOf(name: VariableName): VariableNotes {
  const found = notes.get(settingsSchema.shape[name]);
  if (found === undefined) throw new Error(`${name} has no notes`);
  return found;
}
