import type { UpstreamAnswer } from './answers.ts';
import { Filler } from './filler.ts';
import { piecesOf } from './pieces-of.ts';

const head = { id: 'chatcmpl-bench0000000000000000000000', created: 1_760_000_000, model: 'gpt-4.1-2025-04-14' };
const usage = {
  prompt_tokens: 20_480,
  completion_tokens: 512,
  total_tokens: 20_992,
  prompt_tokens_details: { cached_tokens: 18_432, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

/** `eventCount` events in all: three quarters of them text, then one tool call, the finish, the usage, `[DONE]`. */
export function makeChatAnswer(eventCount: number): UpstreamAnswer {
  const filler = new Filler(eventCount);
  const callPieces = Math.max(1, Math.floor(eventCount / 4) - 5);
  const textPieces = Math.max(1, eventCount - callPieces - 5);
  const pieces = Array.from({ length: textPieces }, () => `${filler.word()} `);
  const toolArguments = JSON.stringify({ file_path: `/src/${filler.prose(callPieces * 5)}` });

  const call = { id: filler.id('call_'), type: 'function', function: { name: 'Read', arguments: '' } };
  const events = [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...pieces.map((content) => chunk({ content })),
  ];
  events.push(chunk({ tool_calls: [{ index: 0, ...call }] }));
  for (const piece of piecesOf(toolArguments, callPieces)) {
    events.push(chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
  }
  events.push(chunk({}, 'tool_calls'));
  events.push(frame(JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })), frame('[DONE]'));

  const text = pieces.join('');
  const message = {
    role: 'assistant',
    content: text,
    refusal: null,
    annotations: [],
    tool_calls: [{ ...call, function: { name: 'Read', arguments: toolArguments } }],
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }];
  return {
    events,
    untilText: 2,
    json: JSON.stringify({ ...head, object: 'chat.completion', choices, usage }),
    text,
    toolArguments,
  };
}

/** One event of nearly nothing but text, so that what is translated is as large as what came. */
export function largeTextEvent(characters: number): string {
  return chunk({ content: new Filler(characters).prose(characters) });
}

function chunk(delta: object, finishReason: string | null = null): string {
  return frame(
    JSON.stringify({
      id: head.id,
      object: 'chat.completion.chunk',
      created: head.created,
      model: head.model,
      service_tier: 'default',
      system_fingerprint: 'fp_bench0000',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      usage: null,
    }),
  );
}

function frame(data: string): string {
  return `data: ${data}\n\n`;
}
