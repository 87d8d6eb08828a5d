import type { MessagesRequest } from '../../messages/types.ts';
import { geminiModelOf } from '../../models/gemini-models.ts';
import type { Target } from '../provider.ts';

/**
 * The beginning of the answer that a request gives: the words of the assistant at its end. Undefined where there is none,
 * and for models that go on with it by themselves; the others are asked to, and like to begin with it once more.
 */
export function givenBeginning({ messages }: MessagesRequest, target: Target): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || geminiModelOf(target).prefill) return undefined;
  const { content } = last;
  if (typeof content === 'string') return unlessBlank(content);
  let given = '';
  for (const block of content) {
    // What stands behind a call begins nothing: the call's result is asked about.
    if (block.type === 'tool_use') return undefined;
    if (block.type === 'text') given += block.text;
  }
  return unlessBlank(given);
}

function unlessBlank(text: string): string | undefined {
  const begun = text.trimStart();
  return begun === '' ? undefined : begun;
}

type Say = (text: string, signature: string | undefined) => void;

/** What may be held back beside what was given: blanks before it, and signatures. In characters. */
const mostBeside = 1024 * 1024;

/**
 * Leaves the given beginning out of an answer that repeats it: the client puts the two together. Holds text back only as
 * long as it may still be that.
 */
export class RepeatedBeginning {
  readonly #given: string;
  readonly #say: Say;
  #held: { readonly text: string; readonly signature: string | undefined }[] = [];
  #heldLength = 0;
  /** How much of it has been repeated. */
  #at = 0;
  #isOver = false;

  /** `say` takes what is not left out, in its order. */
  constructor(given: string, say: Say) {
    this.#given = given;
    this.#say = say;
  }

  text(text: string, signature: string | undefined): void {
    if (this.#isOver) {
      this.#say(text, signature);
      return;
    }
    const repeated = this.#at === 0 ? text.trimStart() : text;
    const left = this.#given.slice(this.#at, this.#at + repeated.length);
    if (!repeated.startsWith(left)) {
      this.#hold(text, signature);
      this.release();
      return;
    }
    this.#at += left.length;
    if (this.#at < this.#given.length) {
      this.#hold(text, signature);
      return;
    }
    this.#isOver = true;
    this.#held = [];
    // A signature is of its part as it was, and Gemini checks none on text.
    if (repeated.length > left.length) this.#say(repeated.slice(left.length), undefined);
  }

  /** Something else than text comes, or nothing more: what is held was no whole repetition. */
  release(): void {
    if (this.#held.length === 0) return;
    this.#isOver = true;
    const held = this.#held;
    this.#held = [];
    for (const { text, signature } of held) this.#say(text, signature);
  }

  #hold(text: string, signature: string | undefined): void {
    this.#held.push({ text, signature });
    this.#heldLength += text.length + (signature?.length ?? 0) + 1;
    if (this.#heldLength > this.#given.length + mostBeside) this.release();
  }
}
