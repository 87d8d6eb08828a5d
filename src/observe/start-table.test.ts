import { describe, expect, test } from 'bun:test';
import picocolors from 'picocolors';
import { loadConfig } from '../config/load.ts';
import { type StartFacts, startFields, startTable } from './start-table.ts';

const keys = { OPENAI_API_KEY: 'sk-openai-secret', PROXY_API_KEY: 'proxy-secret' };

function factsOf(env: Record<string, string>, more: Partial<StartFacts> = {}): StartFacts {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const { config, warnings } = loaded;
  const url = more.url ?? new URL(`http://${config.host}:${config.port}/`);
  return { version: '1.2.3', url, config, warnings, vertex: undefined, found: undefined, platform: 'linux', ...more };
}

function table(env: Record<string, string>, more: Partial<StartFacts> = {}): string {
  return startTable(factsOf(env, more), picocolors.createColors(false));
}

test('the whole table, as a newcomer with one key sees it', () => {
  expect(table({ OPENAI_API_KEY: 'sk-openai-secret' })).toBe(`
  claude-code-proxy 1.2.3   http://127.0.0.1:8082

  Opus          →  openai/gpt-4.1        BIG_MODEL
  Sonnet        →  openai/gpt-4.1        BIG_MODEL
  Haiku         →  openai/gpt-4.1-mini   SMALL_MODEL
  other Claude  →  openai/gpt-4.1        BIG_MODEL

  OPENAI_API_KEY      set
  GEMINI_API_KEY      not set
  ANTHROPIC_API_KEY   not set
  PROXY_API_KEY       not set: every program on this machine may use the proxy
  web search          only for models whose vendor has one: see docs/web-tools.md

  Start Claude Code in another terminal:

    ANTHROPIC_BASE_URL=http://127.0.0.1:8082 claude

    If it asks you to log in, add ANTHROPIC_AUTH_TOKEN=any-text in front of claude.

`);
});

describe('what the table says of a setting', () => {
  const cases: readonly [what: string, env: Record<string, string>, line: string][] = [
    ['a missing key', {}, '  OPENAI_API_KEY      missing: put OPENAI_API_KEY=… into .env and start again'],
    [
      'a key a local server does not need',
      { OPENAI_BASE_URL: 'http://localhost:1/v1' },
      '  OPENAI_API_KEY      not set',
    ],
    ['another host', { OPENAI_BASE_URL: 'http://localhost:1/v1' }, '  openai/…      at http://localhost:1/v1'],
    ['a search service', { BRAVE_API_KEY: 'b' }, '  web search          brave, for models whose vendor has none'],
    ['a finer model', { OPUS_MODEL: 'o3' }, '  Opus          →  openai/o3             OPUS_MODEL'],
    [
      'a model Google does not have',
      { PREFERRED_PROVIDER: 'google', BIG_MODEL: 'o3[1m]' },
      '  Opus          →  openai/o3                 BIG_MODEL     no Gemini model, so it goes to OpenAI',
    ],
    ['names that go through untouched', { PREFERRED_PROVIDER: 'anthropic' }, '  Opus          →  anthropic, as named'],
    [
      'the login of Claude Code',
      { PREFERRED_PROVIDER: 'anthropic' },
      '  ANTHROPIC_API_KEY   not set: the key or login of Claude Code itself goes to Anthropic',
    ],
    [
      'a missing key of Gemini',
      { PREFERRED_PROVIDER: 'google' },
      '  GEMINI_API_KEY      missing: put GEMINI_API_KEY=… into .env and start again',
    ],
    ['a warning', { BIGMODEL: 'x' }, '  ! BIGMODEL is not read here: did you mean BIG_MODEL?'],
    [
      'other machines let in',
      { ...keys, HOST: '0.0.0.0' },
      '  claude-code-proxy 1.2.3   http://0.0.0.0:8082   open to other machines',
    ],
  ];
  test.each(cases)('%s', (_, env, line) => {
    expect(table(env).split('\n')).toContain(line);
  });

  test('OpenAI is told as the side a model was moved to only where the user did not choose it', () => {
    expect(table({ PREFERRED_PROVIDER: 'google', BIG_MODEL: 'openai/o3' })).not.toContain('no Gemini model');
  });
});

describe('what the table says of Vertex AI', () => {
  const env = { USE_VERTEX_AUTH: 'true', PREFERRED_PROVIDER: 'google', VERTEX_LOCATION: 'eu' };
  const cases: readonly [what: string, vertex: StartFacts['vertex'], line: string][] = [
    [
      'a file',
      { found: 'gcloud login in /home/me/adc.json', project: 'p-1' },
      '  Vertex AI           project p-1, location eu; gcloud login in /home/me/adc.json',
    ],
    [
      'no file',
      { found: 'no credential file', project: undefined },
      '  Vertex AI           project of the credentials, location eu; no credential file',
    ],
    ['what is wrong', { problem: 'it is no file' }, '  Vertex AI           it is no file'],
  ];
  test.each(cases)('%s', (_, vertex, line) => {
    expect(table(env, { vertex }).split('\n')).toContain(line);
    expect(startFields(factsOf(env, { vertex }))).toMatchObject({ vertex: { location: 'eu', ...vertex } });
  });

  test('its host only where it is another than that of the location', () => {
    expect(table(env)).not.toContain('vertex/…');
    expect(table({ ...env, VERTEX_BASE_URL: 'http://localhost:1' })).toContain('vertex/…      at http://localhost:1');
  });

  test('nothing, where no model is there', () => {
    expect(table({})).not.toContain('Vertex');
    expect(startFields(factsOf({}))).not.toHaveProperty('vertex');
  });
});

