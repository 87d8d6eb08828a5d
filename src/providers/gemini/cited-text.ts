/** Words of the answer that rest on something. */
export interface Support<Citation> {
  /** Where they begin, in bytes of UTF-8, as Gemini counts. */
  readonly start: number;
  readonly text: string;
  readonly citations: readonly Citation[];
}

export interface CitedText<Citation> {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/**
 * The text in pieces, each with what it rests on; together they are the text again. Words that stand somewhere else than
 * where they are said to stand are looked for, and those that cannot be found are passed over: a wrong place would put
 * words into a source's mouth. Blanks go to the piece behind them, for no block is made of blanks alone.
 */
export function splitAtCitations<C>(text: string, supports: readonly Support<C>[]): readonly CitedText<C>[] {
  const pieces: { text: string; citations: readonly C[] }[] = [];
  const add = (from: number, to: number, citations: readonly C[]) => {
    if (from < to) pieces.push({ text: text.slice(from, to), citations });
  };
  let at = 0;
  for (const { from, to, citations } of placesOf(text, supports)) {
    const last = pieces.at(-1);
    // Two supports of the same words.
    if (last !== undefined && from < at && to <= at) {
      last.citations = [...last.citations, ...citations];
      continue;
    }
    const start = Math.max(from, at);
    if (text.slice(start, to).trim() === '') continue;
    const isBlank = text.slice(at, start).trim() === '';
    if (!isBlank) add(at, start, []);
    add(isBlank ? at : start, to, citations);
    at = to;
  }
  const rest = text.slice(at);
  const last = pieces.at(-1);
  if (rest.trim() === '' && last !== undefined) last.text += rest;
  else add(at, text.length, []);
  return pieces;
}

function placesOf<C>(text: string, supports: readonly Support<C>[]) {
  const offsets = new ByteOffsets(text);
  const places: { from: number; to: number; citations: readonly C[] }[] = [];
  let searchedTo = 0;
  for (const support of supports.toSorted((a, b) => a.start - b.start)) {
    const told = offsets.indexAt(support.start);
    const isThere = told !== undefined && text.startsWith(support.text, told);
    const from = isThere ? told : text.indexOf(support.text, searchedTo);
    if (from === -1) continue;
    searchedTo = from;
    places.push({ from, to: from + support.text.length, citations: support.citations });
  }
  return places.toSorted((a, b) => a.from - b.from);
}

/** Places of a text by their bytes in UTF-8, asked for in rising order. */
class ByteOffsets {
  readonly #text: string;
  #index = 0;
  #bytes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** undefined: beyond the end, or in the middle of a character. */
  indexAt(bytes: number): number | undefined {
    while (this.#bytes < bytes && this.#index < this.#text.length) {
      const point = this.#text.codePointAt(this.#index) ?? 0;
      this.#bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
      this.#index += point < 0x1_0000 ? 1 : 2;
    }
    return this.#bytes === bytes ? this.#index : undefined;
  }
}
