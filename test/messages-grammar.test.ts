import { expect, test } from 'bun:test';
import type { MessageEvent } from '../src/messages/types.ts';
import { MessagesGrammar, readClientFrames } from './messages-grammar.ts';
import { foldAll, openAi, replay } from './replay.ts';

const request = { model: 'claude-x', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Go.' }] };
const upstream = [
  { reasoning_content: 'hm' },
  { content: 'Hello' },
  { tool_calls: [{ index: 0, id: 'a', function: { name: 'Read', arguments: '{"x":1}' } }] },
];

/** A legal stream: start, thinking (4 events), text (3), a tool (3), end, stop. */
function legalEvents(): readonly MessageEvent[] {
  const lines = upstream.map((delta) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
  const bytes = new TextEncoder().encode(`${lines.join('')}data: [DONE]\n\n`);
  return replay({ request: { ...request, thinking: { type: 'adaptive' } }, target: openAi }, [bytes]).events;
}

function check(events: readonly MessageEvent[]): void {
  const grammar = new MessagesGrammar();
  for (const event of events) grammar.add(event);
  if (!grammar.complete) throw new Error('Messages grammar: incomplete');
}

test('a legal stream passes', () => {
  check(legalEvents());
  expect(foldAll(legalEvents()).content).toHaveLength(3);
});

test('a stream with any event missing does not, but for text in pieces', () => {
  const events = legalEvents();
  events.forEach((dropped, at) => {
    const isThinkingText = dropped.type === 'content_block_delta' && dropped.delta.type === 'thinking_delta';
    const rest = events.toSpliced(at, 1);
    if (isThinkingText) check(rest);
    else expect(() => check(rest)).toThrow('Messages grammar');
  });
});

test('nor one with any event twice, but for deltas that add up', () => {
  const events = legalEvents();
  events.forEach((repeated, at) => {
    const addsUp = repeated.type === 'content_block_delta' && repeated.delta.type !== 'signature_delta';
    const more = events.toSpliced(at, 0, repeated);
    if (addsUp) check(more);
    else expect(() => check(more)).toThrow('Messages grammar');
  });
});

test('nor one with two neighbours swapped, but for deltas of one block', () => {
  const events = legalEvents();
  for (let at = 1; at < events.length; at += 1) {
    const [first, second] = [events[at - 1], events[at]];
    if (first === undefined || second === undefined) continue;
    expect(() => check(events.toSpliced(at - 1, 2, second, first))).toThrow('Messages grammar');
  }
});

test('a frame without its name, or with another, is no frame', () => {
  expect(readClientFrames('event: ping\ndata: {"type": "ping"}\n\n')).toHaveLength(1);
  for (const frame of [
    'data: {"type":"ping"}\n\n',
    'event: ping\ndata: {"type":"message_stop"}\n\n',
    'event: ping\ndata: {"type":"ping"}\n',
    'event: ping\n\n',
  ]) {
    expect(() => readClientFrames(frame)).toThrow();
  }
});
