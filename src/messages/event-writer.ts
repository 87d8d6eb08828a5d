import type { BetaTextCitation } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { ProxyError } from '../errors/proxy-error.ts';
import {
  newText,
  newThinking,
  newTool,
  type Part,
  type ReservedPart,
  type TextPart,
  type ThinkingPart,
  type ToolPart,
  type WholePart,
} from './answer-parts.ts';
import { readToolInput, repairToolInput } from './tool-input.ts';
import type { BlockDelta, DeltaUsage, MessageEvent, MessageEventOf, StopReason, Usage } from './types.ts';

export interface AnswerHead {
  readonly id: string;
  /** The client's own name of the model: clients compare. */
  readonly model: string;
  readonly usage: Usage;
  readonly stopSequences: readonly string[];
  /** Whether the client asked for context management, and so waits for a report of it. */
  readonly contextManaged: boolean;
  /** Whether an id was used earlier in the conversation: clients drop a second call with a known id. */
  readonly isKnownToolId: (id: string) => boolean;
  readonly newToolId: () => string;
}

export interface Ending {
  readonly stopReason: StopReason;
  readonly stopSequence?: string | undefined;
  readonly stopDetails?: MessageEventOf<'message_delta'>['delta']['stop_details'];
  readonly usage: DeltaUsage;
  /** The upstream was cut off (length, filter): a tool call whose arguments are not whole is left open, never closed. */
  readonly cut: boolean;
}

type Phase = 'waiting' | 'between blocks' | 'in a block' | 'ended';

/** What one answer may make us hold back or remember, in characters. */
const maxRetained = 64 * 1024 * 1024;

/**
 * Writes one answer as Messages events in legal order, whatever order the upstream has: blocks one after another and
 * numbered, one open at a time. Clients run a tool as soon as its block stops, so a block stops only when its call is
 * whole; what arrives for later blocks meanwhile waits. Knows no provider.
 */
export class EventWriter {
  readonly #head: AnswerHead;
  readonly #queue: Part[] = [];
  readonly #toolIds = new Set<string>();
  #phase: Phase = 'waiting';
  #index = 0;
  #toolCalls = 0;
  #lastKind: Part['kind'] | undefined;
  #retained = 0;
  #stopSequence: string | undefined;
  #events: MessageEvent[] = [];

  constructor(head: AnswerHead) {
    this.#head = head;
  }

