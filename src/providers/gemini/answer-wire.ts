import { isRecord } from '../../messages/json.ts';

// What an answer is read from. Nothing that comes from outside is trusted to be there, or to have its type.

export type Fields = Readonly<Record<string, unknown>>;

/** The answer itself: other candidates are never asked for. */
export function candidateOf(chunk: Fields): Fields | undefined {
  const candidate = Array.isArray(chunk.candidates) ? chunk.candidates[0] : undefined;
  if (!isRecord(candidate)) return undefined;
  return typeof candidate.index === 'number' && candidate.index !== 0 ? undefined : candidate;
}

export function partsOf({ content }: Fields): readonly Fields[] {
  if (!isRecord(content) || !Array.isArray(content.parts)) return [];
  return content.parts.filter(isRecord);
}

/** Why the prompt was not answered at all, and what is said about it. */
export function blockOf({ promptFeedback }: Fields): { reason: string; message: string | undefined } | undefined {
  if (!isRecord(promptFeedback)) return undefined;
  const { blockReason, blockReasonMessage } = promptFeedback;
  if (typeof blockReason !== 'string' || blockReason === '' || blockReason === 'BLOCKED_REASON_UNSPECIFIED') {
    return undefined;
  }
  return { reason: blockReason, message: textOf(blockReasonMessage) };
}

/** A text that says something. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a chunk is an error: an object of that name, in whatever form it is wrapped. */
export function isErrorChunk(chunk: unknown): boolean {
  return isRecord(chunk) && chunk.error !== undefined && chunk.error !== null;
}
