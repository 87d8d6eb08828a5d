// What one event of a text stream costs: bytes → decoder → translator → encoder, as the server does it.
// `bun bench/stream-translation.ts` prints microseconds per event, the median of many rounds, for each dialect.

import type { MessageEvent, MessagesRequest } from '../src/messages/types.ts';
import { openGeminiStream } from '../src/providers/gemini/stream.ts';
import { openChatStream } from '../src/providers/openai-chat/stream.ts';
import { openResponsesStream } from '../src/providers/openai-responses/stream.ts';
import type { StreamTranslator, Target, TranslationContext } from '../src/providers/provider.ts';
import { encodeEvents } from '../src/server/sse-encode.ts';
import { SseDecoder } from '../src/upstream/sse-decoder.ts';
import { noCallMemory } from '../test/no-call-memory.ts';
import { makeGeminiAnswer } from './gemini-answer.ts';

const textEvents = 500;
const rounds = 600;
const warmUpRounds = 200;

const request: MessagesRequest = {
  model: 'claude-sonnet-4-5',
  max_tokens: 4096,
  messages: [{ role: 'user', content: 'Go on.' }],
};
const target: Target = {
  provider: 'openai',
  model: 'gpt-4.1',
  baseUrl: 'https://api.openai.com/v1',
  apiKey: undefined,
  route: 'bench',
};
const geminiTarget: Target = {
  ...target,
  provider: 'gemini',
  model: 'gemini-2.5-pro',
  baseUrl: 'https://generativelanguage.googleapis.com',
};
const context: TranslationContext = {
  messageId: 'msg_000000000000000000000000',
  newId: (prefix) => `${prefix}000000000000000000000000`,
  inputTokenEstimate: 100,
  sessionId: undefined,
  agentId: undefined,
  calls: noCallMemory,
  repairs: [],
};

const words = [' the', ' quick', ' "brown"', '\n', ' fox', ' jumps', ' über', ' it', '.', ' And'];

/** Chunks as OpenAI writes them, about 290 bytes each. */
function upstreamEvents(obfuscated: boolean): readonly string[] {
  const head = {
    id: 'chatcmpl-CfakefakefakefakefakefakefaK',
    object: 'chat.completion.chunk',
    created: 1763900000,
    model: 'gpt-4.1-2025-04-14',
    service_tier: 'default',
    system_fingerprint: 'fp_0123456789',
  };
  const chunk = (delta: object, finish: string | null, at: number) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
    const padding = obfuscated ? { obfuscation: 'Zx7kQ2mP9aBc'.slice(at % 9) } : {};
    return `data: ${JSON.stringify({ ...head, choices, usage: null, ...padding })}\n\n`;
  };
  const texts = Array.from({ length: textEvents }, (_, at) => chunk({ content: words[at % words.length] }, null, at));
  const usage = { prompt_tokens: 100, completion_tokens: textEvents, total_tokens: 100 + textEvents };
  const last = `data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`;
  return [chunk({ role: 'assistant', content: '' }, null, 0), ...texts, chunk({}, 'stop', 0), last, 'data: [DONE]\n\n'];
}

/** Events of the Responses API as OpenAI writes them, about 270 bytes each, and 30 more where they are padded. */
function responseEvents(obfuscated: boolean): readonly string[] {
  let number = 0;
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...fields })}\n\n`;
  const response = { id: 'resp_0fake0fake0fake0fake0fake0fake', object: 'response', status: 'in_progress', output: [] };
  const id = 'msg_0fake0fake0fake0fake0fake0fake0fake0fake0fake0f';
  const item = { id, type: 'message', status: 'in_progress', content: [], role: 'assistant' };
  const place = { item_id: id, output_index: 0, content_index: 0 };
  const texts = Array.from({ length: textEvents }, (_, at) => {
    const padding = obfuscated ? { obfuscation: 'Zx7kQ2mP9aBc'.slice(at % 9) } : {};
    return event('response.output_text.delta', { ...place, delta: words[at % words.length], logprobs: [], ...padding });
  });
  const usage = { input_tokens: 100, output_tokens: textEvents, total_tokens: 100 + textEvents };
  return [
    event('response.created', { response }),
    event('response.output_item.added', { output_index: 0, item }),
    ...texts,
    event('response.output_item.done', { output_index: 0, item: { ...item, status: 'completed' } }),
    event('response.completed', { response: { ...response, status: 'completed', usage } }),
  ];
}

/** Network chunks of `perChunk` events each. */
function networkChunks(events: readonly string[], perChunk: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < events.length; at += perChunk) {
    chunks.push(new TextEncoder().encode(events.slice(at, at + perChunk).join('')));
  }
  return chunks;
}

type Open = () => StreamTranslator;
const openChat: Open = () => openChatStream(request, target, context);
const openResponses: Open = () => openResponsesStream(request, target, context);
const openGemini: Open = () => openGeminiStream(request, geminiTarget, context);

function translate(open: Open, chunks: readonly Uint8Array[]): number {
  const decoder = new SseDecoder();
  const translator = open();
  let written = 0;
  for (const chunk of chunks) {
    const said: MessageEvent[] = [];
    for (const event of decoder.push(chunk)) for (const one of translator.push(event)) said.push(one);
    written += Buffer.byteLength(encodeEvents(said));
  }
  const last = translator.state === 'complete' ? [] : translator.end();
  written += Buffer.byteLength(encodeEvents(last));
  if (translator.state !== 'complete') throw new Error('the stream did not end');
  return written;
}

function microsecondsPerEvent(open: Open, chunks: readonly Uint8Array[], events: number): number {
  const times: number[] = [];
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    const started = Bun.nanoseconds();
    translate(open, chunks);
    if (round >= warmUpRounds) times.push(Bun.nanoseconds() - started);
  }
  times.sort((a, b) => a - b);
  return (times[times.length >> 1] ?? 0) / events / 1_000;
}

const cases: readonly { readonly says: string; readonly open: Open; readonly events: readonly string[] }[] = [
  { says: 'Chat Completions', open: openChat, events: upstreamEvents(false) },
  { says: 'the same, padded', open: openChat, events: upstreamEvents(true) },
  { says: 'Responses', open: openResponses, events: responseEvents(false) },
  { says: 'the same, padded', open: openResponses, events: responseEvents(true) },
  { says: 'Gemini', open: openGemini, events: makeGeminiAnswer(textEvents).events },
];
for (const { says, open, events } of cases) {
  for (const perChunk of [1, 16, events.length]) {
    const microseconds = microsecondsPerEvent(open, networkChunks(events, perChunk), events.length);
    process.stdout.write(
      `${says}, ${String(perChunk).padStart(3)} events a chunk: ${microseconds.toFixed(2)} µs per event\n`,
    );
  }
}
