import { errorTable, type ProxyError } from '../errors/proxy-error.ts';
import type { MessageEvent, MessageEventOf } from '../messages/types.ts';

/** Sent while the upstream is silent; allowed anywhere in a stream, also before `message_start`. */
export const pingFrame = 'event: ping\ndata: {"type": "ping"}\n\n';

type DeltaEvent = MessageEventOf<'content_block_delta'>;

/**
 * The events of one network chunk as they go over the wire. Pieces of one block that came together leave together, as
 * one delta: clients join them anyway, and where an upstream sends in bursts that spares both sides most of the work.
 */
export function encodeEvents(events: readonly MessageEvent[]): string {
  let frames = '';
  let first: DeltaEvent | undefined;
  let pieces = '';
  for (const event of events) {
    const piece = event.type === 'content_block_delta' ? pieceOf(event) : undefined;
    if (piece !== undefined && event.type === 'content_block_delta') {
      if (first !== undefined && event.index === first.index && event.delta.type === first.delta.type) {
        pieces += piece;
        continue;
      }
      if (first !== undefined) frames += deltaFrame(first, pieces);
      first = event;
      pieces = piece;
      continue;
    }
    if (first !== undefined) frames += deltaFrame(first, pieces);
    first = undefined;
    frames += encodeEvent(event);
  }
  return first === undefined ? frames : frames + deltaFrame(first, pieces);
}

/** One event as it goes over the wire. */
export function encodeEvent(event: MessageEvent): string {
  const piece = event.type === 'content_block_delta' ? pieceOf(event) : undefined;
  return piece !== undefined && event.type === 'content_block_delta'
    ? deltaFrame(event, piece)
    : `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The text of the three deltas that make up nearly all of a stream; undefined for any other. */
function pieceOf({ delta }: DeltaEvent): string | undefined {
  switch (delta.type) {
    case 'text_delta':
      return delta.text;
    case 'input_json_delta':
      return delta.partial_json;
    case 'thinking_delta':
      return delta.estimated_tokens === null ? delta.thinking : undefined;
    default:
      return undefined;
  }
}

const pieceFields: Readonly<Record<string, string>> = {
  text_delta: 'text',
  input_json_delta: 'partial_json',
  thinking_delta: 'thinking',
};

/** By template: only the piece has to be escaped. */
function deltaFrame({ index, delta: { type } }: DeltaEvent, piece: string): string {
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${pieceFields[type]}":${JSON.stringify(piece)}}}\n\n`;
}

/** A failure after the response head has gone out. Nothing may follow it. */
export function encodeErrorEvent(error: ProxyError, requestId: string): string {
  const body = {
    type: 'error',
    error: { type: errorTable[error.kind].type, message: error.message },
    request_id: requestId,
  };
  return `event: error\ndata: ${JSON.stringify(body)}\n\n`;
}
