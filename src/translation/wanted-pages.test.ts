import { describe, expect, test } from 'bun:test';
import { isWantedHost, isWantedUrl, wantedPagesOf } from './wanted-pages.ts';

const pages = (allowed: readonly string[], blocked: readonly string[] = []) => ({
  allowedDomains: allowed,
  blockedDomains: blocked,
});

test.each([
  ['https://bun.sh/blog', pages([]), true],
  ['https://bun.sh/blog', pages(['bun.sh']), true],
  ['https://www.bun.sh/', pages(['bun.sh']), true],
  ['https://notbun.sh/', pages(['bun.sh']), false],
  ['https://bun.sh.evil.test/', pages(['bun.sh']), false],
  ['https://BUN.sh/', pages(['Bun.SH']), true],
  ['https://bun.sh/blog/1', pages(['bun.sh/blog']), true],
  ['https://bun.sh/docs', pages(['bun.sh/blog']), false],
  ['https://bun.sh/docs/a', pages(['bun.sh/docs/*']), true],
  ['https://bun.sh/docs', pages(['https://bun.sh/docs']), true],
  ['https://bun.sh/blog', pages([], ['bun.sh']), false],
  ['https://bun.sh/docs', pages([], ['bun.sh/blog']), true],
  ['https://bun.sh/blog', pages(['bun.sh'], ['bun.sh/blog']), false],
  ['bun.sh', pages([]), false],
])('%s with %j is wanted: %p', (url, wanted, is) => {
  expect(isWantedUrl(url, wanted)).toBe(is);
});

test('where a page is known by its host alone, paths are not looked at', () => {
  expect(isWantedHost('bun.sh', pages(['bun.sh/blog']))).toBe(true);
  expect(isWantedHost('bun.sh', pages([], ['sh']))).toBe(false);
  expect(isWantedHost('docs.bun.sh', pages(['https://bun.sh/docs']))).toBe(true);
});

test('lists that are no lists of words are no wish', () => {
  const tool = {
    type: 'web_search_20250305',
    name: 'web_search',
    allowed_domains: null,
    blocked_domains: ['a.test'],
  } as const;
  expect(wantedPagesOf(tool)).toEqual({ allowedDomains: [], blockedDomains: ['a.test'] });
});

describe('what an entry covers', () => {
  const cases: readonly [entry: string, url: string, covered: boolean][] = [
    ['example.com', 'https://example.com/', true],
    ['example.com', 'http://docs.example.com:8080/a?b', true],
    ['Example.COM.', 'https://example.com./', true],
    ['docs.example.com', 'https://example.com/', false],
    ['example.com', 'https://badexample.com/', false],
    ['example.com', 'https://example.com.evil.test/', false],
    ['example.com', 'https://evil.test/example.com', false],
    ['example.com', 'https://example.com@evil.test/', false],
    ['https://example.com/', 'https://example.com/x', true],
    ['*.example.com', 'https://a.example.com/', true],
    ['example.com/blog', 'https://example.com/blog/1', true],
    ['example.com/blog/', 'https://example.com/blog', true],
    ['example.com/blog', 'https://example.com/blogger', false],
    ['example.com/*/api', 'https://example.com/v1/api/x', true],
    ['example.com/*/api', 'https://example.com/v1/web', false],
    ['', 'https://example.com/', false],
    ['example.com', 'no url', false],
  ];
  test.each(cases)('%j and %j', (entry, url, covered) => {
    expect(isWantedUrl(url, { allowedDomains: [entry], blockedDomains: [] })).toBe(covered);
  });

  test('what is blocked is not wanted, even where it is allowed too; nothing is known of what is no address', () => {
    const lists = { allowedDomains: ['example.com'], blockedDomains: ['bad.example.com'] };
    expect(isWantedUrl('https://bad.example.com/', lists)).toBe(false);
    expect(isWantedUrl('https://good.example.com/', lists)).toBe(true);
    expect(isWantedUrl('nonsense', { allowedDomains: [], blockedDomains: [] })).toBe(false);
  });

  test('a pattern made to take long does not', () => {
    const lists = { allowedDomains: [`example.com/${'*a'.repeat(5_000)}b`], blockedDomains: [] };
    const startedAt = performance.now();
    expect(isWantedUrl(`https://example.com/${'a'.repeat(20_000)}`, lists)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
