import type { Block, KnownBlockOf } from '../messages/types.ts';
import { searchResultText } from './block-text.ts';
import { type LossList, notKnown } from './losses.ts';

/** A search result as wrapped text; what in it is no text is listed. */
export function searchResultWords(block: KnownBlockOf<'search_result'>, losses: LossList, path: string): string {
  const parts: readonly Block[] = block.content;
  parts.forEach(({ type }, index) => {
    if (type !== 'text') losses.add(`${path}.content.${index}`, notKnown);
  });
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
  return searchResultText(block, texts);
}
