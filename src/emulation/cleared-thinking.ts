import type { Block, Message, MessagesRequest } from '../messages/types.ts';
import type { ClearThinking } from './context-edits.ts';
import { type BlockOrigin, type MessageOrigin, type OriginalPath, originalPathOf } from './original-paths.ts';

export interface ClearedThinking {
  readonly request: MessagesRequest;
  readonly originalPath: OriginalPath;
  /** How many turns have lost their thinking. */
  readonly turns: number;
}

/**
 * The request without the thinking of all turns but the latest ones that hold any; undefined where nothing is to be
 * cleared. A turn goes from words of the user to the next ones: results of tools go on with it, so nothing changes
 * while a model works.
 */
export function withoutOldThinking(
  request: MessagesRequest,
  { keptTurns }: ClearThinking,
): ClearedThinking | undefined {
  const { messages } = request;
  const turns = turnsWithThinking(messages);
  const kept = turns.at(-keptTurns) ?? 0;
  const cleared = turns.filter((turn) => turn < kept).length;
  if (cleared === 0) return undefined;
  const rewritten: Message[] = [];
  const origins: MessageOrigin[] = [];
  messages.forEach((message, index) => {
    const path = `messages.${index}`;
    const { content } = message;
    if (index >= kept || typeof content === 'string' || !content.some(isThinking)) {
      rewritten.push(message);
      origins.push({ path, blocks: undefined });
      return;
    }
    const blocks: BlockOrigin[] = [];
    const rest = content.filter((block, place) => {
      if (isThinking(block)) return false;
      blocks.push({ path: `${path}.content.${place}`, isWhole: true });
      return true;
    });
    if (rest.length === 0) return;
    rewritten.push({ ...message, content: rest });
    origins.push({ path, blocks });
  });
  return { request: { ...request, messages: rewritten }, originalPath: originalPathOf(origins), turns: cleared };
}

/** The places of the messages that begin such a turn. */
function turnsWithThinking(messages: readonly Message[]): readonly number[] {
  const turns: number[] = [];
  let beginning = 0;
  messages.forEach(({ role, content }, index) => {
    if (role === 'user' && !holds(content, isResult)) beginning = index;
    if (role === 'assistant' && turns.at(-1) !== beginning && holds(content, isThinking)) turns.push(beginning);
  });
  return turns;
}

function holds(content: Message['content'], is: (block: Block) => boolean): boolean {
  return typeof content !== 'string' && content.some(is);
}

function isThinking({ type }: Block): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

function isResult({ type }: Block): boolean {
  return type === 'tool_result';
}
