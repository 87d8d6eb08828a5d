import type { MessageEvent, MessageEventOf } from '../src/messages/types.ts';

type Block = MessageEventOf<'content_block_start'>['content_block'];

interface OpenBlock {
  readonly block: Block;
  readonly deltas: string[];
  text: string;
}

/** What may follow a block of a tool whose arguments were cut: it is left open on purpose. */
const cuttingReasons: readonly unknown[] = ['max_tokens', 'model_context_window_exceeded', 'refusal'];

/**
 * The grammar of a Messages stream (source: Anthropic's API reference and what its SDK accepts). Every streamed test
 * passes its events through it. Throws at the first event that may not stand where it does.
 */
export class MessagesGrammar {
  #started = false;
  #ended: 'no' | 'delta' | 'stop' = 'no';
  #open: OpenBlock | undefined;
  #blocks = 0;
  readonly #toolIds = new Set<string>();

  add(event: MessageEvent): void {
    if (this.#ended === 'stop') fail(`${event.type} after message_stop`);
    if (event.type === 'message_start') {
      this.#start(event.message);
      return;
    }
    if (!this.#started) fail(`${event.type} before message_start`);
    if (this.#ended === 'delta' && event.type !== 'message_stop') fail(`${event.type} after message_delta`);
    switch (event.type) {
      case 'content_block_start':
        this.#openBlock(event.index, event.content_block);
        return;
      case 'content_block_delta':
        this.#addDelta(event);
        return;
      case 'content_block_stop':
        this.#closeBlock(event.index);
        return;
      case 'message_delta':
        this.#end(event);
        return;
      case 'message_stop':
        if (this.#ended !== 'delta') fail('message_stop without message_delta');
        this.#ended = 'stop';
        return;
    }
  }

  /** Whether the stream said that it was whole; one that failed must not. */
  get complete(): boolean {
    return this.#ended === 'stop';
  }

  #start(message: MessageEventOf<'message_start'>['message']): void {
    if (this.#started) fail('a second message_start');
    this.#started = true;
    if (message.type !== 'message' || message.role !== 'assistant') fail('message_start without its message');
    if (message.id === '' || message.model === '') fail('a message without id or model');
    if (message.content.length > 0 || message.stop_reason !== null) fail('a message that begins with content');
    if (!isCount(message.usage.input_tokens) || !isCount(message.usage.output_tokens)) fail('a message without usage');
  }

  #openBlock(index: number, block: Block): void {
    if (this.#open !== undefined) fail(`block ${index} begins while another is open`);
    if (index !== this.#blocks) fail(`block ${index} where ${this.#blocks} is next`);
    if (block.type === 'text' && block.text !== '') fail('a text block that begins with text');
    if (block.type === 'thinking' && (block.thinking !== '' || block.signature !== ''))
      fail('thinking in a block start');
    if (block.type === 'tool_use') {
      if (block.id === '' || block.name === '') fail('a tool call without id or name');
      if (this.#toolIds.has(block.id)) fail(`tool id ${block.id} twice`);
      if (JSON.stringify(block.input) !== '{}') fail('a tool call that begins with input');
      this.#toolIds.add(block.id);
    }
    this.#open = { block, deltas: [], text: '' };
  }

  #addDelta({ index, delta }: MessageEventOf<'content_block_delta'>): void {
    const open = this.#open;
    if (open === undefined || index !== this.#blocks) fail(`a delta for block ${index}, which is not open`);
    const fitting = fittingDeltas[open.block.type] ?? [];
    if (!fitting.includes(delta.type)) fail(`${delta.type} in a block of type ${open.block.type}`);
    if (open.deltas.includes('signature_delta')) fail(`${delta.type} after the signature`);
    if (delta.type === 'text_delta' && delta.text === '') fail('an empty text delta');
    open.deltas.push(delta.type);
    if (delta.type === 'text_delta') open.text += delta.text;
    if (delta.type === 'input_json_delta') open.text += delta.partial_json;
  }

  #closeBlock(index: number): void {
    const open = this.#open;
    if (open === undefined || index !== this.#blocks) fail(`block ${index} stops but is not open`);
    if (open.block.type === 'thinking' && open.deltas.at(-1) !== 'signature_delta')
      fail('thinking without a signature');
    if (open.block.type === 'text' && open.text.trim() === '') fail('a text block without text');
    if (open.block.type === 'tool_use' && open.text === '') fail('a tool call without input deltas');
    this.#open = undefined;
    this.#blocks += 1;
  }

  #end({ delta, usage }: MessageEventOf<'message_delta'>): void {
    const left = this.#open?.block.type;
    if (left !== undefined && (left !== 'tool_use' || !cuttingReasons.includes(delta.stop_reason))) {
      fail(`a ${left} block left open at ${delta.stop_reason}`);
    }
    if (delta.stop_reason === null) fail('an end without a reason');
    if ((delta.stop_reason === 'stop_sequence') !== (delta.stop_sequence !== null))
      fail('stop_sequence without its text');
    if ((delta.stop_reason === 'refusal') !== (delta.stop_details !== null)) fail('a refusal without its details');
    if (!isCount(usage.output_tokens)) fail('an end without output tokens');
    for (const tokens of [usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens]) {
      if (tokens !== null && !isCount(tokens)) fail('a token count below zero');
    }
    this.#ended = 'delta';
  }
}

/** Reads a client's stream strictly: every frame one name, one line of data, and the two agree. */
export function readClientFrames(stream: string): { name: string; data: unknown }[] {
  if (stream !== '' && !stream.endsWith('\n\n')) fail('a stream that ends inside a frame');
  return stream
    .split('\n\n')
    .slice(0, -1)
    .map((frame) => {
      const [, name = '', data = ''] = /^event: (\S+)\ndata: ([^\n\r]+)$/.exec(frame) ?? fail(`no frame: ${frame}`);
      const parsed: unknown = JSON.parse(data);
      if (!hasType(parsed) || parsed.type !== name) fail(`${name} does not carry its own type`);
      return { name, data: parsed };
    });
}

const fittingDeltas: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
  compaction: ['compaction_delta'],
};

function hasType(value: unknown): value is { type: unknown } {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function fail(what: string): never {
  throw new Error(`Messages grammar: ${what}`);
}
