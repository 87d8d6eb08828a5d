const words =
  'the a of and to in file line path value when each before after returns writes reads keeps order list table token ' +
  'branch commit buffer stream event header config module function test result error warning range index column ' +
  'never always only unless because change review build queue worker socket client limit default option argument';
const vocabulary = words.split(' ');
const rare = ['→', '—', '…', '✓', 'é', 'ü', '“quoted”', '日本', '│', '\\n', '"key"', 'C:\\temp'];

/** Text of the right shape and no meaning. The same seed gives the same text, so that every run moves the same bytes. */
export class Filler {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 ≤ n < 1 (mulberry32). */
  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  integer(from: number, to: number): number {
    return from + Math.floor(this.number() * (to - from + 1));
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.integer(0, list.length - 1)] ?? list[0];
  }

  word(): string {
    // Real prompts hold arrows, dashes and escapes; a body of pure ASCII would flatter every string operation.
    const list = this.number() < 0.01 ? rare : vocabulary;
    return list[this.integer(0, list.length - 1)] ?? 'word';
  }

  sentence(): string {
    let sentence = this.word();
    for (let left = this.integer(6, 16); left > 0; left--) sentence += ` ${this.word()}`;
    return `${sentence}. `;
  }

  prose(length: number): string {
    let text = '';
    while (text.length < length) text += this.number() < 0.12 ? `${this.sentence()}\n\n` : this.sentence();
    return text.slice(0, length);
  }

  /** Numbered lines of program text, the way a file comes back from a tool. */
  source(length: number): string {
    let text = '';
    for (let line = 1; text.length < length; line++) {
      const indent = '  '.repeat(this.integer(0, 4));
      text += `${String(line).padStart(5)}\t${indent}const ${this.word()}_${line} = "${this.word()}"; // ${this.word()} ${this.word()}\n`;
    }
    return text.slice(0, length);
  }

  id(prefix: string): string {
    let id = prefix;
    for (let left = 24; left > 0; left--) id += this.integer(0, 35).toString(36);
    return id;
  }
}
