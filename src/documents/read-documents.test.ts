import { expect, test } from 'bun:test';
import type { Block, MessagesRequest } from '../messages/types.ts';
import { type FetchPage, WebFailure } from '../web/web-access.ts';
import { DocumentReader } from './document-reader.ts';
import type { PdfAnswer, PdfQuestion, ReadingWorker } from './pdf-reader.ts';
import type { PdfReading } from './pdf-reading.ts';
import { holdsDocuments, readDocuments } from './read-documents.ts';

const never = new AbortController().signal;
const textOnly = { pdf: false, pdfAddresses: false, images: false };
const seeing = { pdf: false, pdfAddresses: false, images: true };
const native = { pdf: true, pdfAddresses: false, images: true };

const pdfOf = (data: string): Block => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data },
});
const atAddress = (url: string): Block => ({ type: 'document', source: { type: 'url', url } });
const inResult = (...content: Block[]): Block => ({ type: 'tool_result', tool_use_id: 't', content }) as Block;
const fetched = (document: unknown): Block => ({
  type: 'web_fetch_tool_result',
  tool_use_id: 's',
  content: { type: 'web_fetch_result', url: 'https://example.test/a.pdf', content: document },
});
const asking = (...content: Block[]): MessagesRequest => ({
  model: 'm',
  max_tokens: 1,
  messages: [
    { role: 'user', content: 'before' },
    { role: 'user', content },
  ],
});

/** A PDF whose base64 is `two` has two pages; `long` has 900 of which 600 are read, `locked` cannot be read. */
function readingOf({ base64, images }: PdfQuestion): PdfReading {
  if (base64 === 'locked') return { problem: 'encrypted' };
  const image = images ? `image-of-${base64}` : undefined;
  if (base64 === 'long') return { pageCount: 900, pages: Array.from({ length: 600 }, () => ({ text: 'x', image })) };
  return {
    pageCount: 2,
    pages: [
      { text: `${base64}, first`, image },
      { text: '', image },
    ],
  };
}

function reader(fetchPage?: FetchPage, clock = { now: 0 }): DocumentReader & { questions: PdfQuestion[] } {
  const questions: PdfQuestion[] = [];
  const startWorker = (): ReadingWorker => {
    let answer: (answer: PdfAnswer) => void = () => undefined;
    return {
      ask(question) {
        questions.push(question);
        queueMicrotask(() => answer({ reading: readingOf(question), isSpent: false }));
      },
      onAnswer(listener) {
        answer = listener;
      },
      onFailure: () => undefined,
      end: () => undefined,
    };
  };
  return Object.assign(new DocumentReader({ startWorker, fetchPage, now: () => clock.now }), { questions });
}

const image = (data: string) =>
  ({ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data } }) as const;
const text = (words: string) => ({ type: 'text', text: words }) as const;
const shownPages = [
  text('[page 1 of 2]\ntwo, first'),
  image('image-of-two'),
  text('[page 2 of 2]'),
  image('image-of-two'),
];
const readPages = [text('[page 1 of 2]\ntwo, first'), text('[page 2 of 2] (it holds no text; perhaps it is a scan)')];
const pdfPage = { url: 'https://example.test/a.pdf', retrievedAt: '2026-01-01T00:00:00Z', title: 'Found' } as const;

test.each<[name: string, block: Block, reads: typeof native, document: object, losses: string[]]>([
  [
    'a PDF, for a model that sees images',
    pdfOf('two'),
    seeing,
    { type: 'document', source: { type: 'content', content: shownPages } },
    [],
  ],
  [
    'a PDF, for a model that does not',
    pdfOf('two'),
    textOnly,
    { type: 'document', source: { type: 'content', content: readPages } },
    [
      'messages.1.content.0: only the text of its pages is sent, for this server or model reads no PDF files and sees no images',
    ],
  ],
  [
    'title, context and citations of a PDF',
    { ...pdfOf('two'), title: 'T', context: 'C', citations: { enabled: true } },
    seeing,
    {
      type: 'document',
      title: 'T',
      context: 'C',
      citations: { enabled: true },
      source: { type: 'content', content: shownPages },
    },
    [],
  ],
  [
    'a PDF that cannot be opened',
    pdfOf('locked'),
    seeing,
    {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: '[document omitted: it is protected by a password]' },
    },
    ['messages.1.content.0: it is protected by a password'],
  ],
  [
    'a PDF in the result of a call',
    inResult({ type: 'text', text: 'read' }, pdfOf('two')),
    seeing,
    {
      type: 'tool_result',
      tool_use_id: 't',
      content: [
        { type: 'text', text: 'read' },
        { type: 'document', source: { type: 'content', content: shownPages } },
      ],
    },
    [],
  ],
  [
    'a PDF that cannot be opened, in the result of a call',
    inResult(pdfOf('locked')),
    textOnly,
    {
      type: 'tool_result',
      tool_use_id: 't',
      content: [
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: '[document omitted: it is protected by a password]' },
        },
      ],
    },
    ['messages.1.content.0.content.0: it is protected by a password'],
  ],
  [
    'a PDF that a server tool has fetched, which is told in text everywhere',
    fetched(pdfOf('two')),
    native,
    fetched({ type: 'document', source: { type: 'content', content: shownPages } }),
    [],
  ],
])('%s', async (_name, block, reads, document, losses) => {
  const request = asking(block);
  const before = structuredClone(request);
  const read = await readDocuments(request, reads, reader(), never);
  expect(read.request.messages[1]?.content).toEqual([document as Block]);
  expect<unknown>(read.request.messages[0]).toBe(request.messages[0]);
  expect(read.losses.map(({ field, why }) => `${field}: ${why}`)).toEqual(losses);
  expect(request).toEqual(before);
});

