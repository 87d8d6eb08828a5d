import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { z } from 'zod';
import { ProxyError } from '../errors/proxy-error.ts';
import type { MessageEvent } from '../messages/types.ts';
import { encodeErrorEvent, encodeEvent, encodeEvents, pingFrame } from './sse-encode.ts';

/** Reads one frame the way a client does. */
function readFrame(frame: string): { name: string; data: unknown } {
  const [, name = '', data = ''] = /^event: (\S+)\ndata: ([^\n]*)\n\n$/.exec(frame) ?? [];
  return { name, data: JSON.parse(data) };
}

test('every event goes out under its own name and reads back as it was', () => {
  const text = fc.string({ unit: 'binary' });
  const index = fc.nat();
  const event: fc.Arbitrary<MessageEvent> = fc.oneof(
    fc.record({
      type: fc.constant('content_block_delta' as const),
      index,
      delta: fc.oneof(
        fc.record({ type: fc.constant('text_delta' as const), text }),
        fc.record({ type: fc.constant('input_json_delta' as const), partial_json: text }),
        fc.record({ type: fc.constant('signature_delta' as const), signature: text }),
        fc.record({ type: fc.constant('thinking_delta' as const), thinking: text, estimated_tokens: fc.nat() }),
      ),
    }),
    fc.record({ type: fc.constant('content_block_stop' as const), index }),
    fc.record({
      type: fc.constant('content_block_start' as const),
      index,
      content_block: fc.record({ type: fc.constant('tool_use' as const), id: text, name: text, input: fc.jsonValue() }),
    }),
    fc.constant({ type: 'message_stop' as const }),
  );
  fc.assert(
    fc.property(event, (sent) => {
      const { name, data } = readFrame(encodeEvent(sent));
      expect(name).toBe(sent.type);
      expect(data).toEqual(JSON.parse(JSON.stringify(sent)));
    }),
  );
});

test('a thinking delta leaves out the token estimate that nobody made', () => {
  const frame = encodeEvent({
    type: 'content_block_delta',
    index: 3,
    delta: { type: 'thinking_delta', thinking: 'so "then"\n', estimated_tokens: null },
  });
  expect(readFrame(frame).data).toEqual({
    type: 'content_block_delta',
    index: 3,
    delta: { type: 'thinking_delta', thinking: 'so "then"\n' },
  });
});

const piece = fc.oneof(
  fc.record({ type: fc.constant('text_delta' as const), text: fc.string() }),
  fc.record({ type: fc.constant('input_json_delta' as const), partial_json: fc.string() }),
  fc.record({
    type: fc.constant('thinking_delta' as const),
    thinking: fc.string(),
    estimated_tokens: fc.constantFrom(null, 7),
  }),
  fc.record({ type: fc.constant('signature_delta' as const), signature: fc.string() }),
);
const smallIndex = fc.nat(1);
const anyEvent: fc.Arbitrary<MessageEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('content_block_delta' as const), index: smallIndex, delta: piece }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('content_block_stop' as const), index: smallIndex }) },
);

const deltaSchema = z.object({
  index: z.number(),
  delta: z
    .object({
      type: z.string(),
      text: z.string(),
      partial_json: z.string(),
      thinking: z.string(),
      estimated_tokens: z.number(),
    })
    .partial()
    .default({}),
});

/** The frames of a write; deltas of one kind and block that follow each other joined, as every client reads them. */
function understood(frames: string): unknown[] {
  const read: unknown[] = [];
  let last = '';
  for (const frame of frames.split('\n\n').slice(0, -1)) {
    const { data } = readFrame(`${frame}\n\n`);
    const { index, delta } = deltaSchema.parse(data);
    const text =
      delta.text ?? delta.partial_json ?? (delta.estimated_tokens === undefined ? delta.thinking : undefined);
    const key = text === undefined ? '' : `${index} ${delta.type}`;
    if (key !== '' && key === last) read[read.length - 1] = `${read.at(-1)}${text}`;
    else read.push(text ?? data);
    last = key;
  }
  return read;
}

test('what came together leaves together, and says the same', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
      expect(understood(encodeEvents(events))).toEqual(understood(events.map(encodeEvent).join('')));
    }),
  );
});

test('pieces of one block that came together are one delta; a piece of another block or kind is its own', () => {
  const text = (index: number, said: string): MessageEvent => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'text_delta', text: said },
  });
  const json: MessageEvent = {
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'input_json_delta', partial_json: '{' },
  };
  const events = [text(0, 'a "'), text(0, 'b'), text(1, 'c'), json, { type: 'content_block_stop', index: 1 } as const];
  const frames = encodeEvents(events).split('\n\n').slice(0, -1);
  expect(frames.map((frame) => readFrame(`${frame}\n\n`).data)).toEqual([
    text(0, 'a "b'),
    text(1, 'c'),
    json,
    events[4],
  ]);
});

test('a failure in mid-stream has the shape of an error body', () => {
  const frame = encodeErrorEvent(new ProxyError('upstream-truncated', 'cut "short"\n'), 'req_1');
  expect(readFrame(frame)).toEqual({
    name: 'error',
    data: { type: 'error', error: { type: 'api_error', message: 'cut "short"\n' }, request_id: 'req_1' },
  });
});

test('a ping is an event like any other', () => {
  expect(readFrame(pingFrame)).toEqual({ name: 'ping', data: { type: 'ping' } });
});
