import { createHash } from 'node:crypto';
import type { Block, MessagesRequest } from '../../messages/types.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import { contentOf, openItem } from './reasoning-envelope.ts';

/** The most marks that are kept; beyond it the oldest conversation is refused once more. */
const mostMarks = 2_000;

/**
 * Stands for one reasoning item in a repair, without a word of it. An upstream that cannot read an item (another account
 * has encrypted it, or its key is gone) never will: it stays out of every later request, so that the prefix which the
 * prompt cache knows stays the same, and what the model thinks from then on is carried as ever.
 */
export function reasoningMark(content: string): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 12);
}

/** Whether an item may go back, as far as refusals have taught: by its content. */
export function mayReturn(repairs: readonly Repair[]): (content: string) => boolean {
  if (repairs.some(({ kind }) => kind === 'drop-reasoning')) return () => false;
  const refused = new Set(refusedMarks(repairs));
  return refused.size === 0 ? () => true : (content) => !refused.has(reasoningMark(content));
}

/**
 * An upstream has refused some of the reasoning that a request gives back; which, it does not tell. Undefined where none
 * of it is left to be refused.
 */
export function leaveOutReasoning(
  { messages }: MessagesRequest,
  target: Target,
  { calls, repairs }: Pick<TranslationContext, 'calls' | 'repairs'>,
): Repair | undefined {
  const marks = new Set(refusedMarks(repairs));
  const known = marks.size;
  const look = (block: Block) => {
    const envelope = envelopeOf(block, calls);
    const carried = envelope === undefined ? undefined : openItem(envelope, target);
    const shown: unknown = Reflect.get(block, 'thinking');
    const content = carried && contentOf(carried, typeof shown === 'string' ? shown : '');
    if (content !== undefined) marks.add(reasoningMark(content));
  };
  for (const { content } of messages) if (typeof content !== 'string') content.forEach(look);
  if (marks.size === known) return undefined;
  return { kind: 'leave-out-reasoning', scope: 'model', items: [...marks].slice(-mostMarks) };
}

function refusedMarks(repairs: readonly Repair[]): readonly string[] {
  return repairs.flatMap((repair) => (repair.kind === 'leave-out-reasoning' ? repair.items : []));
}

function envelopeOf(block: Block, calls: TranslationContext['calls']): string | undefined {
  const field = carriers.get(block.type);
  const value: unknown = field === undefined ? undefined : Reflect.get(block, field);
  if (typeof value !== 'string') return undefined;
  return block.type === 'tool_use' ? calls.recall(value) : value;
}

/** Where a block has its envelope, or what leads to one. */
const carriers: ReadonlyMap<string, string> = new Map([
  ['thinking', 'signature'],
  ['redacted_thinking', 'data'],
  ['tool_use', 'id'],
]);
