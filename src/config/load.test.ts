import { describe, expect, test } from 'bun:test';
import type { Config } from './config.ts';
import { type ConfigSource, loadConfig } from './load.ts';
import { variableNames } from './schema.ts';
import { serverNames } from './servers.ts';

type Env = Readonly<Record<string, string>>;

function load(source: Partial<ConfigSource>): { config: Config; warnings: readonly string[] } {
  const loaded = loadConfig({ env: {}, ...source });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded;
}

function problemsOf(env: Env, dotenv = ''): readonly string[] {
  const loaded = loadConfig({ env, dotenv });
  return 'problems' in loaded ? loaded.problems : [];
}

test('nothing set gives the documented defaults', () => {
  const { config, warnings } = load({});
  expect(config).toEqual({
    host: '127.0.0.1',
    port: 8082,
    proxyApiKey: undefined,
    preferredProvider: 'openai',
    preferredServer: undefined,
    models: { big: 'gpt-4.1', small: 'gpt-4.1-mini', opus: undefined, sonnet: undefined, haiku: undefined },
    modelOverrides: [],
    upstreams: {
      openai: { apiKey: undefined, baseUrl: 'https://api.openai.com/v1', api: 'auto', profile: 'auto' },
      gemini: { apiKey: undefined, baseUrl: 'https://generativelanguage.googleapis.com' },
      vertex: {
        apiKey: undefined,
        baseUrl: 'https://aiplatform.googleapis.com',
        enabled: false,
        project: undefined,
        location: 'global',
        credentials: { file: undefined, gcloudDirectory: undefined, quotaProject: undefined },
      },
      anthropic: { apiKey: undefined, baseUrl: 'https://api.anthropic.com' },
      servers: {},
    },
    azure: {
      deployments: new Map(),
      entra: {
        tenant: undefined,
        client: undefined,
        clientSecret: undefined,
        federatedTokenFile: undefined,
        authorityHost: undefined,
      },
    },
    openrouter: { provider: undefined, siteUrl: undefined, appName: undefined },
    lookFor: { at: 'any local server', smallIsSet: false },
    web: { search: undefined, fetch: true },
    log: { level: 'info', format: 'json' },
    repairToolCalls: 'auto',
    strict: false,
  });
  expect(warnings).toEqual([]);
});

function searchOf({ web }: Config): string {
  if (web.search === undefined) return 'none';
  return `${web.search.service} ${'apiKey' in web.search ? web.search.apiKey.reveal() : web.search.baseUrl}`;
}

