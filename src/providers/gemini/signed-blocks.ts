import { ProxyError } from '../../errors/proxy-error.ts';
import type { EventWriter } from '../../messages/event-writer.ts';
import type { AnswerFacts } from '../../translation/answer-facts.ts';
import type { Target } from '../provider.ts';
import type { Fields } from './answer-wire.ts';
import { type CarriedSignature, sealPart, sealSignature, sealUnsigned } from './signature-envelope.ts';

const mostWaiting = 64 * 1024 * 1024;

/**
 * Writes thoughts and text as blocks, and puts each thought signature into the thinking block that carries it: before
 * its part, or behind the text that had been sent before the signature came.
 */
export class SignedBlocks {
  readonly #writer: EventWriter;
  readonly #target: Target;
  readonly #thinking: AnswerFacts['thinking'];
  #last: 'nothing' | 'thought' | 'hidden thought' | 'text' | 'other' = 'nothing';
  /** Text without anything to see, for the block that may come. */
  #blanks = '';
  /**
   * What is to be carried behind what has been written. It waits for the block that follows: a message that ends
   * with a thinking block shows nothing to whoever takes its last block for the answer, as `claude -p` does. What nothing
   * follows is dropped: Gemini checks nothing that comes after the last call of an answer.
   */
  #waiting: string[] = [];
  /** The characters of what waits, envelopes and blanks. */
  #waitingLength = 0;

  constructor(writer: EventWriter, facts: AnswerFacts, target: Target) {
    this.#writer = writer;
    this.#target = target;
    this.#thinking = facts.thinking;
  }

  thought(text: string, signature: string | undefined): void {
    if (text !== '') this.#addThought(text);
    if (signature === undefined) return;
    if (this.#last === 'thought') this.#endThought({ on: 'thought', signature });
    else this.#wait({ on: 'thought', signature });
  }

  /** `length`: of the part that is signed, where `text` is only the end of it. */
  text(text: string, signature: string | undefined, length = text.length): void {
    if (text === '') {
      if (signature !== undefined) this.#signatureAlone(signature);
      return;
    }
    const goesOn = this.#last === 'text' && this.#waiting.length === 0;
    if (text.trim() === '' && !goesOn) {
      // Blanks begin no block, so that a signature on them has a part of its own; they go before the text to come.
      if (signature !== undefined) this.#signatureAlone(signature);
      this.#limit(text);
      this.#blanks += text;
      return;
    }
    this.#before();
    if (signature === undefined || goesOn || length > text.length) {
      this.#addText(text);
      if (signature !== undefined) this.#wait({ on: 'text', signature, at: 'end', length });
      return;
    }
    this.#carry({ on: 'text', signature, at: 'start', length });
    this.#blanks = '';
    this.#addText(text);
  }

  /** What a call brings with it goes out; returns the envelope for the memory. */
  beforeCall(signature: string | undefined): string | undefined {
    if (signature === undefined) {
      this.beforeOther();
      return undefined;
    }
    this.#blanks = '';
    const carried = { on: 'call', signature } as const;
    if (this.#last === 'thought') this.#endThought(carried);
    else {
      this.#carryWaiting();
      this.#carry(carried);
    }
    this.#last = 'other';
    return sealSignature(carried, this.#target);
  }

  /** A part that nobody is shown and Gemini wants back as it came. */
  part(part: Fields): void {
    if (this.#last === 'thought') this.#endThought(undefined);
    if (this.#thinking !== 'dropped') this.#carryLater(sealPart(part, this.#target));
    this.#last = 'other';
  }

  /** To be called before a block of any other kind begins. */
  beforeOther(): void {
    this.#before();
    this.#blanks = '';
    this.#last = 'other';
  }

  /** To be called at the end of the answer. */
  end(): void {
    if (this.#last === 'thought') this.#endThought(undefined);
  }

  #addThought(text: string): void {
    if (this.#thinking !== 'shown') {
      this.#carryWaiting();
      this.#last = 'hidden thought';
      return;
    }
    if (this.#last !== 'thought') this.#carryWaiting();
    this.#last = 'thought';
    this.#writer.thinking(text);
  }

  #addText(text: string): void {
    this.#last = 'text';
    this.#writer.text(this.#blanks + text);
    this.#blanks = '';
  }

  /** Signs the thought before it; anywhere else it goes back as a part of its own. */
  #signatureAlone(signature: string): void {
    if (this.#last === 'thought') this.#endThought({ on: 'thought', signature });
    else if (this.#last === 'hidden thought') this.#wait({ on: 'thought', signature });
    else this.#wait({ on: 'text', signature, at: 'end', length: 0 });
  }

  #before(): void {
    if (this.#last === 'thought') this.#endThought(undefined);
    this.#carryWaiting();
  }

  #endThought(carried: CarriedSignature | undefined): void {
    this.#writer.endThinking(carried === undefined ? sealUnsigned(this.#target) : sealSignature(carried, this.#target));
    this.#last = 'other';
  }

  #wait(carried: CarriedSignature): void {
    // Who has neither asked for thinking nor offered tools gets text alone; no signature is checked there.
    if (this.#thinking === 'dropped') return;
    this.#carryLater(sealSignature(carried, this.#target));
  }

  #carryLater(envelope: string): void {
    this.#limit(envelope);
    this.#waiting.push(envelope);
  }

  #limit(held: string): void {
    this.#waitingLength += held.length;
    if (this.#waitingLength <= mostWaiting) return;
    throw new ProxyError(
      'upstream-malformed',
      'The upstream sent more than 64 MiB of blanks and thought signatures that nothing followed.',
    );
  }

  #carryWaiting(): void {
    if (this.#waiting.length === 0) return;
    for (const envelope of this.#waiting) this.#write(envelope);
    this.#waiting = [];
    this.#waitingLength = 0;
  }

  #carry(carried: CarriedSignature): void {
    if (this.#thinking === 'dropped' && carried.on !== 'call') return;
    this.#write(sealSignature(carried, this.#target));
  }

  #write(envelope: string): void {
    if (this.#writer.stopSequence !== undefined) return;
    this.#writer.thinking('');
    this.#writer.endThinking(envelope);
    this.#last = 'other';
  }
}
