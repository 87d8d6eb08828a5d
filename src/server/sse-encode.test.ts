import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { ProxyError } from '../errors/proxy-error.ts';
import type { MessageEvent } from '../messages/types.ts';
import { encodeErrorEvent, encodeEvent, pingFrame } from './sse-encode.ts';

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
