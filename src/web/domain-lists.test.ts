import { describe, expect, test } from 'bun:test';
import { hostsOf, isWantedUrl } from './domain-lists.ts';

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

test('for a service that knows no paths', () => {
  const entries = ['a.test/x', 'A.test', 'https://b.test/docs', ''];
  expect(hostsOf(entries)).toEqual(['a.test', 'b.test']);
  expect(hostsOf(entries, 'whole')).toEqual(['a.test']);
});