describe('what a value becomes', () => {
  const cases: readonly [env: Env, read: (config: Config) => unknown, expected: unknown][] = [
    [{ PREFERRED_PROVIDER: 'google' }, (c) => [c.models.big, c.models.small], ['gemini-2.5-pro', 'gemini-2.5-flash']],
    [{ PREFERRED_PROVIDER: 'Google' }, (c) => c.preferredProvider, 'google'],
    [
      { BIG_MODEL: 'o3', SMALL_MODEL: 'openai/o4-mini' },
      (c) => [c.models.big, c.models.small],
      ['o3', 'openai/o4-mini'],
    ],
    [
      { OPUS_MODEL: 'a', SONNET_MODEL: 'b', HAIKU_MODEL: 'c' },
      (c) => Object.values(c.models).slice(2),
      ['a', 'b', 'c'],
    ],
    [{ PORT: '0' }, (c) => c.port, 0],
    [{ PORT: '65535' }, (c) => c.port, 65535],
    [{ PORT: ' 9000 ' }, (c) => c.port, 9000],
    [{ PORT: '' }, (c) => c.port, 8082],
    [{ HOST: 'localhost' }, (c) => c.host, 'localhost'],
    [{ HOST: '[::1]' }, (c) => c.host, '::1'],
    [{ STRICT: 'true' }, (c) => c.strict, true],
    [{ STRICT: '1' }, (c) => c.strict, true],
    [{ STRICT: 'YES' }, (c) => c.strict, true],
    [{ STRICT: 'false' }, (c) => c.strict, false],
    [{ STRICT: '0' }, (c) => c.strict, false],
    [{ STRICT: 'no' }, (c) => c.strict, false],
    [
      { OPENAI_BASE_URL: 'http://localhost:11434/v1//' },
      (c) => c.upstreams.openai.baseUrl,
      'http://localhost:11434/v1',
    ],
    [
      { OPENAI_BASE_URL: 'https://me.openai.azure.com/openai/deployments/gpt/?api-version=2024-10-21' },
      (c) => c.upstreams.openai.baseUrl,
      'https://me.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21',
    ],
    [{ GEMINI_BASE_URL: 'https://gemini.test/' }, (c) => c.upstreams.gemini.baseUrl, 'https://gemini.test'],
    [{ ANTHROPIC_UPSTREAM_URL: 'https://a.test/x/' }, (c) => c.upstreams.anthropic.baseUrl, 'https://a.test/x'],
    [{ OPENAI_API: 'chat' }, (c) => c.upstreams.openai.api, 'chat'],
    [{ OPENAI_API_KEY: ' sk-1 ' }, (c) => c.upstreams.openai.apiKey?.reveal(), 'sk-1'],
    [{ GEMINI_API_KEY: 'g' }, (c) => c.upstreams.gemini.apiKey?.reveal(), 'g'],
    [{ ANTHROPIC_API_KEY: 'a' }, (c) => c.upstreams.anthropic.apiKey?.reveal(), 'a'],
    [{ PROXY_API_KEY: 'p', HOST: '0.0.0.0' }, (c) => [c.proxyApiKey?.reveal(), c.host], ['p', '0.0.0.0']],
    [{ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'true' }, (c) => c.host, '0.0.0.0'],
    [{ USE_VERTEX_AUTH: 'true', VERTEX_PROJECT: 'p-1' }, (c) => c.upstreams.vertex.project, 'p-1'],
    [{ VERTEX_PROJECT: 'p-1', GOOGLE_CLOUD_PROJECT: 'p-2' }, (c) => c.upstreams.vertex.project, 'p-1'],
    [{ GOOGLE_CLOUD_PROJECT: 'p-2', GCLOUD_PROJECT: 'p-3' }, (c) => c.upstreams.vertex.project, 'p-2'],
    [{ GCLOUD_PROJECT: 'p-3' }, (c) => c.upstreams.vertex.project, 'p-3'],
    [
      { GOOGLE_APPLICATION_CREDENTIALS: '/k.json', CLOUDSDK_CONFIG: '/g', GOOGLE_CLOUD_QUOTA_PROJECT: 'q' },
      (c) => c.upstreams.vertex.credentials,
      { file: '/k.json', gcloudDirectory: '/g', quotaProject: 'q' },
    ],
    [
      { VERTEX_LOCATION: 'europe-west4' },
      (c) => c.upstreams.vertex.baseUrl,
      'https://europe-west4-aiplatform.googleapis.com',
    ],
    [{ VERTEX_LOCATION: 'eu' }, (c) => c.upstreams.vertex.baseUrl, 'https://aiplatform.eu.rep.googleapis.com'],
    [{ VERTEX_LOCATION: 'eu', VERTEX_BASE_URL: 'http://v.test' }, (c) => c.upstreams.vertex.baseUrl, 'http://v.test'],
    [{ WEB_FETCH: 'off' }, (c) => c.web.fetch, false],
    [{ REPAIR_TOOL_CALLS: 'Off' }, (c) => c.repairToolCalls, 'off'],
    [{ TAVILY_API_KEY: 'tvly-1' }, searchOf, 'tavily tvly-1'],
    [{ BRAVE_API_KEY: 'b', EXA_API_KEY: 'e' }, searchOf, 'brave b'],
    [{ EXA_API_KEY: 'e', SEARXNG_URL: 'http://s.test' }, searchOf, 'exa e'],
    [{ SEARXNG_URL: 'http://s.test/search/' }, searchOf, 'searxng http://s.test'],
    [{ WEB_SEARCH: 'searxng', EXA_API_KEY: 'e', SEARXNG_URL: 'http://s.test/x/' }, searchOf, 'searxng http://s.test/x'],
    [{ WEB_SEARCH: 'off', EXA_API_KEY: 'e' }, searchOf, 'none'],
    [{ WEB_SEARCH: 'AUTO' }, searchOf, 'none'],
    [{ LOG_LEVEL: 'DEBUG', LOG_FORMAT: 'pretty' }, (c) => c.log, { level: 'debug', format: 'pretty' }],
  ];
  test.each(cases)('%j', (env, read, expected) => {
    expect(read(load({ env }).config)).toEqual(expected);
  });
});

