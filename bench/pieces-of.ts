/** A text in `count` pieces of nearly the same length. */
export function piecesOf(text: string, count: number): string[] {
  const cut = (piece: number) => Math.round((text.length * piece) / count);
  return Array.from({ length: count }, (_, piece) => text.slice(cut(piece), cut(piece + 1)));
}
