import { expect, test } from 'bun:test';
import { gemini, testContext } from '../../../test/replay.ts';
import type { WantedPages } from '../../translation/wanted-pages.ts';
import { GroundedAnswer } from './grounding.ts';

const everything: WantedPages = { allowedDomains: [], blockedDomains: [] };

function answer(grounding: object | undefined, wanted = everything): GroundedAnswer {
  const grounded = new GroundedAnswer(wanted, gemini, testContext().newId);
  grounded.read({ groundingMetadata: grounding });
  return grounded;
}

const redirect = 'https://vertexaisearch.cloud.google.com/grounding-api-redirect/abc';
const web = (title: string, uri = redirect, domain?: string) => ({
  web: { uri, title, ...(domain ? { domain } : {}) },
});
const found = (...groundingChunks: readonly object[]) => ({ webSearchQueries: ['q'], groundingChunks });
const titles = (grounded: GroundedAnswer) => {
  const result = grounded.blocks().find((block) => block.type === 'web_search_tool_result');
  return Array.isArray(result?.content) ? result.content.map(({ title }) => title) : undefined;
};

const wishes: readonly (readonly [name: string, wanted: WantedPages, titles: readonly string[]])[] = [
  ['no wish', everything, ['a.example', 'www.b.example', 'A page']],
  [
    'one that is blocked, with what is below it',
    { allowedDomains: [], blockedDomains: ['b.example'] },
    ['a.example', 'A page'],
  ],
  ['one that is allowed', { allowedDomains: ['A.example/path'], blockedDomains: [] }, ['a.example']],
  ['by the domain that is told beside the link', { allowedDomains: ['c.example'], blockedDomains: [] }, ['A page']],
];

test.each(wishes)('pages the client wants to see: %s', (_, wanted, expected) => {
  const chunks = [web('a.example'), web('www.b.example'), web('A page', redirect, 'c.example')];
  expect(titles(answer(found(...chunks), wanted))).toEqual([...expected]);
});

test("a page's own link tells its domain", () => {
  const page = web('How to', 'https://docs.a.example/how');
  expect(titles(answer(found(page), { allowedDomains: ['a.example'], blockedDomains: [] }))).toEqual(['How to']);
  expect(titles(answer(found(page), { allowedDomains: [], blockedDomains: ['docs.a.example'] }))).toEqual([]);
});

test('without a query nothing was searched, and nothing is made up', () => {
  const grounded = answer({ groundingChunks: [web('a.example')], searchEntryPoint: {} });
  expect(grounded.blocks()).toEqual([]);
  expect(grounded.usage).toBeNull();
  expect(grounded.cite('text')).toEqual([{ text: 'text', citations: [] }]);
});

test('a search that found nothing is still one', () => {
  const grounded = answer({ webSearchQueries: ['q'] });
  expect(titles(grounded)).toEqual([]);
  expect(grounded.usage).toEqual({ web_search_requests: 1, web_fetch_requests: 0 });
});

test('an empty word at the end takes nothing back', () => {
  const grounded = answer(found(web('a.example')));
  grounded.read({ groundingMetadata: {} });
  grounded.read({ groundingMetadata: null });
  grounded.read({});
  expect(titles(grounded)).toEqual(['a.example']);
});

test('nothing that comes in another form than it should breaks the answer', () => {
  const supports = [
    null,
    {},
    { segment: { text: 'a' } },
    { segment: { text: 'a' }, groundingChunkIndices: [0, 'x', 9] },
  ];
  const grounded = answer({
    webSearchQueries: ['q', 5, null],
    groundingChunks: [null, {}, { web: {} }, { web: { uri: 5 } }, web('b.example')],
    groundingSupports: supports,
  });
  expect(titles(grounded)).toEqual(['b.example']);
  expect(grounded.cite('a')).toEqual([{ text: 'a', citations: [] }]);
});

test('a long quote is cut, whole characters at a time', () => {
  const text = `${'x'.repeat(149)}🎉 and on`;
  const grounded = answer({
    ...found(web('a.example')),
    groundingSupports: [{ segment: { text }, groundingChunkIndices: [0] }],
  });
  const quote = grounded.cite(text)[0]?.citations[0]?.cited_text ?? '';
  expect(quote.length).toBeLessThanOrEqual(150);
  expect(quote.isWellFormed()).toBe(true);
});
