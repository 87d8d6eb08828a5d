import { expect, test } from 'bun:test';
import { targetFor } from '../../../test/build-gemini-request.ts';
import { methodUrl } from './url.ts';

const stream = 'streamGenerateContent?alt=sse';
const place = 'https://aiplatform.test/v1beta1/projects/a-project/locations/global';

test.each([
  ['gemini', 'gemini-2.5-pro', 'https://gemini.test/v1beta/models/gemini-2.5-pro'],
  ['gemini', 'models/gemini-2.5-pro', 'https://gemini.test/v1beta/models/gemini-2.5-pro'],
  ['gemini', 'tunedModels/mine', 'https://gemini.test/v1beta/tunedModels/mine'],
  ['vertex', 'gemini-2.5-pro', `${place}/publishers/google/models/gemini-2.5-pro`],
  ['vertex', 'meta/llama-4', `${place}/publishers/meta/models/llama-4`],
  ['vertex', 'publishers/google/models/x', `${place}/publishers/google/models/x`],
  ['vertex', 'models/x', `${place}/models/x`],
  ['vertex', 'endpoints/7', `${place}/endpoints/7`],
  ['vertex', 'projects/a-project/locations/global/endpoints/7', `${place}/endpoints/7`],
  [
    'gemini',
    'projects/p/locations/us-central1/endpoints/7',
    `https://gemini.test/v1beta/models/projects/p/locations/us-central1/endpoints/7`,
  ],
  // What is odd in a name stays a name.
  ['gemini', 'a:countTokens', 'https://gemini.test/v1beta/models/a%3AcountTokens'],
] as const)('%s, %s', (provider, model, path) => {
  expect(methodUrl(targetFor({ provider, model }), stream)).toBe(`${path}:${stream}`);
});

test('a slash behind the host makes no difference', () => {
  const target = targetFor({ model: 'x', baseUrl: 'https://gemini.test/' });
  expect(methodUrl(target, 'countTokens')).toBe('https://gemini.test/v1beta/models/x:countTokens');
});

test.each([
  '',
  '..',
  'a/../b',
  'a?key=1',
  'a&b',
  'a#b',
  '/a',
  'a//b',
  'a/',
  'a b',
  'a%2e',
  'a\\b',
  'a\ud800',
  'a\r\nb',
  './a',
])('the name %j could lead elsewhere and is refused', (model) => {
  for (const provider of ['gemini', 'vertex'] as const) {
    expect(() => methodUrl(targetFor({ provider, model }), stream)).toThrow('model: not a name');
  }
});

test.each([
  'projects/another/locations/global/endpoints/7',
  'projects/a-project/locations/us-central1/endpoints/7',
  'projects/a-project/locations/global',
])('a client cannot choose the project or the location by the name %j', (model) => {
  expect(() => methodUrl(targetFor({ provider: 'vertex', model }), stream)).toThrow('VERTEX_PROJECT');
});
