import { afterEach, expect, test } from 'bun:test';
import { type FakeModel, startFakeLocalServer } from '../../test/upstreams/local/fake-local-server.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { planTarget } from '../routing/plan-target.ts';
import { lookForModels } from './look-for-models.ts';

const fakes: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.stop();
});

function start(...models: readonly FakeModel[]) {
  const fake = startFakeLocalServer({ kind: 'ollama', models });
  fakes.push(fake);
  return fake;
}

function configOf(env: Readonly<Record<string, string>>): Config {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

const nowhere = { server: 'lmstudio', baseUrl: 'http://127.0.0.1:9/v1' } as const;

test('where nothing is set, a server on this machine answers for every name', async () => {
  const fake = start({ id: 'qwen3-coder:30b', tools: true });
  const looked = await lookForModels(configOf({}), [nowhere, { server: 'ollama', baseUrl: fake.url }]);
  if ('problem' in looked) throw new Error(looked.problem);
  const { config, warnings, found } = looked;
  for (const name of ['claude-opus-5', 'claude-haiku-5', 'gpt-4.1']) {
    const model = name.startsWith('claude') ? 'qwen3-coder:30b' : name;
    expect(planTarget(name, config)).toMatchObject({ server: 'ollama', model, baseUrl: fake.url });
  }
  expect(found?.models.map(({ id }) => id)).toEqual(['qwen3-coder:30b']);
  expect(warnings).toEqual([]);
});

test('a model that cannot call tools is told', async () => {
  const fake = start({ id: 'tiny' });
  const looked = await lookForModels(configOf({}), [{ server: 'ollama', baseUrl: fake.url }]);
  expect(looked).toMatchObject({ warnings: ['tiny cannot call tools, and Claude Code can do nothing without them'] });
});

test('where nobody answers, it is told where it was looked, and all stays as it was', async () => {
  const config = configOf({});
  expect(await lookForModels(config, [nowhere])).toEqual({
    config,
    warnings: [
      'no key is set, and no server on this machine has models for the proxy (looked for LM Studio 127.0.0.1:9)',
    ],
    found: undefined,
  });
});

test('a start that names its models asks nobody', async () => {
  const fake = start({ id: 'qwen3' });
  const config = configOf({ OPENAI_API_KEY: 'k' });
  expect(await lookForModels(config, [{ server: 'ollama', baseUrl: fake.url }])).toMatchObject({ config });
  expect(fake.calls).toEqual([]);
});

test('a preferred server is asked where it was set to be, and a small model that was set stays', async () => {
  const fake = start({ id: 'qwen3', tools: true });
  const env = { PREFERRED_PROVIDER: 'ollama', OLLAMA_BASE_URL: fake.url, SMALL_MODEL: 'other' };
  expect(await lookForModels(configOf(env), [nowhere])).toMatchObject({
    config: { models: { big: 'ollama/qwen3', small: 'other' } },
  });
});

test('a preferred server that does not answer stops the start, and it is said what to do', async () => {
  const config = configOf({ PREFERRED_PROVIDER: 'vllm', VLLM_BASE_URL: 'http://127.0.0.1:9/v1' });
  expect(await lookForModels(config)).toEqual({
    problem:
      'BIG_MODEL is not set, and vLLM at http://127.0.0.1:9/v1 tells of no model: start it with one, or write which one is meant, such as BIG_MODEL=Qwen/Qwen3-Coder-30B-A3B-Instruct',
  });
});
