import { isRecord } from '../../messages/json.ts';
import { bareCalls, mayBeBareCall } from './bare-call.ts';
import { type CallForm, callForms, type WrittenCall } from './call-forms.ts';
import { parsedOrNothing } from './mended-json.ts';
import type { OfferedCalls } from './offered-calls.ts';

/** What a text turned out to be, piece by piece. */
export type TextPiece = { readonly text: string } | { readonly calls: readonly WrittenCall[] };

const fence = '```';
const starts = [fence, ...callForms.map(({ start }) => start)];
const anyStart = new RegExp(starts.map((start) => RegExp.escape(start)).join('|'), 'g');
const longestStart = Math.max(...starts.map(({ length }) => length));
const longestEnd = Math.max(...callForms.flatMap(({ ends }) => ends.map(({ length }) => length)));
const maxHeld = 1024 * 1024;
/** Between a mark and what it marks; more are none of a form's. */
const mostBlanks = 1_000;
/** So many forms that were none, and the text is of another kind. */
const mostFailures = 20;
/** Qwen3-Coder writes it also where it has not opened it. */
const strayEnd = '</tool_call>';

/**
 * Finds the calls that a model has written into its text. Text goes on at once, but for what may be the beginning of a
 * call; a form that names no tool that was offered stays text, and so does everything in a fence or behind a backtick.
 */
export class TextCalls {
  readonly #offered: OfferedCalls;
  /** Not decided yet. */
  #held = '';
  /** What came behind that inside of a form: put together only when its end comes, since that takes time. */
  #more: string[] = [];
  #moreLength = 0;
  /** The last letters of it, in which an end may have begun. */
  #tail = '';
  #form: CallForm | 'bare' | undefined;
  /** The form has begun like a call, and only its end is waited for. */
  #isSure = false;
  #failures = 0;
  #inFence = false;
  /** Of the text that has gone on. */
  #lastLetter = '';
  #behindCall = false;
  #off = false;
  #pieces: TextPiece[] = [];

  /** `mayBeBare`: the text is the first thing that the model says, and may be a call without any mark. */
  constructor(offered: OfferedCalls, mayBeBare: boolean) {
    this.#offered = offered;
    if (mayBeBare) this.#form = 'bare';
  }

