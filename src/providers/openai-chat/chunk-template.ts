import { isRecord } from '../../messages/json.ts';

/** What a piece may be put into: everything else of its chunk is the same from one to the next. */
const holes = ['content', 'reasoning_content', 'reasoning', 'arguments'] as const;
/** Stands in for the piece once, to see where it ends up. */
const probe = 'where-does-this-piece-go';
/** Where every chunk has another envelope, learning stops after so many in vain. */
const patience = 4;

/**
 * Parses the chunks of one stream. A stream repeats one envelope around each piece of text; where the bytes before and
 * after the piece are those of a chunk that was parsed, and nothing in the piece has a meaning in JSON, the chunk is
 * that one with another piece in it, and only the piece is looked at.
 *
 * The chunk that `parse` returns is filled anew by the next call: nothing in it may be kept but its strings.
 */
export class ChunkTemplate {
  #prefix = '';
  #suffix = '';
  #chunk: unknown;
  /** The object that holds the piece, and under which name. */
  #holder: Record<string, unknown> | undefined;
  #hole = '';
  #patience = patience;

  /** What JSON.parse makes of `data`; throws what it throws. */
  parse(data: string): unknown {
    const holder = this.#holder;
    if (holder !== undefined && data.startsWith(this.#prefix) && data.endsWith(this.#suffix)) {
      const from = this.#prefix.length;
      const end = data.length - this.#suffix.length;
      if (isPlain(data, from, end)) {
        if (this.#patience < patience) this.#patience += 1;
        holder[this.#hole] = data.slice(from, end);
        return this.#chunk;
      }
    }
    const chunk: unknown = JSON.parse(data);
    if (this.#patience > 0) this.#learn(data, chunk);
    return chunk;
  }

  /** A string is one token: where the probe is read as a whole string, any plain piece in its place is read so too. */
  #learn(data: string, parsed: unknown): void {
    for (const hole of holes) {
      const piece = holderOf(parsed, hole)?.[hole];
      if (typeof piece !== 'string' || piece === '') continue;
      const at = data.indexOf(`"${piece}"`, data.indexOf(`"${hole}"`) + hole.length + 2);
      if (at === -1 || data.includes(probe)) return;
      this.#patience -= 1;
      const whole = data.slice(0, at + 1) + probe + data.slice(at + 1 + piece.length);
      const chunk = parseOrNothing(whole);
      const holder = holderOf(chunk, hole);
      if (holder?.[hole] !== probe) return;
      // Cut from the copy: a part of `data` would hold the whole network chunk for as long as the stream is open.
      this.#prefix = whole.slice(0, at + 1);
      this.#suffix = whole.slice(at + 1 + probe.length);
      this.#chunk = chunk;
      this.#holder = holder;
      this.#hole = hole;
      return;
    }
  }
}

/** Whether the characters stand for themselves inside a JSON string. False where there is no room for any. */
function isPlain(data: string, from: number, end: number): boolean {
  if (end < from) return false;
  for (let at = from; at < end; at++) {
    const code = data.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

function holderOf(chunk: unknown, hole: (typeof holes)[number]): Record<string, unknown> | undefined {
  const choice = firstOf(isRecord(chunk) ? chunk.choices : undefined);
  const delta = isRecord(choice) && isRecord(choice.delta) ? choice.delta : undefined;
  if (hole !== 'arguments') return delta;
  const call = firstOf(delta?.tool_calls);
  return isRecord(call) && isRecord(call.function) ? call.function : undefined;
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function parseOrNothing(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
