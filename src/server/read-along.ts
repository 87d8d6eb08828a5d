import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { AnswerReader } from '../providers/provider.ts';

/** Packed bytes are unpacked by so many at once: many small runs would cost more than all the rest of an answer. */
const batchBytes = 64 * 1024;
/** An answer that unpacks to more than this, or faster than it can be unpacked, goes unread. */
const maxUnpackedBytes = 256 * 1024 * 1024;
const maxWaitingBytes = 4 * 1024 * 1024;

/** Shows an answer's bytes to its reader, unpacked, without touching them or holding them up. */
export interface ReadAlong {
  push(bytes: Uint8Array): void;
  /** Settles once all that came has been read; undefined where it has been already. */
  end(): Promise<void> | undefined;
}

export function readAlong(reader: AnswerReader, contentEncoding: string | null): ReadAlong {
  const encoding = contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return new PlainBytes(reader);
  const unpack = unpackers.get(encoding);
  return unpack === undefined ? unreadable : new PackedBytes(reader, unpack);
}

const unreadable: ReadAlong = {
  push: () => undefined,
  end: () => undefined,
};

class PlainBytes implements ReadAlong {
  readonly #reader: AnswerReader;

  constructor(reader: AnswerReader) {
    this.#reader = reader;
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  end(): undefined {
    this.#reader.end();
  }
}

type Unpack = () => Transform;

// A stream that breaks off is read as far as it came.
const flush = { finishFlush: constants.Z_SYNC_FLUSH };
const unpackers: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', () => createGunzip(flush)],
  ['x-gzip', () => createGunzip(flush)],
  ['deflate', () => createInflate(flush)],
  ['br', () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })],
  ['zstd', () => createZstdDecompress()],
]);

class PackedBytes implements ReadAlong {
  readonly #reader: AnswerReader;
  readonly #unpack: Unpack;
  #batch: Uint8Array[] = [];
  #batchSize = 0;
  #stream: Transform | undefined;
  #unpackedSize = 0;
  #isGivenUp = false;

  constructor(reader: AnswerReader, unpack: Unpack) {
    this.#reader = reader;
    this.#unpack = unpack;
  }

  push(bytes: Uint8Array): void {
    if (this.#isGivenUp) return;
    this.#batch.push(bytes);
    this.#batchSize += bytes.length;
    if (this.#batchSize >= batchBytes) this.#write();
  }

  end(): Promise<void> | undefined {
    if (this.#isGivenUp || (this.#batchSize === 0 && this.#stream === undefined)) return undefined;
    this.#write();
    const stream = this.#stream;
    if (stream === undefined) return undefined;
    return new Promise((resolve) => {
      stream.once('close', () => {
        this.#reader.end();
        resolve();
      });
      stream.end();
    });
  }

  #write(): void {
    const stream = this.#opened();
    stream.write(Buffer.concat(this.#batch));
    this.#batch = [];
    this.#batchSize = 0;
    if (stream.writableLength > maxWaitingBytes) this.#giveUp();
  }

  #opened(): Transform {
    if (this.#stream !== undefined) return this.#stream;
    const stream = this.#unpack();
    stream.on('data', (bytes: Buffer) => {
      this.#unpackedSize += bytes.length;
      if (this.#unpackedSize > maxUnpackedBytes) this.#giveUp();
      else this.#reader.push(bytes);
    });
    // The client gets the very same bytes and will notice; the log does without.
    stream.on('error', () => this.#giveUp());
    this.#stream = stream;
    return stream;
  }

  #giveUp(): void {
    this.#isGivenUp = true;
    this.#batch = [];
    this.#stream?.destroy();
  }
}
