import type { CallRepair } from '../provider.ts';
import { HeldJson } from './held-json.ts';
import { beginningOf, endOf, isContainer, letters, wordOfJson } from './json-pieces.ts';
import { mendedObject, parsedOrNothing } from './mended-json.ts';
import { repairedValue } from './repaired-value.ts';
import { acceptedTypes, acceptsEmpty, isOptional, itemOf, memberOf, type SchemaPlace } from './schema-place.ts';

interface Container {
  readonly kind: 'object' | 'array';
  readonly place: SchemaPlace;
  /** Whether something in it has been written: what comes next needs the comma. */
  written: boolean;
  /** The name of the member that is being read. */
  name: string;
}

/** What may come next. `held`: a value that is looked at when it is whole. `mending`: what comes is no JSON. */
type Expecting =
  | 'value'
  | 'name'
  | 'colon'
  | 'comma'
  | 'nothing'
  | 'in a name'
  | 'in a text'
  | 'in a word'
  | 'held'
  | 'mending';

/**
 * Reads the arguments of one call piece by piece and writes them as the tool's schema wants them. What is valid goes
 * through byte by byte; held back are only the name of a member up to the beginning of its value, words and numbers, and
 * values of a type that the schema does not take there.
 */
export class RepairedArguments {
  readonly #root: SchemaPlace;
  readonly #note: (repair: CallRepair) => void;
  readonly #open: Container[] = [];
  readonly #json = new HeldJson();
  #expecting: Expecting = 'value';
  /** Inside of a held value: how deep, and whether in a text. */
  #depth = 0;
  #inText = false;
  /** A backslash whose second character is still to come. */
  #escape = false;
  /** An empty text is left out here. */
  #dropsEmpty = false;
  #mended = false;
  #isWhole = false;

  constructor(root: SchemaPlace, note: (repair: CallRepair) => void) {
    this.#root = root;
    this.#note = note;
  }

  /** What of it can be written. */
  push(text: string): string {
    this.#take(text);
    return this.#json.take();
  }

  /** The upstream says that the call is whole: what is still to be written. */
  end(): string {
    if (this.#expecting === 'in a word' && !this.#endWord()) this.#expecting = 'mending';
    if (this.#expecting === 'mending') this.#mend();
    else if (this.#mayClose()) this.#closeAll();
    return this.#json.take() + this.rest();
  }

  /** What was held back, as it came: the call was cut off, or nobody knows what was meant. */
  rest(): string {
    const backslash = this.#escape && this.#expecting === 'in a text' ? '\\' : '';
    this.#escape = false;
    return this.#json.giveBack() + backslash;
  }

  #take(text: string): void {
    let at = 0;
    while (at < text.length) at = this.#step(text, at);
  }

  /** Takes some of the text, and returns where to go on. */
  #step(text: string, at: number): number {
    switch (this.#expecting) {
      case 'in a text':
        return this.#inAText(text, at);
      case 'in a name':
        return this.#inAName(text, at);
      case 'in a word':
        return this.#inAWord(text, at);
      case 'held':
        return this.#inHeld(text, at);
      case 'mending':
        this.#json.hold(text.slice(at));
        return text.length;
    }
    const end = endOf(letters.blank, text, at);
    this.#json.hold(text.slice(at, end));
    const character = text[end];
    if (character === undefined) return end;
    switch (this.#expecting) {
      case 'value':
        return this.#beginValue(character, text, end);
      case 'name':
      case 'comma':
        return this.#between(character, text, end);
      case 'colon':
        if (character !== ':') return this.#giveUp(text, end);
        this.#json.hold(':');
        this.#expecting = 'value';
        return end + 1;
      default:
        this.#isWhole = true;
        return this.#giveUp(text, end);
    }
  }

  /** At the beginning of a container, or behind a value of it. */
  #between(character: string, text: string, at: number): number {
    const container = this.#open.at(-1);
    if (character === (container?.kind === 'array' ? ']' : '}')) return this.#close(character, at);
    if (this.#expecting === 'comma' && !this.#json.hasComma) {
      if (character !== ',') return this.#giveUp(text, at);
      this.#json.holdComma();
      if (container?.kind === 'array') this.#expecting = 'value';
      return at + 1;
    }
    if (character !== '"') return this.#giveUp(text, at);
    this.#json.begin();
    this.#json.hold('"');
    this.#expecting = 'in a name';
    return at + 1;
  }

