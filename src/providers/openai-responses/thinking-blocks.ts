import type { EventWriter } from '../../messages/event-writer.ts';
import type { AnswerFacts } from '../../translation/answer-facts.ts';
import { dialectOf } from '../openai/dialect.ts';
import type { Target } from '../provider.ts';
import { type CarriedItem, type HostedItem, sealItem } from './reasoning-envelope.ts';
import { serverFormOf } from './server-form.ts';

/**
 * The thinking blocks of one answer: one for each reasoning item, at its place. A block is open until something else is
 * to be shown, since what follows may have to travel in it: the phase of a message, a search that ran at the vendor's.
 * Where there is no block before such a thing, an empty one carries it.
 */
export class ThinkingBlocks {
  readonly #writer: EventWriter;
  readonly #target: Target;
  readonly #display: AnswerFacts['thinking'];
  /** Nothing is encrypted there: what the model thinks goes back as it came. */
  readonly #returnsWords: boolean;
  #open: { shown: string; hosted: HostedItem[]; reasoning: Reasoning | undefined } | undefined;
  /** Something else was shown before the end of the reasoning, which had been shown so far. */
  #isInterrupted = false;
  /** Sealed reasoning that no call has claimed yet. */
  #unclaimed: string | undefined;

  constructor(writer: EventWriter, display: AnswerFacts['thinking'], target: Target) {
    this.#writer = writer;
    this.#target = target;
    this.#display = display;
    this.#returnsWords = !serverFormOf(dialectOf(target)).encryptedReasoning;
  }

  /** Text of a reasoning item, as it streams. */
  add(text: string): void {
    if (this.#display !== 'shown') return;
    this.#begin().shown += text;
    this.#writer.thinking(text);
  }

  /** The reasoning item is whole. */
  reasoned(reasoning: Reasoning): void {
    const { encrypted, parts, words } = reasoning;
    const hasWords = words !== '' && this.#returnsWords && !this.#isInterrupted;
    const isEmpty = encrypted === undefined && parts.length === 0 && !hasWords;
    this.#isInterrupted = false;
    if (this.#display === 'dropped' || (isEmpty && this.#open === undefined)) return;
    this.#begin().reasoning = reasoning;
  }

  /** A tool has run at the vendor's; the next turn has to tell it so. */
  ran(item: HostedItem): void {
    if (this.#display !== 'dropped') this.#begin().hosted.push(item);
  }

  /** A message begins, whose phase the next turn has to tell. */
  beforeMessage(phase: string | undefined): void {
    if (phase !== undefined && this.#display !== 'dropped') this.#begin();
    this.seal(phase);
  }

  /** To be called before anything else is written. */
  seal(phase?: string): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { reasoning, shown, hosted } = open;
    this.#isInterrupted = reasoning === undefined && shown !== '';
    const carried: CarriedItem = {
      encrypted: reasoning?.encrypted,
      summary: summaryBeside(shown, reasoning?.parts),
      words: this.#returnsWords ? wordsBeside(shown, this.#isInterrupted ? shown : reasoning?.words) : undefined,
      phase,
      hosted: hosted.length === 0 ? undefined : hosted,
    };
    const envelope = sealItem(carried, this.#target);
    if (carried.encrypted !== undefined) this.#unclaimed = envelope;
    this.#writer.endThinking(envelope);
  }

  /** The reasoning before a call, for the first call behind it. */
  claim(): string | undefined {
    const envelope = this.#unclaimed;
    this.#unclaimed = undefined;
    return envelope;
  }

  #begin() {
    if (this.#open === undefined) {
      this.#open = { shown: '', hosted: [], reasoning: undefined };
      this.#writer.thinking('');
    }
    return this.#open;
  }
}

/** A reasoning item that is whole. */
export interface Reasoning {
  readonly encrypted: string | undefined;
  /** Of its summary. */
  readonly parts: readonly string[];
  /** Its own words, which only servers with open weights tell. */
  readonly words: string;
}

function wordsBeside(shown: string, words: string | undefined): readonly string[] | undefined {
  if (words === undefined || words === '') return undefined;
  return words === shown ? [] : [words];
}

/** What of a summary does not stand in the block: nothing where its one part, or none, is exactly the text. */
function summaryBeside(shown: string, parts: readonly string[] | undefined): readonly string[] | undefined {
  if (parts === undefined) return shown === '' ? undefined : [];
  const [only = ''] = parts;
  return parts.length === (shown === '' ? 0 : 1) && only === shown ? undefined : parts;
}
