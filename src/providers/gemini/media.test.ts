import { expect, test } from 'bun:test';
import { buildGemini, lastParts, type Surroundings } from '../../../test/build-gemini-request.ts';

const say = (block: object, around: Surroundings = {}) => {
  const built = buildGemini({ messages: [{ role: 'user', content: [block] }] }, around);
  return { parts: lastParts(built), lost: built.lost };
};
const base64 = (media_type: string) => ({ type: 'image', source: { type: 'base64', media_type, data: 'AAAA' } });
const at = (type: 'image' | 'document', url: string) => ({ type, source: { type: 'url', url } });

test.each([
  ['image/png', 'image/png'],
  ['image/jpeg', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/webp', 'image/webp'],
  ['image/heif', 'image/heif'],
])('an image in %s goes along as %s', (given, mimeType) => {
  expect(say(base64(given))).toEqual({ parts: [{ inlineData: { mimeType, data: 'AAAA' } }], lost: [] });
});

test('a GIF does not end the conversation: a line says that it was there, and it is listed', () => {
  expect(say(base64('image/gif'))).toEqual({
    parts: [{ text: '[image omitted: Gemini reads no image/gif]' }],
    lost: ['messages.0.content.0'],
  });
});

test.each([
  ['https://x.test/a.png', 'image/png'],
  ['https://x.test/a.webp?size=1', 'image/webp'],
  ['https://x.test/a', 'image/jpeg'],
  ['http://x.test/a.HEIC', 'image/heic'],
])('Vertex AI fetches the image at %s as %s', (url, mimeType) => {
  const { parts, lost } = say(at('image', url), { provider: 'vertex' });
  expect(parts).toEqual([{ fileData: { fileUri: url, mimeType } }]);
  expect(lost).toEqual([]);
});

test('and so it does the document', () => {
  const { parts } = say(at('document', 'https://x.test/a.pdf'), { provider: 'vertex' });
  expect(parts).toEqual([{ fileData: { fileUri: 'https://x.test/a.pdf', mimeType: 'application/pdf' } }]);
});

test.each([
  ['gemini-2.5-flash', at('image', 'https://x.test/a.png'), 'image/png'],
  ['gemini-4-argon', at('document', 'https://x.test/a.pdf'), 'application/pdf'],
])('the Gemini API fetches for %s what is at a public address', (model, block, mimeType) => {
  expect(say(block, { model })).toEqual({ parts: [{ fileData: { fileUri: block.source.url, mimeType } }], lost: [] });
});

test.each(['gemini', 'vertex'] as const)('an address that %s could not fetch goes on as text', (provider) => {
  const repairs = [{ kind: 'addresses-as-text', scope: 'request' }] as const;
  expect(say(at('image', 'https://x.test/a.png'), { provider, repairs })).toEqual({
    parts: [{ text: '[image at https://x.test/a.png]' }],
    lost: ['messages.0.content.0'],
  });
});

test.each([
  [at('image', 'https://x.test/a.png'), { model: 'gemini-2.0-flash' }, '[image at https://x.test/a.png]'],
  [at('image', 'http://x.test/a.png'), {}, '[image at http://x.test/a.png]'],
  [at('document', 'gs://bucket/a.pdf'), {}, '[document at gs://bucket/a.pdf]'],
  // With the proxy's own account Google would read what no client may.
  [at('document', 'gs://bucket/a.pdf'), { provider: 'vertex' as const }, '[document at gs://bucket/a.pdf]'],
  [at('image', 'file:///etc/passwd'), { provider: 'vertex' as const }, '[image at file:///etc/passwd]'],
])('the address in %j alone is sent where nothing fetches it', (block, around, line) => {
  expect(say(block, around)).toEqual({ parts: [{ text: line }], lost: ['messages.0.content.0'] });
});

test('a PDF goes along whole, its title and context around it', () => {
  const source = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' };
  const inlineData = { mimeType: 'application/pdf', data: 'JVBERi0x' };
  expect(say({ type: 'document', source }).parts).toEqual([{ inlineData }]);
  expect(say({ type: 'document', source, title: 'Plan', context: 'draft' }).parts).toEqual([
    { text: '<document title="Plan" context="draft">' },
    { inlineData },
    { text: '</document>' },
  ]);
  expect(say({ type: 'document', source }, { model: 'gemma-3-27b-it' }).lost).toEqual(['messages.0.content.0']);
});

test('the images of a document stay where they stand between its texts', () => {
  const content = [{ type: 'text', text: 'a' }, base64('image/png'), { type: 'text', text: 'b' }];
  expect(say({ type: 'document', source: { type: 'content', content } }).parts).toEqual([
    { text: '<document>' },
    { text: 'a' },
    { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
    { text: 'b' },
    { text: '</document>' },
  ]);
});

test('a file that lies at Anthropic is refused, with what to do', () => {
  expect(() => say({ type: 'image', source: { type: 'file', file_id: 'f' } })).toThrow(
    'messages.0.content.0.source.file_id: the file lies at Anthropic; send its content as base64',
  );
});

test('a source nobody knows yet is listed', () => {
  expect(say({ type: 'image', source: { type: 'stream' } }).lost).toEqual(['messages.0.content.0']);
});
