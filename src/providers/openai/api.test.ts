import { expect, test } from 'bun:test';
import { type Surroundings, targetFor } from '../../../test/build-chat-request.ts';
import { parsed } from '../../../test/built-request.ts';
import type { OpenaiApiSetting } from '../../config/config.ts';
import type { Repair } from '../provider.ts';
import { apiOf, type OpenaiApi } from './api.ts';

const tool = { name: 'Bash', input_schema: { type: 'object' } };
const search = { type: 'web_search_20260318', name: 'web_search' };
const resource = 'https://x.openai.azure.com/openai';
const dated: Surroundings = { baseUrl: `${resource}/deployments/gpt-5?api-version=2025-04-01-preview` };

interface Options {
  readonly api?: OpenaiApiSetting;
  readonly tools?: readonly object[];
  readonly repairs?: readonly Repair[];
}

function apiFor(around: Surroundings, { api = 'auto', tools = [], repairs = [] }: Options) {
  return apiOf(parsed({ tools }), { ...targetFor(around), api }, repairs);
}

const useApi = (api: 'chat' | 'responses'): Repair => ({ kind: 'use-api', scope: 'model', api });

const cases: readonly (readonly [Surroundings, Options, OpenaiApi])[] = [
  [{ model: 'gpt-5' }, {}, 'responses'],
  [{ model: 'gpt-4.1' }, {}, 'chat'],
  [{ model: 'gpt-4.1' }, { tools: [search] }, 'responses'],
  [{ model: 'gpt-5' }, { api: 'chat' }, 'chat'],
  [{ model: 'gpt-4.1' }, { api: 'responses' }, 'responses'],
  // Models that exist on Responses alone.
  [{ model: 'gpt-5-pro' }, { api: 'chat' }, 'responses'],
  [{ model: 'gpt-5-codex' }, { api: 'chat' }, 'responses'],
  [{ model: 'gpt-5.1-codex-max' }, { api: 'chat' }, 'responses'],
  [{ model: 'o1-pro' }, { api: 'chat' }, 'responses'],
  [{ model: 'o3-pro' }, { api: 'chat' }, 'responses'],
  [{ model: 'o3-deep-research' }, { api: 'chat' }, 'responses'],
  // Models that take no tools on Chat Completions.
  [{ model: 'gpt-6-astra' }, { api: 'chat', tools: [tool] }, 'responses'],
  [{ model: 'gpt-6-astra' }, { api: 'chat' }, 'chat'],
  // Other servers.
  [{ profile: 'xai', model: 'grok-4' }, {}, 'responses'],
  [{ profile: 'openrouter', model: 'openai/gpt-5' }, {}, 'chat'],
  [{ profile: 'openrouter', model: 'openai/gpt-5-pro' }, { tools: [tool] }, 'chat'],
  [{ profile: 'generic', model: 'llama' }, { api: 'responses' }, 'responses'],
  // Azure: its v1 addresses have both, its dated ones Chat Completions alone.
  [{ baseUrl: `${resource}/v1`, model: 'gpt-5' }, {}, 'responses'],
  [{ ...dated, model: 'gpt-5' }, {}, 'chat'],
  [{ ...dated, model: 'gpt-5' }, { api: 'responses' }, 'chat'],
  [{ ...dated, model: 'gpt-5-pro' }, {}, 'chat'],
  // What the upstream itself has said comes first.
  [{ model: 'gpt-5' }, { api: 'responses', repairs: [useApi('chat')] }, 'chat'],
  [{ model: 'gpt-4.1' }, { api: 'chat', repairs: [useApi('chat'), useApi('responses')] }, 'responses'],
];

test.each(cases)('%j with %j is served by %s', (around, options, api) => {
  expect(apiFor(around, options)).toBe(api);
});
