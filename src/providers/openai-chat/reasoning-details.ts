import { isRecord } from '../../messages/json.ts';

const grown = new Set(['text', 'summary', 'data']);

/**
 * Joins streamed pieces of OpenRouter's `reasoning_details`: pieces of one `index` are one entry, whose texts grow and
 * whose other fields come with whichever piece has them; a piece with nothing but a signature is normal.
 */
export function mergeReasoningDetails(pieces: readonly unknown[]): readonly unknown[] {
  const merged: unknown[] = [];
  const entries = new Map<unknown, Record<string, unknown>>();
  for (const piece of pieces) {
    if (!isRecord(piece)) {
      merged.push(piece);
      continue;
    }
    const entry = entries.get(piece.index);
    if (entry !== undefined && continues(entry, piece)) {
      grow(entry, piece);
      continue;
    }
    const first = { ...piece };
    merged.push(first);
    // A piece without an index stands for itself.
    if (piece.index !== undefined && piece.index !== null) entries.set(piece.index, first);
  }
  return merged;
}

/** An entry of one type and one id; and what is signed is whole, so that more text is another entry. */
function continues(entry: Readonly<Record<string, unknown>>, piece: Readonly<Record<string, unknown>>): boolean {
  if (typeof piece.type === 'string' && piece.type !== entry.type) return false;
  if (typeof piece.id === 'string' && typeof entry.id === 'string' && piece.id !== entry.id) return false;
  return typeof entry.signature !== 'string' || typeof piece.text !== 'string' || piece.text === '';
}

function grow(entry: Record<string, unknown>, piece: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(piece)) {
    if (value === undefined || value === null) continue;
    const known = entry[field];
    if (grown.has(field) && typeof known === 'string' && typeof value === 'string') entry[field] = known + value;
    else entry[field] = value;
  }
}
