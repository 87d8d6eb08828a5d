import { isKnownBlock } from '../../messages/check-blocks.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { leaveOut } from '../openai/left-out-reasoning.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import { openReasoning } from './reasoning-envelope.ts';

/**
 * A server has refused some of the reasoning that a request gives back; which, it does not tell. Undefined where none of
 * it is left to be refused.
 */
export function leaveOutReasoning(
  { messages }: MessagesRequest,
  target: Target,
  { repairs }: Pick<TranslationContext, 'repairs'>,
): Repair | undefined {
  const envelopes: string[] = [];
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const block of content) {
      if (!isKnownBlock(block)) continue;
      if (block.type === 'thinking') envelopes.push(block.signature);
      if (block.type === 'redacted_thinking') envelopes.push(block.data);
    }
  }
  return leaveOut(
    envelopes.filter((envelope) => openReasoning(envelope, target) !== undefined),
    repairs,
  );
}
