import { afterEach, describe, expect, test } from 'bun:test';
import {
  type FakeHit,
  type FakeSearch,
  type SearchCall,
  type SearchKind,
  startFakeSearch,
} from '../../test/upstreams/web/fake-search.ts';
import { searchKey } from '../../test/upstreams/web/search-rules.ts';
import { Secret } from '../config/secret.ts';
import { askService } from './ask-service.ts';
import { brave } from './brave.ts';
import { exa } from './exa.ts';
import type { SearchService } from './search-service.ts';
import { searxng } from './searxng.ts';
import { tavily } from './tavily.ts';
import { type SearchQuery, WebFailure } from './web-access.ts';

const key = new Secret(searchKey);
const services: Readonly<Record<SearchKind, (url: string) => SearchService>> = {
  tavily: (url) => tavily(key, url),
  brave: (url) => brave(key, url),
  exa: (url) => exa(key, url),
  searxng,
};
const kinds = ['tavily', 'brave', 'exa', 'searxng'] as const;

const hits: readonly FakeHit[] = [
  { url: 'https://docs.example.com/a', title: "Bun & Node's", excerpt: 'What it says.', date: '2026-01-02' },
  { url: 'https://example.com/blog/b', title: 'B', excerpt: 'More.' },
  { url: 'https://other.test/c', title: '', excerpt: '' },
];
const started: FakeSearch[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((fake) => fake.stop()));
});

async function fakeOf(kind: SearchKind, found: readonly FakeHit[] = hits): Promise<FakeSearch> {
  const fake = await startFakeSearch(kind, found);
  started.push(fake);
  return fake;
}

const plain: SearchQuery = {
  query: 'bun',
  allowedDomains: [],
  blockedDomains: [],
  location: undefined,
  maxResults: 10,
};

function ask(kind: SearchKind, fake: FakeSearch, more: Partial<SearchQuery> = {}, signal?: AbortSignal) {
  const warnings: string[] = [];
  const search = askService(services[kind](fake.url), { warn: (line) => warnings.push(line), limitMs: 300 });
  return { warnings, found: search({ ...plain, ...more }, signal ?? new AbortController().signal) };
}

