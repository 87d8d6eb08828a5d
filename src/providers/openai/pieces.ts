// What user messages and results of tools are made of, before one of OpenAI's two APIs puts it into its own parts.

export type Piece = TextPiece | Medium;

export interface TextPiece {
  readonly kind: 'text';
  readonly text: string;
}

export type Medium =
  /** A `data:` URL or an address. */
  | { readonly kind: 'image'; readonly url: string }
  /** `data` is a `data:` URL. The server wants a name, and tells by it what kind of file it is. */
  | { readonly kind: 'file'; readonly name: string; readonly data: string }
  /** A file that the server fetches itself. */
  | { readonly kind: 'file-address'; readonly url: string };

/** The texts joined, where there is nothing but text: a string and one block of text must not differ. */
export function textOfPieces(pieces: readonly Piece[], separator: string): string | undefined {
  const texts: string[] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'text') return undefined;
    texts.push(piece.text);
  }
  return texts.join(separator);
}

/** Takes up pieces in their order. */
export class PieceList {
  readonly pieces: Piece[] = [];

  text(text: string): void {
    this.pieces.push({ kind: 'text', text });
  }

  medium(medium: Medium): void {
    this.pieces.push(medium);
  }
}
