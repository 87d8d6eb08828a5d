import { ProxyError } from '../errors/proxy-error.ts';
import type { SseEvent } from '../providers/provider.ts';

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = '\uFEFF';
const dataField = 'data: ';
const eventField = 'event: ';
const bareError = /^[[{]\s*(?:$|\{|"error")/;
const mebibyte = 1024 * 1024;

/**
 * Bytes in, whole server-sent events out; knows no provider. Comments and unknown fields make no event: to the caller
 * they are bytes, and so a sign of life.
 */
export class SseDecoder {
  readonly #maxEventBytes: number;
  // ignoreBOM keeps a U+FEFF inside the text; the one at the head of the stream is cut by hand.
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Bytes of a line whose end has not come yet. Joined only once it has: a long line must not cost its square. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #started = false;
  /** The last chunk ended in CR; a LF right after it belongs to the same line end. */
  #skipLineFeed = false;
  #event: string | undefined;
  #data: string | undefined;
  /** What is being read is JSON that stands in no field. */
  #bare = false;

  constructor(maxEventBytes: number = 64 * mebibyte) {
    this.#maxEventBytes = maxEventBytes;
  }

  push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    let from = 0;
    if (this.#skipLineFeed && bytes.length > 0) {
      this.#skipLineFeed = false;
      if (bytes[0] === lineFeed) from = 1;
    }
    // Line ends are single bytes that no UTF-8 sequence contains: cut there, and no code point is ever split.
    const lastEnd = Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn));
    if (lastEnd < from) {
      this.#keep(from === 0 ? bytes : bytes.subarray(from));
      return events;
    }
    this.#skipLineFeed = lastEnd === bytes.length - 1 && bytes[lastEnd] === carriageReturn;
    const lines = this.#decode(bytes.subarray(from, lastEnd + 1));
    this.#readLines(lines, events);
    if (lastEnd + 1 < bytes.length) this.#keep(bytes.subarray(lastEnd + 1));
    return events;
  }

  /** The stream is over: its last line and last event count even without their line ends. */
  end(): SseEvent[] {
    const events: SseEvent[] = [];
    if (this.#pendingBytes > 0) this.#readLine(this.#decode(new Uint8Array(0)));
    this.#dispatch(events);
    return events;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#checkSize();
  }

  #decode(bytes: Uint8Array): string {
    let whole = bytes;
    if (this.#pendingBytes > 0) {
      whole = new Uint8Array(this.#pendingBytes + bytes.length);
      let at = 0;
      for (const part of this.#pending) {
        whole.set(part, at);
        at += part.length;
      }
      whole.set(bytes, at);
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    const text = this.#utf8.decode(whole);
    if (this.#started) return text;
    this.#started = true;
    return text.startsWith(byteOrderMark) ? text.slice(1) : text;
  }

  #readLines(text: string, events: SseEvent[]): void {
    let nextReturn = text.indexOf('\r');
    let at = 0;
    while (at < text.length) {
      let end = text.indexOf('\n', at);
      if (nextReturn === -1) {
        if (this.#isWholeEvent(text, at, end)) {
          events.push({ event: undefined, data: text.slice(at + dataField.length, end) });
          at = end + 2;
          continue;
        }
        const dataEnd = end !== -1 && text.startsWith(eventField, at) ? text.indexOf('\n', end + 1) : -1;
        if (dataEnd !== -1 && this.#isWholeEvent(text, end + 1, dataEnd)) {
          const event = text.slice(at + eventField.length, end);
          events.push({ event, data: text.slice(end + 1 + dataField.length, dataEnd) });
          at = dataEnd + 2;
          continue;
        }
      }
      let after = end + 1;
      if (nextReturn !== -1 && (end === -1 || nextReturn < end)) {
        end = nextReturn;
        after = text.charCodeAt(end + 1) === lineFeed ? end + 2 : end + 1;
        nextReturn = text.indexOf('\r', after);
      }
      if (end === at) this.#dispatch(events);
      else this.#readLine(text.slice(at, end));
      at = after;
    }
  }

  /**
   * One line of data and its blank line, as nearly all events are, most of them with their name before it: read without
   * a step in between.
   */
  #isWholeEvent(text: string, at: number, end: number): boolean {
    if (this.#data !== undefined || this.#event !== undefined) return false;
    const length = end - at - dataField.length;
    if (length <= 0 || length > this.#maxEventBytes) return false;
    return text.charCodeAt(end + 1) === lineFeed && text.startsWith(dataField, at);
  }

  #readLine(line: string): void {
    if (line.startsWith(dataField)) {
      this.#addData(line.slice(dataField.length));
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0 || this.#addBare(line)) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1);
    if (field === 'data') this.#addData(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'error') {
      // llama.cpp has written its failures as a field of this name instead of an event of this name.
      this.#event = 'error';
      this.#addData(value);
    }
  }

  /**
   * Google breaks a stream off with an error that is bare JSON, on one line or many, without any field. Whether the line
   * belongs to one.
   */
  #addBare(line: string): boolean {
    if (!this.#bare && (this.#data !== undefined || !bareError.test(line))) return false;
    this.#bare = true;
    this.#addData(line);
    return true;
  }

  #addData(value: string): void {
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    this.#checkSize();
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data) events.push({ event: this.#event, data: this.#data });
    this.#event = undefined;
    this.#data = undefined;
    this.#bare = false;
  }

  #checkSize(): void {
    if (this.#pendingBytes + (this.#data?.length ?? 0) <= this.#maxEventBytes) return;
    const limit = Math.floor(this.#maxEventBytes / mebibyte);
    throw new ProxyError('upstream-malformed', `The upstream sent a single event of more than ${limit} MiB.`);
  }
}
