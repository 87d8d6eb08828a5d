import { ProxyError } from '../../src/errors/proxy-error.ts';
import type { MessageEvent } from '../../src/messages/types.ts';
import {
  type ProviderRegistry,
  type Repair,
  type StreamTranslator,
  type TranslatingProvider,
  UpstreamFailure,
} from '../../src/providers/provider.ts';

/** What a test's upstream may say instead of a Messages event: one failure, as a whole answer or inside a stream. */
export interface SaidFailure {
  readonly fail: ProxyError['kind'];
  readonly message?: string;
  readonly repair?: Repair;
  readonly retryAfterSeconds?: number;
}

/**
 * The simplest dialect there can be: the upstream's events are Messages events already, `[DONE]` ends them, `STOP`
 * ends them early. With it a test is about sockets and time, and about nothing else.
 */
export const plainProvider: TranslatingProvider = {
  form: 'translated',
  abilitiesOf: () => ({ hostedTools: new Set(), pdf: true, pdfAddresses: true, images: true }),
  buildRequest: (request, target, context) => ({
    url: `${target.baseUrl}/answer`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${target.apiKey?.reveal()}` },
    body: JSON.stringify({ request, model: target.model, repairs: context.repairs }),
    losses: request.metadata === undefined ? [] : [{ field: 'metadata', why: 'not for\r\nstrangers → never' }],
  }),
  openStream: () => new PlainTranslator(),
  readAnswer: (body) => body.split('\n').map(readEvent),
  readError: ({ status, body }) => readFailure(body) ?? new UpstreamFailure('upstream-fault', `status ${status}`),
};

export const plainRegistry: ProviderRegistry = () => plainProvider;

class PlainTranslator implements StreamTranslator {
  state: StreamTranslator['state'] = 'open';

  push({ data }: { readonly data: string }): readonly MessageEvent[] {
    if (data === '[DONE]') this.state = 'complete';
    else if (data === 'STOP') this.state = 'stopped';
    else if (data === 'BUG') throw new TypeError('a secret prompt');
    else if (data !== 'nothing') {
      const failure = readFailure(data);
      if (failure !== undefined) throw failure;
      return [readEvent(data)];
    }
    return [];
  }

  end(): readonly MessageEvent[] {
    throw new ProxyError('upstream-truncated', 'The upstream ended the stream early.');
  }
}

function readEvent(text: string): MessageEvent {
  return JSON.parse(text);
}

function readFailure(text: string): UpstreamFailure | undefined {
  if (!text.includes('"fail"')) return undefined;
  const said: SaidFailure = JSON.parse(text);
  return new UpstreamFailure(said.fail, said.message ?? 'the upstream said so', said);
}

/** An answer of these texts, as the plain upstream's events. */
export function answerOf(texts: readonly string[], model = 'm'): MessageEvent[] {
  const usage = { input_tokens: 3, output_tokens: 7, cache_read_input_tokens: 2, cache_creation_input_tokens: 0 };
  return [
    startOf(model),
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
    ...texts.map(textDelta),
    { type: 'content_block_stop', index: 0 },
    readEvent(
      JSON.stringify({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
    ),
    { type: 'message_stop' },
  ];
}

export function startOf(model = 'm'): MessageEvent {
  const usage = { input_tokens: 1, output_tokens: 0 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null, usage };
  return readEvent(JSON.stringify({ type: 'message_start', message }));
}

export function textDelta(text: string): MessageEvent {
  return { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
}

/** What the plain upstream writes for it. */
export function sse(...said: readonly (MessageEvent | SaidFailure | string)[]): string {
  return said.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');
}

/** A whole answer as it stands on the wire. */
export function wholeStream(texts: readonly string[]): string {
  return sse(...answerOf(texts), '[DONE]');
}
