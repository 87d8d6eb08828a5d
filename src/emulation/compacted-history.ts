import type { Block, MessagesRequest } from '../messages/types.ts';
import { type BlockOrigin, type MessageOrigin, type OriginalPath, originalPathOf } from './original-paths.ts';

/**
 * The request without everything in front of its last compaction block, whose summary stands for that; undefined where
 * there is none. A block without a summary is a compaction that failed, and stands for nothing.
 */
export function withoutCompacted(
  request: MessagesRequest,
): { readonly request: MessagesRequest; readonly originalPath: OriginalPath } | undefined {
  const { messages } = request;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message === undefined || typeof message.content === 'string') continue;
    const place = message.content.findLastIndex(isSummary);
    if (place === -1 || (place === 0 && index === 0)) {
      if (place === 0) return undefined;
      continue;
    }
    const content = message.content.slice(place);
    const blocks = content.map(
      (_, at): BlockOrigin => ({ path: `messages.${index}.content.${place + at}`, isWhole: true }),
    );
    const rest = messages.slice(index + 1);
    const origins: MessageOrigin[] = [
      { path: `messages.${index}`, blocks },
      ...rest.map((_, at): MessageOrigin => ({ path: `messages.${index + 1 + at}`, blocks: undefined })),
    ];
    return {
      request: { ...request, messages: [{ ...message, content }, ...rest] },
      originalPath: originalPathOf(origins),
    };
  }
  return undefined;
}

function isSummary(block: Block): boolean {
  return block.type === 'compaction' && typeof block.content === 'string' && block.content !== '';
}
