import type { ByteRange } from '../../messages/json-scanner.ts';

/** Other text in a place of a body; an empty one cuts the place out. */
export interface ByteEdit {
  readonly place: ByteRange;
  readonly text: string;
}

/** The bytes with their edits made, which do not overlap; the very same bytes where there are none. */
export function applyEdits(bytes: Buffer, edits: readonly ByteEdit[]): Buffer {
  if (edits.length === 0) return bytes;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { place, text } of edits.toSorted((a, b) => a.place.start - b.place.start)) {
    pieces.push(bytes.subarray(at, place.start));
    if (text !== '') pieces.push(Buffer.from(text));
    at = place.end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}

/** Cuts elements out of a list, each with the comma that parted it from what stays. */
export function cutElements(elements: readonly ByteRange[], isCut: (index: number) => boolean): ByteEdit[] {
  const edits: ByteEdit[] = [];
  let hasKept = false;
  for (const [index, element] of elements.entries()) {
    if (!isCut(index)) {
      hasKept = true;
      continue;
    }
    const start = hasKept ? (elements[index - 1]?.end ?? element.start) : element.start;
    const end = hasKept ? element.end : (elements[index + 1]?.start ?? element.end);
    edits.push({ place: { start, end }, text: '' });
  }
  return edits;
}