test.each<[name: string, block: Block, reads: typeof native]>([
  ['a PDF that upstream reads', pdfOf('two'), native],
  ['an address, where the proxy fetches nothing', atAddress('https://example.test/a.pdf'), textOnly],
  ['an address that upstream fetches', atAddress('https://example.test/a.pdf'), { ...native, pdfAddresses: true }],
  [
    'a text document',
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
    textOnly,
  ],
  [
    'a block of an unknown type',
    { type: 'novel', source: { type: 'base64', media_type: 'application/pdf', data: 'two' } },
    textOnly,
  ],
  ['a fetch that failed', fetched(undefined), textOnly],
])('%s stays as it is', async (_name, block, reads) => {
  const request = asking(block);
  const read = await readDocuments(request, reads, reader(), never);
  expect(read.request).toBe(request);
  expect(read.losses).toEqual([]);
});

test('a request without PDF or address is told at once from one that may need reading', () => {
  expect(holdsDocuments(asking(text('words'), inResult(text('more'))))).toBe(false);
  for (const block of [
    pdfOf('two'),
    inResult(pdfOf('two')),
    atAddress('https://example.test'),
    fetched(pdfOf('two')),
  ]) {
    expect(holdsDocuments(asking(block))).toBe(true);
  }
});

test('of a document that is too long the model and the list of losses are told how much is there', async () => {
  const read = await readDocuments(asking(pdfOf('long')), seeing, reader(), never);
  expect(JSON.stringify(read.request)).toContain('[pages 601 to 900 omitted: the document is too long]');
  expect(read.losses).toEqual([
    {
      field: 'messages.1.content.0',
      why: 'only the first 600 of 900 pages are sent; only the text is sent of 500 of its 900 pages',
    },
  ]);
});

test('a document that comes later changes nothing of what an earlier one has become', async () => {
  const { request: short } = await readDocuments(asking(pdfOf('long')), seeing, reader(), never);
  const { request: long } = await readDocuments(asking(pdfOf('long'), pdfOf('two')), seeing, reader(), never);
  expect<unknown>(long.messages[1]?.content[0]).toEqual(short.messages[1]?.content[0]);
});

test('what is behind an address is fetched once, and becomes what the upstream can take', async () => {
  const clock = { now: 0 };
  const asked: string[] = [];
  const documents = reader(async (url) => {
    asked.push(url);
    return { ...pdfPage, mediaType: 'application/pdf', data: 'two' };
  }, clock);
  const request = asking(atAddress('https://example.test/a.pdf'));
  const titled = { type: 'document', title: 'Found' } as const;
  const asFile = await readDocuments(request, native, documents, never);
  expect(asFile.request.messages[1]?.content).toEqual([
    { ...titled, source: { type: 'base64', media_type: 'application/pdf', data: 'two' } },
  ]);
  const asPages = await readDocuments(request, seeing, documents, never);
  expect(asPages.request.messages[1]?.content).toEqual([
    { ...titled, source: { type: 'content', content: shownPages } },
  ]);
  expect(asked).toEqual(['https://example.test/a.pdf']);
  clock.now = 2 * 60 * 60_000;
  await readDocuments(request, seeing, documents, never);
  expect(asked).toHaveLength(2);
});

test('a page that is no PDF is a document of text', async () => {
  const documents = reader(async () => ({ ...pdfPage, mediaType: 'text/plain', data: 'words' }));
  const read = await readDocuments(asking(atAddress('https://example.test/a')), native, documents, never);
  expect(read.request.messages[1]?.content).toEqual([
    { type: 'document', title: 'Found', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
  ]);
});

test('an address that cannot be fetched is a line that says why, listed, and not asked again in the next minute', async () => {
  const clock = { now: 0 };
  let asked = 0;
  const documents = reader(async () => {
    asked += 1;
    throw new WebFailure('url_not_allowed', 'the address is not public');
  }, clock);
  const request = asking(atAddress('http://10.0.0.1/a.pdf'));
  const read = await readDocuments(request, native, documents, never);
  const why = 'http://10.0.0.1/a.pdf could not be fetched: the address is not public';
  expect(read.request.messages[1]?.content).toEqual([
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: `[document omitted: ${why}]` } },
  ]);
  expect(read.losses).toEqual([{ field: 'messages.1.content.0', why }]);
  await readDocuments(request, native, documents, never);
  expect(asked).toBe(1);
  clock.now = 61_000;
  await readDocuments(request, native, documents, never);
  expect(asked).toBe(2);
});

test('a client that leaves ends the reading', async () => {
  const leaving = new AbortController();
  leaving.abort(new Error('gone'));
  await expect(readDocuments(asking(pdfOf('two')), seeing, reader(), leaving.signal)).rejects.toThrow('gone');
});
