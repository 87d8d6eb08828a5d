const lineFeed = 0x0a;
const starts = ['event: message_', 'event: error'].map((text) => Buffer.from(text));
const lines = starts.map((start) => Buffer.concat([Buffer.from('\n'), start]));
const longestStart = Math.max(...starts.map(({ length }) => length));
const blankLines = ['\n\n', '\n\r\n'].map((text) => Buffer.from(text));
/** None of these events is long. */
const maxEventBytes = 256 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Finds the few events of a Messages stream that tell how it begins, ends and fails, in pieces cut anywhere. It searches
 * for the lines that name them and reads nothing else: the text of an answer never holds a line end as it is.
 */
export class EventFinder {
  /** The unfinished line or event that the last piece ended with. */
  #held = nothing;
  #holds: 'event' | 'line' | 'nothing' = 'line';

  /** The data of the events that this piece has finished. */
  push(piece: Uint8Array): string[] {
    const bytes = this.#joined(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
    const found: string[] = [];
    let at = this.#holds !== 'nothing' && isStart(bytes) ? 0 : nextStart(bytes, 0);
    while (at !== -1) {
      const end = firstOf(bytes, blankLines, at);
      if (end === -1) {
        if (bytes.length - at <= maxEventBytes) this.#hold('event', bytes.subarray(at));
        else this.#hold('nothing', nothing);
        return found;
      }
      found.push(dataOf(bytes.toString('utf8', at, end)));
      at = nextStart(bytes, end);
    }
    this.#holdLine(bytes);
    return found;
  }

  /** The data of an event that ended with the stream, without the empty line behind it. */
  end(): string[] {
    return isStart(this.#held) ? [dataOf(this.#held.toString())] : [];
  }

  /** What was held and what has come, as far as the one has to do with the other: pieces are large, and most lines nothing. */
  #joined(fresh: Buffer): Buffer {
    if (this.#held.length === 0) return fresh;
    if (this.#holds === 'line' && fresh.length >= longestStart) {
      const line = Buffer.concat([this.#held, fresh.subarray(0, longestStart)]);
      if (!isStart(line)) {
        this.#holds = 'nothing';
        return fresh;
      }
    }
    return Buffer.concat([this.#held, fresh]);
  }

  /** The name of an event may have been cut off in the middle. */
  #holdLine(bytes: Buffer): void {
    const tail = bytes.subarray(Math.max(0, bytes.length - longestStart));
    const lineStart = tail.lastIndexOf(lineFeed) + 1;
    if (lineStart > 0) this.#hold('line', tail.subarray(lineStart));
    else if (this.#holds === 'line' && bytes.length < longestStart) this.#hold('line', bytes);
    else this.#hold('nothing', nothing);
  }

  #hold(what: 'event' | 'line' | 'nothing', bytes: Buffer): void {
    this.#holds = what;
    // A copy: the piece itself is on its way to the client.
    this.#held = bytes.length === 0 ? nothing : Buffer.from(bytes);
  }
}

function isStart(bytes: Buffer): boolean {
  return starts.some(
    (start) => bytes.length >= start.length && bytes.compare(start, 0, start.length, 0, start.length) === 0,
  );
}

function nextStart(bytes: Buffer, from: number): number {
  const at = firstOf(bytes, lines, from);
  return at === -1 ? -1 : at + 1;
}

/** Behind what one of them has found the next one is not searched for: it may not come in the whole piece. */
function firstOf(bytes: Buffer, wanted: readonly Buffer[], from: number): number {
  let first = -1;
  for (const one of wanted) {
    const at = (first === -1 ? bytes : bytes.subarray(0, first + one.length - 1)).indexOf(one, from);
    if (at !== -1) first = at;
  }
  return first;
}

function dataOf(event: string): string {
  return event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5))
    .join('\n');
}
