import { isRecord } from '../../messages/json.ts';
import { type Answer, type Fields, indexOf, type OutputItem, restOf, textOf } from './output-item.ts';

interface Part {
  /** How much of its text has come. */
  length: number;
  annotations: number;
}

/** What the model says: a text block for each part, cut where what it rests on is told. */
export class MessageItem implements OutputItem {
  readonly type = 'message';
  readonly #answer: Answer;
  readonly #parts = new Map<number, Part>();
  #current: Part | undefined;
  #isDone = false;

  constructor(answer: Answer, item: Fields) {
    this.#answer = answer;
    answer.thinking.beforeMessage(typeof item.phase === 'string' ? item.phase : undefined);
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  read(event: Fields): void {
    switch (event.type) {
      case 'response.output_text.delta':
        this.#add(indexOf(event.content_index), textOf(event.delta));
        return;
      case 'response.refusal.delta':
        this.#answer.refused = true;
        this.#add(indexOf(event.content_index), textOf(event.delta));
        return;
      case 'response.output_text.annotation.added':
        this.#annotate(indexOf(event.content_index), event.annotation);
        return;
      case 'response.output_text.done':
        this.#complete(indexOf(event.content_index), event);
        return;
      case 'response.refusal.done':
        this.#complete(indexOf(event.content_index), { ...event, type: 'refusal' });
        return;
      case 'response.content_part.done':
        if (isRecord(event.part)) this.#complete(indexOf(event.content_index), event.part);
        return;
    }
  }

  done({ content }: Fields): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (Array.isArray(content)) {
      for (const [index, part] of content.entries()) if (isRecord(part)) this.#complete(index, part);
    }
    this.#endBlock();
  }

  /** A part that is said to be whole. */
  #complete(index: number, { type, text, refusal, annotations }: Fields): void {
    if (type === 'refusal') this.#answer.refused = true;
    const whole = textOf(refusal) === '' ? text : refusal;
    const part = this.#partAt(index);
    const rest = restOf(whole, part.length);
    if (rest !== '') this.#add(index, rest);
    if (!Array.isArray(annotations)) return;
    for (const annotation of annotations.slice(part.annotations)) this.#annotate(index, annotation);
  }

  #add(index: number, text: string): void {
    if (text === '') return;
    const { thinking, writer, searches, output } = this.#answer;
    const part = this.#partAt(index);
    if (part !== this.#current) {
      this.#endBlock();
      this.#current = part;
    }
    part.length += text.length;
    thinking.seal();
    if (searches !== undefined) {
      // What the text so far rests on has been told: what comes now rests on something else.
      const citations = searches.takeCitations();
      if (citations.length > 0) writer.endText(citations);
      searches.said(text);
    }
    output.add(text);
    writer.text(text);
  }

  #annotate(index: number, annotation: unknown): void {
    this.#partAt(index).annotations += 1;
    if (isRecord(annotation)) this.#answer.searches?.cite(annotation);
  }

  #endBlock(): void {
    this.#current = undefined;
    this.#answer.writer.endText(this.#answer.searches?.takeCitations() ?? []);
  }

  #partAt(index: number): Part {
    let part = this.#parts.get(index);
    if (part === undefined) {
      part = { length: 0, annotations: 0 };
      this.#parts.set(index, part);
    }
    return part;
  }
}
