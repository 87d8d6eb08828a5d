import { isRecord } from '../messages/json.ts';
import type { MessagesRequest } from '../messages/types.ts';
import type { CheckBlockFields } from './block-rules.ts';
import { type LossList, notKnown } from './losses.ts';

const attribution = 'x-anthropic-billing-header:';

/**
 * Whether a system text is Claude Code's line about itself. It changes from request to request in front of everything
 * else, so that no upstream would ever find a cached prefix; and it is about billing at Anthropic.
 */
export function isAttribution(text: string): boolean {
  return text.startsWith(attribution);
}

/** The texts of `system`, without the attribution: a string is one, and empty ones are none. */
export function systemTexts(
  { system }: MessagesRequest,
  checkBlockFields: CheckBlockFields,
  losses: LossList,
): readonly string[] {
  if (system === undefined) return [];
  if (typeof system === 'string') {
    const text = isAttribution(system) ? system.replace(/^.*\n*/, '') : system;
    return text === '' ? [] : [text];
  }
  const texts: string[] = [];
  for (let index = 0; index < system.length; index++) {
    const block: unknown = system[index];
    if (!isRecord(block)) continue;
    if (block.type !== 'text' || typeof block.text !== 'string') losses.add(`system.${index}`, notKnown);
    else if (block.text !== '' && !isAttribution(block.text)) texts.push(block.text);
    checkBlockFields({ type: 'text', ...block }, losses, () => `system.${index}`);
  }
  return texts;
}
