import type { Block, MessagesRequest } from '../../messages/types.ts';
import { leaveOut } from '../openai/left-out-reasoning.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import { contentOf, openItem } from './reasoning-envelope.ts';

/**
 * An upstream has refused some of the reasoning that a request gives back; which, it does not tell. Undefined where none
 * of it is left to be refused.
 */
export function leaveOutReasoning(
  { messages }: MessagesRequest,
  target: Target,
  { calls, repairs }: Pick<TranslationContext, 'calls' | 'repairs'>,
): Repair | undefined {
  const contents: string[] = [];
  const look = (block: Block) => {
    const envelope = envelopeOf(block, calls);
    const carried = envelope === undefined ? undefined : openItem(envelope, target);
    const shown: unknown = Reflect.get(block, 'thinking');
    const content = carried && contentOf(carried, typeof shown === 'string' ? shown : '');
    if (content !== undefined) contents.push(content);
  };
  for (const { content } of messages) if (typeof content !== 'string') content.forEach(look);
  return leaveOut(contents, repairs);
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
