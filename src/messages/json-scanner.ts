const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** How far a string is walked before the native search takes over: calling it costs as much as some steps. */
const shortString = 48;

/** A value's place in the bytes: from its first byte to behind its last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The bytes are no JSON, as far as they have been read. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/**
 * Walks over JSON as it came from the network, without making a value of it: for where bytes have to stay as they are.
 * It finds where values begin and end and is exact about strings and escapes. Of what it steps over it checks only the
 * brackets, so what JSON.parse refuses may pass; what JSON.parse accepts always does.
 */
export class JsonScanner {
  readonly bytes: Buffer;
  /** The next byte to be read. */
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    const hasMark = at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.at = hasMark ? 3 : at;
  }

  /** The first byte of what comes next, white space passed over; -1 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
    this.at = at;
    return byte ?? -1;
  }

  get isAtString(): boolean {
    return this.peek() === quote;
  }
  get isAtArray(): boolean {
    return this.peek() === openBracket;
  }
  get isAtObject(): boolean {
    return this.peek() === openBrace;
  }

  /**
   * Tells of each member of the object that begins here, the scanner standing before its value. A visitor that steps
   * over the value itself is believed; where it does not move, the value is stepped over. `false` from it ends the walk.
   * `start` is where the member itself begins, at the quote of its key.
   */
  eachMember(visit: (key: string, start: number) => unknown): void {
    this.#take(openBrace);
    if (this.#takeIf(closeBrace)) return;
    do {
      const start = this.skip().start;
      const key = this.#keyAt({ start, end: this.at });
      this.#take(colon);
      this.peek();
      const before = this.at;
      if (visit(key, start) === false) return;
      if (this.at === before) this.skip();
    } while (this.#takeIf(comma));
    this.#take(closeBrace);
  }

  /** The same for the elements of an array. */
  eachElement(visit: (index: number) => unknown): void {
    this.#take(openBracket);
    if (this.#takeIf(closeBracket)) return;
    let index = 0;
    do {
      this.peek();
      const before = this.at;
      if (visit(index) === false) return;
      if (this.at === before) this.skip();
      index += 1;
    } while (this.#takeIf(comma));
    this.#take(closeBracket);
  }

  /** Steps over one value of any kind. */
  skip(): ByteRange {
    const first = this.peek();
    const start = this.at;
    if (first === quote) this.at = endOfString(this.bytes, start);
    else if (first === openBrace || first === openBracket) this.at = endOfNested(this.bytes, start);
    else this.at = endOfWord(this.bytes, start);
    return { start, end: this.at };
  }

  /** Steps over an array and gives how many elements it has; over anything else, and gives 0. */
  countElements(): number {
    if (!this.isAtArray) {
      this.skip();
      return 0;
    }
    let count = 0;
    this.eachElement(() => {
      count += 1;
    });
    return count;
  }

  /** Steps over a value and makes it what JSON.parse makes of it. For small ones. */
  value(): unknown {
    return this.valueOf(this.skip());
  }

  /** What JSON.parse makes of the value at a place. */
  valueOf({ start, end }: ByteRange): unknown {
    try {
      return JSON.parse(this.bytes.toString('utf8', start, end));
    } catch (error) {
      if (error instanceof SyntaxError) throw new NotJson();
      throw error;
    }
  }

  #keyAt(range: ByteRange): string {
    const { start, end } = range;
    if (this.bytes[start] !== quote) throw new NotJson();
    const plain = this.bytes.toString('latin1', start + 1, end - 1);
    if (!plain.includes('\\') && /^[ -~]*$/.test(plain)) return plain;
    const key = this.valueOf(range);
    if (typeof key !== 'string') throw new NotJson();
    return key;
  }

  #take(byte: number): void {
    if (this.peek() !== byte) throw new NotJson();
    this.at += 1;
  }

  #takeIf(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at += 1;
    return true;
  }
}

/** Behind the closing quote of the string whose opening quote stands at `start`. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (;;) {
    // Here `at` never stands behind a backslash that belongs to it.
    const near = Math.min(at + shortString, bytes.length);
    while (at < near) {
      const byte = bytes[at];
      if (byte === quote) return at + 1;
      at += byte === backslash ? 2 : 1;
    }
    const found = bytes.indexOf(quote, at);
    if (found === -1) throw new NotJson();
    let before = found;
    while (before > at && bytes[before - 1] === backslash) before -= 1;
    at = found + 1;
    if ((found - before) % 2 === 0) return at;
  }
}

/** Behind the bracket that closes the one at `start`. */
function endOfNested(bytes: Buffer, start: number): number {
  const { length } = bytes;
  let depth = 0;
  let at = start;
  while (at < length) {
    switch (bytes[at]) {
      case quote:
        at = endOfString(bytes, at);
        continue;
      case openBrace:
      case openBracket:
        depth += 1;
        break;
      case closeBrace:
      case closeBracket:
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
    }
    at += 1;
  }
  throw new NotJson();
}

/** Behind a number, `true`, `false` or `null`. */
function endOfWord(bytes: Buffer, start: number): number {
  let at = start;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const isPart = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || isNumberSign(byte);
    if (!isPart) break;
  }
  if (at === start) throw new NotJson();
  return at;
}

function isNumberSign(byte: number): boolean {
  return byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x45;
}
