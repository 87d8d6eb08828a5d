import { describe, expect, test } from 'bun:test';
import type { Config } from './config.ts';
import { loadConfig } from './load.ts';

type Env = Readonly<Record<string, string>>;

function load(env: Env): Config {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** The servers that are set up: name, address, key. */
function serversOf(env: Env): string[] {
  const { servers } = load(env).upstreams;
  return Object.entries(servers).map(([name, { baseUrl, apiKey }]) => `${name} ${baseUrl} ${apiKey?.reveal() ?? '–'}`);
}

describe('which servers are set up', () => {
  const cases: readonly [env: Env, expected: readonly string[]][] = [
    [{}, []],
    [{ GROQ_API_KEY: 'gk' }, ['groq https://api.groq.com/openai/v1 gk']],
    [{ VLLM_BASE_URL: 'http://gpu:8000/v1/' }, ['vllm http://gpu:8000/v1 –']],
    [
      { DEEPSEEK_API_KEY: 'dk', DEEPSEEK_BASE_URL: 'https://gateway.example/deepseek' },
      ['deepseek https://gateway.example/deepseek dk'],
    ],
    [
      { OPENROUTER_API_KEY: 'ok', XAI_API_KEY: 'xk' },
      ['openrouter https://openrouter.ai/api/v1 ok', 'xai https://api.x.ai/v1 xk'],
    ],
    // Other programs write local addresses without the path.
    [{ OLLAMA_BASE_URL: 'http://localhost:11434' }, ['ollama http://localhost:11434/v1 –']],
    [{ GROQ_BASE_URL: 'https://gateway.example' }, ['groq https://gateway.example –']],
    // Named in a setting: on this machine that is enough, elsewhere a key is wanted.
    [{ BIG_MODEL: 'ollama/qwen3:8b' }, ['ollama http://127.0.0.1:11434/v1 –']],
    [{ HAIKU_MODEL: 'LMStudio/qwen3' }, ['lmstudio http://127.0.0.1:1234/v1 –']],
    [{ PREFERRED_PROVIDER: 'llamacpp' }, ['llamacpp http://127.0.0.1:8080/v1 –']],
    [{ BIG_MODEL: 'groq/llama' }, []],
    // The names of a gateway's own models may begin so.
    [{ BIG_MODEL: 'ollama/qwen3:8b', OPENAI_BASE_URL: 'http://gateway:4000/v1' }, []],
    [
      {
        BIG_MODEL: 'ollama/x',
        OPENAI_BASE_URL: 'http://gateway:4000/v1',
        OLLAMA_BASE_URL: 'http://localhost:11434/v1',
      },
      ['ollama http://localhost:11434/v1 –'],
    ],
    // A key that stands there for another program.
    [{ AZURE_API_KEY: 'ak' }, []],
  ];
  test.each(cases)('%j', (env, expected) => {
    expect(serversOf(env)).toEqual([...expected]);
  });
});

describe("Azure's address", () => {
  const cases: readonly [written: string, called: string][] = [
    ['https://me.openai.azure.com', 'https://me.openai.azure.com/openai/v1'],
    ['https://me.openai.azure.com/openai/', 'https://me.openai.azure.com/openai/v1'],
    ['https://me.openai.azure.com/openai/v1', 'https://me.openai.azure.com/openai/v1'],
    [
      'https://me.openai.azure.com?api-version=2024-10-21',
      'https://me.openai.azure.com/openai/deployments/{model}?api-version=2024-10-21',
    ],
    [
      'https://me.openai.azure.com/openai/deployments/d1?api-version=2024-10-21',
      'https://me.openai.azure.com/openai/deployments/d1?api-version=2024-10-21',
    ],
    ['https://me.services.ai.azure.com', 'https://me.services.ai.azure.com/openai/v1'],
  ];
  test.each(cases)('%s is called at %s', (written, called) => {
    expect(load({ AZURE_BASE_URL: written }).upstreams.servers.azure?.baseUrl).toBe(called);
    expect(load({ OPENAI_BASE_URL: written }).upstreams.openai.baseUrl).toBe(called);
  });
});

describe('where names without a server go', () => {
  const cases: readonly [env: Env, baseUrl: string, key: string | undefined][] = [
    [{ OPENAI_API_KEY: 'k' }, 'https://api.openai.com/v1', 'k'],
    [{ OPENAI_PROFILE: 'groq', OPENAI_API_KEY: 'k' }, 'https://api.groq.com/openai/v1', 'k'],
    [{ OPENAI_PROFILE: 'LM-Studio' }, 'http://127.0.0.1:1234/v1', undefined],
    // A server's own key is the better one, and it goes nowhere else.
    [{ OPENAI_PROFILE: 'groq', OPENAI_API_KEY: 'k', GROQ_API_KEY: 'gk' }, 'https://api.groq.com/openai/v1', 'gk'],
    [
      { OPENAI_PROFILE: 'groq', OPENAI_BASE_URL: 'https://gateway.example/v1', GROQ_API_KEY: 'gk' },
      'https://gateway.example/v1',
      undefined,
    ],
    [{ GROQ_API_KEY: 'gk' }, 'https://api.openai.com/v1', undefined],
  ];
  test.each(cases)('%j', (env, baseUrl, key) => {
    const { openai } = load(env).upstreams;
    expect([openai.baseUrl, openai.apiKey?.reveal()]).toEqual([baseUrl, key]);
  });
});

describe('what is refused', () => {
  const cases: readonly [env: Env, problem: string][] = [
    [{ PREFERRED_PROVIDER: 'groq', BIG_MODEL: 'x' }, 'GROQ_API_KEY is not set, and PREFERRED_PROVIDER=groq needs it'],
    [
      { PREFERRED_PROVIDER: 'groq', GROQ_API_KEY: 'gk' },
      'BIG_MODEL is not set, and PREFERRED_PROVIDER=groq needs it: write a model that Groq has, such as BIG_MODEL=openai/gpt-oss-120b',
    ],
    [
      { PREFERRED_PROVIDER: 'azure', BIG_MODEL: 'x' },
      'AZURE_BASE_URL is not set, and PREFERRED_PROVIDER=azure needs it',
    ],
    [{ OPENAI_PROFILE: 'azure' }, 'OPENAI_BASE_URL is not set, and OPENAI_PROFILE=azure needs it'],
    [
      { GROQ_API_KEY: 'two words' },
      'GROQ_API_KEY holds a space, a line break or a character no key has: paste the key alone',
    ],
    [{ VLLM_BASE_URL: 'gpu:8000' }, 'VLLM_BASE_URL is "gpu:8000": write a URL that begins with http:// or https://'],
    [
      { AZURE_DEPLOYMENTS: 'a=gpt-5.2,b' },
      'AZURE_DEPLOYMENTS holds "b": write pairs such as my-deployment=gpt-5.2, with commas between them',
    ],
    [
      { OPENROUTER_PROVIDER: '["anthropic"]' },
      'OPENROUTER_PROVIDER is no JSON object: write one on one line, in single quotes in .env',
    ],
  ];
  test.each(cases)('%j', (env, problem) => {
    const loaded = loadConfig({ env });
    expect('problems' in loaded ? loaded.problems : []).toEqual([problem]);
  });
});

test('a preferred server stands in the place of OpenAI, and its small model is its big one', () => {
  const config = load({ PREFERRED_PROVIDER: 'Groq', GROQ_API_KEY: 'gk', BIG_MODEL: 'openai/gpt-oss-120b' });
  expect(config).toMatchObject({ preferredProvider: 'openai', preferredServer: 'groq' });
  expect(config.models).toMatchObject({ big: 'openai/gpt-oss-120b', small: 'openai/gpt-oss-120b' });
});

describe('whose models are asked for at the start', () => {
  const cases: readonly [env: Env, lookFor: NonNullable<Config['lookFor']>['at'] | undefined][] = [
    [{}, 'any local server'],
    [{ PORT: '9000', LOG_LEVEL: 'debug', PROXY_API_KEY: 'k' }, 'any local server'],
    [{ PREFERRED_PROVIDER: 'ollama' }, 'ollama'],
    [{ PREFERRED_PROVIDER: 'ollama', BIG_MODEL: 'qwen3:8b' }, undefined],
    [{ OPENAI_API_KEY: 'k' }, undefined],
    [{ ANTHROPIC_API_KEY: 'k' }, undefined],
    [{ OPENAI_BASE_URL: 'http://localhost:11434/v1' }, undefined],
    [{ BIG_MODEL: 'gpt-4.1' }, undefined],
    [{ GROQ_API_KEY: 'k' }, undefined],
    [{ USE_VERTEX_AUTH: 'true' }, undefined],
  ];
  test.each(cases)('%j: %s', (env, lookFor) => {
    expect(load(env).lookFor?.at).toBe(lookFor);
  });
});

test('settings of Azure and of OpenRouter', () => {
  const config = load({
    AZURE_DEPLOYMENTS: 'big=gpt-5.2, small = gpt-5-mini',
    AZURE_TENANT_ID: 'tenant',
    AZURE_CLIENT_ID: 'client',
    AZURE_CLIENT_SECRET: 'a-secret',
    OPENROUTER_PROVIDER: '{"order":["anthropic"]}',
    OPENROUTER_APP_NAME: 'my proxy',
  });
  expect([...config.azure.deployments]).toEqual([
    ['big', 'gpt-5.2'],
    ['small', 'gpt-5-mini'],
  ]);
  expect(config.azure.entra).toMatchObject({ tenant: 'tenant', client: 'client' });
  expect(JSON.stringify(config)).not.toContain('a-secret');
  expect(config.openrouter).toEqual({ provider: { order: ['anthropic'] }, siteUrl: undefined, appName: 'my proxy' });
});

describe('what is probably not meant', () => {
  const router = { OPENAI_BASE_URL: 'https://openrouter.ai/api/v1', OPENAI_API_KEY: 'k', SMALL_MODEL: 'qwen/qwen3' };
  const cases: readonly [env: Env, warnings: readonly string[]][] = [
    [{ ...router, BIG_MODEL: 'qwen/qwen3-coder' }, []],
    [{ ...router, BIG_MODEL: 'deepseek/deepseek-chat' }, []],
    [{ ...router, BIG_MODEL: 'openai/anthropic/claude-sonnet-4.5' }, []],
    [
      { ...router, BIG_MODEL: 'anthropic/claude-sonnet-4.5' },
      [
        "anthropic/claude-sonnet-4.5 goes to anthropic itself: for OpenRouter's model of that name write openai/anthropic/claude-sonnet-4.5",
      ],
    ],
    [
      { ...router, BIG_MODEL: 'deepseek/deepseek-chat', DEEPSEEK_API_KEY: 'dk' },
      [
        "deepseek/deepseek-chat goes to deepseek itself: for OpenRouter's model of that name write openai/deepseek/deepseek-chat",
      ],
    ],
    [{ OPENAI_PROFILE: 'groq', OPENAI_API_KEY: 'k' }, ["BIG_MODEL is not set: Groq is asked for OpenAI's own models"]],
    [{ OPENAI_BASE_URL: 'http://localhost:11434', BIG_MODEL: 'a', SMALL_MODEL: 'a' }, []],
    [{ OPENAI_BASE_URL: 'https://me.openai.azure.com', BIG_MODEL: 'a', SMALL_MODEL: 'a' }, []],
  ];
  test.each(cases)('%j', (env, warnings) => {
    const loaded = loadConfig({ env });
    expect('warnings' in loaded ? loaded.warnings : loaded).toEqual([...warnings]);
  });
});