  /** The events written since the last call. */
  take(): readonly MessageEvent[] {
    if (this.#events.length === 0) return none;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The stop sequence that the visible text has reached: nothing after it counts, `finish` is next. */
  get stopSequence(): string | undefined {
    return this.#stopSequence;
  }

  /** Tool calls whose names are known. */
  get toolCalls(): number {
    return this.#toolCalls;
  }

  /** What was begun last, shown or held back. */
  get lastKind(): Part['kind'] | undefined {
    return this.#lastKind;
  }

  text(text: string): void {
    if (text === '') return;
    const last = this.#queue.at(-1);
    const part = last?.kind === 'text' && !last.ended ? last : this.#begin(newText(this.#head.stopSequences));
    this.#continueWith(part, text);
  }

  /** What comes next is a block of its own, even if it is text. `citations`: what the text so far rests on. */
  endText(citations: readonly BetaTextCitation[]): void {
    const last = this.#queue.at(-1);
    if (last?.kind !== 'text') return;
    last.ended = true;
    last.citations = citations;
    this.#advance();
  }

  /** Thinking; empty text begins a block whose thinking is carried but not shown. */
  thinking(text: string): void {
    const last = this.#queue.at(-1);
    const goesOn = last?.kind === 'thinking' && last.signature === undefined;
    this.#continueWith(goesOn ? last : this.#begin(newThinking()), text);
  }

  /** The thinking is over; nothing else may begin before it is. */
  endThinking(signature: string): void {
    const last = this.#queue.at(-1);
    if (last?.kind !== 'thinking' || last.signature !== undefined) throw illegal('no thinking to end');
    last.signature = signature;
    this.#advance();
  }

  /** A block that goes out whole, in its place; the input of a server tool's call goes out as that of other calls does. */
  whole(block: WholePart['block']): void {
    this.#begin({ kind: 'whole', block });
    this.#advance();
  }

  /** Takes the place of blocks that are not known yet. All that comes behind them waits until they are. */
  reserve(): ReservedPart {
    return this.#begin({ kind: 'reserved' });
  }

  /** The blocks of a reserved place, each of them whole; there may be none. */
  fill(place: ReservedPart, blocks: readonly WholePart['block'][]): void {
    const at = this.#queue.indexOf(place);
    if (at === -1) throw illegal('no such place to fill');
    this.#queue.splice(at, 1, ...blocks.map((block) => ({ kind: 'whole', block }) as const));
    this.#advance();
  }

  /** Takes a tool call's place in the order of blocks; its id, name and arguments may come later. */
  beginTool(): ToolPart {
    return this.#begin(newTool());
  }

  /** First come, first kept: many servers repeat id and name with every piece. */
  identifyTool(
    tool: ToolPart,
    identity: { readonly id?: string | undefined; readonly name?: string | undefined },
  ): void {
    if (tool.begun || tool.closed) return;
    tool.id ??= identity.id;
    if (tool.name !== undefined || identity.name === undefined) return;
    tool.name = identity.name;
    this.#toolCalls += 1;
    if (this.#queue[0] === tool) this.#advance();
  }

  toolInput(tool: ToolPart, json: string): void {
    if (json === '') return;
    if (tool.closed) throw illegal('arguments for a tool call that is closed');
    tool.input += json;
    tool.held += json;
    tool.mayBeWhole = /\}\s*$/.test(json);
    this.#retain(json);
    if (this.#queue[0] === tool) this.#advance();
  }

  /** The upstream says that the call is whole. */
  endTool(tool: ToolPart): void {
    tool.ended = true;
    if (this.#queue[0] === tool) this.#advance();
  }

  finish(ending: Ending): void {
    if (this.#phase === 'ended') throw illegal('the answer has ended');
    const last = this.#queue.at(-1);
    if (last?.kind === 'thinking' && last.signature === undefined) throw illegal('the answer ends inside thinking');
    if (last?.kind === 'text') last.ended = true;
    this.#flush(ending.cut);
    this.#emitStart();
    this.#phase = 'ended';
    const hit = this.#stopSequence;
    this.#events.push(
      {
        type: 'message_delta',
        delta: {
          stop_reason: hit === undefined ? ending.stopReason : 'stop_sequence',
          stop_sequence: hit ?? ending.stopSequence ?? null,
          stop_details: hit === undefined ? (ending.stopDetails ?? null) : null,
          container: null,
        },
        usage: ending.usage,
        context_management: this.#head.contextManaged ? { applied_edits: [] } : null,
      },
      { type: 'message_stop' },
    );
  }

  #begin<P extends Part>(part: P): P {
    if (this.#phase === 'ended') throw illegal('the answer has ended');
    const last = this.#queue.at(-1);
    if (last?.kind === 'thinking' && last.signature === undefined) throw illegal('thinking was not ended');
    if (last?.kind === 'text') last.ended = true;
    this.#queue.push(part);
    this.#lastKind = part.kind;
    this.#advance();
    return part;
  }

  #continueWith(part: TextPart | ThinkingPart, text: string): void {
    part.held += text;
    if (this.#queue[0] === part) this.#advance();
    else this.#retain(text);
  }

  /** Writes what can be written: the first part as far as it has come and, where it is done, those behind it. */
  #advance(): void {
    for (let part = this.#queue[0]; part !== undefined; part = this.#queue[0]) {
      if (this.#stopSequence !== undefined) return;
      this.#write(part);
      if (!this.#isDone(part)) return;
      this.#close(part);
      this.#queue.shift();
    }
  }

  #isDone(part: Part): boolean {
    switch (part.kind) {
      case 'text':
        return part.ended || this.#stopSequence !== undefined;
      case 'thinking':
        return part.signature !== undefined;
      case 'whole':
        return true;
      case 'reserved':
        return false;
      case 'tool':
        if (part.name === undefined) return false;
        if (part.ended) return true;
        return this.#queue.length > 1 && part.mayBeWhole && readToolInput(part.input) !== undefined;
    }
  }

  /** The upstream has said all: everything is written that may be. */
  #flush(cut: boolean): void {
    for (let part = this.#queue.shift(); part !== undefined; part = this.#queue.shift()) {
      if (this.#stopSequence !== undefined) return;
      // A call that never got a name cannot be run by anyone.
      if (part.kind === 'reserved' || (part.kind === 'tool' && part.name === undefined)) continue;
      this.#write(part);
      if (cut && part.kind === 'tool' && !part.ended && readToolInput(part.input) === undefined) {
        // Left open, and so the last block: nothing can begin behind it.
        this.#writeInput(part);
        return;
      }
      this.#close(part);
    }
  }

  #write(part: Part): void {
    switch (part.kind) {
      case 'text': {
        const text = part.filter === undefined ? part.held : part.filter.push(part.held);
        part.held = '';
        this.#stopSequence = part.filter?.hit;
        this.#writeText(part, text);
        return;
      }
      case 'thinking':
        if (!part.begun) {
          part.begun = true;
          this.#openBlock({ type: 'thinking', thinking: '', signature: '' });
        }
        if (part.held === '') return;
        this.#emitDelta({ type: 'thinking_delta', thinking: part.held, estimated_tokens: null });
        part.held = '';
        return;
      case 'whole': {
        const { block } = part;
        const isCall = block.type === 'server_tool_use';
        this.#openBlock(isCall ? { ...block, input: {} } : block);
        if (isCall) this.#emitDelta({ type: 'input_json_delta', partial_json: JSON.stringify(block.input) });
        return;
      }
      case 'reserved':
        return;
      case 'tool':
        if (part.name === undefined) return;
        if (!part.begun) {
          part.begun = true;
          const caller = { type: 'direct' } as const;
          this.#openBlock({ type: 'tool_use', id: this.#toolId(part), name: part.name, input: {}, caller });
        }
        // Arguments that do not begin like an object may be a string that holds one: seen whole, it can be unwrapped.
        if (part.streaming || part.held.trimStart().startsWith('{')) this.#writeInput(part);
        return;
    }
  }

  #writeText(part: TextPart, text: string): void {
    if (part.begun) {
      if (text !== '') this.#emitDelta({ type: 'text_delta', text });
      return;
    }
    part.lead += text;
    if (part.lead.trim() === '') return;
    part.begun = true;
    this.#openBlock({ type: 'text', text: '', citations: null });
    this.#emitDelta({ type: 'text_delta', text: part.lead });
  }

  #writeInput(part: ToolPart): void {
    if (part.held === '') return;
    part.streaming = true;
    this.#emitDelta({ type: 'input_json_delta', partial_json: part.held });
    part.held = '';
  }

  #close(part: Part): void {
    switch (part.kind) {
      case 'text':
        if (this.#stopSequence === undefined && part.filter !== undefined) this.#writeText(part, part.filter.flush());
        if (!part.begun) return;
        for (const citation of part.citations) this.#emitDelta({ type: 'citations_delta', citation });
        break;
      case 'thinking':
        this.#emitDelta({ type: 'signature_delta', signature: part.signature ?? '' });
        break;
      case 'whole':
      case 'reserved':
        break;
      case 'tool':
        if (!part.streaming) {
          const repaired = repairToolInput(part.held);
          if (repaired !== undefined) part.held = JSON.stringify(repaired);
          this.#writeInput(part);
        }
        part.closed = true;
        break;
    }
    this.#events.push({ type: 'content_block_stop', index: this.#index });
    this.#index += 1;
    this.#phase = 'between blocks';
  }

  #toolId(part: ToolPart): string {
    const known =
      part.id === undefined || part.id === '' || this.#toolIds.has(part.id) || this.#head.isKnownToolId(part.id);
    const id = known || part.id === undefined ? this.#head.newToolId() : part.id;
    this.#toolIds.add(id);
    return id;
  }

  #openBlock(block: MessageEventOf<'content_block_start'>['content_block']): void {
    this.#emitStart();
    if (this.#phase !== 'between blocks') throw illegal(`a block begins while the answer is ${this.#phase}`);
    this.#phase = 'in a block';
    this.#events.push({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  #emitDelta(delta: BlockDelta): void {
    if (this.#phase !== 'in a block') throw illegal(`a delta while the answer is ${this.#phase}`);
    this.#events.push({ type: 'content_block_delta', index: this.#index, delta });
  }

  #emitStart(): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'between blocks';
    const { id, model, usage } = this.#head;
    this.#events.push({
      type: 'message_start',
      message: {
        id,
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        container: null,
        context_management: null,
        diagnostics: null,
        usage,
      },
    });
  }

  #retain(text: string): void {
    this.#retained += text.length;
    if (this.#retained > maxRetained) {
      throw new ProxyError('upstream-malformed', 'The upstream sent tool calls of more than 64 MiB in one answer.');
    }
  }
}

const none: readonly MessageEvent[] = [];

function illegal(what: string): Error {
  return new Error(`EventWriter: ${what}`);
}
