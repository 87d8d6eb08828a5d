import { isKnownBlock } from '../messages/check-blocks.ts';
import type { Message, MessagesRequest } from '../messages/types.ts';
import type { CheckBlockFields } from './block-rules.ts';
import { type LossList, notKnown } from './losses.ts';

/** Whether a `system` message has served its purpose: it asked to be taken out once the user speaks again. */
export function isCleared({ clear_at }: Message, index: number, { messages }: MessagesRequest): boolean {
  return clear_at === 'next_user_message' && messages.findLastIndex(({ role }) => role === 'user') > index;
}

/** What a `system` message says; empty where it only carries settings. */
export function systemMessageText(
  { content }: Message,
  index: number,
  checkBlockFields: CheckBlockFields,
  losses: LossList,
): string {
  if (typeof content === 'string') return content;
  const texts: string[] = [];
  for (let place = 0; place < content.length; place++) {
    const block = content[place];
    if (block === undefined) continue;
    const path = () => `messages.${index}.content.${place}`;
    checkBlockFields(block, losses, path);
    if (block.type === 'text' && typeof block.text === 'string') {
      if (block.text !== '') texts.push(block.text);
    } else if (block.type !== 'tool_addition' && block.type !== 'tool_removal') {
      losses.add(path(), isKnownBlock(block) ? 'a system message cannot hold it' : notKnown);
    }
  }
  return texts.join('\n\n');
}
