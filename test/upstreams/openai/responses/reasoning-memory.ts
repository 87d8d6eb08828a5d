import { isRecord } from '../../json.ts';
import type { InputItem, ResponsesRequest } from './responses-request.ts';
import { isOfModel, itemsOf, textOfItem } from './responses-request.ts';

/** An item of an answer, as it stood in `output`. */
export type OutputItem = Readonly<Record<string, unknown>>;

interface IssuedAnswer {
  readonly id: string;
  readonly items: readonly OutputItem[];
}

/** What the requests have shown of the reasoning that was issued before. */
export interface ReasoningReport {
  /** Reasoning items that came back verbatim and at their place, counted in every request anew. */
  readonly verified: number;
  /** What did not come back as it was issued, each in a sentence. */
  readonly faults: readonly string[];
}

/**
 * Remembers every answer that was given, so that of each later request it can be said whether the reasoning of all
 * earlier turns is in it, verbatim and in order. The real service checks less: what it cannot decrypt it refuses, what is
 * missing it does without, and the model is the worse for it.
 */
export class ReasoningMemory {
  readonly #answers: IssuedAnswer[] = [];
  readonly #encrypted = new Map<string, string>();
  readonly #reasonedBefore = new Map<string, string>();
  readonly #faults: string[] = [];
  #verified = 0;

  get report(): ReasoningReport {
    return { verified: this.#verified, faults: this.#faults };
  }

  /** Notes an answer, whole or as far as it came. */
  issue(id: string, items: readonly OutputItem[]): void {
    this.#answers.push({ id, items });
    let reasoning: string | undefined;
    for (const item of items) {
      if (item.type === 'reasoning') reasoning = String(item.id);
      else if (reasoning !== undefined) this.#reasonedBefore.set(String(item.id), reasoning);
      if (typeof item.encrypted_content === 'string') this.#encrypted.set(item.encrypted_content, String(item.id));
    }
  }

  hasIssued(encrypted: string): boolean {
    return this.#encrypted.has(encrypted);
  }

  /** The id under which a reasoning item was issued. */
  idOf(encrypted: string): string | undefined {
    return this.#encrypted.get(encrypted);
  }

  /** The reasoning item before the item of this id in the answer that it comes from. */
  reasoningBefore(itemId: string): string | undefined {
    return this.#reasonedBefore.get(itemId);
  }

  /** Compares what the model itself has said in a conversation with the answers that were issued. */
  inspect(body: ResponsesRequest): void {
    for (const said of turnsOf(body)) {
      const returned = said.map(fingerprint).join(', ');
      const candidates = this.#answersBehind(said).map(({ id, items }) => ({ id, issued: returnable(items) }));
      const same = candidates.find(({ issued }) => issued.join(', ') === returned);
      if (same !== undefined) this.#verified += same.issued.filter((print) => print.startsWith('reasoning')).length;
      else if (candidates[0] !== undefined) {
        const [{ id, issued }] = candidates;
        this.#faults.push(`${id} was [${issued.join(', ')}] and came back as [${returned}]`);
      }
    }
  }

  /** The answer that holds one of these ciphertexts or calls; where there are none, every one that has these words. */
  #answersBehind(said: readonly InputItem[]): readonly IssuedAnswer[] {
    const marks = new Set(said.flatMap(marksOf));
    const words = new Set(said.map(textOfItem));
    return this.#answers.filter(({ items }) =>
      marks.size > 0
        ? items.some((item) => marksOf(item).some((mark) => marks.has(mark)))
        : items.some((item) => item.type === 'message' && words.has(textOfItem(item))),
    );
  }
}

/** What of an answer can be given back: not the reasoning that nothing follows. */
function returnable(items: readonly OutputItem[]): readonly string[] {
  const end = items.findLastIndex(({ type }) => type !== 'reasoning') + 1;
  return items.slice(0, end).map(fingerprint);
}

/** What the model has said between two turns of the user's or of tools. */
function turnsOf(body: ResponsesRequest): readonly (readonly InputItem[])[] {
  const turns: InputItem[][] = [];
  let isBegun = false;
  for (const item of itemsOf(body)) {
    const isModels = isOfModel(item);
    if (isModels && isBegun) turns.at(-1)?.push(item);
    else if (isModels) turns.push([item]);
    isBegun = isModels;
  }
  return turns;
}

/** By what alone an answer is known again for certain. */
function marksOf(item: OutputItem | InputItem): readonly string[] {
  if (item.type === 'reasoning') return [`reasoning ${String(item.encrypted_content)}`];
  return item.type === 'function_call' ? [`call ${String(item.call_id)}`] : [];
}

function fingerprint(item: OutputItem | InputItem): string {
  switch (item.type) {
    case 'reasoning':
      return `reasoning ${short(item.encrypted_content)} ${JSON.stringify(item.summary)}`;
    case 'function_call':
      return `call ${String(item.call_id)}`;
    case 'web_search_call':
      return `search ${JSON.stringify(isRecord(item.action) ? item.action.query : undefined)}`;
    default:
      return `message ${String(item.phase ?? '')}`.trim();
  }
}

function short(encrypted: unknown): string {
  return Bun.hash(String(encrypted)).toString(36);
}
