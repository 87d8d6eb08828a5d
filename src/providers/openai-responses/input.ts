import type { Translation } from '../openai/translation.ts';
import { turnsOf } from '../openai/turns.ts';
import { buildAssistantItems } from './assistant-items.ts';
import { textPart } from './parts.ts';
import { serverFormOf } from './server-form.ts';
import { buildUserItems, systemItems } from './user-items.ts';
import type { InputItem } from './wire.ts';

/**
 * The conversation as items. What stands for a turn never depends on what comes after the turn, so that the next request
 * begins with the very bytes of this one and upstream finds them in its cache. `head` are the texts of the system in front
 * of it, `lastLines` what the system says at its end.
 */
export function buildInput(
  head: readonly string[],
  lastLines: readonly string[],
  translation: Translation,
): InputItem[] {
  const { request, dialect, losses } = translation;
  const items: InputItem[] = [];
  if (head.length > 0) {
    items.push({ type: 'message', role: serverFormOf(dialect).systemRole, content: head.map(textPart) });
  }
  const headLength = items.length;
  let callIds: readonly string[] = [];
  for (const { isAssistant, first, last } of turnsOf(request)) {
    if (isAssistant) {
      const turn = buildAssistantItems(first, last, translation);
      items.push(...turn.items);
      callIds = turn.callIds;
    } else {
      items.push(...buildUserItems(first, last, callIds, translation));
      callIds = [];
    }
  }
  // Calls at the very end have no results yet, and upstream refuses them without.
  items.push(...buildUserItems(0, -1, callIds, translation));
  const last = items.at(-1);
  if (last !== undefined && 'role' in last && last.role === 'assistant') {
    losses.add(`messages.${request.messages.length - 1}`, 'this server does not continue an assistant message');
  }
  for (const line of lastLines) items.push(...systemItems(line, translation));
  if (items.length === headLength) items.push({ type: 'message', role: 'user', content: [textPart('')] });
  return items;
}
