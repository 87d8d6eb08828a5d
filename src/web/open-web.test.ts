import { expect, test } from 'bun:test';
import { startFakeSearch } from '../../test/upstreams/web/fake-search.ts';
import { loadConfig } from '../config/load.ts';
import { openWeb } from './open-web.ts';

const never = new AbortController().signal;

function webOf(env: Readonly<Record<string, string>>) {
  const loaded = loadConfig({ env });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return openWeb(loaded.config.web, { warn: () => undefined });
}

test('the service that is set is the one that is asked', async () => {
  const fake = await startFakeSearch('searxng', [{ url: 'https://a.test/', title: 'A', excerpt: 'It.' }]);
  const { search } = webOf({ SEARXNG_URL: fake.url });
  const query = { query: 'a', allowedDomains: [], blockedDomains: [], location: undefined, maxResults: 5 };
  expect(await search?.(query, never)).toMatchObject([{ url: 'https://a.test/', title: 'A', excerpt: 'It.' }]);
  await fake.stop();
});

test('no service, no search; fetching only where it is not switched off', () => {
  expect(webOf({})).toEqual({ search: undefined, fetch: expect.any(Function) });
  expect(webOf({ WEB_FETCH: 'false', WEB_SEARCH: 'off', EXA_API_KEY: 'e' })).toEqual({
    search: undefined,
    fetch: undefined,
  });
});

test('what the server fetches with stands behind the fence', async () => {
  const fake = await startFakeSearch('searxng', []);
  const fetched = webOf({}).fetch?.(`${fake.url}/search`, { maxCharacters: 10 }, never);
  expect(fetched).rejects.toMatchObject({ code: 'url_not_allowed' });
  await fetched?.catch(() => undefined);
  await fake.stop();
});
