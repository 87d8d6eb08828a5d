import type { Block, KnownBlockOf, MessagesRequest } from '../messages/types.ts';
import type { LossList } from './losses.ts';

export type ToolResult = KnownBlockOf<'tool_result'>;

export interface FoundResult {
  readonly block: ToolResult;
  readonly path: string;
}

/**
 * The results for the calls `callIds` in the messages `first` to `last`, by the ids of the calls. Clients send them in the
 * order in which the tools finished, and upstreams want that of the calls.
 */
export function resultsOfCalls(
  first: number,
  last: number,
  callIds: readonly string[],
  { messages }: MessagesRequest,
  losses: LossList,
): Map<string, FoundResult> {
  const found = new Map<string, FoundResult>();
  if (callIds.length === 0) return found;
  const called = new Set(callIds);
  for (let index = first; index <= last; index++) {
    const { role, content } = messages[index] ?? {};
    if (role !== 'user' || content === undefined || typeof content === 'string') continue;
    for (let place = 0; place < content.length; place++) {
      const block = content[place];
      if (block === undefined || !isResult(block) || !called.has(block.tool_use_id)) continue;
      const earlier = found.get(block.tool_use_id);
      if (earlier !== undefined) losses.add(earlier.path, 'a later result answers the same call');
      found.set(block.tool_use_id, { block, path: `messages.${index}.content.${place}` });
    }
  }
  return found;
}

export function isResult(block: Block): block is ToolResult {
  return block.type === 'tool_result';
}