  #inAName(text: string, at: number): number {
    const end = this.#endOfText(text, at);
    if (end === -1) return text.length;
    const container = this.#open.at(-1);
    const name = parsedOrNothing(this.#json.begun)?.value;
    if (container === undefined || typeof name !== 'string') return this.#giveUp(text, end);
    container.name = name;
    this.#expecting = 'colon';
    return end;
  }

  /** Puts a text up to its closing quote into what is held; -1 where that is still to come. */
  #endOfText(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const character = text[at] ?? '';
      this.#json.hold(character);
      if (this.#escape) this.#escape = false;
      else if (character === '\\') this.#escape = true;
      else if (character === '"') return at + 1;
    }
    return -1;
  }

  #beginValue(character: string, text: string, at: number): number {
    const container = this.#open.at(-1);
    // `[1,]`: only here, because a comma may be the last thing in a list and must not be in front of a value.
    if (container?.kind === 'array' && character === ']') return this.#close(character, at);
    const place = this.#place();
    const types = acceptedTypes(place);
    this.#json.begin();
    const type = beginningOf(character);
    if (type === undefined || (container === undefined && !isContainer(type))) return this.#giveUp(text, at);
    if (type === 'word') {
      this.#expecting = 'in a word';
      return at;
    }
    if (container !== undefined && types?.has(type) === false) {
      this.#expecting = 'held';
      this.#depth = 0;
      this.#inText = false;
      return at;
    }
    this.#json.hold(character);
    if (isContainer(type)) {
      this.#write();
      this.#open.push({ kind: type, place, written: false, name: '' });
      this.#expecting = type === 'object' ? 'name' : 'value';
    } else {
      this.#expecting = 'in a text';
      this.#dropsEmpty = this.#mayBeLeftOut() && !acceptsEmpty(place);
      if (!this.#dropsEmpty) this.#write();
    }
    return at + 1;
  }

  #inAText(text: string, at: number): number {
    const character = text[at] ?? '';
    if (this.#escape) {
      this.#escape = false;
      const isKnown = /["\\/bfnrtu]/.test(character);
      if (!isKnown) this.#note('json');
      // `\d` of a pattern that was not escaped once more; `\'` as other languages write it.
      const written = isKnown ? `\\${character}` : character === "'" ? "'" : `\\\\${character}`;
      this.#json.pass(`\\${character}`, written);
      return at + 1;
    }
    if (this.#dropsEmpty) {
      this.#dropsEmpty = false;
      if (character === '"') {
        this.#json.hold('"');
        this.#leaveOut();
        return at + 1;
      }
      this.#write();
    }
    const end = endOf(letters.ofText, text, at);
    if (end > at) this.#json.pass(text.slice(at, end));
    const next = text[end];
    if (next === undefined) return end;
    if (next === '\\') this.#escape = true;
    else if (next === '"') {
      this.#json.pass('"');
      this.#endValue();
    } else {
      this.#note('json');
      this.#json.pass(next, JSON.stringify(next).slice(1, -1));
    }
    return end + 1;
  }

  #inAWord(text: string, at: number): number {
    const end = endOf(letters.ofWord, text, at);
    this.#json.hold(text.slice(at, end));
    if (end === text.length) return end;
    return this.#endWord() ? end : this.#giveUp(text, end);
  }

  /** False where it is no word of JSON. */
  #endWord(): boolean {
    const value = this.#json.begun;
    if (!wordOfJson.test(value)) return false;
    const isUnwanted = value === 'null' && acceptedTypes(this.#place())?.has('null') === false;
    if (isUnwanted && this.#mayBeLeftOut()) this.#leaveOut();
    else this.#writeRepaired(value);
    return true;
  }

  #inHeld(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const character = text[at] ?? '';
      this.#json.hold(character);
      if (this.#inText) {
        if (this.#escape) this.#escape = false;
        else if (character === '\\') this.#escape = true;
        else if (character === '"') this.#inText = false;
      } else if (character === '"') this.#inText = true;
      else if (character === '{' || character === '[') this.#depth += 1;
      else if (character === '}' || character === ']') this.#depth -= 1;
      if (this.#depth > 0 || this.#inText) continue;
      const value = this.#json.begun;
      if (value === '""' && this.#mayBeLeftOut()) this.#leaveOut();
      else if (parsedOrNothing(value) === undefined) return this.#giveUp(text, at + 1);
      else this.#writeRepaired(value);
      return at + 1;
    }
    return text.length;
  }

  /** The whole value that is held, in another type where that is what was meant. */
  #writeRepaired(value: string): void {
    const place = this.#place();
    const repaired = repairedValue(value, place);
    if (repaired !== undefined) this.#note('type');
    this.#write(repaired === undefined ? undefined : repairedText(repaired, place, this.#note));
    this.#endValue();
  }

  #endValue(): void {
    this.#expecting = this.#open.length === 0 ? 'nothing' : 'comma';
  }

  /** Writes what is held; the comma in front of it only where something stands before that. */
  #write(instead?: string): void {
    const container = this.#open.at(-1);
    this.#json.write(container?.written !== false, instead);
    if (container !== undefined) container.written = true;
  }

  /** The member that is being read is as if it had never been. */
  #leaveOut(): void {
    this.#note('empty');
    this.#json.leaveOut();
    this.#expecting = 'comma';
  }

  #close(character: string, at: number): number {
    if (this.#json.hasComma) this.#note('json');
    this.#json.hold(character);
    this.#json.write(false);
    this.#open.pop();
    this.#endValue();
    return at + 1;
  }

  /** Between values; the end of a text that was not closed nobody knows. */
  #mayClose(): boolean {
    if (this.#open.length === 0) return false;
    if (this.#expecting === 'value') return this.#open.at(-1)?.kind === 'array';
    return this.#expecting === 'comma' || this.#expecting === 'name';
  }

  /** The model has ended without closing what it had opened. */
  #closeAll(): void {
    this.#note('json');
    this.#json.leaveOut();
    for (let container = this.#open.pop(); container !== undefined; container = this.#open.pop()) {
      this.#json.add(container.kind === 'array' ? ']' : '}');
    }
    this.#expecting = 'nothing';
  }

  /** No JSON from here on: what is meant shows when it is whole. */
  #giveUp(text: string, at: number): number {
    this.#expecting = 'mending';
    this.#json.hold(text.slice(at));
    return text.length;
  }

  #mend(): void {
    const { read, text } = this.#json;
    if (this.#isWhole) {
      // A second, different object: which of the two was meant nobody knows.
      const more = text.trim();
      if (more.startsWith('{') && more !== read.trim()) return;
      this.#note('json');
      this.#json.leaveOut();
      return;
    }
    const mended = this.#mended ? undefined : mendedObject(read + text);
    if (mended === undefined || !mended.startsWith(read)) return;
    this.#mended = true;
    this.#note('json');
    this.#json.giveBack();
    const last = read.at(-1);
    this.#expecting = last === undefined || last === '[' ? 'value' : last === '{' ? 'name' : 'comma';
    this.#take(mended.slice(read.length));
  }

  #place(): SchemaPlace {
    const container = this.#open.at(-1);
    if (container === undefined) return this.#root;
    return container.kind === 'array' ? itemOf(container.place) : memberOf(container.place, container.name);
  }

  #mayBeLeftOut(): boolean {
    const container = this.#open.at(-1);
    return container?.kind === 'object' && isOptional(container.place, container.name);
  }
}

/** A whole text of JSON, as `place` wants it. */
export function repairedText(json: string, place: SchemaPlace, note: (repair: CallRepair) => void): string {
  const repaired = new RepairedArguments(place, note);
  return repaired.push(json) + repaired.end();
}
