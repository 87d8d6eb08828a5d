import { isRecord } from '../../messages/json.ts';
import { CallItem } from './call-item.ts';
import { MessageItem } from './message-item.ts';
import type { Answer, Fields, OutputItem } from './output-item.ts';
import { ReasoningItem } from './reasoning-item.ts';
import { SearchItem } from './search-item.ts';

/** What kind of item an event is about, where no other event has told it: some servers begin items without a word. */
const kindOfEvent: ReadonlyMap<unknown, string> = new Map([
  ['response.output_text.delta', 'message'],
  ['response.output_text.done', 'message'],
  ['response.refusal.delta', 'message'],
  ['response.refusal.done', 'message'],
  ['response.function_call_arguments.delta', 'function_call'],
  ['response.function_call_arguments.done', 'function_call'],
  ['response.reasoning_summary_text.delta', 'reasoning'],
  ['response.reasoning_summary_text.done', 'reasoning'],
  ['response.reasoning_text.delta', 'reasoning'],
  ['response.reasoning_text.done', 'reasoning'],
  ['response.reasoning.delta', 'reasoning'],
]);

interface Known {
  readonly item: OutputItem;
  readonly index: number | undefined;
  readonly id: string | undefined;
}

/** The items of one response's `output`: by their place in it, else by their ids, else whichever was the last. */
export class OutputItems {
  readonly answer: Answer;
  readonly #all: Known[] = [];
  readonly #byIndex = new Map<number, Known>();
  readonly #byId = new Map<string, Known>();
  #calls = 0;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  /** `response.output_item.added`. */
  added(event: Fields): void {
    const { item } = event;
    if (!isRecord(item)) return;
    const known = this.#find(event, item.id);
    // Said twice. Servers that number all items 0 begin another one with another id.
    const isRepeated = known?.item.type === item.type && !known?.item.isDone && known?.id === idOf(item.id);
    if (!isRepeated) this.#open(String(item.type), item, event, item.id).read(event);
  }

  /** `response.output_item.done`. */
  done(event: Fields): void {
    const { item } = event;
    if (!isRecord(item)) return;
    const type = String(item.type);
    const known = this.#find(event, item.id)?.item ?? this.#latest(event, type);
    const one = known?.type === type ? known : this.#open(type, item, event, item.id);
    one.done(item);
  }

  /** Any other event of the stream; what is about no item is passed over. */
  read(event: Fields): void {
    const kind = kindOfEvent.get(event.type);
    const item = this.#find(event, event.item_id)?.item ?? this.#latest(event, kind);
    if (item !== undefined) {
      if (!item.isDone) item.read(event);
    } else if (kind !== undefined) {
      this.#open(kind, event, event, event.item_id).read(event);
    }
  }

  /** The response is whole: `output` as its end repeats it, the only place where some servers tell of an item's end. */
  end(output: readonly unknown[]): void {
    if (this.#all.length === 0) {
      for (const [index, item] of output.entries()) this.done({ output_index: index, item });
      return;
    }
    for (const { item, index, id } of this.#all) {
      if (item.isDone) continue;
      const told = index === undefined ? output.find((one) => isRecord(one) && one.id === id) : output[index];
      item.done(isRecord(told) && told.type === item.type ? told : {});
    }
    const streamed = new Set(this.#all.map(({ item }) => item.type));
    for (const item of output) if (isRecord(item) && isMissed(item, streamed)) this.done({ item: { ...item, id: '' } });
  }

  /** By its place first: there are gateways that give an item another id in every event. */
  #find({ output_index: index }: Fields, id: unknown): Known | undefined {
    const placed = typeof index === 'number' ? this.#byIndex.get(index) : undefined;
    return placed ?? (typeof id === 'string' ? this.#byId.get(id) : undefined);
  }

  /** Of an event that tells neither place nor id: the item that is still coming, if it is of that kind. */
  #latest({ output_index: index, item_id: id }: Fields, kind: string | undefined): OutputItem | undefined {
    const latest = this.#all.at(-1)?.item;
    if (typeof index === 'number' || typeof id === 'string' || latest === undefined || latest.isDone) return undefined;
    return kind === undefined || kind === latest.type ? latest : undefined;
  }

  #open(type: string, item: Fields, { output_index: place }: Fields, told: unknown): OutputItem {
    const index = typeof place === 'number' ? place : undefined;
    const known = { item: this.#newItem(type, item), index, id: idOf(told) };
    this.#all.push(known);
    if (index !== undefined) this.#byIndex.set(index, known);
    if (known.id !== undefined) this.#byId.set(known.id, known);
    return known.item;
  }

  #newItem(type: string, item: Fields): OutputItem {
    switch (type) {
      case 'reasoning':
        return new ReasoningItem(this.answer);
      case 'message':
        return new MessageItem(this.answer, item);
      case 'function_call':
        this.#calls += 1;
        // Not every upstream can be told to call one tool only.
        return this.answer.facts.onlyFirstCall && this.#calls > 1 ? passedOver(type) : new CallItem(this.answer);
      case 'web_search_call':
        return new SearchItem(this.answer);
      default:
        return passedOver(type);
    }
  }
}

/** Some servers stream one kind of item and not the other. Where both came, the stream has told all of them. */
function isMissed({ type }: Fields, streamed: ReadonlySet<string>): boolean {
  return (type === 'message' || type === 'function_call') && !streamed.has(type);
}

/** An item that says nothing to a client of the Messages API. */
function passedOver(type: string): OutputItem {
  return { type, isDone: false, read: () => undefined, done: () => undefined };
}

function idOf(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}
