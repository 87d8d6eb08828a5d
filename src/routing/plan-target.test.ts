import { describe, expect, test } from 'bun:test';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { isRecognised, listedId, planTarget } from './plan-target.ts';

function configOf(env: Record<string, string> = {}): Config {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

function plan(model: string, env: Record<string, string> = {}): string {
  const target = planTarget(model, configOf(env));
  return `${target.provider}/${target.model} (${target.route})`;
}

describe('with the defaults', () => {
  const cases: readonly [model: string, expected: string][] = [
    ['claude-opus-5-5', 'openai/gpt-4.1 (opus → BIG_MODEL)'],
    ['claude-sonnet-4-5-20250929', 'openai/gpt-4.1 (sonnet → BIG_MODEL)'],
    ['claude-haiku-4-5', 'openai/gpt-4.1-mini (haiku → SMALL_MODEL)'],
    ['claude-3-5-haiku-20241022', 'openai/gpt-4.1-mini (haiku → SMALL_MODEL)'],
    ['claude-fable-7', 'openai/gpt-4.1 (other claude → BIG_MODEL)'],
    ['claude-2.1', 'openai/gpt-4.1 (other claude → BIG_MODEL)'],
    ['CLAUDE-OPUS-4', 'openai/gpt-4.1 (opus → BIG_MODEL)'],
    ['opus', 'openai/gpt-4.1 (opus → BIG_MODEL)'],
    ['sonnet', 'openai/gpt-4.1 (sonnet → BIG_MODEL)'],
    ['haiku', 'openai/gpt-4.1-mini (haiku → SMALL_MODEL)'],
    ['us.anthropic.claude-haiku-4-5-v1:0', 'openai/gpt-4.1-mini (haiku → SMALL_MODEL)'],
    ['claude-opus-4-8@20260101', 'openai/gpt-4.1 (opus → BIG_MODEL)'],

    ['claude-opus-5-5[1m]', 'openai/gpt-4.1 (opus → BIG_MODEL)'],
    ['gpt-4.1[1m]', 'openai/gpt-4.1 (as named)'],
    ['openai/gpt-4.1 [200k] ', 'openai/gpt-4.1 (as named)'],

    ['openai/gpt-4o', 'openai/gpt-4o (as named)'],
    ['openai/claude-haiku-4-5', 'openai/claude-haiku-4-5 (as named)'],
    ['openai/openai/gpt-4o', 'openai/openai/gpt-4o (as named)'],
    ['OpenAI/gpt-4o', 'openai/gpt-4o (as named)'],
    ['gemini/gemini-2.5-pro', 'gemini/gemini-2.5-pro (as named)'],
    ['vertex/gemini-2.5-pro', 'vertex/gemini-2.5-pro (as named)'],
    ['anthropic/claude-haiku-4-5', 'anthropic/claude-haiku-4-5 (as named)'],
    ['anthropic/openai/gpt-5', 'anthropic/openai/gpt-5 (as named)'],

    ['gpt-4o', 'openai/gpt-4o (as named)'],
    ['gpt-oss:20b', 'openai/gpt-oss:20b (as named)'],
    ['chatgpt-4o-latest', 'openai/chatgpt-4o-latest (as named)'],
    ['o1', 'openai/o1 (as named)'],
    ['o3-mini', 'openai/o3-mini (as named)'],
    ['o4-mini', 'openai/o4-mini (as named)'],
    ['o5', 'openai/o5 (as named)'],
    ['codex-mini-latest', 'openai/codex-mini-latest (as named)'],
    ['gemini-2.5-flash', 'gemini/gemini-2.5-flash (as named)'],

    ['llama3.3', 'openai/llama3.3 (as named, preferred provider)'],
    ['qwen/qwen3', 'openai/qwen/qwen3 (as named, preferred provider)'],
    ['deepseek-chat', 'openai/deepseek-chat (as named, preferred provider)'],
    ['claudette', 'openai/claudette (as named, preferred provider)'],
    ['google/gemini-2.5-pro', 'openai/google/gemini-2.5-pro (as named, preferred provider)'],
    ['o365-helper', 'openai/o365-helper (as named, preferred provider)'],

    ['anthropic-openai/gpt-4.1', 'openai/gpt-4.1 (as named)'],
    ['anthropic-openai/qwen/qwen3', 'openai/qwen/qwen3 (as named)'],
    ['anthropic-gemini/gemini-2.5-pro', 'gemini/gemini-2.5-pro (as named)'],
  ];
  test.each(cases)('%s goes to %s', (model, expected) => {
    expect(plan(model)).toBe(expected);
  });
});

describe('with settings', () => {
  const cases: readonly [model: string, env: Record<string, string>, expected: string][] = [
    ['claude-opus-5', { BIG_MODEL: 'gpt-5.2' }, 'openai/gpt-5.2 (opus → BIG_MODEL)'],
    ['claude-opus-5', { BIG_MODEL: 'openai/gpt-5.2' }, 'openai/gpt-5.2 (opus → BIG_MODEL)'],
    ['claude-opus-5', { BIG_MODEL: 'gpt-4.1[1m]' }, 'openai/gpt-4.1 (opus → BIG_MODEL)'],
    ['claude-opus-5', { BIG_MODEL: 'gemini/gemini-2.5-pro' }, 'gemini/gemini-2.5-pro (opus → BIG_MODEL)'],
    ['claude-opus-5', { BIG_MODEL: 'gemini-2.5-pro' }, 'gemini/gemini-2.5-pro (opus → BIG_MODEL)'],
    ['claude-opus-5', { BIG_MODEL: 'claude-opus-4-8' }, 'anthropic/claude-opus-4-8 (opus → BIG_MODEL)'],
    ['claude-opus-5', { BIG_MODEL: 'qwen3:32b' }, 'openai/qwen3:32b (opus → BIG_MODEL)'],
    ['claude-haiku-4-5', { SMALL_MODEL: 'vertex/gemini-2.5-flash' }, 'vertex/gemini-2.5-flash (haiku → SMALL_MODEL)'],
    ['claude-opus-5', { OPUS_MODEL: 'gpt-5.2' }, 'openai/gpt-5.2 (opus → OPUS_MODEL)'],
    ['claude-sonnet-5', { OPUS_MODEL: 'gpt-5.2' }, 'openai/gpt-4.1 (sonnet → BIG_MODEL)'],
    ['claude-sonnet-5', { SONNET_MODEL: 'gpt-5.1', BIG_MODEL: 'o3' }, 'openai/gpt-5.1 (sonnet → SONNET_MODEL)'],
    ['claude-haiku-5', { HAIKU_MODEL: 'gemini-2.5-flash' }, 'gemini/gemini-2.5-flash (haiku → HAIKU_MODEL)'],
    ['claude-mystery', { OPUS_MODEL: 'gpt-5.2', BIG_MODEL: 'o3' }, 'openai/o3 (other claude → BIG_MODEL)'],

    ['claude-opus-5', { PREFERRED_PROVIDER: 'google' }, 'gemini/gemini-2.5-pro (opus → BIG_MODEL)'],
    ['claude-haiku-5', { PREFERRED_PROVIDER: 'google' }, 'gemini/gemini-2.5-flash (haiku → SMALL_MODEL)'],
    ['claude-opus-5', { PREFERRED_PROVIDER: 'google', BIG_MODEL: 'gpt-4.1' }, 'openai/gpt-4.1 (opus → BIG_MODEL)'],
    ['claude-opus-5', { PREFERRED_PROVIDER: 'google', BIG_MODEL: 'llama3' }, 'openai/llama3 (opus → BIG_MODEL)'],
    ['llama3', { PREFERRED_PROVIDER: 'google' }, 'gemini/llama3 (as named, preferred provider)'],

    ['gemini-2.5-pro', { USE_VERTEX_AUTH: 'true' }, 'vertex/gemini-2.5-pro (as named)'],
    ['gemini/gemini-2.5-pro', { USE_VERTEX_AUTH: 'true' }, 'gemini/gemini-2.5-pro (as named)'],
    [
      'claude-opus-5',
      { PREFERRED_PROVIDER: 'google', USE_VERTEX_AUTH: 'true' },
      'vertex/gemini-2.5-pro (opus → BIG_MODEL)',
    ],
    [
      'gemma-3',
      { PREFERRED_PROVIDER: 'google', USE_VERTEX_AUTH: '1' },
      'vertex/gemma-3 (as named, preferred provider)',
    ],

    ['claude-opus-5[1m]', { PREFERRED_PROVIDER: 'anthropic' }, 'anthropic/claude-opus-5 (as named)'],
    [
      'claude-haiku-5',
      { PREFERRED_PROVIDER: 'anthropic', SMALL_MODEL: 'gpt-4.1', BIG_MODEL: 'gpt-4.1' },
      'anthropic/claude-haiku-5 (as named)',
    ],
    ['gpt-4.1', { PREFERRED_PROVIDER: 'anthropic' }, 'openai/gpt-4.1 (as named)'],
    [
      'claude-haiku-5',
      { PREFERRED_PROVIDER: 'anthropic', HAIKU_MODEL: 'gpt-4.1-mini' },
      'openai/gpt-4.1-mini (haiku → HAIKU_MODEL)',
    ],
  ];
  test.each(cases)('%s with %j goes to %s', (model, env, expected) => {
    expect(plan(model, env)).toBe(expected);
  });
});

test('a target carries its own provider’s key and host, and no other', () => {
  const config = configOf({
    OPENAI_API_KEY: 'openai-key',
    GEMINI_API_KEY: 'gemini-key',
    OPENAI_BASE_URL: 'http://localhost:11434/v1/',
    BIG_MODEL: 'gemini-2.5-pro',
  });
  const gemini = planTarget('claude-opus-5', config);
  expect([gemini.baseUrl, gemini.apiKey?.reveal()]).toEqual([
    'https://generativelanguage.googleapis.com',
    'gemini-key',
  ]);
  const openai = planTarget('qwen3', config);
  expect([openai.baseUrl, openai.apiKey?.reveal()]).toEqual(['http://localhost:11434/v1', 'openai-key']);
});

test.each(['', '   ', '[1m]', 'openai/', 'Gemini/ '])('the name %j is refused as an invalid request', (model) => {
  const config = configOf();
  expect(() => planTarget(model, config)).toThrow(ProxyError);
  try {
    planTarget(model, config);
  } catch (error) {
    expect(error).toMatchObject({ kind: 'invalid-request' });
  }
  expect(isRecognised(model, config)).toBe(false);
});

test('every id of the model list leads back to the target it was made from', () => {
  for (const model of [
    'openai/gpt-4.1',
    'openai/qwen/qwen3',
    'gemini/gemini-2.5-pro',
    'vertex/x',
    'anthropic/claude-opus-5',
  ]) {
    const target = planTarget(model, configOf());
    const id = listedId(target);
    expect(id).toMatch(/^anthropic/);
    expect(planTarget(id, configOf())).toEqual(target);
  }
});

test('a name handed on to the preferred provider is not a recognised one', () => {
  const config = configOf();
  expect(['claude-opus-5', 'gpt-4.1', 'openai/x', 'haiku'].map((name) => isRecognised(name, config))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(isRecognised('llama3.3', config)).toBe(false);
});