test('the log is pretty where a person reads it, unless LOG_FORMAT says otherwise', () => {
  expect(load({ terminal: true }).config.log.format).toBe('pretty');
  expect(load({ terminal: false }).config.log.format).toBe('json');
  expect(load({ terminal: true, env: { LOG_FORMAT: 'json' } }).config.log.format).toBe('json');
});

test('the environment wins over .env, and an empty variable does not count as set', () => {
  const dotenv = 'BIG_MODEL=from-file\nSMALL_MODEL=from-file\nPORT=1';
  const { models, port } = load({ env: { BIG_MODEL: 'from-env', SMALL_MODEL: '' }, dotenv }).config;
  expect([models.big, models.small, port]).toEqual(['from-env', 'from-file', 1]);
});

describe('what is refused, with one line that says what to write', () => {
  const cases: readonly [env: Env, expected: string][] = [
    [
      { PREFERRED_PROVIDER: 'bedrock' },
      `PREFERRED_PROVIDER is "bedrock": write openai (also for the server of OPENAI_BASE_URL), google, anthropic, or a server by its name: ${serverNames.join(', ')}`,
    ],
    [{ PORT: '80x' }, 'PORT is "80x": write a whole number from 0 to 65535 (0: any free port)'],
    [{ PORT: '65536' }, 'PORT is "65536": write a whole number from 0 to 65535 (0: any free port)'],
    [{ PORT: '-1' }, 'PORT is "-1": write a whole number from 0 to 65535 (0: any free port)'],
    [{ STRICT: 'maybe' }, 'STRICT is "maybe": write true or false'],
    [{ OPENAI_API: 'completions' }, 'OPENAI_API is "completions": write auto, chat or responses'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud": write debug, info, warn or error'],
    [{ LOG_FORMAT: 'xml' }, 'LOG_FORMAT is "xml": write pretty or json'],
    [
      { OPENAI_BASE_URL: 'localhost:11434/v1' },
      'OPENAI_BASE_URL is "localhost:11434/v1": write a URL that begins with http:// or https://',
    ],
    [{ OPENAI_BASE_URL: 'ollama' }, 'OPENAI_BASE_URL is "ollama": write a whole URL with http:// or https://'],
    [
      { OPENAI_BASE_URL: 'https://me:sk-secret@h.test/v1' },
      'OPENAI_BASE_URL holds a user name or password: take it out, keys have variables of their own',
    ],
    [
      { OPENAI_BASE_URL: 'https://h.test/v1?key=sk-secret' },
      'OPENAI_BASE_URL holds a ? or # part: write the URL without it',
    ],
    [
      { GEMINI_BASE_URL: 'https://h.test/?api-version=1' },
      'GEMINI_BASE_URL holds a ? or # part: write the URL without it',
    ],
    [
      { OPENAI_BASE_URL: 'https://h.test/v1/chat/completions' },
      'OPENAI_BASE_URL ends in /chat/completions: leave that out, the proxy adds it',
    ],
    [
      { OPENAI_API_KEY: 'Bearer sk-secret' },
      'OPENAI_API_KEY holds a space, a line break or a character no key has: paste the key alone',
    ],
    [{ BIG_MODEL: 'gpt 4.1' }, 'BIG_MODEL is "gpt 4.1": write one model name, without spaces and commas'],
    [{ BIG_MODEL: 'sk-secret,2' }, 'BIG_MODEL is something else: write one model name, without spaces and commas'],
    [{ SMALL_MODEL: 'openai/' }, 'SMALL_MODEL is "openai/": the model is missing after the slash'],
    [
      { HOST: 'http://127.0.0.1' },
      'HOST is "http://127.0.0.1": write an address of this machine without scheme and port, such as 127.0.0.1',
    ],
    [
      { VERTEX_LOCATION: 'evil.test/x' },
      'VERTEX_LOCATION is "evil.test/x": write it as Google Cloud shows it, in small letters, digits and hyphens',
    ],
    [
      { VERTEX_LOCATION: 'evil.test:443' },
      'VERTEX_LOCATION is "evil.test:443": write it as Google Cloud shows it, in small letters, digits and hyphens',
    ],
    [{ WEB_SEARCH: 'google' }, 'WEB_SEARCH is "google": write auto, off, tavily, brave, exa or searxng'],
    [
      { WEB_SEARCH: 'Exa', BRAVE_API_KEY: 'b' },
      'WEB_SEARCH is exa, but EXA_API_KEY is not set: set it, or WEB_SEARCH=off',
    ],
    [
      { HOST: '0.0.0.0' },
      'PROXY_API_KEY is not set, but HOST=0.0.0.0 lets other machines in: set PROXY_API_KEY to a long random text, or HOST=127.0.0.1 (ALLOW_UNAUTHENTICATED=true lets everybody in)',
    ],
  ];
  test.each(cases)('%j', (env, expected) => {
    expect(problemsOf(env)).toEqual([expected]);
  });

  test.each(['::', '192.168.1.4', 'my-laptop', '127.0.0.1.example.com'])('%s without a PROXY_API_KEY', (host) => {
    expect(problemsOf({ HOST: host })[0]).toStartWith('PROXY_API_KEY is not set');
    expect(problemsOf({ HOST: host, PROXY_API_KEY: '' })).toHaveLength(1);
    expect(problemsOf({ HOST: host, PROXY_API_KEY: 'k' })).toEqual([]);
  });

  test('all problems at once, those of .env with their line', () => {
    const problems = problemsOf({ PORT: 'x', STRICT: 'y' }, 'nonsense\nSTRICT=z\nLOG_LEVEL=loud\nHOST=0.0.0.0');
    expect(problems.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '.env:1: this',
      'PORT is',
      'STRICT is',
      '.env:3: LOG_LEVEL',
      'PROXY_API_KEY is',
    ]);
  });

  test('a value is shown on one line and cut when long', () => {
    expect(problemsOf({ STRICT: `a\n\u001b[31m${'x'.repeat(500)}` })).toEqual([
      `STRICT is "a\\n\\u001b[31m${'x'.repeat(53)}…": write true or false`,
    ]);
  });
});