test('who is served with his own login is not told to write any text in its place', () => {
  expect(table({ PREFERRED_PROVIDER: 'anthropic' })).not.toContain('ANTHROPIC_AUTH_TOKEN');
  expect(table({ PREFERRED_PROVIDER: 'anthropic', ANTHROPIC_API_KEY: 'k' })).toContain('ANTHROPIC_AUTH_TOKEN');
});

describe('the line to paste', () => {
  const cases: readonly [what: string, env: Record<string, string>, more: Partial<StartFacts>, line: string][] = [
    [
      'a port chosen by the system',
      {},
      { url: new URL('http://127.0.0.1:40001/') },
      'ANTHROPIC_BASE_URL=http://127.0.0.1:40001 claude',
    ],
    ['IPv6', { HOST: '::1' }, { url: new URL('http://[::1]:8082/') }, 'ANTHROPIC_BASE_URL=http://[::1]:8082 claude'],
    [
      'a proxy key, on all interfaces',
      { ...keys, HOST: '0.0.0.0' },
      {},
      "ANTHROPIC_BASE_URL=http://127.0.0.1:8082 ANTHROPIC_AUTH_TOKEN='<your PROXY_API_KEY>' claude",
    ],
    [
      'a model that reads less than Claude Code takes for granted',
      { BIG_MODEL: 'gpt-4o' },
      {},
      'ANTHROPIC_BASE_URL=http://127.0.0.1:8082 CLAUDE_CODE_AUTO_COMPACT_WINDOW=128000 claude',
    ],
    [
      'a small model’s window does not count',
      { HAIKU_MODEL: 'gpt-4o' },
      {},
      'ANTHROPIC_BASE_URL=http://127.0.0.1:8082 claude',
    ],
    ['a window nobody knows', { BIG_MODEL: 'my-llama' }, {}, 'ANTHROPIC_BASE_URL=http://127.0.0.1:8082 claude'],
    ['PowerShell', {}, { platform: 'win32' }, "$env:ANTHROPIC_BASE_URL='http://127.0.0.1:8082'; claude"],
  ];
  test.each(cases)('%s', (_, env, more, line) => {
    expect(table(env, more).split('\n')).toContain(`    ${line}`);
    expect(startFields(factsOf(env, more))).toMatchObject({ claudeCode: line });
  });
});

test('for machines: the same facts as fields', () => {
  expect(startFields(factsOf({ PROXY_API_KEY: 'proxy-secret', SMALL_MODEL: 'gemini-3' }))).toEqual({
    version: '1.2.3',
    url: 'http://127.0.0.1:8082',
    models: {
      Opus: 'openai/gpt-4.1',
      Sonnet: 'openai/gpt-4.1',
      Haiku: 'gemini/gemini-3',
      'other Claude': 'openai/gpt-4.1',
    },
    keys: { OPENAI_API_KEY: 'missing', GEMINI_API_KEY: 'missing', ANTHROPIC_API_KEY: 'not set', PROXY_API_KEY: 'set' },
    web: { search: 'off', fetch: true },
    claudeCode: "ANTHROPIC_BASE_URL=http://127.0.0.1:8082 ANTHROPIC_AUTH_TOKEN='<your PROXY_API_KEY>' claude",
  });
});

test('no part of a key is shown', () => {
  const shown = table(keys) + JSON.stringify(startFields(factsOf(keys)));
  expect(shown).not.toMatch(/sk-|openai-secret|proxy-secret/);
});

test('servers by name: where they are if that is not usual, and what is missing', () => {
  const env = { BIG_MODEL: 'groq/llama', SMALL_MODEL: 'ollama/qwen3', MISTRAL_API_KEY: 'k', OPENAI_API_KEY: 'k' };
  const text = table(env);
  expect(text).toContain('  Opus          →  groq/llama     BIG_MODEL\n');
  expect(text).toContain('  Haiku         →  ollama/qwen3   SMALL_MODEL\n');
  expect(text).toContain('  ollama/…      at http://127.0.0.1:11434/v1\n');
  expect(text).not.toContain('groq/…');
  expect(text).toContain('  GROQ_API_KEY        missing: put GROQ_API_KEY=… into .env and start again\n');
  expect(text).toContain('  MISTRAL_API_KEY     set\n');
  expect(text).not.toContain('DEEPSEEK');
  expect(startFields(factsOf(env))).toMatchObject({
    models: { Opus: 'groq/llama', Haiku: 'ollama/qwen3' },
    keys: { GROQ_API_KEY: 'missing', MISTRAL_API_KEY: 'set' },
  });
});

test('models that were found on this machine, and how to choose others', () => {
  const models = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => ({ id }));
  const found = { server: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1', models } as const;
  const text = table({ BIG_MODEL: 'ollama/a', SMALL_MODEL: 'ollama/a' }, { found });
  expect(text).toContain(
    '  No model is set, so those of Ollama at 127.0.0.1:11434 are used: a, b, c, d, e, f, and 2 more\n',
  );
  expect(text).toContain('put BIG_MODEL=ollama/… and SMALL_MODEL=ollama/… into .env');
  expect(startFields(factsOf({}, { found }))).toMatchObject({ found: { server: 'ollama' } });
});

test('the window that a server on this machine gives a model is the one to compact for', () => {
  const found = {
    server: 'ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    models: [{ id: 'a', window: 65_536 }],
  } as const;
  const text = table({ BIG_MODEL: 'ollama/a', SMALL_MODEL: 'ollama/a' }, { found });
  expect(text).toContain('CLAUDE_CODE_AUTO_COMPACT_WINDOW=65536 claude');
});