  push(text: string): readonly TextPiece[] {
    if (this.#isSure && !this.#holdMore(text)) return none;
    if (!this.#isSure) this.#held += text;
    this.#join();
    this.#look();
    return this.#taken();
  }

  /** The text is over. */
  end(): readonly TextPiece[] {
    this.#join();
    while (this.#form !== undefined && !this.#off) {
      const form = this.#form;
      const calls = form === 'bare' ? bareCalls(this.#held) : form.read(this.#held.slice(form.start.length), false);
      // The answer may have been cut off just here.
      if (calls?.every(isWhole) === true && this.#addCalls(calls)) {
        this.#held = '';
        break;
      }
      // There may be another form behind its beginning.
      this.#noCall(form);
      this.#look();
    }
    if (!this.#behindCall || this.#held.trim() !== '') this.#release(this.#held.length);
    return this.#taken();
  }

  /** Whether the end may have come, or too much. */
  #holdMore(text: string): boolean {
    this.#more.push(text);
    this.#moreLength += text.length;
    const window = this.#tail + text;
    this.#tail = window.slice(-longestEnd);
    if (this.#held.length + this.#moreLength > maxHeld) return true;
    return this.#form !== 'bare' && this.#form?.ends.some((mark) => window.includes(mark)) === true;
  }

  #join(): void {
    if (this.#more.length > 0) this.#held += this.#more.join('');
    this.#more = [];
    this.#moreLength = 0;
    this.#isSure = false;
  }

  /** From now on only the end of the form is waited for. */
  #wait(): false {
    this.#isSure = true;
    this.#tail = this.#held.slice(-longestEnd);
    return false;
  }

  #taken(): readonly TextPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #look(): void {
    while (this.#held !== '' && this.#step());
  }

  /** False where more has to come first. */
  #step(): boolean {
    if (this.#off) return this.#release(this.#held.length);
    if (this.#behindCall) return this.#skipBlanks();
    if (this.#form === undefined) return this.#find();
    if (this.#held.length > maxHeld) {
      this.#off = true;
      return true;
    }
    if (this.#form === 'bare') {
      const answer = mayBeBareCall(this.#held, this.#offered);
      if (answer === 'yes') return this.#wait();
      if (answer === 'no') this.#form = undefined;
      return answer === 'no';
    }
    return this.#readForm(this.#form);
  }

  #readForm(form: CallForm): boolean {
    const inner = this.#held.slice(form.start.length);
    const begun = inner.trimStart();
    if (begun === '' && inner.length <= mostBlanks) return false;
    if (!form.goesOn.test(begun)) {
      this.#form = undefined;
      return this.#release(form.start.length);
    }
    const end = nearest(inner, form.ends);
    if (end === undefined) return this.#wait();
    if (!this.#addCalls(form.read(inner.slice(0, end.at), true))) return this.#noCall(form);
    this.#held = inner.slice(end.at + end.mark.length);
    this.#form = undefined;
    this.#behindCall = true;
    return true;
  }

  /** The form has turned out to be none; its beginning is text. */
  #noCall(form: CallForm | 'bare'): boolean {
    this.#form = undefined;
    this.#failures += 1;
    if (this.#failures >= mostFailures) this.#off = true;
    return form === 'bare' || this.#release(form.start.length);
  }

  #addCalls(calls: readonly WrittenCall[] | undefined): boolean {
    if (calls === undefined || !calls.every(({ name }) => this.#offered.alike(name) !== undefined)) return false;
    this.#pieces.push({ calls });
    return true;
  }

  #skipBlanks(): boolean {
    const rest = this.#held.trimStart();
    this.#held = rest;
    if (rest === '' || (rest !== strayEnd && strayEnd.startsWith(rest))) return false;
    this.#behindCall = rest.startsWith(strayEnd);
    if (this.#behindCall) this.#held = rest.slice(strayEnd.length);
    return true;
  }

  /** Lets text through up to what may begin a form. */
  #find(): boolean {
    anyStart.lastIndex = 0;
    let seen = 0;
    for (let found = anyStart.exec(this.#held); found !== null; found = anyStart.exec(this.#held)) {
      const [start] = found;
      seen = anyStart.lastIndex;
      if (start === fence) this.#inFence = !this.#inFence;
      else if (!this.#inFence && !this.#isQuoted(found.index)) {
        this.#release(found.index);
        this.#form = callForms.find((form) => form.start === start);
        return true;
      }
    }
    this.#release(this.#held.length - unfinishedStart(this.#held, seen));
    return false;
  }

  /** A word about a form, as people write one. */
  #isQuoted(at: number): boolean {
    return (at === 0 ? this.#lastLetter : this.#held[at - 1]) === '`';
  }

  #release(length: number): boolean {
    const text = this.#held.slice(0, length);
    if (text !== '') {
      this.#pieces.push({ text });
      this.#lastLetter = text.slice(-1);
    }
    this.#held = this.#held.slice(length);
    return true;
  }
}

const none: readonly TextPiece[] = [];

/** How much of the end of a text may be the beginning of a form or a fence; what was `seen` is neither. */
function unfinishedStart(text: string, seen: number): number {
  const from = Math.max(seen, text.length - longestStart + 1);
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character !== '<' && character !== '[' && character !== '`') continue;
    const tail = text.slice(at);
    if (starts.some((start) => start.length > tail.length && start.startsWith(tail))) return tail.length;
  }
  return 0;
}

function isWhole({ input }: WrittenCall): boolean {
  return 'texts' in input || isRecord(parsedOrNothing(input.json)?.value);
}

function nearest(text: string, marks: readonly string[]): { readonly at: number; readonly mark: string } | undefined {
  let first: { readonly at: number; readonly mark: string } | undefined;
  for (const mark of marks) {
    const at = text.indexOf(mark);
    if (at !== -1 && (first === undefined || at < first.at)) first = { at, mark };
  }
  return first;
}
