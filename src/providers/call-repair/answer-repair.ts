import type { MessageEvent, MessageEventOf, MessagesRequest } from '../../messages/types.ts';
import type { NameRule } from '../../translation/tool-names.ts';
import type { CallRepair, TranslationContext } from '../provider.ts';
import type { WrittenCall } from './call-forms.ts';
import { OfferedCalls } from './offered-calls.ts';
import { RepairedArguments, repairedText } from './repaired-arguments.ts';
import { TextCalls, type TextPiece } from './text-calls.ts';
import { writtenInput } from './written-input.ts';

type StartedBlock = MessageEventOf<'content_block_start'>['content_block'];

/** The block that is open, as the upstream's translator opened it. */
type Open =
  | { readonly kind: 'tool'; readonly input: RepairedArguments }
  | { readonly kind: 'text'; readonly block: StartedBlock; readonly calls: TextCalls; isShown: boolean; lead: string }
  | { readonly kind: 'other' };

/**
 * The events of one answer with its tool calls repaired: names and arguments as the tools that were offered want them,
 * and calls that were written as text at the end of the answer. Blocks are numbered anew.
 */
export class AnswerRepair {
  readonly #offered: OfferedCalls;
  readonly #newId: TranslationContext['newId'];
  readonly #note: (repair: CallRepair) => void;
  readonly #findsCalls: boolean;
  readonly #findsBareCalls: boolean;
  readonly #onlyFirst: boolean;
  #index = 0;
  #open: Open | undefined;
  #written: WrittenCall[] = [];
  #hasCalls = false;
  #saidSomething = false;
  #events: MessageEvent[] = [];

  constructor(request: MessagesRequest, names: NameRule, { newId, noteCallRepair }: TranslationContext) {
    const { tool_choice: choice, output_config: output, output_format: format } = request;
    this.#offered = new OfferedCalls(request, names);
    this.#newId = newId;
    this.#note = noteCallRepair ?? ignore;
    this.#findsCalls = !this.#offered.isEmpty && choice?.type !== 'none';
    this.#findsBareCalls = this.#findsCalls && (output?.format ?? format ?? undefined) === undefined;
    this.#onlyFirst =
      choice !== undefined && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use === true;
  }

  /** What becomes of the next events of the answer. */
  repair(events: readonly MessageEvent[]): readonly MessageEvent[] {
    if (events.length === 0) return events;
    for (const event of events) this.#read(event);
    const repaired = this.#events;
    this.#events = [];
    return repaired;
  }

  #read(event: MessageEvent): void {
    switch (event.type) {
      case 'content_block_start':
        this.#begin(event.content_block);
        return;
      case 'content_block_delta':
        this.#goOn(event);
        return;
      case 'content_block_stop':
        this.#end();
        return;
      case 'message_delta':
        this.#finish(event);
        return;
      default:
        this.#events.push(event);
    }
  }

  #begin(block: StartedBlock): void {
    if (block.type === 'text' && this.#findsCalls) {
      const mayBeBare = this.#findsBareCalls && !this.#saidSomething;
      this.#open = { kind: 'text', block, calls: new TextCalls(this.#offered, mayBeBare), isShown: false, lead: '' };
    } else if (block.type === 'tool_use') {
      const name = this.#nameOf(block.name);
      this.#hasCalls = true;
      this.#open = { kind: 'tool', input: new RepairedArguments(this.#offered.argumentsOf(name), this.#note) };
      this.#show(name === block.name ? block : { ...block, name });
    } else {
      this.#open = { kind: 'other' };
      this.#show(block);
    }
    if (block.type !== 'thinking' && block.type !== 'redacted_thinking') this.#saidSomething = true;
  }

  #nameOf(written: string): string {
    const name = this.#offered.meant(written);
    if (name === undefined || name === written) return written;
    this.#note('name');
    return name;
  }

  #goOn(event: MessageEventOf<'content_block_delta'>): void {
    const { delta } = event;
    const open = this.#open;
    if (open?.kind === 'tool' && delta.type === 'input_json_delta') {
      const json = open.input.push(delta.partial_json);
      if (json === delta.partial_json) this.#delta(event);
      else this.#input(json);
    } else if (open?.kind === 'text' && delta.type === 'text_delta') {
      const pieces = open.calls.push(delta.text);
      const [first] = pieces;
      const isUnchanged = pieces.length === 1 && first !== undefined && 'text' in first && first.text === delta.text;
      if (isUnchanged && open.isShown) this.#delta(event);
      else this.#take(pieces, open);
    } else {
      if (open?.kind === 'text') this.#showText(open);
      this.#delta(event);
    }
  }

  #end(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open?.kind === 'text') {
      this.#take(open.calls.end(), open);
      if (!open.isShown) return;
    } else if (open?.kind === 'tool') this.#input(open.input.end());
    this.#stop();
  }

  #finish(event: MessageEventOf<'message_delta'>): void {
    // A call that was cut off: nothing of it is whole, and nothing of it is guessed.
    if (this.#open?.kind === 'tool') this.#input(this.#open.input.rest());
    const { stop_reason: reason } = event.delta;
    const calls = this.#open !== undefined || reason === 'refusal' ? [] : this.#takeCalls();
    for (const call of calls) this.#addCall(call);
    const isCall = calls.length > 0 && reason === 'end_turn';
    this.#events.push(isCall ? { ...event, delta: { ...event.delta, stop_reason: 'tool_use' } } : event);
  }

  /** A server that has taken the calls out itself may have left them in the text as well. */
  #takeCalls(): readonly WrittenCall[] {
    if (this.#hasCalls) return [];
    return this.#onlyFirst ? this.#written.slice(0, 1) : this.#written;
  }

  #addCall({ name: written, input }: WrittenCall): void {
    const name = this.#nameOf(written);
    this.#note('text');
    const place = this.#offered.argumentsOf(name);
    this.#show({ type: 'tool_use', id: this.#newId('toolu_'), name, input: {}, caller: { type: 'direct' } });
    this.#input(repairedText(writtenInput(input, place), place, this.#note));
    this.#stop();
  }

  #take(pieces: readonly TextPiece[], open: Extract<Open, { kind: 'text' }>): void {
    for (const piece of pieces) {
      if ('calls' in piece) this.#written.push(...piece.calls);
      else {
        // Blanks in front of a call are no text.
        if (!open.isShown && piece.text.trim() === '') {
          open.lead += piece.text;
          continue;
        }
        this.#showText(open);
        this.#delta({ delta: { type: 'text_delta', text: open.lead + piece.text } });
        open.lead = '';
      }
    }
  }

  #showText(open: Extract<Open, { kind: 'text' }>): void {
    if (open.isShown) return;
    open.isShown = true;
    this.#show(open.block);
  }

  #show(block: StartedBlock): void {
    this.#events.push({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  #input(json: string): void {
    if (json !== '') this.#delta({ delta: { type: 'input_json_delta', partial_json: json } });
  }

  #delta({ delta }: Pick<MessageEventOf<'content_block_delta'>, 'delta'>): void {
    this.#events.push({ type: 'content_block_delta', index: this.#index, delta });
  }

  #stop(): void {
    this.#events.push({ type: 'content_block_stop', index: this.#index });
    this.#index += 1;
  }
}

function ignore(): void {
  // Nobody counts.
}
