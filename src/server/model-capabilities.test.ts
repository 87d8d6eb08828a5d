import { expect, test } from 'bun:test';
import { loadConfig } from '../config/load.ts';
import { providerFor } from '../providers/registry.ts';
import { planTarget } from '../routing/plan-target.ts';
import { capabilitiesOf } from './model-capabilities.ts';

function capabilities(model: string, env: Record<string, string> = {}) {
  const keys = { OPENAI_API_KEY: 'key', GEMINI_API_KEY: 'key' };
  const loaded = loadConfig({ env: { ...keys, ...env } });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const found = capabilitiesOf(planTarget(model, loaded.config), loaded.config, providerFor);
  if (found === null) return null;
  const { effort, thinking, image_input, pdf_input, server_tools } = found;
  const words = (['low', 'medium', 'high', 'xhigh', 'max'] as const).filter((word) => effort[word]?.supported);
  return {
    effort: words.join(' '),
    thinks: thinking.supported,
    images: image_input.supported,
    pdf: pdf_input.supported,
    searches: server_tools.web_search.supported,
  };
}

const local = { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' };

test.each([
  ['gpt-5.2', {}, { effort: 'low medium high xhigh', thinks: true, images: true, pdf: true, searches: true }],
  ['gpt-4', {}, { effort: '', thinks: false, images: false, pdf: true, searches: false }],
  [
    'gemini-2.5-pro',
    {},
    { effort: 'low medium high xhigh max', thinks: true, images: true, pdf: true, searches: true },
  ],
  ['gemini-3-pro-preview', {}, { effort: 'low high', thinks: true, images: true, pdf: true, searches: true }],
  ['llama3.3:70b', local, { effort: '', thinks: false, images: false, pdf: true, searches: false }],
  [
    'llama3.3:70b',
    { ...local, TAVILY_API_KEY: 'key' },
    { effort: '', thinks: false, images: false, pdf: true, searches: true },
  ],
])('%s with %j', (model, env, expected) => {
  expect(capabilities(model, env)).toEqual(expected);
});

test('nothing is said of a model that nobody knows, or that cannot be called', () => {
  expect(capabilities('some-tuned-model', local)).toBeNull();
  expect(capabilities('claude-opus-5', { BIG_MODEL: 'gpt-5.2', OPENAI_API_KEY: '' })).toBeNull();
  expect(capabilities('anthropic/claude-opus-5')).toBeNull();
});
