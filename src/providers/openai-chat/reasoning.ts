import type { EventWriter } from '../../messages/event-writer.ts';
import { isRecord } from '../../messages/json.ts';
import type { AnswerFacts } from '../../translation/answer-facts.ts';
import type { Target } from '../provider.ts';
import { mergeReasoningDetails } from './reasoning-details.ts';
import { sealReasoning } from './reasoning-envelope.ts';

type Delta = Readonly<Record<string, unknown>>;

/** Turns a compatible server's reasoning into thinking blocks that carry what the server wants back next turn. */
export class ReasoningReader {
  readonly #writer: EventWriter;
  readonly #target: Target;
  readonly #display: AnswerFacts['thinking'];
  #open = false;
  #field: string | undefined;
  #carriedText = '';
  #details: unknown[] = [];

  constructor(writer: EventWriter, facts: AnswerFacts, target: Target) {
    this.#writer = writer;
    this.#target = target;
    this.#display = facts.thinking;
  }

  /** The reasoning of one delta, taken in; returns its text. */
  read(delta: Delta): string {
    const details = Array.isArray(delta.reasoning_details) ? delta.reasoning_details : [];
    // The details first: a piece that opens a block belongs to that block.
    if (details.length > 0 && this.#display !== 'dropped') this.#details.push(...details);
    // The fields repeat each other: one of them is enough.
    for (const field of ['reasoning_content', 'reasoning'] as const) {
      const text = delta[field];
      if (typeof text === 'string' && text !== '') return this.add(text, field);
    }
    let text = '';
    for (const detail of details) text += detailText(detail);
    return text === '' ? '' : this.add(text, 'reasoning_details');
  }

  /** `field` is undefined for reasoning that no field of a later request can give back. */
  add(text: string, field: string | undefined): string {
    if (this.#display === 'dropped') return text;
    if (!this.#open) {
      this.#open = true;
      this.#field = field;
      this.#writer.thinking('');
    }
    if (this.#display === 'shown') this.#writer.thinking(text);
    else this.#carriedText += text;
    return text;
  }

  /** To be called before a new block begins and at the end of the answer. */
  end(): void {
    if (!this.#open) {
      // Pieces without text, often encrypted or a late signature: a block of their own, before the part they belong to.
      if (this.#details.length === 0) return;
      this.#field = 'reasoning_details';
      this.#writer.thinking('');
    }
    const details = this.#details.length === 0 ? undefined : mergeReasoningDetails(this.#details);
    const told = details?.some((detail) => detailText(detail) !== '') ?? false;
    const text = this.#carriedText === '' || told ? undefined : this.#carriedText;
    this.#writer.endThinking(sealReasoning({ field: this.#field, text, details }, this.#target));
    this.#open = false;
    this.#carriedText = '';
    this.#details = [];
  }
}

function detailText(detail: unknown): string {
  if (!isRecord(detail)) return '';
  if (typeof detail.text === 'string') return detail.text;
  return typeof detail.summary === 'string' ? detail.summary : '';
}
