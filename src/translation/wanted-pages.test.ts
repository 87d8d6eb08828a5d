import { expect, test } from 'bun:test';
import { isWanted, isWantedUrl, wantedPagesOf } from './wanted-pages.ts';

const pages = (allowed: readonly string[], blocked: readonly string[] = []) => ({ allowed, blocked });

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
  expect(isWanted('bun.sh', pages(['bun.sh/blog']))).toBe(true);
  expect(isWanted('bun.sh', pages([], ['sh']))).toBe(false);
});

test('lists that are no lists of words are no wish', () => {
  const tool = {
    type: 'web_search_20250305',
    name: 'web_search',
    allowed_domains: null,
    blocked_domains: ['a.test'],
  } as const;
  expect(wantedPagesOf(tool)).toEqual({ allowed: [], blocked: ['a.test'] });
});
