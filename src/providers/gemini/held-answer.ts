import { ProxyError } from '../../errors/proxy-error.ts';
import type { EventWriter } from '../../messages/event-writer.ts';
import type { GroundedAnswer } from './grounding.ts';
import type { SignedBlocks } from './signed-blocks.ts';

interface HeldText {
  readonly text: string;
  readonly signature: string | undefined;
}
type Held = HeldText | { readonly write: () => void };

/** What one answer may make us hold back, in characters. */
const mostHeld = 64 * 1024 * 1024;

/**
 * The answer of a model that may search the web. What it found, and which of its words rest on that, is told last; the
 * client wants the first before the text, and the second in it. So from its first word on the answer waits for its end.
 */
export class HeldAnswer {
  readonly #grounded: GroundedAnswer;
  readonly #blocks: SignedBlocks;
  readonly #writer: EventWriter;
  #held: Held[] = [];
  #length = 0;

  constructor(grounded: GroundedAnswer, blocks: SignedBlocks, writer: EventWriter) {
    this.#grounded = grounded;
    this.#blocks = blocks;
    this.#writer = writer;
  }

  text(text: string, signature: string | undefined): void {
    this.#hold({ text, signature }, text.length + (signature?.length ?? 0));
  }

  /** Everything that is no text, of `length` characters: at once as long as nothing waits, else in its place. */
  other(write: () => void, length: number): void {
    if (this.#held.length === 0) write();
    else this.#hold({ write }, length);
  }

  #hold(held: Held, length: number): void {
    this.#length += length;
    if (this.#length > mostHeld) {
      throw new ProxyError('upstream-malformed', 'The upstream sent an answer of more than 64 MiB.');
    }
    this.#held.push(held);
  }

  /** The answer is over. */
  release(): void {
    for (const block of this.#grounded.blocks()) {
      this.#blocks.beforeOther();
      this.#writer.whole(block);
    }
    const texts = this.#held.map((held) => ('text' in held ? held.text : ''));
    const pieces = this.#grounded.cite(texts.join(''));
    let piece = 0;
    let room = pieces[0]?.text.length ?? 0;
    for (const held of this.#held) {
      if (this.#writer.stopSequence !== undefined) return;
      if (!('text' in held)) {
        held.write();
        continue;
      }
      let { text } = held;
      do {
        const said = text.slice(0, room);
        text = text.slice(said.length);
        this.#blocks.text(said, text === '' ? held.signature : undefined, held.text.length);
        room -= said.length;
        if (room > 0 || said === '') break;
        this.#writer.endText(pieces[piece]?.citations ?? []);
        piece += 1;
        room = pieces[piece]?.text.length ?? 0;
      } while (text !== '');
    }
    this.#held = [];
  }
}
