import { expect, test } from 'bun:test';
import type { SeenAnswer, Target } from '../provider.ts';
import { openReader } from './answer-reader.ts';

const target: Target = {
  provider: 'anthropic',
  model: 'claude-x',
  baseUrl: 'https://api.anthropic.com',
  apiKey: undefined,
  route: '',
};

function seenOf(
  pieces: readonly (string | Uint8Array)[],
  contentType = 'text/event-stream; charset=utf-8',
  status = 200,
): SeenAnswer {
  const reader = openReader({ status, contentType }, target);
  for (const piece of pieces) reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  reader.end();
  return reader.seen;
}

const stream = [
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":100,"output_tokens":1}}}\n\n',
  'event: ping\ndata: {"type": "ping"}\n\n',
  ': a comment\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"\\nevent: message_delta\\ndata: {\\"usage\\":{\\"output_tokens\\":9}} wörld 🌍"}}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":42}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
].join('');
const whole: SeenAnswer = {
  inputTokens: 115,
  cachedTokens: 100,
  writtenTokens: 5,
  writtenForHourTokens: undefined,
  outputTokens: 42,
  stopReason: 'tool_use',
  error: undefined,
  state: 'whole',
};

test('a stream is read however it is cut', () => {
  expect(seenOf([stream])).toEqual(whole);
  const bytes = Buffer.from(stream);
  for (let cut = 1; cut < bytes.length; cut += 1)
    expect(seenOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
  for (const size of [1, 2, 3, 7, 15, 16, 20, 100]) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    expect(seenOf(pieces)).toEqual(whole);
  }
  expect(seenOf([stream.replaceAll('\n', '\r\n')])).toEqual(whole);
  expect(seenOf([stream.slice(0, -1)])).toEqual(whole);
});

test('a stream that is cut is not whole, whatever it said', () => {
  const cut = seenOf([stream.slice(0, stream.indexOf('event: message_stop'))]);
  expect(cut).toEqual({ ...whole, state: 'begun' });
  expect(seenOf([stream.slice(0, stream.indexOf('event: message_delta'))])).toEqual({
    ...whole,
    outputTokens: 1,
    stopReason: undefined,
    state: 'begun',
  });
});

test('counts that the end repeats are taken from the end, those it leaves out from the beginning', () => {
  const end = (usage: object) =>
    `event: message_delta\ndata: ${JSON.stringify({ type: 'message_delta', delta: {}, usage })}\n\n`;
  const begin =
    'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":10,"cache_read_input_tokens":0}}}\n\n';
  expect(seenOf([begin, end({ input_tokens: 30, cache_read_input_tokens: 70, output_tokens: 2 })])).toMatchObject({
    inputTokens: 100,
    cachedTokens: 70,
    outputTokens: 2,
  });
  expect(seenOf([begin, end({ input_tokens: null, output_tokens: 3 }), end({ output_tokens: 9 })])).toMatchObject({
    inputTokens: 10,
    outputTokens: 9,
  });
});

test('an error is told in Anthropic’s words, without what looks like a key', () => {
  const error = {
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded, Bearer abcdefghijklmnop' },
    request_id: 'req_1',
  };
  const told = { type: 'overloaded_error', message: 'Overloaded, Bearer [redacted]' };
  const said = `event: error\ndata: ${JSON.stringify(error)}\n\n`;
  expect(seenOf([stream.slice(0, 300), '\n\n', said]).error).toEqual(told);
  expect(seenOf([said]).error).toEqual(told);
  expect(seenOf([JSON.stringify(error)], 'application/json', 529).error).toEqual(told);
});

test.each([
  [
    'a message',
    {
      type: 'message',
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 2 },
    },
    { inputTokens: 5, cachedTokens: 2, outputTokens: 4, stopReason: 'end_turn', state: 'unknown' },
  ],
  ['a count', { input_tokens: 77 }, { inputTokens: 77, outputTokens: undefined }],
  ['something else', { data: [] }, { inputTokens: undefined, error: undefined }],
  ['an error of no known shape', { type: 'error' }, { error: { type: 'api_error', message: '' } }],
])('%s in one piece is read', (_what, body, seen) => {
  const text = JSON.stringify(body);
  expect(seenOf([text.slice(0, 9), text.slice(9)], 'application/json')).toMatchObject(seen);
});

test.each([
  ['no JSON', 'event: message_start\ndata: {"type\n\nevent: error\ndata: nope\n\n', 'text/event-stream'],
  ['no JSON at all', '<html>', 'application/json'],
  ['an answer too large to be read', Buffer.alloc(9 * 1024 * 1024, '['), 'application/json'],
  ['an event that does not end', `event: message_delta\ndata: ${'x'.repeat(600 * 1024)}`, 'text/event-stream'],
  ['a file', stream, 'application/octet-stream'],
])('%s tells nothing and breaks nothing', (_what, body, contentType) => {
  expect(seenOf([body, body], contentType)).toEqual({
    inputTokens: undefined,
    cachedTokens: undefined,
    writtenTokens: undefined,
    writtenForHourTokens: undefined,
    outputTokens: undefined,
    stopReason: undefined,
    error: undefined,
    state: 'unknown',
  });
});
