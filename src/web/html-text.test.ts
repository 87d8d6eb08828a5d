import { describe, expect, test } from 'bun:test';
import { htmlToText } from './html-text.ts';
import { plainText } from './plain-text.ts';

const address = 'https://example.test/docs/page';

function textOf(html: string): string {
  return htmlToText(html, address, 100_000).text;
}

test('of an article, only the article', () => {
  const paragraphs = '<p>A sentence of some length, with a comma or two, that somebody would want to read.</p>'.repeat(
    12,
  );
  const html = `<!doctype html><html><head><title>News | Site</title></head><body><div class="sidebar"><p>Subscribe now!</p></div>
    <article><h1>News</h1>${paragraphs}<p>See <a href="../more?a=1&amp;b=2">more</a>.</p></article></body></html>`;
  const { title, text } = htmlToText(html, address, 100_000);
  expect(title).toStartWith('News');
  expect(text).toContain('See [more](https://example.test/more?a=1&b=2).');
  expect(text).not.toContain('Subscribe');
});

describe('of any other page, all that is to be read', () => {
  const cases: readonly [what: string, html: string, text: string][] = [
    ['headings and lists', '<h2>One</h2><ul><li>a<li>b</ul>', '## One\n\n-   a\n-   b'],
    ['code', '<pre><code class="language-js">a();\nb();</code></pre>', '```js\na();\nb();\n```'],
    ['tables', '<table><tr><th>a<th>b<tr><td>1<td>2\n3</table>', '| a | b |\n| 1 | 2 3 |'],
    ['tags left out', '<!doctype html><html lang=en><head><title>T</title><p>x', 'x'],
    ['what is not shown', '<nav>a</nav><p>b</p><footer>c</footer><style>d</style><script>e</script><svg>f</svg>', 'b'],
    ['only what is usually left out', '<nav>Menu</nav>', 'Menu'],
    ['another base', '<base href="/other/"><a href="x">y</a>', '[y](https://example.test/other/x)'],
    ['a base that is none', '<base href="javascript:"><a href="x">y</a>', 'y'],
    [
      'links that lead nowhere',
      '<a href="javascript:alert(1)">a</a> <a href="#b">b</a> <a href="http://[">c</a>',
      'a b c',
    ],
    [
      'pictures',
      '<img src="/a.png" alt="A dog"><img src="data:image/png;base64,AAAA" alt="A cat"><img src="b.png">',
      '![A dog](https://example.test/a.png)A cat',
    ],
    ['nothing', '', ''],
  ];
  test.each(cases)('%s', (_, html, text) => {
    expect(textOf(html)).toBe(text);
  });
});

test('a title is one line of no endless length', () => {
  for (const body of [
    '<p>Hi.</p>',
    `<article>${'<p>Words, and more words, and so on, to the end.</p>'.repeat(20)}</article>`,
  ]) {
    const { title } = htmlToText(`<title>A\nB ${'x'.repeat(100_000)}</title>${body}`, 'https://a.test/', 1_000);
    expect(title).toMatch(/^A B x{296}$/);
  }
});

test('a text is cut at its limit', () => {
  expect(htmlToText(`<p>${'x'.repeat(100)}`, address, 10).text).toBe('x'.repeat(10));
});

describe('pages made to be trouble still give their text', () => {
  const cases: readonly [what: string, html: string][] = [
    ['deep', `${'<div>'.repeat(20_000)}found`],
    ['deep tables', `${'<table><tr><td>'.repeat(3_000)}found`],
    ['many elements', `${'<b></b>'.repeat(60_000)}found`],
    ['many attributes', `<a ${Array.from({ length: 20_000 }, (_, index) => `x${index}=1`).join(' ')}>found</a>`],
  ];
  test.each(cases)('%s', (_, html) => {
    expect(textOf(html)).toEndWith('found');
  });
});

describe('text without tags', () => {
  const cases: readonly [html: string, text: string][] = [
    ['<p>a</p><p>b &amp; c&nbsp;d &#x41;&#66; &nope;</p>', 'a\nb & c d AB &nope;'],
    ['a<!-- <p>b --><script>if (1 < 2) "</p>"</script>c', 'ac'],
    ['1 < 2 <b>and</b> 3 > 2', '1 < 2 and 3 > 2'],
    ['a<script>never closed', 'a'],
    ['a<!-- never closed', 'a'],
    ['a<b never closed', 'a'],
    ['&#0;&#1114112;&#55296;x', '&#0;&#1114112;\ufffdx'],
  ];
  test.each(cases)('%j', (html, text) => {
    expect(plainText(html, 1_000)).toBe(text);
  });

  test('takes time in proportion to its length', () => {
    const startedAt = performance.now();
    for (const piece of ['<script>', '<script></script>', '<!--', '<', '<a', '&#', '<svg><script>', '</']) {
      plainText(piece.repeat(1_000_000 / piece.length), 1_000_000);
    }
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
