import { isRecord } from '../messages/json.ts';
import type { Message, MessagesRequest, Tool } from '../messages/types.ts';

/** How the parts of a prompt are weighed: exactly with a tokenizer, or cheaply by length. All in tokens. */
export interface PromptScale {
  readonly text: (text: string) => number;
  /** A value that goes out as JSON text: the arguments of a call, the schema of a tool. */
  readonly json: (value: unknown) => number;
  /** An image; `base64` is undefined where the request only points to it. */
  readonly image: (base64: string | undefined) => number;
  readonly pdf: (base64: string | undefined) => number;
}

// What the chat format adds around a message, a call or a result, and at the end of the prompt (source: OpenAI's cookbook).
const perMessage = 3;
const perRequest = 3;
const perToolPart = 8;
// OpenAI shows functions to the model in a form shorter than their JSON.
const toolShare = 0.8;

/** The tokens of everything in a request that reaches a model as its prompt. */
export function measurePrompt(request: MessagesRequest, scale: PromptScale): number {
  let total = perRequest;
  const { system } = request;
  if (typeof system === 'string') total += perMessage + scale.text(system);
  else if (system !== undefined && system.length > 0) total += perMessage + measureContent(system, scale);
  for (const message of request.messages) total += perMessage + measureMessage(message, scale);
  if (request.tools !== undefined) total += measureTools(request.tools, request.messages, scale);
  return Math.ceil(total);
}

function measureMessage(message: Message, scale: PromptScale): number {
  return typeof message.content === 'string' ? scale.text(message.content) : measureContent(message.content, scale);
}

function measureContent(content: unknown, scale: PromptScale): number {
  if (typeof content === 'string') return scale.text(content);
  if (!Array.isArray(content)) return 0;
  let total = 0;
  for (const block of content) if (isRecord(block)) total += measureBlock(block, scale);
  return total;
}

function measureBlock(block: Readonly<Record<string, unknown>>, scale: PromptScale): number {
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' && !isBillingLine(block.text) ? scale.text(block.text) : 0;
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return perToolPart + measureText(block.name, scale) + scale.json(block.input ?? {});
    case 'tool_result':
      return perToolPart + measureContent(block.content, scale);
    case 'image':
      return scale.image(base64Of(block.source));
    case 'document':
      return measureText(block.title, scale) + measureText(block.context, scale) + measureDocument(block.source, scale);
    case 'thinking':
      return measureThinking(block.thinking, block.signature, scale);
    case 'redacted_thinking':
      return measureThinking('', block.data, scale);
    case 'tool_reference':
      return perToolPart + measureText(block.tool_name, scale);
    default:
      return measureUnknown(block, scale);
  }
}

function measureDocument(source: unknown, scale: PromptScale): number {
  if (!isRecord(source)) return 0;
  if (source.type === 'text') return measureText(source.data, scale);
  if (source.type === 'content') return measureContent(source.content, scale);
  return scale.pdf(base64Of(source));
}

/** Thinking goes back to an upstream only in an envelope of ours; what it holds is denser than its base64 is long. */
function measureThinking(shown: unknown, signature: unknown, scale: PromptScale): number {
  if (typeof signature !== 'string' || !signature.startsWith('ccp1.')) return 0;
  const carriedBytes = signature.length * 0.75;
  return measureText(shown, scale) + (carriedBytes / 4) * 0.75;
}

/** Blocks of other kinds become text of some form, without what is encoded in them. */
function measureUnknown(block: Readonly<Record<string, unknown>>, scale: PromptScale): number {
  let total = 0;
  for (const field in block) {
    if (encodedFields.has(field) || field === 'cache_control' || field === 'type') continue;
    const value = block[field];
    if (typeof value === 'string') total += scale.text(value);
    else if (Array.isArray(value))
      for (const item of value) total += isRecord(item) ? measureUnknown(item, scale) : measureText(item, scale);
    else if (isRecord(value)) total += measureUnknown(value, scale);
  }
  return total;
}

const encodedFields: ReadonlySet<string> = new Set([
  'data',
  'signature',
  'encrypted_content',
  'encrypted_index',
  'encrypted_stdout',
  'file_data',
]);

function measureTools(tools: readonly Tool[], messages: readonly Message[], scale: PromptScale): number {
  let loaded: ReadonlySet<unknown> | undefined;
  let total = 0;
  // It runs at Anthropic alone; anywhere else the tools it would find are shown from the start.
  const searched = tools.some(({ type }) => type?.startsWith('tool_search_tool'));
  for (const tool of tools) {
    if (!isRecord(tool) || (searched && String(tool.type).startsWith('tool_search_tool'))) continue;
    if (tool.defer_loading === true && !searched) {
      loaded ??= loadedTools(messages);
      if (!loaded.has(tool.name)) continue;
    }
    const definition =
      measureText(tool.name, scale) + measureText(tool.description, scale) + scale.json(tool.input_schema ?? {});
    total += perToolPart + definition * toolShare;
  }
  return total;
}

/** A deferred tool costs nothing until the conversation has asked for it. */
function loadedTools(messages: readonly Message[]): ReadonlySet<unknown> {
  const names = new Set<unknown>();
  for (const message of messages) {
    if (typeof message.content === 'string') continue;
    for (const block of message.content) {
      if (block.type !== 'tool_result' || !('content' in block) || !Array.isArray(block.content)) continue;
      for (const part of block.content) if (isRecord(part) && part.type === 'tool_reference') names.add(part.tool_name);
    }
  }
  return names;
}

function measureText(text: unknown, scale: PromptScale): number {
  return typeof text === 'string' && text !== '' ? scale.text(text) : 0;
}

/** Claude Code's first system block is for billing at Anthropic; no other model is shown it. */
function isBillingLine(text: string): boolean {
  return text.startsWith('x-anthropic-billing-header');
}

function base64Of(source: unknown): string | undefined {
  return isRecord(source) && source.type === 'base64' && typeof source.data === 'string' ? source.data : undefined;
}
