import { expect, test } from 'bun:test';
import { hostsOf } from './domain-lists.ts';

test('for a service that knows no paths', () => {
  const entries = ['a.test/x', 'A.test', 'https://b.test/docs', ''];
  expect(hostsOf(entries)).toEqual(['a.test', 'b.test']);
  expect(hostsOf(entries, 'whole')).toEqual(['a.test']);
});
