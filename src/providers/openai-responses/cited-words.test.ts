import { expect, test } from 'bun:test';
import { citedWords, WordsAtHand } from './cited-words.ts';

test.each([
  ['Bun 1.4 is out. ([bun.sh](https://bun.sh/blog?utm_source=openai))', 'Bun 1.4 is out.'],
  ['Bun 1.4 is out.[[1]](https://bun.sh/blog)[[2]](https://other.test/)', 'Bun 1.4 is out.'],
  ['First.\n\n- It is fast. ([a](https://a.test)).', '- It is fast.'],
  ['It is fast.\n([a](https://a.test))', 'It is fast.'],
  ['Without a link', 'Without a link'],
  ['See [the manual](https://a.test) for more', 'See [the manual](https://a.test) for more'],
  ['([a](https://a.test))', ''],
  ['', ''],
])('%j is about %j', (text, words) => {
  expect(citedWords(text)).toBe(words);
});

test('text that looks like the beginning of a link a thousand times over costs no time', () => {
  const started = performance.now();
  for (const piece of ['[', '(', ' (', '[[', '[x](', ' ']) citedWords(piece.repeat(1_000).slice(0, 1_000));
  expect(performance.now() - started).toBeLessThan(500);
});

test('of a long text only its end is at hand', () => {
  const words = new WordsAtHand();
  for (let at = 0; at < 1_000; at += 1) words.add(`word ${at} `);
  expect(words.text.length).toBeLessThanOrEqual(1_000);
  expect(words.text).toEndWith('word 999 ');
  words.clear();
  expect(words.text).toBe('');
});
