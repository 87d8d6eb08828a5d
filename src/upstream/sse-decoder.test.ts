import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ProxyError } from '../errors/proxy-error.ts';
import type { SseEvent } from '../providers/provider.ts';
import { SseDecoder } from './sse-decoder.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function decode(chunks: readonly Uint8Array[]): SseEvent[] {
  const decoder = new SseDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

const cases: readonly { name: string; text: string; events: readonly SseEvent[] }[] = [
  { name: 'LF', text: 'data: a\n\ndata: b\n\n', events: [plain('a'), plain('b')] },
  { name: 'CRLF', text: 'data: a\r\n\r\ndata: b\r\n\r\n', events: [plain('a'), plain('b')] },
  { name: 'CR', text: 'data: a\r\rdata: b\r\r', events: [plain('a'), plain('b')] },
  {
    name: 'all line ends in one stream',
    text: 'data: a\r\n\ndata: b\r\rdata: c\n\n',
    events: [plain('a'), plain('b'), plain('c')],
  },
  { name: 'code points of two to four bytes', text: 'data: ä€🙂\n\n', events: [plain('ä€🙂')] },
  { name: 'a byte order mark at the head', text: '\uFEFFdata: a\n\n', events: [plain('a')] },
  {
    name: 'a byte order mark inside the text is text',
    text: 'data: \uFEFFa\n\ndata:\uFEFFb\n\n',
    events: [plain('\uFEFFa'), plain('\uFEFFb')],
  },
  { name: 'comments', text: ': OPENROUTER PROCESSING\n\n:\n\ndata: a\n: within\ndata: b\n\n', events: [plain('a\nb')] },
  {
    name: 'an error that is bare JSON, on one line or many',
    text: 'data: a\n\n{"error": {"code": 503}}\n\n[{\n  "error": {\n    "code": 503\n  }\n}]\n',
    events: [plain('a'), plain('{"error": {"code": 503}}'), plain('[{\n  "error": {\n    "code": 503\n  }\n}]')],
  },
  { name: 'bare words that are no error', text: 'ready\n{x\ndata: a\n\n', events: [plain('a')] },
  { name: 'several data lines', text: 'data: {\ndata: "a":1\ndata: }\n\n', events: [plain('{\n"a":1\n}')] },
  {
    name: 'no space, or more than one, after the colon',
    text: 'data:a\n\ndata:  b\n\n',
    events: [plain('a'), plain(' b')],
  },
  {
    name: 'empty data, and events without data',
    text: 'data:\n\ndata\n\nevent: x\n\ndata: a\n\n',
    events: [plain('a')],
  },
  {
    name: 'names of events',
    text: 'event: error\ndata: a\n\ndata: b\n\n',
    events: [{ event: 'error', data: 'a' }, plain('b')],
  },
  { name: 'ids, retry times and unknown fields', text: 'id: 7\nretry: 5\nother: x\ndata: a\n\n', events: [plain('a')] },
  {
    name: 'a last event without its blank line',
    text: 'data: a\n\ndata: [DONE]\n',
    events: [plain('a'), plain('[DONE]')],
  },
  { name: 'a last event without any line end', text: 'data: a\n\ndata: [DONE]', events: [plain('a'), plain('[DONE]')] },
  {
    name: 'a failure as a field of its own',
    text: 'error: {"code":500}\n\n',
    events: [{ event: 'error', data: '{"code":500}' }],
  },
  { name: 'nothing', text: '', events: [] },
];

function plain(data: string): SseEvent {
  return { event: undefined, data };
}

describe('the same events, however the network cuts the bytes', () => {
  for (const { name, text, events } of cases) {
    test(name, () => {
      const bytes = bytesOf(text);
      expect(decode([bytes])).toEqual([...events]);
      expect(decode([...bytes].map((byte) => new Uint8Array([byte])))).toEqual([...events]);
      for (let at = 0; at <= bytes.length; at += 1) {
        expect(decode([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([...events]);
      }
    });
  }

  test('any text, cut anywhere', () => {
    const pieces = fc.array(
      fc.constantFrom('data: a', 'data:🙂', ': c', 'event: e', '\n', '\r\n', '\r', '\n\n', 'x', '\uFEFF'),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(200), { maxLength: 6 }), (parts, cuts) => {
        const bytes = bytesOf(parts.join(''));
        const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));
        expect(decode(chunks)).toEqual(decode([bytes]));
      }),
    );
  });
});

test('an event is handed out as soon as its blank line is there, also when the line ends with a bare CR', () => {
  const decoder = new SseDecoder();
  expect(decoder.push(bytesOf('data: a\n'))).toEqual([]);
  expect(decoder.push(bytesOf('\n'))).toEqual([plain('a')]);
  expect(decoder.push(bytesOf('data: b\r\r'))).toEqual([plain('b')]);
  expect(decoder.push(bytesOf('\ndata: c\n\n'))).toEqual([plain('c')]);
});

test('an event over the size limit is an error, whether it is one line, many lines or never ends', () => {
  const limit = 1000;
  for (const chunk of ['data: 0123456789\n', '0123456789']) {
    const decoder = new SseDecoder(limit);
    const pushUntilFull = () => {
      for (let sent = 0; sent < 2 * limit; sent += chunk.length) decoder.push(bytesOf(chunk));
    };
    expect(pushUntilFull).toThrow(ProxyError);
  }
  const decoder = new SseDecoder(limit);
  for (let sent = 0; sent < 5 * limit; sent += 12) decoder.push(bytesOf('data: 01234\n\n'));
});
