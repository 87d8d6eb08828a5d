import { expect, test } from 'bun:test';
import { sealEnvelope } from '../messages/envelope.ts';
import { numberedResultsOf, resultBlocks, searchResultText } from './search-results.ts';

const forged = (n: unknown) => ({
  type: 'web_search_result',
  url: 'https://a.example/',
  title: 'A',
  encrypted_content: sealEnvelope('web', { w: 'result', n, x: 'What it says.' }),
});

test('what was found is numbered, and read back with its number', () => {
  const hits = [{ url: 'https://a.example/', title: 'A', excerpt: 'What it says.', pageAge: undefined }];
  const content = resultBlocks(hits, 7);
  expect(numberedResultsOf(content).map(({ number }) => number)).toEqual([7]);
  expect(searchResultText(content)).toBe('[7] A\nhttps://a.example/\nWhat it says.');
});

test.each([0, -1, 1.5, 1e300, '1', null])('a forged number %p is no number: later results would go on from it', (n) => {
  expect(numberedResultsOf([forged(n)])).toEqual([]);
  expect(searchResultText([forged(n)])).toBe('- A\nhttps://a.example/');
});
