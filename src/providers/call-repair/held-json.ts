/** What was read of a text of JSON and not written yet, because it may yet be left out or written otherwise. */
export class HeldJson {
  /** Written, and not taken yet. */
  #out = '';
  #held = '';
  /** Where in it the comma in front of a value stands, and where the value itself begins. */
  #commaAt = -1;
  #valueAt = 0;
  /** What came before it, as it came. */
  #read = '';

  get read(): string {
    return this.#read;
  }

  get text(): string {
    return this.#held;
  }

  get hasComma(): boolean {
    return this.#commaAt !== -1;
  }

  hold(text: string): void {
    this.#held += text;
  }

  holdComma(): void {
    this.#commaAt = this.#held.length;
    this.#held += ',';
  }

  /** What is held from now on is a value, or a name. */
  begin(): void {
    this.#valueAt = this.#held.length;
  }

  /** What was held since then. */
  get begun(): string {
    return this.#held.slice(this.#valueAt);
  }

  /** Writes what is held; `instead`: another value than the one that began. */
  write(withComma: boolean, instead?: string): void {
    this.#read += this.#held;
    if (instead !== undefined) this.#held = this.#held.slice(0, this.#valueAt) + instead;
    if (!withComma) this.#dropComma();
    this.#out += this.#held;
    this.#clear();
  }

  /** Writes what was never held, perhaps otherwise than it came. */
  pass(read: string, written = read): void {
    this.#read += read;
    this.#out += written;
  }

  /** Leaves out what is held. */
  leaveOut(): void {
    this.#read += this.#held;
    this.#clear();
  }

  /** Writes what was never there. */
  add(written: string): void {
    this.#out += written;
  }

  /** Gives back what is held, as if it had not come. */
  giveBack(): string {
    const held = this.#held;
    this.#clear();
    return held;
  }

  /** What was written since the last time. */
  take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #dropComma(): void {
    const at = this.#commaAt;
    if (at !== -1) this.#held = this.#held.slice(0, at) + this.#held.slice(at + 1);
  }

  #clear(): void {
    this.#held = '';
    this.#commaAt = -1;
    this.#valueAt = 0;
  }
}
