import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { WebFailure } from './web-access.ts';

export interface Body {
  readonly bytes: Buffer;
  /** Whether there was more than may be read. */
  readonly cut: boolean;
}

/** Reads an answer's body, unpacked, up to so many bytes: counted behind the unpacking, so that little cannot become much. */
export async function readBody(answer: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Body> {
  const source = unpacked(answer);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes.subarray(0, maxBytes - length));
      length += bytes.length;
      if (length > maxBytes) break;
    }
  } catch {
    signal.throwIfAborted();
    throw new WebFailure('url_not_accessible', 'The page broke off in the middle, or its packing cannot be read.');
  } finally {
    answer.destroy();
    source.destroy();
  }
  return { bytes: Buffer.concat(chunks), cut: length > maxBytes };
}

function unpacked(answer: IncomingMessage): Readable {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  switch (encoding) {
    case 'identity':
    case '':
      return answer;
    case 'gzip':
    case 'x-gzip':
      return pipeline(answer, createGunzip(), ignore);
    case 'br':
      return pipeline(answer, createBrotliDecompress(), ignore);
    default:
      answer.destroy();
      throw new WebFailure('url_not_accessible', 'The page is packed in a way that was not asked for.');
  }
}

function ignore(): void {
  // A failure shows where the stream is read.
}
