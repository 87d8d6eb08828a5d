const charactersPerToken = 4;
const remembered = 64;

/** Remembers prompts as texts, so that a fake can tell how much of a new one it has seen before. */
export class PrefixMemory {
  readonly #prompts: { readonly place: string; readonly text: string }[] = [];

  /** The length of the longest beginning that `text` shares with an earlier one of the same place; remembers it. */
  admit(place: string, text: string): number {
    let longest = 0;
    for (const prompt of this.#prompts) {
      if (prompt.place === place) longest = Math.max(longest, commonPrefixLength(prompt.text, text));
    }
    this.#prompts.push({ place, text });
    if (this.#prompts.length > remembered) this.#prompts.shift();
    return longest;
  }
}

/** Roughly what a text costs: no fake has a tokenizer. */
export function tokensOf(text: string): number {
  return tokensIn(text.length);
}

/** Roughly what a text of so many characters costs. */
export function tokensIn(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}

/** How many characters something of so many tokens would be as text. */
export function charactersOf(tokens: number): number {
  return tokens * charactersPerToken;
}

function commonPrefixLength(first: string, second: string): number {
  let low = 0;
  let high = Math.min(first.length, second.length);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (first.startsWith(second.slice(low, middle), low)) low = middle;
    else high = middle - 1;
  }
  return low;
}
