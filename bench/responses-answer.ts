import type { UpstreamAnswer } from './answers.ts';
import { Filler } from './filler.ts';
import { piecesOf } from './pieces-of.ts';

const head = {
  id: 'resp_0bench0bench0bench0bench0bench0bench0bench00',
  object: 'response',
  created_at: 1_760_000_000,
  model: 'gpt-5.4-2026-03-05',
  parallel_tool_calls: true,
  service_tier: 'default',
  store: false,
};
const usage = {
  input_tokens: 20_480,
  input_tokens_details: { cached_tokens: 18_432 },
  output_tokens: 544,
  output_tokens_details: { reasoning_tokens: 32 },
  total_tokens: 21_024,
};
/** All that stands around the pieces of the text and of the call. */
const framing = 13;

/**
 * `eventCount` events in all: a reasoning item whose content is encrypted, text in three quarters of the rest, one tool call,
 * and the whole answer once more in the last event, as OpenAI sends it.
 */
export function makeResponsesAnswer(eventCount: number): UpstreamAnswer {
  const filler = new Filler(eventCount);
  const callPieces = Math.max(1, Math.floor((eventCount - framing) / 4));
  const textPieces = Math.max(1, eventCount - framing - callPieces);
  const pieces = Array.from({ length: textPieces }, () => `${filler.word()} `);
  const text = pieces.join('');
  const toolArguments = JSON.stringify({ file_path: `/src/${filler.prose(callPieces * 5)}` });
  const reasoning = { id: filler.id('rs_'), type: 'reasoning', summary: [], encrypted_content: filler.source(1500) };
  const call = { id: filler.id('fc_'), type: 'function_call', call_id: filler.id('call_'), name: 'Read' };
  const message = { id: filler.id('msg_'), type: 'message', role: 'assistant' };
  const part = { type: 'output_text', annotations: [], logprobs: [], text: '' };
  const textPlace = { item_id: message.id, output_index: 1, content_index: 0 };
  const callPlace = { item_id: call.id, output_index: 2 };
  const output = [
    reasoning,
    { ...message, status: 'completed', content: [{ ...part, text }] },
    { ...call, status: 'completed', arguments: toolArguments },
  ];
  const [reasoned, said, called] = output;
  const begun = { ...head, status: 'in_progress', output: [], usage: null };
  const whole = { ...head, status: 'completed', output, usage };

  const events = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: { ...reasoning, encrypted_content: '' } },
    { type: 'response.output_item.done', output_index: 0, item: reasoned },
    { type: 'response.output_item.added', output_index: 1, item: { ...message, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...textPlace, part },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...textPlace, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...textPlace, text, logprobs: [] },
    { type: 'response.content_part.done', ...textPlace, part: { ...part, text } },
    { type: 'response.output_item.done', output_index: 1, item: said },
    { type: 'response.output_item.added', output_index: 2, item: { ...call, status: 'in_progress', arguments: '' } },
    ...piecesOf(toolArguments, callPieces).map((delta) => ({
      type: 'response.function_call_arguments.delta',
      ...callPlace,
      delta,
    })),
    { type: 'response.function_call_arguments.done', ...callPlace, arguments: toolArguments },
    { type: 'response.output_item.done', output_index: 2, item: called },
    { type: 'response.completed', response: whole },
  ];
  return {
    events: events.map(frame),
    untilText: 7,
    json: JSON.stringify(whole),
    text,
    toolArguments,
  };
}

function frame({ type, ...fields }: { readonly type: string }, index: number): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: index, ...fields })}\n\n`;
}
