import { isRecord } from '../json.ts';
import type { Call } from '../script.ts';

export type ChatCall = Call<ChatRequest>;

/** The body of a call, read loosely: only what scripts and rules look at, everything else as it came. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[];
  readonly stream?: boolean;
  readonly [field: string]: unknown;
}

export interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly ContentPart[] | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
  readonly [field: string]: unknown;
}

export interface ContentPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface ToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ChatTool {
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Record<string, unknown>;
    readonly strict?: boolean | null;
  };
}

/** Whether a parsed body can be read as a ChatRequest at all. The published schema is checked apart from this. */
export function isChatRequest(body: unknown): body is ChatRequest {
  return (
    isRecord(body) &&
    typeof body.model === 'string' &&
    Array.isArray(body.messages) &&
    body.messages.every(isMessage) &&
    (body.tools === undefined || (Array.isArray(body.tools) && body.tools.every(isTool)))
  );
}

function isMessage(value: unknown): boolean {
  if (!isRecord(value) || typeof value.role !== 'string') return false;
  const { content, tool_calls: calls } = value;
  const readable = content === undefined || content === null || typeof content === 'string' || isPartList(content);
  return readable && (calls === undefined || (Array.isArray(calls) && calls.every(isToolCall)));
}

function isPartList(value: unknown): boolean {
  return Array.isArray(value) && value.every((part) => isRecord(part) && typeof part.type === 'string');
}

function isToolCall(value: unknown): boolean {
  if (!isRecord(value) || typeof value.id !== 'string' || !isRecord(value.function)) return false;
  return typeof value.function.name === 'string' && typeof value.function.arguments === 'string';
}

function isTool(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.function) || typeof value.function.name !== 'string') return false;
  const { parameters } = value.function;
  return parameters === undefined || isRecord(parameters);
}

/** The text of a message, its parts joined. */
export function textOf(message: ChatMessage | undefined): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (content === undefined || content === null) return '';
  return content.map((part) => (typeof part.text === 'string' ? part.text : '')).join('\n');
}
