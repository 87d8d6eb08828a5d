import { isRecord } from '../../messages/json.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { checkBlockFields } from './block-fields.ts';
import { type LossList, notKnown } from './losses.ts';

const attribution = 'x-anthropic-billing-header:';

/**
 * Whether a system text is Claude Code's line about itself. It changes from request to request in front of everything
 * else, so that no upstream would ever find a cached prefix; and it is about billing at Anthropic.
 */
export function isAttribution(text: string): boolean {
  return text.startsWith(attribution);
}

/** `system` as one text: the same whether it came as a string or as blocks. */
export function systemText({ system }: MessagesRequest, losses: LossList): string {
  if (system === undefined) return '';
  if (typeof system === 'string') return isAttribution(system) ? system.replace(/^.*\n*/, '') : system;
  const texts: string[] = [];
  for (let index = 0; index < system.length; index++) {
    const block: unknown = system[index];
    if (!isRecord(block)) continue;
    if (block.type !== 'text' || typeof block.text !== 'string') losses.add(`system.${index}`, notKnown);
    else if (block.text !== '' && !isAttribution(block.text)) texts.push(block.text);
    checkBlockFields({ type: 'text', ...block }, losses, () => `system.${index}`);
  }
  return texts.join('\n\n');
}