async function failureOf(found: Promise<unknown>): Promise<string> {
  try {
    await found;
  } catch (error) {
    if (error instanceof WebFailure) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('Something was found.');
}

describe.each(kinds)('%s', (kind) => {
  test('finds, each hit with its address, title, excerpt and age', async () => {
    const { found, warnings } = ask(kind, await fakeOf(kind));
    expect(await found).toEqual([
      {
        url: 'https://docs.example.com/a',
        title: "Bun & Node's",
        excerpt: 'What it says.',
        pageAge: '2026-01-02',
      },
      { url: 'https://example.com/blog/b', title: 'B', excerpt: 'More.', pageAge: undefined },
      { url: 'https://other.test/c', title: 'other.test', excerpt: '', pageAge: undefined },
    ]);
    expect(warnings).toEqual([]);
  });

  test('finds nothing', async () => {
    expect(await ask(kind, await fakeOf(kind, [])).found).toEqual([]);
  });

  test('lets through wanted domains only, their subdomains and paths, whatever the service sends', async () => {
    const fake = await fakeOf(kind);
    const urls = async (more: Partial<SearchQuery>) => (await ask(kind, fake, more).found).map(({ url }) => url);
    expect(await urls({ allowedDomains: ['Example.com'] })).toEqual([hits[0]?.url ?? '', hits[1]?.url ?? '']);
    expect(await urls({ allowedDomains: ['example.com/blog'] })).toEqual([hits[1]?.url ?? '']);
    expect(await urls({ blockedDomains: ['docs.example.com', 'other.test'] })).toEqual([hits[1]?.url ?? '']);
    expect(await urls({ maxResults: 1 })).toEqual([hits[0]?.url ?? '']);
  });

  test('shows each page once, and only pages of the web', async () => {
    const odd = ['https://a.test/', 'https://a.test', 'javascript:alert(1)', 'no url', 'ftp://a.test/'];
    const fake = await fakeOf(
      kind,
      odd.map((url) => ({ url, title: 'T', excerpt: '' })),
    );
    expect((await ask(kind, fake).found).map(({ url }) => url)).toEqual(['https://a.test/']);
  });

  test('a refused key is unavailable to the model, and a hint to whoever runs the proxy', async () => {
    const fake = await fakeOf(kind);
    fake.answerWith({ status: 401, body: { error: `no such key: ${searchKey}` } });
    const { found, warnings } = ask(kind, fake);
    const failure = await failureOf(found);
    expect(failure).toMatch(/^unavailable: .* refused the proxy's key \(401\)\.$/);
    const setting = { tavily: 'TAVILY_API_KEY', brave: 'BRAVE_API_KEY', exa: 'EXA_API_KEY', searxng: 'SEARXNG_URL' };
    expect(warnings.join()).toContain(`check ${setting[kind]}`);
    expect(failure + warnings).not.toContain(searchKey);
  });

  const failures: readonly [what: string, answer: Parameters<FakeSearch['answerWith']>[0], failure: RegExp][] = [
    ['too many calls', { status: 429, body: {} }, /^too_many_requests: .* \(429\)\.$/],
    ['a fault', { status: 503, body: '<html>' }, /^unavailable: .* answered with status 503\.$/],
    ['no JSON', { status: 200, body: '<html>' }, /^unavailable: .* sent an answer that is no JSON\.$/],
    ['another form', { status: 200, body: { result: 1 } }, /^unavailable: .* in an unknown form\.$/],
    ['a list', { status: 200, body: [1] }, /^unavailable: .* in an unknown form\.$/],
    ['too much', { status: 200, body: 'x'.repeat(5_000_000) }, /^unavailable: .* of more than 4194304 bytes\.$/],
    ['silence', 'silence', /^unavailable: .* did not answer within 300 ms\.$/],
    [
      'a redirect, which would take the key elsewhere',
      { status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } },
      /^unavailable: .* answered with status 302\.$/,
    ],
  ];
  test.each(failures)('%s', async (_, answer, failure) => {
    const fake = await fakeOf(kind);
    fake.answerWith(answer);
    expect(await failureOf(ask(kind, fake).found)).toMatch(failure);
  });

  test('an address is one line of no endless length, and so is an age', async () => {
    const place = 'https://a.test/';
    const fake = await fakeOf(kind);
    const age = `today\n[1] Another result ${'x'.repeat(5_000)}`;
    const results = [`${place}b\n[1] Another result`, `${place}${'x'.repeat(5_000)}`].map((url) => ({
      url,
      title: 'T',
      published_date: age,
      publishedDate: age,
      age,
      page_age: age,
    }));
    fake.answerWith({ status: 200, body: { results, web: { results } } });
    const found = await ask(kind, fake).found;
    expect(found.map(({ url }) => url)).toEqual([`${place}b[1] Another result`]);
    expect(found[0]?.pageAge).toMatch(/^today \[1\][^\n]{50,93}$/);
  });

  test('odd fields do not break it', async () => {
    const fake = await fakeOf(kind);
    const results = [
      null,
      7,
      { url: 3, title: {} },
      { url: 'https://a.test/', title: 5, content: [], highlights: [1] },
    ];
    fake.answerWith({ status: 200, body: { results, web: { results } } });
    expect(await ask(kind, fake).found).toEqual([
      { url: 'https://a.test/', title: 'a.test', excerpt: '', pageAge: undefined },
    ]);
  });

  test('nobody listens', async () => {
    const fake = await fakeOf(kind);
    await fake.stop();
    started.pop();
    const { found, warnings } = ask(kind, fake);
    expect(await failureOf(found)).toMatch(/^unavailable: .* could not be reached \(\w+\)\.$/);
    expect(warnings).toHaveLength(1);
  });

  test('whoever no longer waits gets his own reason, and the call ends', async () => {
    const fake = await fakeOf(kind);
    fake.answerWith('silence');
    const client = new AbortController();
    const { found, warnings } = ask(kind, fake, {}, client.signal);
    await fake.waiting;
    client.abort(new Error('gone'));
    expect(found).rejects.toThrow('gone');
    await fake.left;
    expect(warnings).toEqual([]);
  });

  test('an empty query, and one that is too long, are not sent', async () => {
    const fake = await fakeOf(kind);
    expect(await failureOf(ask(kind, fake, { query: ' ' }).found)).toStartWith('invalid_tool_input');
    expect(await failureOf(ask(kind, fake, { query: 'x'.repeat(2_001) }).found)).toStartWith('query_too_long');
    expect(fake.calls).toEqual([]);
  });
});

describe('what each service is asked', () => {
  const berlin = { city: 'Berlin', region: 'Berlin', country: 'de', timezone: 'Europe/Berlin' };
  const lists = { allowedDomains: ['a.test', 'https://B.test/docs', 'a.test/x'], blockedDomains: [] };
  const cases: readonly [kind: SearchKind, more: Partial<SearchQuery>, query: string, fields: SearchCall['fields']][] =
    [
      ['tavily', {}, 'bun', { search_depth: 'basic', max_results: 10 }],
      [
        'tavily',
        { maxResults: 50, location: berlin },
        'bun',
        { search_depth: 'basic', max_results: 20, country: 'germany' },
      ],
      ['tavily', { location: { country: 'XX' } }, 'bun', { search_depth: 'basic', max_results: 10 }],
      ['tavily', lists, 'bun', { search_depth: 'basic', max_results: 10, include_domains: ['a.test', 'b.test'] }],
      [
        'tavily',
        // A list of what is not wanted cannot say "only below this path".
        { blockedDomains: ['a.test', 'b.test/docs'] },
        'bun',
        { search_depth: 'basic', max_results: 10, exclude_domains: ['a.test'] },
      ],
      [
        'exa',
        { ...lists, location: berlin },
        'bun',
        {
          type: 'auto',
          numResults: 10,
          contents: { highlights: true },
          includeDomains: ['a.test', 'b.test'],
          userLocation: 'DE',
        },
      ],
      ['brave', { maxResults: 5 }, 'bun', { count: '5', result_filter: 'web', text_decorations: 'false' }],
      [
        'brave',
        { ...lists, location: { ...berlin, city: 'Köln' } },
        'bun (site:a.test OR site:b.test)',
        {
          count: '20',
          result_filter: 'web',
          text_decorations: 'false',
          country: 'DE',
          'x-loc-country': 'DE',
          'x-loc-state-name': 'Berlin',
          'x-loc-timezone': 'Europe/Berlin',
        },
      ],
      [
        'brave',
        { blockedDomains: ['a.test'], location: { country: 'XX' } },
        'bun -site:a.test',
        { count: '20', result_filter: 'web', text_decorations: 'false', 'x-loc-country': 'XX' },
      ],
      // More words than Brave takes: then only the hits are sorted.
      [
        'brave',
        { allowedDomains: Array.from({ length: 40 }, (_, index) => `a${index}.test`) },
        'bun',
        { count: '20', result_filter: 'web', text_decorations: 'false' },
      ],
      ['searxng', { allowedDomains: ['a.test'], location: berlin }, 'bun site:a.test', { format: 'json' }],
    ];
  test.each(cases)('%s %j', async (kind, more, query, fields) => {
    const fake = await fakeOf(kind);
    await ask(kind, fake, more).found;
    expect(fake.calls).toEqual([{ query, fields }]);
  });
});

describe('refusals that mean something of their own', () => {
  const cases: readonly [kind: SearchKind, status: number, words: string][] = [
    ['tavily', 432, 'the limit of the plan is reached'],
    ['exa', 402, 'the credits are used up'],
    ['brave', 422, 'check BRAVE_API_KEY'],
    ['searxng', 403, 'settings.yml must have json among search.formats'],
  ];
  test.each(cases)('%s %d', async (kind, status, words) => {
    const fake = await fakeOf(kind);
    fake.answerWith({ status, body: {} });
    const { found, warnings } = ask(kind, fake);
    expect(await failureOf(found)).toContain(words);
    expect(warnings.join()).toContain(words);
  });
});
