import { isRecord } from '../../json.ts';
import type { Call } from '../../script.ts';

export type ResponsesCall = Call<ResponsesRequest>;

/** The body of a call, read loosely: only what scripts and rules look at, everything else as it came. */
export interface ResponsesRequest {
  readonly model: string;
  readonly input: string | readonly InputItem[];
  readonly tools?: readonly ResponsesTool[];
  readonly stream?: boolean;
  readonly [field: string]: unknown;
}

export interface InputItem {
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | readonly InputPart[];
  readonly [field: string]: unknown;
}

export interface InputPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface ResponsesTool {
  readonly type: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly parameters?: Record<string, unknown> | null;
  readonly strict?: boolean | null;
  readonly [field: string]: unknown;
}

/** Whether a parsed body can be read as a ResponsesRequest at all. The published schema is checked apart from this. */
export function isResponsesRequest(body: unknown): body is ResponsesRequest {
  return (
    isRecord(body) &&
    typeof body.model === 'string' &&
    (typeof body.input === 'string' || (Array.isArray(body.input) && body.input.every(isItem))) &&
    (body.tools === undefined || (Array.isArray(body.tools) && body.tools.every(isTool)))
  );
}

function isItem(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { content, type, role } = value;
  if (type !== undefined && typeof type !== 'string') return false;
  if (role !== undefined && typeof role !== 'string') return false;
  return content === undefined || typeof content === 'string' || isPartList(content);
}

function isPartList(value: unknown): boolean {
  return Array.isArray(value) && value.every((part) => isRecord(part) && typeof part.type === 'string');
}

function isTool(value: unknown): boolean {
  if (!isRecord(value) || typeof value.type !== 'string') return false;
  const { name, parameters } = value;
  if (name !== undefined && typeof name !== 'string') return false;
  return parameters === undefined || parameters === null || isRecord(parameters);
}

/** The items of the input; a bare text is one message of the user. */
export function itemsOf({ input }: ResponsesRequest): readonly InputItem[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  return input.map((item) => (item.type === undefined ? { ...item, type: 'message' } : item));
}

/** Whether the model itself has made this item. */
export function isOfModel({ type, role }: InputItem): boolean {
  return (
    type === 'reasoning' ||
    type === 'function_call' ||
    type === 'web_search_call' ||
    (type === 'message' && role === 'assistant')
  );
}

/** What can be read in an item: a message's text, or the output of a function. */
export function textOfItem(item: InputItem | undefined): string {
  const content = item?.type === 'function_call_output' ? item.output : item?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join('\n');
}
