import { ProxyError } from '../src/errors/proxy-error.ts';
import { MessageFold } from '../src/messages/fold-events.ts';
import type { AnswerMessage, MessageEvent, MessagesRequest } from '../src/messages/types.ts';
import { openGeminiStream } from '../src/providers/gemini/stream.ts';
import { openChatStream } from '../src/providers/openai-chat/stream.ts';
import { openResponsesStream } from '../src/providers/openai-responses/stream.ts';
import type { SseEvent, StreamTranslator, Target, TranslationContext } from '../src/providers/provider.ts';
import { encodeErrorEvent, encodeEvent } from '../src/server/sse-encode.ts';
import { SseDecoder } from '../src/upstream/sse-decoder.ts';
import { MessagesGrammar } from './messages-grammar.ts';
import { noCallMemory } from './no-call-memory.ts';

export interface Exchange {
  readonly request: MessagesRequest;
  readonly target: Target;
}

/** What a client saw of one upstream stream. */
export interface Replay {
  /** The bytes, with a failure as the error event that the server makes of it. */
  readonly client: string;
  readonly events: readonly MessageEvent[];
  readonly error: ProxyError | undefined;
}

export const openAi: Target = {
  provider: 'openai',
  model: 'gpt-4.1',
  baseUrl: 'https://api.openai.com/v1',
  apiKey: undefined,
  route: 'test',
};

export const responses: Target = { ...openAi, model: 'gpt-5.4', api: 'responses' };

export const gemini: Target = {
  provider: 'gemini',
  model: 'gemini-3.5-flash',
  baseUrl: 'https://generativelanguage.googleapis.com',
  apiKey: undefined,
  route: 'test',
};

/** Ids by counting, so that a case has one right answer. */
export function testContext(): TranslationContext {
  let ids = 0;
  return {
    messageId: 'msg_000000000000000000000000',
    newId: (prefix) => {
      ids += 1;
      return prefix + String(ids).padStart(24, '0');
    },
    inputTokenEstimate: 120,
    sessionId: undefined,
    agentId: undefined,
    calls: noCallMemory,
    repairs: [],
  };
}

function openStream({ request, target }: Exchange): StreamTranslator {
  return openerOf(target)(request, target, testContext());
}

function openerOf({ provider, api }: Target) {
  if (provider !== 'openai') return openGeminiStream;
  return api === 'responses' ? openResponsesStream : openChatStream;
}

/** Plays network chunks through decoder, translator and encoder as the server does, the grammar checked on the way. */
export function replay({ request, target }: Exchange, chunks: readonly Uint8Array[]): Replay {
  const decoder = new SseDecoder();
  const translator = openStream({ request, target });
  const grammar = new MessagesGrammar();
  const events: MessageEvent[] = [];
  let client = '';
  const say = (said: readonly MessageEvent[]) => {
    for (const event of said) {
      grammar.add(event);
      events.push(event);
      client += encodeEvent(event);
    }
  };
  const pushAll = (read: readonly SseEvent[]) => {
    for (const event of read) say(translator.push(event));
  };
  try {
    for (const chunk of chunks) pushAll(decoder.push(chunk));
    pushAll(decoder.end());
    say(translator.end());
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    if (grammar.complete) throw new Error('a failure after message_stop', { cause: error });
    return { client: client + encodeErrorEvent(error, 'req_golden'), events, error };
  }
  if (!grammar.complete) throw new Error('an end that is neither whole nor a failure');
  return { client, events, error: undefined };
}

export function foldAll(events: readonly MessageEvent[]): AnswerMessage {
  const fold = new MessageFold();
  for (const event of events) fold.add(event);
  return fold.message();
}

/** An upstream event as bytes. */
export function frameOf({ event, data }: SseEvent): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`);
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}
