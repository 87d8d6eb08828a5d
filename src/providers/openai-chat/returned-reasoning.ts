import type { KnownBlockOf } from '../../messages/types.ts';
import { mayReturn } from '../openai/left-out-reasoning.ts';
import type { Translation } from '../openai/translation.ts';
import { mergeReasoningDetails } from './reasoning-details.ts';
import { openReasoning } from './reasoning-envelope.ts';
import type { AssistantMessage } from './wire.ts';

/** What an envelope may name; a client could otherwise write any field of a message with it. */
const reasoningFields: ReadonlySet<string> = new Set(['reasoning_content', 'reasoning']);

/** Gathers the reasoning of one assistant message and puts it back as the server sent it. Never becomes text. */
export class ReturnedReasoning {
  readonly #translation: Translation;
  readonly #isReadable: (envelope: string) => boolean;
  #field: string | undefined;
  #text = '';
  /** Entries of one message number themselves from 0. */
  #ofMessage: unknown[] = [];
  readonly #ofEarlierMessages: unknown[] = [];
  /** Text of blocks that this server did not write, for servers that refuse a message without any. */
  #foreignText = '';

  constructor(translation: Translation) {
    this.#translation = translation;
    this.#isReadable = mayReturn(translation.context.repairs);
  }

  /** To be called between the messages of one turn. */
  endMessage(): void {
    this.#ofEarlierMessages.push(...mergeReasoningDetails(this.#ofMessage));
    this.#ofMessage = [];
  }

  add(block: KnownBlockOf<'thinking' | 'redacted_thinking'>, path: () => string): void {
    const { dialect, target, losses } = this.#translation;
    if (dialect.reasoningBack === 'never') {
      losses.add(path(), 'this server takes no reasoning back');
      return;
    }
    const shown = block.type === 'thinking' ? block.thinking : '';
    const envelope = block.type === 'thinking' ? block.signature : block.data;
    const carried = openReasoning(envelope, target);
    if (carried !== undefined && !this.#isReadable(envelope)) {
      losses.add(path(), 'the upstream has said that it cannot read it');
    } else if (carried === undefined) {
      this.#foreignText += shown;
      if (dialect.demandedReasoning === undefined || shown === '')
        losses.add(path(), 'another vendor or model wrote it');
    } else if (carried.details !== undefined && carried.model === target.model) {
      // Entries are signed for the model that wrote them.
      this.#ofMessage.push(...carried.details);
    } else if (carried.field !== undefined && reasoningFields.has(carried.field)) {
      this.#field = carried.field;
      this.#text += carried.text ?? shown;
    } else if (carried.field === undefined && carried.details === undefined) {
      losses.add(path(), 'it came as part of the text, and no field takes it back');
    } else {
      losses.add(path(), 'another vendor or model wrote it');
    }
  }

  get isHeld(): boolean {
    return this.#text !== '' || this.#details.length > 0;
  }

  /** Entries that a stream interrupted by other content are one entry again: its signature may have come last. */
  get #details(): readonly unknown[] {
    return [...this.#ofEarlierMessages, ...mergeReasoningDetails(this.#ofMessage)];
  }

  writeTo(message: AssistantMessage): void {
    const demanded = this.#translation.dialect.demandedReasoning;
    const details = this.#details;
    if (details.length > 0 && (demanded === undefined || demanded === 'reasoning_details')) {
      message.reasoning_details = details;
      return;
    }
    const field = demanded ?? this.#field;
    const isDemanded = demanded !== undefined && message.tool_calls !== undefined;
    const text = this.#text === '' ? this.#foreignText : this.#text;
    if (field === undefined || (text === '' && !isDemanded)) return;
    if (field === 'reasoning_details') message.reasoning_details = [];
    else if (field === 'reasoning') message.reasoning = text;
    else message.reasoning_content = text;
  }
}
