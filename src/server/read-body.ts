import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { ProxyError } from '../errors/proxy-error.ts';
import { giveBack } from '../upstream/give-back.ts';

/** What the Messages API itself takes, sent and unpacked (source: Anthropic's documentation of request sizes). */
export const maxBodyBytes = 32 * 1024 * 1024;

/** A request's body, whole and bounded. */
export interface ReceivedBody {
  /** As it came, perhaps packed. */
  readonly sent: Buffer;
  /** Unpacked; the same bytes where it was not packed. */
  readonly plain: Buffer;
}

/** Reads a body, and refuses it as soon as it is known to be too long. */
export async function readBody(request: Request, maxBytes = maxBodyBytes): Promise<ReceivedBody> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  const unpack = unpackers.get(encoding);
  if (unpack === undefined && encoding !== 'identity' && encoding !== '') {
    throw new ProxyError('invalid-request', `content-encoding: ${printable(encoding)} is not one of ${spoken}`);
  }
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > maxBytes) throw tooLarge(maxBytes);
  // Its length is known and allowed: Bun reads it in one go, without a promise for each piece.
  const sent = length === null ? await readPieces(request, maxBytes) : bufferOf(await request.bytes());
  return { sent, plain: unpack === undefined ? sent : await unpacked(unpack, sent, maxBytes, encoding) };
}

/** The text of a body, without the mark that some editors put before it; its bytes are gone then. */
export function takeText({ sent, plain }: ReceivedBody): string {
  const text = new TextDecoder().decode(plain);
  giveBack(plain);
  if (sent !== plain) giveBack(sent);
  return text;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function readPieces(request: Request, maxBytes: number): Promise<Buffer> {
  if (request.body === null) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(pieces);
      size += value.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      pieces.push(value);
    }
  } finally {
    reader.releaseLock();
  }
}

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const inflateWrapped = promisify(inflate);
const inflateBare = promisify(inflateRaw);
const unpackers: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  // The name stands for zlib's wrapping; some clients send the bare form under it.
  ['deflate', (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? inflateWrapped : inflateBare)(bytes, options)],
  ['br', promisify(brotliDecompress)],
  ['zstd', promisify(zstdDecompress)],
]);
const spoken = 'gzip, deflate, br, zstd';

async function unpacked(unpack: Unpack, bytes: Buffer, maxBytes: number, encoding: string): Promise<Buffer> {
  try {
    return bufferOf(await unpack(bytes, { maxOutputLength: maxBytes }));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new ProxyError('invalid-request', `body: cannot be unpacked as ${encoding}`, { cause: error });
  }
}

function tooLarge(maxBytes: number): ProxyError {
  const limit = maxBytes >= 1024 * 1024 ? `${Math.floor(maxBytes / 1024 / 1024)} MB` : `${maxBytes} bytes`;
  return new ProxyError('request-too-large', `Request exceeds the maximum size of ${limit}.`);
}

const maxDrainedBytes = 256 * 1024 * 1024;
const maxDrainMs = 10_000;

/**
 * Sends a refusal while the client is still uploading. Closing at once would reset the connection, and many clients
 * would then report the reset instead of the refusal: so what they still send is read and thrown away, up to a limit.
 */
export function refuseUpload(request: Request, refusal: Response): Response {
  const headers = new Headers(refusal.headers);
  headers.set('connection', 'close');
  return new Response(refusalWhileDraining(request, refusal), { status: refusal.status, headers });
}

async function* refusalWhileDraining(request: Request, refusal: Response): AsyncGenerator<string> {
  yield await refusal.text();
  const reader = request.body?.getReader();
  if (reader === undefined) return;
  const endsAt = performance.now() + maxDrainMs;
  let size = 0;
  try {
    while (size < maxDrainedBytes && performance.now() < endsAt) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.length;
    }
    await reader.cancel();
  } catch {
    // The client has gone: it has either seen the refusal or does not want to.
  }
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60);
}
