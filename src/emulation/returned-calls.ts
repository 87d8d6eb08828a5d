import { isRecord } from '../messages/json.ts';
import type { Block, KnownBlockOf, Message } from '../messages/types.ts';
import type { HostedTool } from '../providers/provider.ts';
import { textWithMarkers } from './cited-text.ts';
import { fetchedPageContent } from './fetched-pages.ts';
import { resultTypes } from './hosted-kinds.ts';
import type { BlockOrigin, MessageOrigin } from './original-paths.ts';
import { toolUseIdOf } from './own-ids.ts';
import { searchResultText } from './search-results.ts';
import { failureCodeOf } from './web-failures.ts';

/** What the model calls each tool that the proxy runs. */
export type EmulatedNames = ReadonlyMap<HostedTool, string>;

export interface Turns {
  readonly messages: readonly Message[];
  /** One for each of the messages. */
  readonly origins: readonly MessageOrigin[];
}

/**
 * A message of the assistant in which servers ran tools, as the turns that it was made of: the model calls, its calls
 * are answered, it goes on. What stands for a message depends on nothing else, so that upstream finds it in its cache.
 */
export function turnsOf(message: Message, path: string, names: EmulatedNames): Turns | undefined {
  const { content } = message;
  if (message.role !== 'assistant' || typeof content === 'string') return undefined;
  if (!content.some((block) => calledTool(block, names) !== undefined || isCitedText(block))) return undefined;
  const splitter = new TurnSplitter(message, path, names);
  for (const [place, block] of content.entries()) splitter.add(block, `${path}.content.${place}`);
  return splitter.finish();
}

class TurnSplitter {
  readonly #message: Message;
  readonly #path: string;
  readonly #names: EmulatedNames;
  readonly #messages: Message[] = [];
  readonly #origins: MessageOrigin[] = [];
  readonly #kinds = new Map<string, HostedTool>();
  #said = new BlockList();
  #results = new BlockList();

  constructor(message: Message, path: string, names: EmulatedNames) {
    this.#message = message;
    this.#path = path;
    this.#names = names;
  }

  add(block: Block, path: string): void {
    const kind = this.#kindOfResult(block);
    if (kind !== undefined) {
      this.#results.add(resultOf(block, kind), { path, isWhole: false });
      return;
    }
    if (this.#results.blocks.length > 0) this.#endTurn();
    const called = calledTool(block, this.#names);
    if (called !== undefined) {
      this.#kinds.set(called.id, called.kind);
      const { id, name, input } = called;
      this.#said.add({ type: 'tool_use', id: toolUseIdOf(id), name, input }, { path, isWhole: false });
    } else if (isText(block)) this.#addText(block, path);
    else this.#said.add(block, { path, isWhole: true });
  }

  finish(): Turns {
    this.#endTurn();
    return { messages: this.#messages, origins: this.#origins };
  }

  /** Citations have cut one text of the model's into several: it is one again. */
  #addText(block: KnownBlockOf<'text'>, path: string): void {
    const { citations, ...plain } = block;
    const isOurs = isCitedText(block);
    const text: KnownBlockOf<'text'> = isOurs ? { ...plain, text: textWithMarkers(block) } : block;
    const last = this.#said.blocks.at(-1);
    if (last !== undefined && isText(last)) this.#said.replaceLast({ ...last, text: last.text + text.text });
    else this.#said.add(text, { path, isWhole: true });
  }

  #endTurn(): void {
    if (this.#said.blocks.length > 0) {
      this.#put({ ...this.#message, content: this.#said.blocks }, this.#said.origins);
    }
    if (this.#results.blocks.length > 0)
      this.#put({ role: 'user', content: this.#results.blocks }, this.#results.origins);
    this.#said = new BlockList();
    this.#results = new BlockList();
  }

  #put(message: Message, blocks: readonly BlockOrigin[]): void {
    this.#messages.push(message);
    this.#origins.push({ path: this.#path, blocks });
  }

  /** Only results of calls before them in the message; any other stays what it is. */
  #kindOfResult(block: Block): HostedTool | undefined {
    const id: unknown = 'tool_use_id' in block ? block.tool_use_id : undefined;
    const kind = typeof id === 'string' ? this.#kinds.get(id) : undefined;
    return kind !== undefined && block.type === resultTypes[kind] ? kind : undefined;
  }
}

class BlockList {
  readonly blocks: Block[] = [];
  readonly origins: BlockOrigin[] = [];

  add(block: Block, origin: BlockOrigin): void {
    this.blocks.push(block);
    this.origins.push(origin);
  }

  replaceLast(block: Block): void {
    this.blocks[this.blocks.length - 1] = block;
  }
}

interface CalledTool {
  readonly kind: HostedTool;
  readonly id: string;
  /** The model's name of the tool. */
  readonly name: string;
  readonly input: unknown;
}

/** A call of a tool that the proxy runs now, whoever ran it then; calls by code that ran at Anthropic are none of these. */
function calledTool(block: Block, names: EmulatedNames): CalledTool | undefined {
  if (block.type !== 'server_tool_use') return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...block };
  const { id, name, input, caller } = fields;
  if (isRecord(caller) && caller.type !== 'direct') return undefined;
  for (const [kind, called] of names) {
    if (name === kind && typeof id === 'string') return { kind, id, name: called, input: input ?? {} };
  }
  return undefined;
}

function resultOf(block: Block, kind: HostedTool): KnownBlockOf<'tool_result'> {
  const { tool_use_id: id, content }: Readonly<Record<string, unknown>> = { ...block };
  const read = kind === 'web_search' ? searchResultText(content) : fetchedPageContent(content);
  return {
    type: 'tool_result',
    tool_use_id: toolUseIdOf(String(id)),
    content: read,
    ...(failureCodeOf(content) === undefined ? {} : { is_error: true }),
  };
}

function isText(block: Block): block is KnownBlockOf<'text'> {
  return block.type === 'text' && typeof block.text === 'string';
}

/** Whether the proxy has made citations of markers in it. */
function isCitedText(block: Block): boolean {
  return isText(block) && textWithMarkers(block) !== block.text;
}
