import { describe, expect, test } from 'bun:test';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { providerFor } from '../providers/registry.ts';
import { planTarget } from '../routing/plan-target.ts';
import { findModel, listModels } from './list-models.ts';

function configOf(env: Record<string, string> = {}): Config {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

const config = configOf();
const listing = (of: Config) => ({ config: of, registry: providerFor });

function page(query: string, of = config) {
  const { data, ...rest } = listModels(listing(of), new URLSearchParams(query));
  return { ids: data.map((model) => model.id), ...rest };
}

const all = [
  'claude-opus',
  'claude-sonnet',
  'claude-haiku',
  'anthropic-openai/gpt-4.1',
  'anthropic-openai/gpt-4.1-mini',
];

test('the list holds the tiers and the models behind them, with the real model in the display name', () => {
  const { data } = listModels(listing(config), new URLSearchParams());
  expect(data.map((model) => [model.id, model.display_name])).toEqual([
    ['claude-opus', 'Opus → openai/gpt-4.1'],
    ['claude-sonnet', 'Sonnet → openai/gpt-4.1'],
    ['claude-haiku', 'Haiku → openai/gpt-4.1-mini'],
    ['anthropic-openai/gpt-4.1', 'openai/gpt-4.1'],
    ['anthropic-openai/gpt-4.1-mini', 'openai/gpt-4.1-mini'],
  ]);
  expect(data[0]).toEqual({
    type: 'model',
    id: 'claude-opus',
    display_name: 'Opus → openai/gpt-4.1',
    created_at: '1970-01-01T00:00:00Z',
    max_input_tokens: 1_047_576,
    max_tokens: 32_768,
    capabilities: null,
    allowed_fallback_models: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  });
});

test('every id is one that Claude Code’s model discovery keeps, and routes to the model it shows', () => {
  const mixed = configOf({ BIG_MODEL: 'gemini-2.5-pro', SMALL_MODEL: 'qwen/qwen3', OPUS_MODEL: 'claude-opus-5' });
  for (const { id, display_name } of listModels(listing(mixed), new URLSearchParams()).data) {
    expect(id).toMatch(/^(claude|anthropic)/);
    const target = planTarget(id, mixed);
    expect(display_name).toEndWith(`${target.provider}/${target.model}`);
  }
});

test('what is not known of a model is null, not a guess', () => {
  const model = findModel(listing(configOf({ BIG_MODEL: 'some-local-thing' })), 'claude-opus');
  expect([model.max_input_tokens, model.max_tokens]).toEqual([null, null]);
});

test('with PREFERRED_PROVIDER=anthropic no tier is listed, because none is mapped', () => {
  expect(page('', configOf({ PREFERRED_PROVIDER: 'anthropic' }))).toEqual({
    ids: [],
    has_more: false,
    first_id: null,
    last_id: null,
  });
});

describe('pages', () => {
  const cases: readonly [query: string, ids: string[], hasMore: boolean][] = [
    ['', all, false],
    ['limit=1000', all, false],
    ['limit=5', all, false],
    ['limit=2', all.slice(0, 2), true],
    ['limit=2&after_id=claude-sonnet', all.slice(2, 4), true],
    ['limit=3&after_id=claude-sonnet', all.slice(2), false],
    ['after_id=anthropic-openai%2Fgpt-4.1-mini', [], false],
    ['limit=2&before_id=anthropic-openai%2Fgpt-4.1', all.slice(1, 3), true],
    ['limit=3&before_id=anthropic-openai%2Fgpt-4.1', all.slice(0, 3), false],
    ['before_id=claude-opus', [], false],
    ['lifecycle=active', all, false],
    ['lifecycle[]=retired&lifecycle[]=deprecated', [], false],
  ];
  test.each(cases)('?%s', (query, ids, hasMore) => {
    expect(page(query)).toEqual({
      ids,
      has_more: hasMore,
      first_id: ids[0] ?? null,
      last_id: ids.at(-1) ?? null,
    });
  });

  test.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=',
    'after_id=nobody',
    'before_id=nobody',
    'after_id=claude-opus&before_id=claude-haiku',
  ])('?%s is refused', (query) => {
    expect(() => page(query)).toThrow(ProxyError);
  });
});

describe('one model', () => {
  const known: readonly [id: string, name: string, displayName: string][] = [
    ['claude-opus', 'claude-opus', 'Opus → openai/gpt-4.1'],
    ['anthropic-openai%2Fgpt-4.1', 'anthropic-openai/gpt-4.1', 'openai/gpt-4.1'],
    ['anthropic-openai/gpt-4.1', 'anthropic-openai/gpt-4.1', 'openai/gpt-4.1'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001', 'openai/gpt-4.1-mini'],
    ['claude-opus-5-5%5B1m%5D', 'claude-opus-5-5[1m]', 'openai/gpt-4.1'],
    ['claude-opus-4-8%4020260101', 'claude-opus-4-8@20260101', 'openai/gpt-4.1'],
    ['openai%2Fqwen%3A7b', 'openai/qwen:7b', 'openai/qwen:7b'],
    ['gpt-4o', 'gpt-4o', 'openai/gpt-4o'],
  ];
  test.each(known)('%s', (id, name, displayName) => {
    expect(findModel(listing(config), id)).toMatchObject({ id: name, display_name: displayName, type: 'model' });
  });

  test.each(['nobody', 'openai%2F', '%', ''])('%j is not found', (id) => {
    expect(() => findModel(listing(config), id)).toThrow(ProxyError);
    try {
      findModel(listing(config), id);
    } catch (error) {
      expect(error).toMatchObject({ kind: 'model-not-found' });
    }
  });
});
