import type { KnownBlock, KnownBlockOf } from '../../messages/types.ts';
import { mayReturn, reasoningMark } from '../openai/left-out-reasoning.ts';
import type { Translation } from '../openai/translation.ts';
import { type CarriedItem, contentOf, openItem, serverToolUseId, wordsOf } from './reasoning-envelope.ts';
import { serverFormOf } from './server-form.ts';
import type { InputItem } from './wire.ts';

export interface ReturnedItem {
  readonly items: readonly InputItem[];
  /** Of the message that follows. */
  readonly phase: string | undefined;
}

/** Puts back, in one turn of the assistant, what the upstream has written and the client cannot read. Never becomes text. */
export class ReturnedItems {
  readonly #translation: Translation;
  readonly #isReadable: (content: string) => boolean;
  readonly #hindrance: string | undefined;
  /** What this turn has given back, by its content. */
  readonly #returned = new Set<string>();
  /** Ids of the visible blocks that stand for a returned item. */
  readonly #shown = new Set<string>();

  constructor(translation: Translation) {
    this.#translation = translation;
    this.#isReadable = mayReturn(translation.context.repairs);
    this.#hindrance = hindranceOf(translation);
  }

  /** The items of a thinking block; undefined, and listed, where it is another's. */
  open(block: KnownBlockOf<'thinking' | 'redacted_thinking'>, path: () => string): ReturnedItem | undefined {
    const { target, losses } = this.#translation;
    const carried = openItem(block.type === 'thinking' ? block.signature : block.data, target);
    if (carried === undefined) {
      losses.add(path(), 'another vendor or model wrote it');
      return undefined;
    }
    const shown = block.type === 'thinking' ? block.thinking : '';
    const { phase } = carried;
    const content = contentOf(carried, shown);
    if (content === undefined) {
      if (shown !== '') losses.add(path(), 'it came without anything that could go back');
      return { items: this.#searches(carried), phase };
    }
    const hindrance =
      this.#hindrance ?? (this.#isReadable(content) ? undefined : 'the upstream has said that it cannot read it');
    if (hindrance !== undefined) {
      losses.add(path(), hindrance);
      // A search is refused without the reasoning that led to it: its blocks become text.
      return { items: [], phase };
    }
    return { items: [this.#reasoning(content, carried, shown), ...this.#searches(carried)], phase };
  }

  /** The reasoning before a call, remembered for clients that throw thinking blocks away. */
  recall(callId: string): readonly InputItem[] {
    const { context, target } = this.#translation;
    const envelope = context.calls.recall(callId);
    const carried = envelope === undefined ? undefined : openItem(envelope, target);
    const encrypted = carried?.encrypted;
    if (carried === undefined || encrypted === undefined || this.#returned.has(encrypted)) return [];
    if (this.#hindrance !== undefined || !this.#isReadable(encrypted)) return [];
    return [this.#reasoning(encrypted, carried, '')];
  }

  /** Whether the turn has given back a search. */
  get hasSearched(): boolean {
    return this.#shown.size > 0;
  }

  /** Whether a block only shows what an item already says. */
  shows(block: KnownBlock): boolean {
    if (block.type === 'server_tool_use') return this.#shown.has(block.id);
    return block.type === 'web_search_tool_result' && this.#shown.has(block.tool_use_id);
  }

  #reasoning(content: string, carried: CarriedItem, shown: string): InputItem {
    this.#returned.add(content);
    const { encrypted, summary } = carried;
    const parts = summary ?? (shown === '' ? [] : [shown]);
    const words = wordsOf(carried, shown);
    const { reasoningIds } = serverFormOf(this.#translation.dialect);
    return {
      type: 'reasoning',
      ...(reasoningIds ? { id: `rs_${reasoningMark(content)}` } : {}),
      summary: parts.map((text) => ({ type: 'summary_text', text })),
      ...(words === undefined ? {} : { content: [{ type: 'reasoning_text', text: words }] }),
      ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
    };
  }

  #searches({ hosted = [] }: CarriedItem): InputItem[] {
    return hosted.map((item) => {
      this.#shown.add(serverToolUseId(item));
      const { id: _, ...search } = item;
      return search;
    });
  }
}

function hindranceOf({ traits, target }: Translation): string | undefined {
  const neverReasons = !traits.reasons && traits.efforts !== undefined;
  return neverReasons ? `${target.model} does not reason` : undefined;
}