describe('names that seem meant for us but set nothing', () => {
  const fromFile: readonly [line: string, expected: string[]][] = [
    ['BIGMODEL=x', ['.env:1: BIGMODEL is not read here: did you mean BIG_MODEL?']],
    ['PREFERED_PROVIDER=x', ['.env:1: PREFERED_PROVIDER is not read here: did you mean PREFERRED_PROVIDER?']],
    ['OPENAI_APIKEY=x', ['.env:1: OPENAI_APIKEY is not read here: did you mean OPENAI_API_KEY?']],
    ['openai_api_key=x', ['.env:1: openai_api_key is not read here: did you mean OPENAI_API_KEY?']],
    ['port=x', ['.env:1: port is not read here: did you mean PORT?']],
    ['OPENAI_API_BASE=x', ['.env:1: OPENAI_API_BASE is not read here: did you mean OPENAI_BASE_URL?']],
    ['ANTHROPIC_BASE_URL=x', ['.env:1: ANTHROPIC_BASE_URL is not read here: did you mean ANTHROPIC_UPSTREAM_URL?']],
    ['OPENAI_ORGANISATION=x', ['.env:1: OPENAI_ORGANISATION is not read here: docs/config.md lists what is']],
    ['GROQ_APIKEY=x', ['.env:1: GROQ_APIKEY is not read here: did you mean GROQ_API_KEY?']],
    ['BRAVE_KEY=x', ['.env:1: BRAVE_KEY is not read here: did you mean BRAVE_API_KEY?']],
    ['VLLM_URL=x', ['.env:1: VLLM_URL is not read here: did you mean VLLM_BASE_URL?']],
    ['LMSTUDIO_MODEL=x', ['.env:1: LMSTUDIO_MODEL is not read here: docs/config.md lists what is']],
    ['DATABASE_URL=x', []],
  ];
  test.each(fromFile)('in .env: %s', (dotenv, expected) => {
    expect(load({ dotenv }).warnings).toEqual(expected);
  });

  const fromEnvironment: readonly [name: string, expected: string[]][] = [
    ['BIGMODEL', ['BIGMODEL is not read here: did you mean BIG_MODEL?']],
    ['OPENAI_API_KEYS', ['OPENAI_API_KEYS is not read here: did you mean OPENAI_API_KEY?']],
    ['ANTHROPIC_BASE_URL', []],
    ['GROQ_APIKEY', ['GROQ_APIKEY is not read here: did you mean GROQ_API_KEY?']],
    ['BRAVE_KEY', []],
    ['OPENAI_ORGANISATION', []],
    ['HOSTNAME', []],
    ['SPORT', []],
    ['PATH', []],
    ['LOGNAME', []],
  ];
  test.each(fromEnvironment)('in the environment: %s', (name, expected) => {
    expect(load({ env: { [name]: 'x' } }).warnings).toEqual(expected);
  });
});

