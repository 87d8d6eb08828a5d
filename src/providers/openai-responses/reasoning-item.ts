import { isRecord } from '../../messages/json.ts';
import { type Answer, type Fields, indexOf, type OutputItem, restOf, textOf } from './output-item.ts';

/** Between the parts of a summary. */
const blankLine = '\n\n';

/** Parts without a word of their own, which some servers do not announce. */
const mostSkipped = 8;

/**
 * Reasoning: its summary, or its own words from servers with open weights, as thinking. `encrypted_content` counts only
 * when the item is done; the one in the item's beginning may be a part of it.
 */
export class ReasoningItem implements OutputItem {
  readonly type = 'reasoning';
  readonly #answer: Answer;
  /** The parts of the summary as they have come. */
  readonly #parts: string[] = [];
  /** The reasoning's own words, as far as they have come. */
  #words = '';
  #isDone = false;

  constructor(answer: Answer) {
    this.#answer = answer;
    answer.thinking.seal();
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  read(event: Fields): void {
    switch (event.type) {
      case 'response.reasoning_summary_text.delta':
        this.#addSummary(indexOf(event.summary_index), textOf(event.delta));
        return;
      case 'response.reasoning_summary_text.done':
        this.#completeSummary(indexOf(event.summary_index), event.text);
        return;
      case 'response.reasoning_summary_part.done':
        if (isRecord(event.part)) this.#completeSummary(indexOf(event.summary_index), event.part.text);
        return;
      case 'response.reasoning_text.delta':
      case 'response.reasoning.delta':
        this.#addWords(textOf(event.delta));
        return;
      case 'response.reasoning_text.done':
        this.#addWords(restOf(event.text, this.#words.length));
        return;
    }
  }

  done({ summary, content, encrypted_content: encrypted }: Fields): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const told = Array.isArray(summary) ? summary.filter(isRecord).map(({ text }) => textOf(text)) : [];
    for (const [index, text] of told.entries()) this.#completeSummary(index, text);
    if (Array.isArray(content)) this.#addWords(restOf(content.map(wordsOf).join(''), this.#words.length));
    this.#answer.thinking.reasoned({
      encrypted: textOf(encrypted) === '' ? undefined : textOf(encrypted),
      parts: told.length > 0 ? told : this.#parts,
      words: this.#words,
    });
  }

  #completeSummary(index: number, whole: unknown): void {
    this.#addSummary(index, restOf(whole, this.#parts[index]?.length ?? 0));
  }

  #addSummary(index: number, text: string): void {
    const parts = this.#parts;
    // A number far beyond the next part's is nothing to make room for.
    const at = Math.min(index, parts.length + mostSkipped);
    while (parts.length <= at) parts.push('');
    const begins = parts[at] === '' && parts.some((part) => part !== '');
    parts[at] += text;
    this.#show(begins && text !== '' ? blankLine + text : text);
  }

  /** A summary tells the same more shortly: of the two, one is enough. */
  #addWords(text: string): void {
    this.#words += text;
    if (this.#parts.length === 0) this.#show(text);
  }

  #show(text: string): void {
    if (text === '') return;
    this.#answer.output.add(text);
    this.#answer.thinking.add(text);
  }
}

function wordsOf(part: unknown): string {
  return isRecord(part) ? textOf(part.text) : '';
}
