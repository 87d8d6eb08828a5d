const openTag = '<think>';
const closeTag = '</think>';

export interface SplitText {
  readonly thinking: string;
  readonly text: string;
}

/**
 * Splits `<think>…</think>` from the text of servers that leave the tags of a reasoning model in it. Only at the very
 * head: anywhere else the tags are text about tags.
 */
export class ThinkTagSplitter {
  #place: 'head' | 'inside' | 'behind' | 'done' = 'head';
  #held = '';
  /** Blanks around the thinking belong to the tags. */
  #thinkingBegun = false;

  get done(): boolean {
    return this.#place === 'done';
  }

  push(piece: string): SplitText {
    this.#held += piece;
    let thinking = '';
    if (this.#place === 'head') {
      const head = this.#held.trimStart();
      if (head.startsWith(openTag)) {
        this.#place = 'inside';
        this.#held = head.slice(openTag.length);
      } else if (!openTag.startsWith(head)) this.#place = 'done';
      else return { thinking: '', text: '' };
    }
    if (this.#place === 'inside') {
      const close = this.#held.indexOf(closeTag);
      if (close === -1) return { thinking: this.#takeThinking(this.#held.length - heldLength(this.#held)), text: '' };
      thinking = this.#takeThinking(close);
      this.#held = this.#held.slice(closeTag.length);
      this.#place = 'behind';
    }
    if (this.#place === 'behind') {
      this.#held = this.#held.trimStart();
      if (this.#held === '') return { thinking, text: '' };
      this.#place = 'done';
    }
    return { thinking, text: this.#take() };
  }

  /** No more text: what was held back was no tag. */
  flush(): SplitText {
    const inside = this.#place === 'inside';
    this.#place = 'done';
    const held = this.#take();
    return inside ? { thinking: held, text: '' } : { thinking: '', text: held };
  }

  #takeThinking(length: number): string {
    let thinking = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    if (!this.#thinkingBegun) thinking = thinking.trimStart();
    this.#thinkingBegun ||= thinking !== '';
    return thinking;
  }

  #take(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

/** The length of the longest tail that could be the beginning of the closing tag. */
function heldLength(text: string): number {
  for (let length = Math.min(closeTag.length - 1, text.length); length > 0; length -= 1) {
    if (closeTag.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
