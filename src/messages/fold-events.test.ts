import { expect, test } from 'bun:test';
import { ProxyError } from '../errors/proxy-error.ts';
import { type AnswerHead, EventWriter } from './event-writer.ts';
import { MessageFold } from './fold-events.ts';
import type { AnswerMessage, DeltaUsage, MessageEvent } from './types.ts';

const end: DeltaUsage = {
  input_tokens: 40,
  cache_creation_input_tokens: 20,
  cache_read_input_tokens: 100,
  output_tokens: 7,
  output_tokens_details: { thinking_tokens: 3 },
  server_tool_use: null,
  iterations: null,
  fallback_credit: null,
};
const head: AnswerHead = {
  id: 'msg_1',
  model: 'claude-x',
  usage: {
    ...end,
    input_tokens: 999,
    output_tokens: 0,
    cache_creation: null,
    service_tier: 'priority',
    inference_geo: null,
    speed: null,
  },
  stopSequences: [],
  contextManaged: true,
  isKnownToolId: () => false,
  newToolId: () => 'toolu_1',
};

function fold(write: (writer: EventWriter) => void, cut = false): AnswerMessage {
  const writer = new EventWriter(head);
  write(writer);
  writer.finish({ stopReason: cut ? 'max_tokens' : 'tool_use', usage: end, cut });
  return foldAll(writer.take());
}

function foldAll(events: readonly MessageEvent[]): AnswerMessage {
  const message = new MessageFold();
  for (const event of events) message.add(event);
  return message.message();
}

function callTool(writer: EventWriter, input: string): void {
  const call = writer.beginTool();
  writer.identifyTool(call, { id: 'call_1', name: 'Read' });
  writer.toolInput(call, input);
}

test('a message has its blocks in order, its end, and the true numbers of tokens', () => {
  const message = fold((writer) => {
    writer.thinking('so ');
    writer.thinking('then');
    writer.endThinking('signature');
    writer.whole({ type: 'redacted_thinking', data: 'sealed' });
    writer.text('Hel');
    writer.text('lo');
    callTool(writer, '{"path":"a"}');
  });
  expect<object>(message).toEqual({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [
      { type: 'thinking', thinking: 'so then', signature: 'signature' },
      { type: 'redacted_thinking', data: 'sealed' },
      { type: 'text', text: 'Hello', citations: null },
      { type: 'tool_use', id: 'call_1', name: 'Read', input: { path: 'a' }, caller: { type: 'direct' } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    stop_details: null,
    container: null,
    context_management: { applied_edits: [] },
    diagnostics: null,
    usage: {
      ...end,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 0 },
      service_tier: 'priority',
      inference_geo: null,
      speed: null,
    },
  });
});

test('arguments that can be repaired are, and those that cannot fail the answer rather than become an empty input', () => {
  expect(fold((writer) => callTool(writer, '{"path":"a",}')).content).toMatchObject([{ input: { path: 'a' } }]);
  const broken = () => fold((writer) => callTool(writer, '{"path":'));
  expect(broken).toThrow(ProxyError);
  expect(broken).toThrow('Read');
});

test('half a tool call after a cut is left out, the rest stays', () => {
  const message = fold((writer) => {
    writer.text('Reading.');
    callTool(writer, '{"path":');
  }, true);
  expect<object[]>(message.content).toEqual([{ type: 'text', text: 'Reading.', citations: null }]);
  expect(message.stop_reason).toBe('max_tokens');
});

test('citations belong to the text they were written in', () => {
  const citation = {
    type: 'web_search_result_location',
    url: 'https://example.com',
    title: 'Example',
    cited_text: 'cited',
    encrypted_index: '',
  } as const;
  const writer = new EventWriter(head);
  writer.text('See there.');
  const events = [...writer.take()];
  events.push({ type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation } });
  writer.finish({ stopReason: 'end_turn', usage: end, cut: false });
  events.push(...writer.take());
  expect<object[]>(foldAll(events).content).toEqual([{ type: 'text', text: 'See there.', citations: [citation] }]);
});

test('events that stop before the end are no message', () => {
  const writer = new EventWriter(head);
  writer.text('Half');
  expect(() => foldAll(writer.take())).toThrow(ProxyError);
  expect(() => foldAll([])).toThrow(ProxyError);
});

test('an answer without end is not kept without end', () => {
  const fold = new MessageFold();
  fold.add({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } });
  const piece: MessageEvent = {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: 'x'.repeat(1024 * 1024) },
  };
  for (let megabytes = 0; megabytes < 64; megabytes += 1) fold.add(piece);
  expect(() => fold.add(piece)).toThrow('64 MiB');
});
