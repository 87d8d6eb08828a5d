import { isRecord } from '../../messages/json.ts';
import type { MessagesRequest } from '../../messages/types.ts';

const nothing: ReadonlySet<unknown> = new Set();
const nestingLimit = 4;

/**
 * The image blocks that are too many for a server which takes so many in one request: all but the latest. A conversation
 * could otherwise never go on. What is left out grows with every new image, and the cached prefix with it is lost.
 */
export function olderImages(request: MessagesRequest, maximum: number | undefined): ReadonlySet<unknown> {
  if (maximum === undefined) return nothing;
  const images: unknown[] = [];
  for (const { content } of request.messages) collect(content, images, 0);
  return images.length <= maximum ? nothing : new Set(images.slice(0, images.length - maximum));
}

/** In results of tools and in documents made of blocks too. */
function collect(content: unknown, images: unknown[], depth: number): void {
  if (!Array.isArray(content) || depth > nestingLimit) return;
  for (const block of content) {
    if (!isRecord(block)) continue;
    if (block.type === 'image') images.push(block);
    else if (block.type === 'document' && isRecord(block.source)) collect(block.source.content, images, depth + 1);
    else collect(block.content, images, depth + 1);
  }
}