describe('what is allowed but worth a word', () => {
  const cases: readonly [env: Env, expected: string][] = [
    [
      { HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'yes' },
      'ALLOW_UNAUTHENTICATED: whoever can reach 0.0.0.0 on port 8082 can use your provider keys',
    ],
    [
      { PREFERRED_PROVIDER: 'anthropic', BIG_MODEL: 'x' },
      'BIG_MODEL is ignored with PREFERRED_PROVIDER=anthropic: Claude names go through as they are',
    ],
    [
      { OPENAI_API_KEY: 'k', BIG_MODEL: 'grok/llama-4' },
      'grok/llama-4 goes to OpenAI, for no server is called grok: did you mean groq/llama-4?',
    ],
    [
      { OPENAI_API_KEY: 'k', SMALL_MODEL: 'google/gemini-2.5-flash' },
      'google/gemini-2.5-flash goes to OpenAI, for no server is called google: did you mean gemini/gemini-2.5-flash?',
    ],
    [
      { OPENAI_API_KEY: 'k', BIG_MODEL: 'perplexity/sonar' },
      'perplexity/sonar goes to OpenAI, for no server is called perplexity: docs/providers.md lists the servers',
    ],
    [{ OPENAI_API_KEY: 'k', GROQ_API_KEY: 'your-groq-key' }, 'GROQ_API_KEY looks like a placeholder, not like a key'],
    [
      { OPENAI_BASE_URL: 'http://localhost:4000', BIG_MODEL: 'a', SMALL_MODEL: 'b' },
      'OPENAI_BASE_URL has no path; most servers answer under /v1: OPENAI_BASE_URL=http://localhost:4000/v1',
    ],
    [
      { OPENAI_BASE_URL: 'http://localhost:1234/v1' },
      "BIG_MODEL and SMALL_MODEL not set: the server of OPENAI_BASE_URL is asked for OpenAI's own models",
    ],
    [
      { OPENAI_BASE_URL: 'http://localhost:1234/v1', HAIKU_MODEL: 'a' },
      "BIG_MODEL not set: the server of OPENAI_BASE_URL is asked for OpenAI's own models",
    ],
    [
      { USE_VERTEX_AUTH: 'true', GEMINI_API_KEY: 'g' },
      'GEMINI_API_KEY is used for gemini/… names only: USE_VERTEX_AUTH sends Gemini models to Vertex AI',
    ],
    [
      { PREFERRED_PROVIDER: 'google' },
      'PREFERRED_PROVIDER=google has no credentials: set GEMINI_API_KEY, or USE_VERTEX_AUTH=true for Vertex AI',
    ],
    [
      { VERTEX_PROJECT: 'p', VERTEX_LOCATION: 'eu' },
      'VERTEX_PROJECT is for vertex/… names only: USE_VERTEX_AUTH=true sends all Gemini models to Vertex AI',
    ],
    [
      { USE_VERTEX_AUTH: 'true', VERTEX_LOCATION: 'europe-west4', BIG_MODEL: 'gemini-3-pro-preview' },
      'VERTEX_LOCATION=europe-west4 is a single region, where Google does not offer gemini-3-pro-preview: use global, us or eu',
    ],
    [{ OPENAI_API_KEY: 'sk-...' }, 'OPENAI_API_KEY looks like a placeholder, not like a key'],
    [{ OPENAI_API_KEY: 'your-key-here' }, 'OPENAI_API_KEY looks like a placeholder, not like a key'],
  ];
  test.each(cases)('%j', (env, expected) => {
    expect(load({ env }).warnings).toEqual([expected]);
  });
});

