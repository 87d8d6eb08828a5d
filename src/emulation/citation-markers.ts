/** Text as it is to be shown, or a marker: which results the words before it rest on. */
export type MarkedPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'marker'; readonly written: string; readonly numbers: readonly number[] };

/** With the blanks before it, which would be left over. */
const marker = / {0,3}\[cite: ?[\d, ]{1,60}\]/g;
const beginning = / {0,3}(?:\[(?:c(?:i(?:t(?:e(?::[\d, ]*)?)?)?)?)?)?$/;
/** More than a marker can be long: what is held back for longer becomes none. */
const longestHeld = 80;

/**
 * Finds the markers in text that comes in pieces. Only what could become a marker is held back; what becomes none, and
 * markers with numbers that no result has, are text.
 */
export class CitationMarkers {
  readonly #isKnown: (number: number) => boolean;
  #held = '';

  constructor(isKnown: (number: number) => boolean) {
    this.#isKnown = isKnown;
  }

  push(text: string): readonly MarkedPiece[] {
    const pending = this.#held + text;
    const held = heldLength(pending);
    this.#held = pending.slice(pending.length - held);
    return this.#split(pending.slice(0, pending.length - held));
  }

  /** The text is over. */
  flush(): readonly MarkedPiece[] {
    const rest = this.#held;
    this.#held = '';
    return rest === '' ? [] : [{ kind: 'text', text: rest }];
  }

  #split(text: string): readonly MarkedPiece[] {
    if (!text.includes('[cite:')) return text === '' ? [] : [{ kind: 'text', text }];
    const pieces: MarkedPiece[] = [];
    let at = 0;
    for (const { index, 0: written } of text.matchAll(marker)) {
      const numbers = numbersIn(written).filter((number) => this.#isKnown(number));
      if (numbers.length === 0) continue;
      if (index > at) pieces.push({ kind: 'text', text: text.slice(at, index) });
      pieces.push({ kind: 'marker', written, numbers });
      at = index + written.length;
    }
    if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
    return pieces;
  }
}

function heldLength(text: string): number {
  const held = beginning.exec(text.slice(-longestHeld - 1))?.[0].length ?? 0;
  return held > longestHeld ? 0 : held;
}

/** Each once, in their order. */
function numbersIn(written: string): readonly number[] {
  const numbers = (written.match(/\d+/g) ?? []).map(Number);
  return [...new Set(numbers)];
}
