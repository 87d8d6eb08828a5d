import { isKnownBlock } from '../messages/check-blocks.ts';
import type { Block, Message, MessagesRequest } from '../messages/types.ts';
import type { ClearToolUses } from './context-edits.ts';

/** Tokens of a prompt, by its content alone: the same request always has the same. */
export type MeasurePrompt = (request: MessagesRequest) => number;

export interface ClearedToolUses {
  /** Every block is in its place. */
  readonly request: MessagesRequest;
  readonly uses: number;
  readonly tokens: number;
}

/** What stands for a result that was cleared. */
export const clearedText = '[result cleared to save context]';

/** Above its limit even after a clearing, a context is cleared again only for so much of it. */
const worthwhileShare = 0.1;

/** A use of a tool and its result. */
interface Use {
  readonly tool: string;
  readonly call: Place;
  readonly result: Place;
  /** The tokens that clearing it saves. */
  readonly saving: number;
}
interface Place {
  readonly message: number;
  readonly block: number;
}

/**
 * Clears the results of old tool uses once the context has grown over the trigger; undefined where nothing is to be
 * cleared. Every request of the conversation is gone through as it was when it was sent, so that each finds cleared what
 * the one before it found, and more only in the steps in which the trigger is passed: what upstream has in its cache
 * holds in between. `measure` is asked for each message once.
 */
export function withoutOldResults(
  request: MessagesRequest,
  edit: ClearToolUses,
  measure: MeasurePrompt,
): ClearedToolUses | undefined {
  const sizeOf = messageMeasure(measure);
  const uses = usesIn(request.messages, edit, sizeOf);
  if (uses.length <= edit.keptUses) return undefined;
  const cleared = clearedAtLast(request, uses, edit, measure({ ...request, messages: [] }), sizeOf);
  if (cleared.length === 0) return undefined;
  const messages = [...request.messages];
  for (const use of cleared) {
    replaceBlock(messages, use.result, clearedResult);
    if (edit.clearsInputOf(use.tool)) replaceBlock(messages, use.call, clearedCall);
  }
  const tokens = cleared.reduce((sum, { saving }) => sum + saving, 0);
  return { request: { ...request, messages }, uses: cleared.length, tokens };
}

/** The uses that the last request finds cleared, by going through all of them. */
function clearedAtLast(
  { messages }: MessagesRequest,
  uses: readonly Use[],
  { trigger, keptUses, clearAtLeast }: ClearToolUses,
  base: number,
  sizeOf: (message: Message) => number,
): readonly Use[] {
  const savedBy = savingsUpTo(uses);
  let cleared = 0;
  let tokens = base;
  let seen = 0;
  let isArmed = true;
  const isOver = () => (trigger.type === 'input_tokens' ? tokens : seen - cleared) > trigger.value;
  messages.forEach((message, index) => {
    tokens += sizeOf(message);
    while (seen < uses.length && (uses[seen]?.result.message ?? index) <= index) seen += 1;
    const isRequest =
      index === messages.length - 1 || (message.role !== 'assistant' && messages[index + 1]?.role === 'assistant');
    if (!isRequest) return;
    if (!isOver()) {
      isArmed = true;
      return;
    }
    const upTo = Math.max(cleared, seen - keptUses);
    const saving = (savedBy[upTo] ?? 0) - (savedBy[cleared] ?? 0);
    const least = Math.max(clearAtLeast, isArmed ? 1 : tokens * worthwhileShare);
    if (upTo === cleared || saving < least) return;
    cleared = upTo;
    tokens -= saving;
    isArmed = !isOver();
  });
  return uses.slice(0, cleared);
}

/** The tokens that clearing the first of them saves, by how many: added up anew for each request, long histories would take minutes. */
function savingsUpTo(uses: readonly Use[]): readonly number[] {
  let sum = 0;
  return [0, ...uses.map(({ saving }) => (sum += saving))];
}

/** The uses that may be cleared, in the order of their results. */
function usesIn(
  messages: readonly Message[],
  edit: ClearToolUses,
  sizeOf: (message: Message) => number,
): readonly Use[] {
  const calls = new Map<string, Place & { readonly tool: string }>();
  const uses: Use[] = [];
  const saved = (block: Block, without: Block) =>
    sizeOf({ role: 'user', content: [block] }) - sizeOf({ role: 'user', content: [without] });
  messages.forEach(({ content }, message) => {
    if (typeof content === 'string') return;
    content.forEach((block, place) => {
      if (!isKnownBlock(block)) return;
      if (block.type === 'tool_use' || block.type === 'server_tool_use') {
        calls.set(block.id, { message, block: place, tool: block.name });
        return;
      }
      const answered = clearedResult(block) === undefined || !('tool_use_id' in block) ? undefined : block.tool_use_id;
      const call = answered === undefined ? undefined : calls.get(answered);
      if (call === undefined || edit.excludedTools.has(call.tool)) return;
      const callBlock = blockAt(messages, call);
      const inputSaving =
        edit.clearsInputOf(call.tool) && callBlock !== undefined
          ? saved(callBlock, clearedCall(callBlock) ?? callBlock)
          : 0;
      const saving = Math.max(0, saved(block, clearedResult(block) ?? block) + inputSaving);
      uses.push({ tool: call.tool, call, result: { message, block: place }, saving });
    });
  });
  return uses;
}

/** Undefined for what is no result of a tool. */
function clearedResult(block: Block): Block | undefined {
  if (!isKnownBlock(block)) return undefined;
  switch (block.type) {
    case 'tool_result':
      return { ...block, content: clearedText };
    case 'web_search_tool_result':
      return { ...block, content: [] };
    case 'web_fetch_tool_result': {
      const { content } = block;
      if (content.type !== 'web_fetch_result') return block;
      const source = { type: 'text', media_type: 'text/plain', data: clearedText } as const;
      return { ...block, content: { ...content, content: { type: 'document', source } } };
    }
    default:
      return undefined;
  }
}

function clearedCall(block: Block): Block | undefined {
  return 'input' in block ? { ...block, input: {} } : undefined;
}

function replaceBlock(messages: Message[], place: Place, cleared: (block: Block) => Block | undefined): void {
  const message = messages[place.message];
  const block = blockAt(messages, place);
  const replaced = block === undefined ? undefined : cleared(block);
  if (message === undefined || typeof message.content === 'string' || replaced === undefined) return;
  messages[place.message] = { ...message, content: message.content.with(place.block, replaced) };
}

function blockAt(messages: readonly Message[], place: Place): Block | undefined {
  const content = messages[place.message]?.content;
  return typeof content === 'string' ? undefined : content?.[place.block];
}

/** The tokens of a message without what every prompt has. */
function messageMeasure(measure: MeasurePrompt): (message: Message) => number {
  const empty: MessagesRequest = { model: '', max_tokens: 0, messages: [] };
  const nothing = measure(empty);
  return (message) => measure({ ...empty, messages: [message] }) - nothing;
}
