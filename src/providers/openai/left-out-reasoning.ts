import { createHash } from 'node:crypto';
import type { Repair } from '../provider.ts';

/** The most marks that are kept; beyond it the oldest conversation is refused once more. */
const mostMarks = 2_000;

/**
 * Stands for one piece of reasoning in a repair, without a word of it. An upstream that cannot read one (another account has
 * encrypted it, or its key is gone) never will: it stays out of every later request, so that the prefix which the prompt
 * cache knows stays the same, and what the model thinks from then on is carried as ever.
 */
export function reasoningMark(content: string): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 12);
}

/** Whether a piece of reasoning may go back, as far as refusals have taught. */
export function mayReturn(repairs: readonly Repair[]): (content: string) => boolean {
  if (repairs.some(({ kind }) => kind === 'drop-reasoning')) return () => false;
  const refused = new Set(refusedMarks(repairs));
  return refused.size === 0 ? () => true : (content) => !refused.has(reasoningMark(content));
}

/** These pieces and those that were refused before stay out; undefined where none of them is new. */
export function leaveOut(contents: Iterable<string>, repairs: readonly Repair[]): Repair | undefined {
  const marks = new Set(refusedMarks(repairs));
  const known = marks.size;
  for (const content of contents) marks.add(reasoningMark(content));
  if (marks.size === known) return undefined;
  return { kind: 'leave-out-reasoning', scope: 'model', items: [...marks].slice(-mostMarks) };
}

function refusedMarks(repairs: readonly Repair[]): readonly string[] {
  return repairs.flatMap((repair) => (repair.kind === 'leave-out-reasoning' ? repair.items : []));
}
