import { MessageFold } from '../messages/fold-events.ts';
import { repairToolInput, type ToolInput } from '../messages/tool-input.ts';
import type { Block, MessageEvent, MessageEventOf } from '../messages/types.ts';
import { AddedUsage } from './added-usage.ts';
import { BlockSequence } from './block-sequence.ts';
import { CitedText } from './cited-text.ts';
import { resultTypes } from './hosted-kinds.ts';
import type { EmulatedTool } from './offer-hosted-tools.ts';
import { serverToolIdOf } from './own-ids.ts';
import { type NumberedResult, numberedResultsOf } from './search-results.ts';
import type { ToolOutcome } from './tool-outcome.ts';

/** A call of a tool that the proxy runs, as the model has made it. */
export interface HostedCall {
  /** Of the block that the client sees. */
  readonly id: string;
  readonly tool: EmulatedTool;
  /** Undefined: the model wrote no JSON object. */
  readonly input: ToolInput | undefined;
}

/** Where the upstream's answers stand between two of its calls. */
export type TurnEnd =
  /** The model waits for the results of its calls. */
  | 'goes on'
  /** What the model waits for is the client's to bring, or it has said all. */
  | 'is over';

export interface WovenMessageOptions {
  /** The client's name of the model. */
  readonly model: string;
  /** What may be cited already. */
  readonly results: ReadonlyMap<number, NumberedResult>;
  readonly cites: boolean;
  readonly newId: (prefix: string) => string;
}

const direct = { type: 'direct' } as const;
/** Ways to end at which a call that came before them is not waited for. */
const goingOn: readonly unknown[] = ['tool_use', 'end_turn'];

/**
 * Several answers of an upstream as the one message that a client gets of a vendor that runs tools itself: one beginning
 * and one end, blocks numbered through, calls of such tools and their results as blocks of servers. Pure: it is told
 * what the tools have found.
 */
export class WovenMessage {
  readonly #newId: (prefix: string) => string;
  readonly #results: Map<number, NumberedResult>;
  readonly #blocks = new BlockSequence();
  readonly #fold = new MessageFold();
  #isFolding = true;
  readonly #usage: AddedUsage;
  readonly #text: CitedText | undefined;
  #tools: readonly EmulatedTool[] = [];
  #started = false;
  #open: 'text' | 'other' | HeldCall | undefined;
  #calls: HostedCall[] = [];
  #hostedCalls = 0;
  #clientCalls = 0;
  #ending: MessageEventOf<'message_delta'> | undefined;

  constructor({ model, results, cites, newId }: WovenMessageOptions) {
    this.#newId = newId;
    this.#usage = new AddedUsage(model);
    this.#results = new Map(results);
    this.#text = cites ? new CitedText(this.#blocks, this.#results) : undefined;
  }

  /** The next answer begins. */
  beginTurn(): void {
    this.#hostedCalls = 0;
    this.#clientCalls = 0;
    this.#ending = undefined;
  }

  /** Events of the upstream's answer as they come, which was offered `tools`; what of them the client gets now. */
  translate(events: readonly MessageEvent[], tools: readonly EmulatedTool[]): readonly MessageEvent[] {
    this.#tools = tools;
    for (const event of events) this.#translate(event);
    return this.#take();
  }

