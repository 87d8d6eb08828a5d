import type { Exchange } from './exchange.ts';

/** Node refuses more than 16 KB of headers in all. */
const maxLossLength = 2000;

/** The headers of the proxy's own that tell what was really done. Nothing of an upstream's headers is passed on. */
export function proxyHeaders(exchange: Exchange): Record<string, string> {
  const headers: Record<string, string> = { 'request-id': exchange.requestId };
  const { target, losses } = exchange;
  if (target !== undefined) {
    headers['x-proxy-model'] = headerText(`${target.provider}/${target.model}`, 200);
    headers['x-proxy-route'] = headerText(target.route, 200);
  }
  if (losses.length > 0) {
    headers['x-proxy-loss'] = headerText(losses.map(({ field, why }) => `${field}: ${why}`).join('; '), maxLossLength);
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
