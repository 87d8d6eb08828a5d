import { describe, expect, test } from 'bun:test';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { traitsOf } from '../models/model-traits.ts';
import { providerFor } from '../providers/registry.ts';
import { listedId, planTarget } from './plan-target.ts';
import { planTiers } from './plan-tiers.ts';

type Env = Readonly<Record<string, string>>;

function configOf(env: Env): Config {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** Who is called, with which model, where and with which key. */
function planned(model: string, env: Env): string {
  const { provider, server, model: named, baseUrl, apiKey } = planTarget(model, configOf(env));
  return [server ?? provider, named, new URL(baseUrl).host, apiKey?.reveal() ?? '–'].join(' ');
}

const groq = { GROQ_API_KEY: 'gk' };
const router = { OPENAI_BASE_URL: 'https://openrouter.ai/api/v1', OPENAI_API_KEY: 'ok' };

describe('a name that begins with a server', () => {
  const cases: readonly [model: string, env: Env, expected: string][] = [
    ['groq/llama-3.3-70b', groq, 'groq llama-3.3-70b api.groq.com gk'],
    ['GROQ/openai/gpt-oss-120b[1m]', groq, 'groq openai/gpt-oss-120b api.groq.com gk'],
    ['anthropic-groq/llama-3.3-70b', groq, 'groq llama-3.3-70b api.groq.com gk'],
    ['claude-opus-5', { ...groq, BIG_MODEL: 'groq/llama-3.3-70b' }, 'groq llama-3.3-70b api.groq.com gk'],
    ['claude-haiku-5', { ...groq, OPENAI_API_KEY: 'k' }, 'openai gpt-4.1-mini api.openai.com k'],
    ['claude-opus-5', { BIG_MODEL: 'ollama/qwen3:8b' }, 'ollama qwen3:8b 127.0.0.1:11434 –'],
    ['lmstudio/qwen/qwen3', { LMSTUDIO_BASE_URL: 'http://mac:1234/v1' }, 'lmstudio qwen/qwen3 mac:1234 –'],
    // Names of a server's own models that begin like the server.
    ['groq/compound-mini', groq, 'groq groq/compound-mini api.groq.com gk'],
    ['openrouter/auto', { OPENROUTER_API_KEY: 'rk' }, 'openrouter openrouter/auto openrouter.ai rk'],
    ['openrouter/openrouter/auto', { OPENROUTER_API_KEY: 'rk' }, 'openrouter openrouter/auto openrouter.ai rk'],
    ['openrouter/anthropic/claude-x', { OPENROUTER_API_KEY: 'rk' }, 'openrouter anthropic/claude-x openrouter.ai rk'],
    // What is not set up has no name at a server whose own models may be called so.
    ['deepseek/deepseek-chat', router, 'openai deepseek/deepseek-chat openrouter.ai ok'],
    ['openrouter/auto', router, 'openai openrouter/auto openrouter.ai ok'],
    ['deepseek/deepseek-chat', { ...router, DEEPSEEK_API_KEY: 'dk' }, 'deepseek deepseek-chat api.deepseek.com dk'],
    [
      'openai/deepseek/deepseek-chat',
      { ...router, DEEPSEEK_API_KEY: 'dk' },
      'openai deepseek/deepseek-chat openrouter.ai ok',
    ],
    ['qwen/qwen3', { ...groq, OPENAI_API_KEY: 'k' }, 'openai qwen/qwen3 api.openai.com k'],
  ];
  test.each(cases)('%s with %j', (model, env, expected) => {
    expect(planned(model, env)).toBe(expected);
  });
});

describe('a preferred server', () => {
  const ollama = { PREFERRED_PROVIDER: 'ollama', BIG_MODEL: 'gpt-oss:20b', OPENAI_API_KEY: 'k' };
  const cases: readonly [model: string, expected: string][] = [
    ['claude-opus-5', 'ollama gpt-oss:20b 127.0.0.1:11434 –'],
    ['claude-haiku-5', 'ollama gpt-oss:20b 127.0.0.1:11434 –'],
    ['gpt-oss:120b', 'ollama gpt-oss:120b 127.0.0.1:11434 –'],
    ['library/llama3', 'ollama library/llama3 127.0.0.1:11434 –'],
    ['openai/gpt-5', 'openai gpt-5 api.openai.com k'],
    ['gemini-2.5-pro', 'gemini gemini-2.5-pro generativelanguage.googleapis.com –'],
  ];
  test.each(cases)('%s', (model, expected) => {
    expect(planned(model, ollama)).toBe(expected);
  });
});

describe('a server that is not set up, where the name can mean nothing else', () => {
  const cases: readonly [model: string, env: Env, variable: string][] = [
    ['groq/llama', { OPENAI_API_KEY: 'k' }, 'GROQ_API_KEY'],
    ['groq/llama', { PREFERRED_PROVIDER: 'google' }, 'GROQ_API_KEY'],
    ['azure/my-gpt', { OPENAI_API_KEY: 'k' }, 'AZURE_BASE_URL'],
    // No caller may choose what on this machine is called.
    ['vllm/x', { OPENAI_API_KEY: 'k' }, 'VLLM_BASE_URL'],
    ['groq/llama', { GROQ_BASE_URL: 'https://api.groq.com/openai/v1' }, 'GROQ_API_KEY'],
  ];
  test.each(cases)('%s with %j', (model, env, variable) => {
    const config = configOf(env);
    const target = planTarget(model, config);
    expect(() => providerFor(target, config)).toThrow(ProxyError);
    expect(() => providerFor(target, config)).toThrow(`${variable} is not set, and ${model} needs it`);
  });

  test('does not keep the proxy from starting', () => {
    expect(planTiers(configOf({ BIG_MODEL: 'azure/my-gpt', OPENAI_API_KEY: 'k' }))[0]?.target.server).toBe('azure');
  });
});

test('a gateway in the place of a server needs no key that the proxy knows of', () => {
  const config = configOf({ GROQ_BASE_URL: 'http://gateway:4000/v1' });
  expect(() => providerFor(planTarget('groq/llama', config), config)).not.toThrow();
});

test('the id in the model list leads back to the server', () => {
  const config = configOf(groq);
  const target = planTarget('groq/openai/gpt-oss-120b', config);
  expect(listedId(target)).toBe('anthropic-groq/openai/gpt-oss-120b');
  expect(planTarget(listedId(target), config)).toEqual(target);
});

test("a deployment of Azure's is part of its dated address, whatever its name", () => {
  const config = configOf({ AZURE_BASE_URL: 'https://me.openai.azure.com?api-version=2024-10-21' });
  expect(planTarget('azure/team/../x?', config).baseUrl).toBe(
    'https://me.openai.azure.com/openai/deployments/team%2F..%2Fx%3F?api-version=2024-10-21',
  );
});

test("a deployment of Azure's is known by the model behind it", () => {
  const config = configOf({ AZURE_BASE_URL: 'https://me.openai.azure.com', AZURE_DEPLOYMENTS: 'team=gpt-5.2' });
  expect(traitsOf(planTarget('azure/team', config))).toEqual(traitsOf({ model: 'gpt-5.2' }));
  expect(traitsOf(planTarget('azure/other', config))).toEqual(traitsOf({ model: 'other' }));
});

test("OpenRouter's own settings go to OpenRouter, however it was set up, and to nobody else", () => {
  const wishes = { OPENROUTER_PROVIDER: '{"sort":"price"}', OPENROUTER_SITE_URL: 'https://example.com' };
  const extra = { body: { provider: { sort: 'price' } }, headers: { 'http-referer': 'https://example.com' } };
  expect(planTarget('openrouter/a/b', configOf({ ...wishes, OPENROUTER_API_KEY: 'rk' })).extra).toEqual(extra);
  expect(planTarget('a/b', configOf({ ...wishes, ...router })).extra).toEqual(extra);
  expect(planTarget('groq/x', configOf({ ...wishes, ...groq })).extra).toBeUndefined();
  expect(planTarget('gpt-4.1', configOf({ ...wishes, OPENAI_API_KEY: 'k' })).extra).toBeUndefined();
});
