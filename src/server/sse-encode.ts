import { errorTable, type ProxyError } from '../errors/proxy-error.ts';
import type { MessageEvent } from '../messages/types.ts';

/** Sent while the upstream is silent; allowed anywhere in a stream, also before `message_start`. */
export const pingFrame = 'event: ping\ndata: {"type": "ping"}\n\n';

/**
 * One event as it goes over the wire. The three deltas that make up nearly all of a stream are written by template:
 * only their text has to be escaped.
 */
export function encodeEvent(event: MessageEvent): string {
  if (event.type === 'content_block_delta') {
    const { delta, index } = event;
    switch (delta.type) {
      case 'text_delta':
        return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(delta.text)}}}\n\n`;
      case 'thinking_delta':
        if (delta.estimated_tokens !== null) break;
        return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"thinking_delta","thinking":${JSON.stringify(delta.thinking)}}}\n\n`;
      case 'input_json_delta':
        return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"input_json_delta","partial_json":${JSON.stringify(delta.partial_json)}}}\n\n`;
      default:
        break;
    }
  }
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
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
