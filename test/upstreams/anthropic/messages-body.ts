import { isRecord } from '../json.ts';
import type { Call } from '../script.ts';

export type MessagesCall = Call<MessagesBody>;

/** The body of a call, read loosely: only what scripts and rules look at, everything else as it came. */
export interface MessagesBody {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly system?: string | readonly Block[];
  readonly tools?: readonly Tool[];
  readonly stream?: boolean;
  readonly [field: string]: unknown;
}

export interface Message {
  readonly role: string;
  readonly content?: string | readonly Block[];
  readonly [field: string]: unknown;
}

export interface Block {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Tool {
  readonly type?: string | null;
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** The blocks of a message; a string is one text block. */
export function blocksOf({ content }: Message): readonly Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content ?? [];
}

/** The text of a block, and what stands in a tool result. */
export function textOf(block: Block): string {
  if (block.type === 'tool_result') {
    const { content } = block;
    if (typeof content === 'string') return content;
    return isBlockList(content) ? content.map(textOf).join('\n') : '';
  }
  return typeof block.text === 'string' ? block.text : '';
}

/** A field of a block or tool as text; empty where it is none. */
export function fieldOf(record: Readonly<Record<string, unknown>>, field: string): string {
  const value = record[field];
  return typeof value === 'string' ? value : '';
}

export function isBlockList(value: unknown): value is readonly Block[] {
  return Array.isArray(value) && value.every((block) => isRecord(block) && typeof block.type === 'string');
}

/** Whether a message can be read at all; what is wrong in it is the rules' business. */
export function isMessage(value: unknown): value is Message {
  if (!isRecord(value) || typeof value.role !== 'string') return false;
  return value.content === undefined || typeof value.content === 'string' || isBlockList(value.content);
}

export function isTool(value: unknown): value is Tool {
  if (!isRecord(value)) return false;
  const isName = value.name === undefined || typeof value.name === 'string';
  return isName && (value.type === undefined || value.type === null || typeof value.type === 'string');
}

/** Whether a parsed body can be read as a MessagesBody at all. */
export function isMessagesBody(body: unknown): body is MessagesBody {
  if (!isRecord(body) || typeof body.model !== 'string') return false;
  const { messages, tools, system, stream } = body;
  return (
    Array.isArray(messages) &&
    messages.every(isMessage) &&
    (tools === undefined || (Array.isArray(tools) && tools.every(isTool))) &&
    (system === undefined || typeof system === 'string' || isBlockList(system)) &&
    (stream === undefined || typeof stream === 'boolean')
  );
}
