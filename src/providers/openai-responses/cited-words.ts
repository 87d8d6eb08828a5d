/** How much of the text before a citation is kept to quote from. */
const kept = 1_000;

/** The end of what was said since the last citation. */
export class WordsAtHand {
  #text = '';

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    this.#text = (this.#text + text).slice(-kept);
  }

  clear(): void {
    this.#text = '';
  }
}

/** A link that shows where the words before it come from: `([host](address))`, or `[[1]](address)`. */
const link = /[ \t(]{0,8}\[{1,2}[^[\]\n]{0,300}\]{1,2}\([^\s()]{0,600}\){1,2}[\s.,;]*$/;

/**
 * The words that a citation is for: the last line said, without the links at its end; empty where there is nothing but
 * links. OpenAI tells the place of the link only.
 */
export function citedWords(text: string): string {
  let words = text.trimEnd();
  for (let links = 0; links < mostLinks; links += 1) {
    const without = words.replace(link, '').trimEnd();
    if (without === words) break;
    words = without;
  }
  return words.slice(words.lastIndexOf('\n') + 1).trim();
}

const mostLinks = 20;
