import { endToEndHeaders } from '../providers/end-to-end-headers.ts';
import { type Exchange, nameOf } from './exchange.ts';

/** Node refuses more than 16 KB of headers in all. */
const maxLossLength = 2000;

/** The headers of the proxy's own that tell what was really done. */
export function proxyHeaders(exchange: Exchange): Record<string, string> {
  const headers: Record<string, string> = { 'request-id': exchange.requestId };
  const { target, losses } = exchange;
  if (target !== undefined) {
    headers['x-proxy-model'] = headerText(nameOf(target), 200);
    headers['x-proxy-route'] = headerText(target.route, 200);
  }
  if (losses.length > 0) {
    headers['x-proxy-loss'] = headerText(losses.map(({ field, why }) => `${field}: ${why}`).join('; '), maxLossLength);
  }
  return headers;
}

/** An upstream's own headers, with ours beside them: its `request-id` is the one its support knows. */
export function passThroughHeaders(upstream: Headers, exchange: Exchange): Headers {
  const headers = endToEndHeaders(upstream);
  for (const [name, value] of Object.entries(proxyHeaders(exchange))) {
    if (name !== 'request-id') headers.set(name, value);
    else if (!headers.has(name)) headers.set(name, value);
    else headers.set('x-proxy-request-id', value);
  }
  return headers;
}

export function streamHeaders(exchange: Exchange): Record<string, string> {
  return {
    ...proxyHeaders(exchange),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    // nginx would hold the stream back until its buffer is full.
    'x-accel-buffering': 'no',
  };
}

/** Field names and model names come from the client: no line break, nothing but ASCII may get into a header. */
function headerText(text: string, maxLength: number): string {
  const plain = text
    .replaceAll('→', '->')
    .replaceAll('…', '...')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .trim();
  return plain.length <= maxLength ? plain : `${plain.slice(0, maxLength - 3)}...`;
}