describe('settings of Google that go together', () => {
  const cases: readonly Env[] = [
    { PREFERRED_PROVIDER: 'google', GEMINI_API_KEY: 'g' },
    { PREFERRED_PROVIDER: 'google', USE_VERTEX_AUTH: 'true', VERTEX_PROJECT: 'p' },
    { PREFERRED_PROVIDER: 'google', GEMINI_BASE_URL: 'http://localhost:1' },
    { BIG_MODEL: 'vertex/gemini-2.5-pro', VERTEX_PROJECT: 'p', VERTEX_LOCATION: 'europe-west4' },
    { USE_VERTEX_AUTH: 'true', VERTEX_LOCATION: 'eu', BIG_MODEL: 'gemini-3-pro-preview' },
    { USE_VERTEX_AUTH: 'true', VERTEX_LOCATION: 'europe-west4', BIG_MODEL: 'gemini-2.5-flash-preview-05-20' },
    // Set for other programs: never a reason not to start.
    { GOOGLE_APPLICATION_CREDENTIALS: '{"type":"service_account"}', GOOGLE_CLOUD_PROJECT: 'No project!' },
  ];
  test.each(cases)('%j', (env) => {
    expect(load({ env }).warnings).toEqual([]);
  });
});

test('no key can be read from a printed or serialised configuration', () => {
  const env = Object.fromEntries(
    variableNames.filter((name) => name.endsWith('_KEY')).map((name) => [name, 'sk-secret']),
  );
  const { config } = load({ env });
  expect(config.upstreams.openai.apiKey?.reveal()).toBe('sk-secret');
  expect(Bun.inspect(config) + JSON.stringify(config) + String(config.proxyApiKey)).not.toContain('sk-secret');
});

test('what is known of models may be given as JSON or as a file, and what is wrong in it is told with its place', () => {
  const json = '{"qwen3*": {"contextWindow": 32768}}';
  const files: Readonly<Record<string, string>> = { 'models.json': json, 'bad.json': '{"qwen3*": {"images": "no"}}' };
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
  const read = (text: string) => loadConfig({ env: { MODEL_OVERRIDES: text }, readFile });
  const patternOf = (text: string) => {
    const loaded = read(text);
    return 'config' in loaded ? loaded.config.modelOverrides.map(({ pattern }) => pattern) : loaded.problems;
  };
  expect(patternOf(json)).toEqual(['qwen3*']);
  expect(patternOf('models.json')).toEqual(['qwen3*']);
  expect(patternOf('none.json')).toEqual([
    'MODEL_OVERRIDES is the path of a file that cannot be read (ENOENT): none.json',
  ]);
  expect(patternOf('[]')).toEqual(['MODEL_OVERRIDES is no JSON object: write {"model": {"contextWindow": 32768}}']);
  expect(patternOf('bad.json')).toEqual(['MODEL_OVERRIDES in bad.json "qwen3*".images: write true or false']);
  expect(patternOf('{"a":{"contextWindow":"32k"},"b":{"windows":1}}')).toEqual([
    'MODEL_OVERRIDES "a".contextWindow: write a whole number of tokens',
    expect.stringMatching(/^MODEL_OVERRIDES "b": there is no "windows", only like, contextWindow, /),
  ]);
  const dotenv = loadConfig({ env: {}, dotenv: 'PORT=8082\nMODEL_OVERRIDES={"a":1}\n' });
  expect(dotenv).toMatchObject({
    problems: ['.env:2: MODEL_OVERRIDES "a": write an object, such as {"contextWindow": 32768}'],
  });
});
