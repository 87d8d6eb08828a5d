import { expect, test } from 'bun:test';
import { countTokens as cl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as o200k } from 'gpt-tokenizer/encoding/o200k_base';
import { sealEnvelope } from '../messages/envelope.ts';
import type { Block, MessagesRequest } from '../messages/types.ts';
import { countInPieces, countRequest, vocabularyFactor } from './count-request.ts';
import { estimateTokens } from './estimate.ts';

const traits = {
  encoding: 'o200k_base',
  images: true,
  files: true,
  imageTokens: { kind: 'tiles', base: 85, perTile: 170 },
} as const;
const reading = { traits, vocabularyFactor: 1 };
const empty: MessagesRequest = { model: 'm', max_tokens: 0, messages: [] };
const count = (request: MessagesRequest) => countRequest(request, reading, o200k);
const ofBlocks = (...content: Block[]) => count({ ...empty, messages: [{ role: 'user', content }] }) - 6;

test.each([
  ['antidisestablishmentarianism', 6, 6],
  ['2 + 2 = 4', 7, 7],
  ['お誕生日おめでとう', 8, 9],
])('%p has the number of tokens its vendor tells', (text, newer, older) => {
  expect(countInPieces(text, o200k)).toBe(newer);
  expect(countInPieces(text, cl100k)).toBe(older);
});

test('a message costs three tokens, the whole prompt three more', () => {
  expect(count(empty)).toBe(3);
  expect(count({ ...empty, messages: [{ role: 'user', content: 'hello world' }] })).toBe(8);
  expect(count({ ...empty, system: 'hello world', messages: [{ role: 'user', content: 'hello world' }] })).toBe(13);
});

test('the billing line of Claude Code is not part of any prompt', () => {
  const billing = {
    type: 'text',
    text: 'x-anthropic-billing-header: cc_version=2.1.330.abc; cc_entrypoint=cli;',
  } as const;
  const prompt = { type: 'text', text: 'hello world' } as const;
  expect(count({ ...empty, system: [billing, prompt] })).toBe(count({ ...empty, system: [prompt] }));
});

const pages = Buffer.from(
  '%PDF-1.7 <</Type /Pages /Count 3>> <</Type /Page>> <</Type/Page>> <</Type /Page >>',
).toString('base64');

test.each<[name: string, block: Block, tokens: number]>([
  ['a text', { type: 'text', text: 'hello world' }, 2],
  [
    'a call: name, arguments and 8',
    { type: 'tool_use', id: 't', name: 'Read', input: { a: 1 } },
    1 + o200k('{"a":1}') + 8,
  ],
  ['a result: its text and 8', { type: 'tool_result', tool_use_id: 't', content: 'hello world' }, 10],
  [
    'a result of blocks',
    { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'hello world' }] },
    10,
  ],
  ['a result without content', { type: 'tool_result', tool_use_id: 't' }, 8],
  ['an image of unknown size', { type: 'image', source: { type: 'url', url: 'https://example.test/a.png' } }, 1_000],
  [
    'a document of text',
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hello world' } },
    2,
  ],
  [
    'a PDF, by its pages',
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pages } },
    7_500,
  ],
  [
    'a PDF that hides its pages, by its size',
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'A'.repeat(400_000) } },
    6_000,
  ],
  [
    'thinking of another vendor, which goes nowhere',
    { type: 'thinking', thinking: 'hello world', signature: 'EqQBCkgIBxAB' },
    0,
  ],
  [
    'a block of an unknown kind, without what is encoded in it',
    { type: 'novel', title: 'hello', items: [{ text: 'world', encrypted_content: 'A'.repeat(9_000) }] },
    2,
  ],
])('%s', (_name, block, tokens) => {
  expect(ofBlocks(block)).toBe(tokens);
});

test('an envelope is counted as what it carries, not as its base64', () => {
  const signature = sealEnvelope('openai', { w: 'chat', s: 'a thought about the next step '.repeat(200) });
  const tokens = ofBlocks({ type: 'thinking', thinking: '', signature });
  expect(tokens).toBeGreaterThan(200 * 5);
  expect(tokens).toBeLessThan(200 * 7);
  expect(tokens).toBeLessThan(o200k(signature) / 2);
});

