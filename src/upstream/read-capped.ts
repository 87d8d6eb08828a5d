import { ProxyError } from '../errors/proxy-error.ts';

/**
 * Reads a body that is no stream of events. Beyond the cap it either fails, or keeps what came: an error text is of
 * use even when it is cut, by us or by a broken connection.
 */
export async function readCapped(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  over: 'keep what came' | 'fail',
  onChunk?: () => void,
): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      onChunk?.();
      const room = maxBytes - bytes;
      bytes += value.length;
      text += decoder.decode(value.length > room ? value.subarray(0, room) : value, { stream: true });
      if (bytes > maxBytes) break;
    }
  } catch (error) {
    if (over === 'fail') throw error;
    return text;
  }
  if (over === 'fail') {
    throw new ProxyError('upstream-malformed', `The upstream sent an answer of more than ${maxBytes} bytes.`);
  }
  // Cancelling closes the connection; whether that works no longer matters.
  reader.cancel().catch(ignore);
  return text;
}

function ignore(): void {
  // The answer is already in hand.
}
