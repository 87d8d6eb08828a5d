import type { KnownBlockOf } from '../../messages/types.ts';
import { type CarriedSignature, isUnsigned, openPart, openSignature } from './signature-envelope.ts';
import { lastRepair, type Translation } from './translation.ts';
import type { Part } from './wire.ts';

/**
 * Stands for a thought signature that is gone: Gemini then skips its check of that call (source: Google's guide to
 * thought signatures). It costs some of the answer's quality.
 */
export const skipSignature = 'skip_thought_signature_validator';

type Path = () => string;
type Text = Extract<CarriedSignature, { on: 'text' }>;

/**
 * Puts the thought signatures of one turn of the model back on the very parts that they came on. Takes the blocks of the
 * turn in their order and writes the parts for text, thoughts and calls. What finds no place is listed.
 */
export class ReturnedSignatures {
  readonly #translation: Translation;
  readonly #parts: Part[];
  /** No signature of this conversation may go back; or none at all, not even the value that skips the check. */
  readonly #refused: 'these' | 'all' | undefined;
  #waiting: { readonly carried: CarriedSignature; readonly path: Path } | undefined;
  #calls = 0;

  /** `parts`: the turn as it grows. */
  constructor(parts: Part[], translation: Translation) {
    this.#parts = parts;
    this.#translation = translation;
    if (lastRepair(translation, 'drop-reasoning')) this.#refused = 'all';
    else this.#refused = lastRepair(translation, 'skip-signatures') ? 'these' : undefined;
  }

  thinking(block: KnownBlockOf<'thinking'>, path: Path): void {
    this.endPlace();
    if (isUnsigned(block.signature)) return;
    const part = openPart(block.signature, this.#translation.target);
    if (part !== undefined) {
      if (this.#refused === undefined) this.#parts.push(part);
      else this.#lose(path, 'the upstream refuses the thought signatures of this conversation');
      return;
    }
    const carried = openSignature(block.signature, this.#translation.target);
    if (carried === undefined) {
      this.#lose(path, 'another vendor, platform or generation of models wrote it');
    } else if (this.#refused !== undefined) {
      this.#lose(path, 'the upstream refuses the thought signatures of this conversation');
    } else if (carried.on === 'thought') {
      this.#addThought(block.thinking, carried.signature, path);
    } else if (carried.on === 'text' && carried.length === 0) {
      this.#addBare(carried.signature, path);
    } else if (carried.on === 'text' && carried.at === 'end') {
      this.#signTextBefore(carried, path);
    } else {
      this.#waiting = { carried, path };
    }
  }

  /** A text block; the thinking block directly before it may sign its beginning. */
  text(text: string): void {
    if (text === '') return;
    const carried = this.#waiting?.carried;
    if (this.#waiting === undefined || carried?.on !== 'text' || carried.length > text.length) {
      this.endPlace();
      this.#parts.push({ text });
      return;
    }
    this.#waiting = undefined;
    this.#parts.push({ text: text.slice(0, carried.length), thoughtSignature: carried.signature });
    if (carried.length < text.length) this.#parts.push({ text: text.slice(carried.length) });
  }

  /**
   * The signature of a call: of the thinking block directly before it, else as remembered from when Gemini made the call.
   * From generation 3 on the first call of a turn must have one.
   */
  ofCall(toolUseId: string, path: Path): string | undefined {
    const { context, target, model } = this.#translation;
    const isFirst = this.#calls++ === 0;
    const before = this.#waiting?.carried;
    if (before?.on === 'call') {
      this.#waiting = undefined;
      return before.signature;
    }
    this.endPlace();
    const remembered = this.#refused === undefined ? context.calls.recall(toolUseId) : undefined;
    const carried = remembered === undefined ? undefined : openSignature(remembered, target);
    if (carried?.on === 'call') return carried.signature;
    if (!isFirst || !model.checksSignatures || this.#isSignedBefore || this.#refused === 'all') return undefined;
    this.#lose(path, 'its thought signature is gone; Gemini is asked to go on without');
    return skipSignature;
  }

  /** What waits for its part does not find it: something else comes, or nothing more. */
  endPlace(): void {
    if (this.#waiting === undefined) return;
    this.#lose(this.#waiting.path, 'what its thought signature belongs to is not behind it any more');
    this.#waiting = undefined;
  }

  /** At times a thought before the call was signed instead of the call. */
  get #isSignedBefore(): boolean {
    return this.#parts.some((part) => part.thought === true && part.thoughtSignature !== undefined);
  }

  #addThought(text: string, signature: string, path: Path): void {
    if (text === '' && this.#translation.platform === 'vertex')
      this.#lose(path, 'Vertex AI takes no part without text');
    else this.#parts.push({ text, thought: true, thoughtSignature: signature });
  }

  #signTextBefore({ signature, length }: Text, path: Path): void {
    // Its citations may have cut the part into several blocks.
    let blocks = 0;
    let text = '';
    while (text.length < length) {
      const before = this.#unsignedTextBefore(blocks);
      if (before === undefined) {
        this.#lose(path, 'the text that its thought signature belongs to is not before it any more');
        return;
      }
      text = before + text;
      blocks += 1;
    }
    this.#parts.length -= blocks;
    if (length < text.length) this.#parts.push({ text: text.slice(0, -length) });
    this.#parts.push({ text: text.slice(-length), thoughtSignature: signature });
  }

  /** A signature that came without any text. Vertex AI refuses such a part: there it goes on the text before. */
  #addBare(signature: string, path: Path): void {
    if (this.#translation.platform === 'ai-studio') {
      this.#parts.push({ text: '', thoughtSignature: signature });
      return;
    }
    const text = this.#unsignedTextBefore();
    if (text === undefined) {
      this.#lose(path, 'Vertex AI takes no part without text');
      return;
    }
    this.#parts.pop();
    this.#parts.push({ text, thoughtSignature: signature });
  }

  /** The text of the last part, or of one further back, if it is text that is not signed. */
  #unsignedTextBefore(back = 0): string | undefined {
    const last = this.#parts.at(-1 - back);
    return last?.thoughtSignature === undefined && last?.thought !== true ? last?.text : undefined;
  }

  #lose(path: Path, why: string): void {
    this.#translation.losses.add(path(), why);
  }
}
