/**
 * Watches visible text for the client's stop sequences. Upstreams do not say which sequence they stopped at, so the
 * scan here is the only exact way. What could be the beginning of a sequence is held back.
 */
export class StopSequenceFilter {
  readonly #sequences: readonly string[];
  readonly #longest: number;
  #tail = '';
  #hit: string | undefined;

  constructor(sequences: readonly string[]) {
    this.#sequences = sequences.filter((sequence) => sequence !== '');
    this.#longest = Math.max(0, ...this.#sequences.map((sequence) => sequence.length));
  }

  /** The sequence that was found; nothing may be pushed after it. */
  get hit(): string | undefined {
    return this.#hit;
  }

  /** Takes text, gives what of it can be shown. */
  push(text: string): string {
    const pending = this.#tail + text;
    const end = this.#findHit(pending);
    if (end !== undefined) {
      this.#tail = '';
      return pending.slice(0, end);
    }
    const shown = pending.length - this.#heldLength(pending);
    this.#tail = pending.slice(shown);
    return pending.slice(0, shown);
  }

  /** The text is over: what was held back was no sequence. */
  flush(): string {
    const tail = this.#tail;
    this.#tail = '';
    return tail;
  }

  /**
   * The sequence that was complete first wins, as it does where a model is stopped while it writes; so the outcome does
   * not depend on how the text was cut into pieces. Returns where the hit begins.
   */
  #findHit(text: string): number | undefined {
    let begin: number | undefined;
    let end = Number.POSITIVE_INFINITY;
    for (const sequence of this.#sequences) {
      const at = text.indexOf(sequence);
      if (at === -1) continue;
      const sequenceEnd = at + sequence.length;
      if (sequenceEnd > end || (sequenceEnd === end && begin !== undefined && at >= begin)) continue;
      begin = at;
      end = sequenceEnd;
      this.#hit = sequence;
    }
    return begin;
  }

  #heldLength(text: string): number {
    for (let length = Math.min(this.#longest - 1, text.length); length > 0; length -= 1) {
      const tail = text.slice(-length);
      if (this.#sequences.some((sequence) => sequence.length > length && sequence.startsWith(tail))) return length;
    }
    return 0;
  }
}
