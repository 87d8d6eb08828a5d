import { describe, expect, test } from 'bun:test';
import { loadConfig } from '../config/load.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { planTarget } from '../routing/plan-target.ts';
import { anthropic } from './anthropic/index.ts';
import { gemini } from './gemini/index.ts';
import { apiOf, type OpenaiApi } from './openai/api.ts';
import { providerFor } from './registry.ts';

function find(model: string, env: Record<string, string>) {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return providerFor(planTarget(model, loaded.config), loaded.config);
}

function refusalOf(model: string, env: Record<string, string>): ProxyError {
  try {
    find(model, env);
  } catch (error) {
    if (error instanceof ProxyError) return error;
  }
  throw new Error('was not refused');
}

const question = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] } as const;
const search = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] } as const;

const apis: readonly (readonly [string, object, Record<string, string>, OpenaiApi])[] = [
  ['gpt-4.1', {}, {}, 'chat'],
  ['gpt-4.1', search, {}, 'responses'],
  ['gpt-4.1', search, { OPENAI_API: 'chat' }, 'chat'],
  ['gpt-4.1', {}, { OPENAI_API: 'responses' }, 'responses'],
  ['gpt-5.2', {}, {}, 'responses'],
  ['gpt-5.2', {}, { OPENAI_API: 'chat' }, 'chat'],
  ['gpt-5.2', {}, { OPENAI_BASE_URL: 'http://localhost:9/v1' }, 'chat'],
];

test.each(apis)('%s with %o and %o is spoken to by %s', (model, extra, env, api) => {
  const loaded = loadConfig({ env: { OPENAI_API_KEY: 'k', ...env } });
  if ('problems' in loaded) throw new Error(loaded.problems.join());
  expect(apiOf({ ...question, ...extra }, planTarget(model, loaded.config), [])).toBe(api);
});

test('the Gemini API and Vertex AI speak one dialect', () => {
  expect(find('gemini/gemini-2.5-pro', { GEMINI_API_KEY: 'k' })).toBe(gemini);
  expect(find('vertex/gemini-2.5-pro', { VERTEX_PROJECT: 'p' })).toBe(gemini);
});

test('Anthropic is spoken to as it is, with a key or with what the client has', () => {
  expect(find('anthropic/claude-opus-5', { ANTHROPIC_API_KEY: 'k' })).toBe(anthropic);
  expect(find('anthropic/claude-opus-5', {})).toBe(anthropic);
});

describe('a missing key', () => {
  test('at OpenAI itself names the variable to set', () => {
    for (const env of [{}, { OPENAI_BASE_URL: 'https://eu.api.openai.com/v1' }]) {
      const refusal = refusalOf('gpt-4.1', env);
      expect(refusal.kind).toBe('credential-missing');
      expect(refusal.message).toStartWith('OPENAI_API_KEY is not set, and openai/gpt-4.1 needs it');
    }
  });

  test('at Gemini names its own variable', () => {
    const refusal = refusalOf('gemini/gemini-2.5-pro', {});
    expect(refusal.kind).toBe('credential-missing');
    expect(refusal.message).toStartWith('GEMINI_API_KEY is not set, and gemini/gemini-2.5-pro needs it');
  });

  test.each(['http://localhost:11434/v1', 'http://10.0.0.5:8000/v1', 'https://api.openai.com.example.test/v1'])(
    'is no trouble at %s, which may want none',
    (url) => {
      expect(find('gpt-4.1', { OPENAI_BASE_URL: url }).form).toBe('translated');
    },
  );
});
