import type { BetaTextCitation } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { ProxyError } from '../errors/proxy-error.ts';
import { repairToolInput } from './tool-input.ts';
import type { AnswerMessage, BlockDelta, DeltaUsage, MessageEvent, MessageEventOf, Usage } from './types.ts';

type Block = AnswerMessage['content'][number];
type StartedBlock = MessageEventOf<'content_block_start'>['content_block'];

interface OpenBlock {
  readonly block: StartedBlock;
  /** What the deltas add up to: text, thinking or JSON, as the block's type has it. */
  text: string;
  signature: string;
  readonly citations: BetaTextCitation[];
}

/** A stream passes on what it gets; here a whole answer is held, in characters. */
const maxHeld = 64 * 1024 * 1024;

/** Folds the events of one answer into the message that a client gets who did not ask for a stream. */
export class MessageFold {
  #start: AnswerMessage | undefined;
  #open: OpenBlock | undefined;
  readonly #content: Block[] = [];
  #end: MessageEventOf<'message_delta'> | undefined;
  #stopped = false;
  #held = 0;

  /**
   * Throws `upstream-malformed` when the answer is longer than 64 MiB, and when a tool call's arguments are no JSON: an
   * invented input would be run.
   */
  add(event: MessageEvent): void {
    switch (event.type) {
      case 'message_start':
        this.#start = event.message;
        return;
      case 'content_block_start':
        this.#open = { block: event.content_block, text: '', signature: '', citations: [] };
        return;
      case 'content_block_delta':
        if (this.#open !== undefined) this.#hold(addDelta(this.#open, event.delta));
        return;
      case 'content_block_stop':
        if (this.#open !== undefined) this.#content.push(finishBlock(this.#open));
        this.#open = undefined;
        return;
      case 'message_delta':
        this.#end = event;
        return;
      case 'message_stop':
        this.#stopped = true;
        return;
    }
  }

  /** The blocks that are whole so far. */
  get content(): readonly Block[] {
    return this.#content;
  }

  /** The whole message. A block that never stopped is half a tool call and left out. */
  message(): AnswerMessage {
    if (this.#start === undefined || this.#end === undefined || !this.#stopped) {
      throw new ProxyError('upstream-truncated', 'The answer ended before it was complete.');
    }
    const { delta, usage, context_management } = this.#end;
    return {
      ...this.#start,
      content: this.#content,
      stop_reason: delta.stop_reason,
      stop_sequence: delta.stop_sequence,
      stop_details: delta.stop_details,
      container: delta.container,
      context_management,
      usage: mergeUsage(this.#start.usage, usage),
    };
  }

  #hold(length: number): void {
    this.#held += length;
    if (this.#held <= maxHeld) return;
    throw new ProxyError('upstream-malformed', 'The upstream sent an answer of more than 64 MiB.');
  }
}

/** Returns how much longer the answer has become. */
function addDelta(open: OpenBlock, delta: BlockDelta): number {
  switch (delta.type) {
    case 'text_delta':
      open.text += delta.text;
      return delta.text.length;
    case 'thinking_delta':
      open.text += delta.thinking;
      return delta.thinking.length;
    case 'input_json_delta':
      open.text += delta.partial_json;
      return delta.partial_json.length;
    case 'signature_delta':
      open.signature = delta.signature;
      return delta.signature.length;
    case 'citations_delta':
      open.citations.push(delta.citation);
      return 0;
    case 'compaction_delta':
      open.text += delta.content ?? '';
      return delta.content?.length ?? 0;
  }
}

function finishBlock({ block, text, signature, citations }: OpenBlock): Block {
  switch (block.type) {
    case 'text':
      return { ...block, text: block.text + text, citations: citations.length > 0 ? citations : block.citations };
    case 'thinking':
      return { ...block, thinking: block.thinking + text, signature: signature === '' ? block.signature : signature };
    case 'compaction':
      return text === '' ? block : { ...block, content: text };
    case 'tool_use':
      return text === '' ? block : { ...block, input: inputOf(block.name, text) };
    case 'server_tool_use':
      return text === '' ? block : { ...block, input: { ...inputOf(block.name, text) } };
    default:
      return block;
  }
}

function inputOf(tool: string, json: string) {
  const input = repairToolInput(json);
  if (input !== undefined) return input;
  throw new ProxyError('upstream-malformed', `The model called ${tool} with arguments that are not a JSON object.`);
}

/** The end of a message carries the true numbers; what it leaves open stays as it was announced. */
function mergeUsage(start: Usage, end: DeltaUsage): Usage {
  const written = end.cache_creation_input_tokens ?? start.cache_creation_input_tokens;
  return {
    ...start,
    input_tokens: end.input_tokens ?? start.input_tokens,
    cache_creation_input_tokens: written,
    cache_creation:
      written === null ? start.cache_creation : { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    cache_read_input_tokens: end.cache_read_input_tokens ?? start.cache_read_input_tokens,
    output_tokens: end.output_tokens,
    output_tokens_details: end.output_tokens_details ?? start.output_tokens_details,
    server_tool_use: end.server_tool_use ?? start.server_tool_use,
    iterations: end.iterations ?? start.iterations,
  };
}
