import type { UpstreamAnswer } from './answers.ts';
import { Filler } from './filler.ts';
import { piecesOf } from './pieces-of.ts';

const head = { id: 'msg_bench00000000000000000000', type: 'message', role: 'assistant', model: 'claude-opus-4-8' };
const usage = {
  input_tokens: 2048,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 18_432,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 512,
  service_tier: 'standard',
};

/** `eventCount` events in all: three quarters of them text, then one tool call, the stop reason, the end. */
export function makeAnthropicAnswer(eventCount: number): UpstreamAnswer {
  const filler = new Filler(eventCount);
  const callPieces = Math.max(1, Math.floor(eventCount / 4) - 5);
  const textPieces = Math.max(1, eventCount - callPieces - 8);
  const pieces = Array.from({ length: textPieces }, () => `${filler.word()} `);
  const toolArguments = JSON.stringify({ file_path: `/src/${filler.prose(callPieces * 5)}` });
  const call = { type: 'tool_use', id: filler.id('toolu_'), name: 'Read' };

  const started = {
    ...head,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 3 },
  };
  const events = [
    frame({ type: 'message_start', message: started }),
    frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    frame({ type: 'ping' }),
    ...pieces.map((text) => delta(0, { type: 'text_delta', text })),
    frame({ type: 'content_block_stop', index: 0 }),
    frame({ type: 'content_block_start', index: 1, content_block: { ...call, input: {} } }),
  ];
  for (const piece of piecesOf(toolArguments, callPieces)) {
    events.push(delta(1, { type: 'input_json_delta', partial_json: piece }));
  }
  const stop = { stop_reason: 'tool_use', stop_sequence: null };
  events.push(frame({ type: 'content_block_stop', index: 1 }));
  events.push(frame({ type: 'message_delta', delta: stop, usage }), frame({ type: 'message_stop' }));

  const text = pieces.join('');
  const content = [
    { type: 'text', text },
    { ...call, input: JSON.parse(toolArguments) },
  ];
  return { events, untilText: 4, json: JSON.stringify({ ...head, content, ...stop, usage }), text, toolArguments };
}

function delta(index: number, change: object): string {
  return frame({ type: 'content_block_delta', index, delta: change });
}

function frame(event: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