  /** The calls that have become whole since the last look. */
  takeCalls(): readonly HostedCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  /** What a call has found, behind everything said so far. */
  addOutcome({ id, tool }: HostedCall, outcome: ToolOutcome): readonly MessageEvent[] {
    // A call of the client's that was cut off is the last block there is.
    if (this.#blocks.isOpen) return [];
    this.#blocks.whole(resultBlock(id, outcome));
    if (outcome.isDone) {
      if (tool.kind === 'web_search') this.#usage.addSearch();
      else this.#usage.addFetch();
    }
    if (outcome.kind === 'web_search') {
      for (const result of numberedResultsOf(outcome.content)) this.#results.set(result.number, result);
    }
    return this.#take();
  }

  /** The upstream's answer is whole. */
  get turnEnd(): TurnEnd {
    const reason = this.#ending?.delta.stop_reason;
    const waits = this.#hostedCalls > 0 && this.#clientCalls === 0 && !this.#blocks.isOpen;
    return waits && goingOn.includes(reason) ? 'goes on' : 'is over';
  }

  /** The number that the next result gets. */
  get nextNumber(): number {
    let highest = 0;
    for (const number of this.#results.keys()) highest = Math.max(highest, number);
    return highest + 1;
  }

  /**
   * What the client has got so far, as it will bring it back, but for its own calls: with one of them the answer is over,
   * and what is wrong in it is the client's to say.
   */
  get content(): readonly Block[] {
    return [...this.#fold.content];
  }

  get outputTokens(): number {
    return this.#usage.outputTokens;
  }

  /** The end of the message. `stopReason`: where it is not the one of the upstream's last answer. */
  finish(stopReason?: 'max_tokens'): readonly MessageEvent[] {
    const ending = this.#ending;
    if (ending === undefined) throw new Error('WovenMessage: the answer has not ended');
    const delta = stopReason === undefined ? ending.delta : { ...ending.delta, stop_reason: stopReason };
    this.#blocks.event({ ...ending, delta, usage: this.#usage.total() });
    this.#blocks.event({ type: 'message_stop' });
    return this.#take();
  }

  #take(): readonly MessageEvent[] {
    const events = this.#blocks.take();
    for (const event of events) {
      if (event.type === 'content_block_start') this.#isFolding = event.content_block.type !== 'tool_use';
      if (this.#isFolding) this.#fold.add(event);
    }
    return events;
  }

  #translate(event: MessageEvent): void {
    switch (event.type) {
      case 'message_start':
        if (!this.#started) this.#blocks.event(event);
        this.#started = true;
        return;
      case 'content_block_start':
        this.#begin(event.content_block);
        return;
      case 'content_block_delta':
        this.#continue(event.delta);
        return;
      case 'content_block_stop':
        this.#end();
        return;
      case 'message_delta':
        this.#ending = event;
        this.#usage.add(event.usage);
        return;
      case 'message_stop':
        return;
    }
  }

  #begin(block: MessageEventOf<'content_block_start'>['content_block']): void {
    const tool = block.type === 'tool_use' ? this.#tools.find(({ name }) => name === block.name) : undefined;
    if (block.type === 'tool_use' && tool !== undefined) {
      this.#open = { id: block.id, tool, json: '' };
    } else if (block.type === 'text' && this.#text !== undefined && this.#tools.length > 0) {
      this.#open = 'text';
    } else {
      if (block.type === 'tool_use') this.#clientCalls += 1;
      this.#open = 'other';
      this.#blocks.open(block);
    }
  }

  #continue(delta: MessageEventOf<'content_block_delta'>['delta']): void {
    const open = this.#open;
    if (open === 'text') {
      if (delta.type === 'text_delta') this.#text?.push(delta.text);
      else if (delta.type === 'citations_delta') this.#text?.cite(delta.citation);
    } else if (open === 'other') this.#blocks.delta(delta);
    else if (open !== undefined && delta.type === 'input_json_delta') open.json += delta.partial_json;
  }

  #end(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === 'text') this.#text?.end();
    else if (open === 'other') this.#blocks.close();
    else if (open !== undefined) this.#addCall(open);
  }

  /** A call is shown once it is whole: of one that was cut off nobody hears, for nobody can run it. */
  #addCall({ id: toolUseId, tool, json }: HeldCall): void {
    const id = serverToolIdOf(toolUseId, this.#newId);
    const input = repairToolInput(json);
    this.#blocks.open({ type: 'server_tool_use', id, name: tool.kind, input: {}, caller: direct });
    this.#blocks.delta({ type: 'input_json_delta', partial_json: JSON.stringify(input ?? {}) });
    this.#blocks.close();
    this.#calls.push({ id, tool, input });
    this.#hostedCalls += 1;
  }
}

interface HeldCall {
  readonly id: string;
  readonly tool: EmulatedTool;
  json: string;
}

function resultBlock(id: string, outcome: ToolOutcome): MessageEventOf<'content_block_start'>['content_block'] {
  return outcome.kind === 'web_search'
    ? { type: resultTypes.web_search, tool_use_id: id, content: outcome.content, caller: direct }
    : { type: resultTypes.web_fetch, tool_use_id: id, content: outcome.content, caller: direct };
}