const schema = {
  type: 'object',
  properties: { path: { type: 'string', description: 'Where the file lies' } },
} as const;
const tool = { name: 'Read', description: 'Reads a file', input_schema: schema };

test('a tool costs four fifths of its JSON and 8', () => {
  const json = o200k('Read') + o200k('Reads a file') + o200k(JSON.stringify(schema));
  expect(count({ ...empty, tools: [tool] })).toBe(Math.ceil(3 + 8 + json * 0.8));
});

test('a deferred tool costs nothing until the conversation has loaded it', () => {
  const deferred: MessagesRequest = { ...empty, tools: [{ ...tool, defer_loading: true }] };
  expect(count(deferred)).toBe(3);
  const content: Block[] = [
    { type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference', tool_name: 'Read' }] },
  ];
  expect(count({ ...deferred, messages: [{ role: 'user', content }] })).toBeGreaterThan(30);
});

test('beside a tool search of Anthropic, which cannot run elsewhere, deferred tools are all shown, and all count', () => {
  const search = { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' } as const;
  const deferred = { ...tool, defer_loading: true };
  expect(count({ ...empty, tools: [search, deferred] })).toBe(count({ ...empty, tools: [tool] }));
});

test('a model that is shown no image pays for the note instead, and of a PDF for its text', () => {
  const blind = { traits: { ...traits, images: false, files: false }, vocabularyFactor: 1 };
  const content: Block[] = [
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(9_000) } },
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'A'.repeat(400_000) } },
  ];
  expect(countRequest({ ...empty, messages: [{ role: 'user', content }] }, blind, o200k)).toBe(21 + 0.4 * 6_000);
});

test.each([
  ['gpt-4.1', 1],
  ['o4-mini', 1],
  ['openai/gpt-oss-120b', 1],
  ['ft:gpt-4o:org', 1],
  ['qwen3-coder', 1.1],
  ['deepseek/deepseek-v4', 1.1],
])('the vocabulary of %s counts %p times', (model, factor) => {
  expect(vocabularyFactor(model)).toBe(factor);
});

test('a text cut into pieces has nearly the tokens of the whole', () => {
  const text = 'The quick brown fox jumps over the lazy dog, then rests; "x" += 1 // done.\n'.repeat(600);
  const whole = o200k(text);
  expect(Math.abs(countInPieces(text, o200k) - whole)).toBeLessThanOrEqual(whole / 1_000);
});

test('no piece is longer than 4,000 characters and none begins inside a character', () => {
  const text = `x${'😀'.repeat(9_000)}`;
  const pieces: string[] = [];
  countInPieces(text, (piece) => pieces.push(piece));
  expect(pieces.join('')).toBe(text);
  for (const piece of pieces) {
    expect(piece.length).toBeLessThanOrEqual(4_000);
    expect(piece.isWellFormed()).toBe(true);
  }
});

const prose =
  'When a request arrives, the server checks who sent it, decides where it should go and translates it for that place. ';
const code =
  'export function total(items: readonly Item[]): number {\n  return items.reduce((sum, item) => sum + item.price * item.count, 0);\n}\n';

test.each([
  ['prose', prose, 0.98, 1.35],
  ['code', code, 0.9, 1.3],
  ['Russian', 'Сервер проверяет, кто прислал запрос, и решает, куда его направить. ', 1, 2.2],
  ['Chinese', '服务器检查请求的来源，并决定应该把它发送到哪里。', 0.95, 1.6],
])('the estimate of %s leans high, not far', (_name, sample, least, most) => {
  const request: MessagesRequest = { ...empty, messages: [{ role: 'user', content: sample.repeat(300) }] };
  const ratio = estimateTokens(request) / count(request);
  expect(ratio).toBeGreaterThan(least);
  expect(ratio).toBeLessThan(most);
});

test('the estimate never takes encoded data for text', () => {
  const data = Buffer.alloc(300_000, 7).toString('base64');
  const content: Block[] = [
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
    {
      type: 'tool_result',
      tool_use_id: 't',
      content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }],
    },
    { type: 'thinking', thinking: '', signature: data },
    { type: 'redacted_thinking', data },
  ];
  expect(estimateTokens({ ...empty, messages: [{ role: 'user', content }] })).toBeLessThan(2_100);
});
