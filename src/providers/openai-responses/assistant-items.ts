import { isKnownBlock } from '../../messages/check-blocks.ts';
import type { Block, KnownBlockOf, Message } from '../../messages/types.ts';
import { summaryText } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import { hasHiddenPart, hiddenPart, visibleText } from '../../translation/visible-text.ts';
import { writeArguments } from '../openai/call-arguments.ts';
import { isWebSearch } from '../openai/search-wishes.ts';
import type { Translation } from '../openai/translation.ts';
import { textPart } from './parts.ts';
import { ReturnedItems } from './returned-items.ts';
import { serverFormOf } from './server-form.ts';
import type { AssistantMessage, InputItem } from './wire.ts';

export interface AssistantItems {
  readonly items: readonly InputItem[];
  /** The client's ids of the calls, in their order. */
  readonly callIds: readonly string[];
}

type Path = () => string;

/** The messages `first` to `last`, all of the assistant: one turn, its blocks as items in their very order. */
export function buildAssistantItems(first: number, last: number, translation: Translation): AssistantItems {
  const turn = new TurnBuilder(translation);
  for (let index = first; index <= last; index++) {
    const message = translation.request.messages[index];
    if (message !== undefined) turn.add(message, index);
  }
  return turn.finish();
}

interface Placed {
  readonly item: InputItem;
  readonly path: Path;
}

class TurnBuilder {
  readonly #translation: Translation;
  readonly #returned: ReturnedItems;
  readonly #cites: boolean;
  readonly #placed: Placed[] = [];
  readonly #callIds = new Set<string>();
  /** The message under way, as long as more text may join it. */
  #message: { readonly texts: string[]; readonly path: Path } | undefined;
  /** `phase` of the message that comes next. */
  #phase: string | undefined;
  /** Gateways in front of OpenAI learn of fields late. */
  readonly #refusesPhase: boolean;

  constructor(translation: Translation) {
    this.#translation = translation;
    this.#cites = translation.request.tools?.some(isWebSearch) === true;
    this.#returned = new ReturnedItems(translation);
    this.#refusesPhase = translation.context.repairs.some(
      (repair) => repair.kind === 'omit-parameter' && repair.parameter === 'phase',
    );
  }

  add({ content }: Message, index: number): void {
    this.#closeMessage();
    if (typeof content === 'string') {
      this.#write(content, () => `messages.${index}`);
      return;
    }
    for (let place = 0; place < content.length; place++) {
      const block = content[place];
      if (block !== undefined) this.#addBlock(block, () => `messages.${index}.content.${place}`);
    }
  }

  finish(): AssistantItems {
    this.#closeMessage();
    // Reasoning that nothing follows is refused: "provided without its required following item".
    while (this.#placed.at(-1)?.item.type === 'reasoning') {
      const path = this.#placed.pop()?.path;
      if (path !== undefined) this.#translation.losses.add(path(), 'nothing follows the reasoning');
    }
    return { items: this.#placed.map(({ item }) => item), callIds: [...this.#callIds] };
  }

  #addBlock(block: Block, path: Path): void {
    const { losses, tables } = this.#translation;
    if (!isKnownBlock(block)) {
      losses.add(path(), notKnown);
      return;
    }
    if (!tables.isCarried(block, losses, path)) return;
    tables.checkBlockFields(block, losses, path);
    switch (block.type) {
      case 'text':
        this.#write(block.text, path);
        return;
      case 'tool_use':
        this.#addCall(block, path);
        return;
      case 'thinking':
      case 'redacted_thinking':
        this.#addReasoning(block, path);
        return;
      case 'compaction':
        if (block.content) {
          this.#push({ type: 'message', role: 'user', content: [textPart(summaryText(block.content))] }, path);
        }
        return;
    }
    if (this.#returned.shows(block)) return;
    const visible = visibleText(block);
    if (visible === undefined) {
      losses.add(path(), 'an assistant message cannot hold it');
      return;
    }
    if (hasHiddenPart(block)) losses.add(path(), hiddenPart);
    this.#write(visible, path);
  }

  #addReasoning(block: KnownBlockOf<'thinking' | 'redacted_thinking'>, path: Path): void {
    const returned = this.#returned.open(block, path);
    if (returned === undefined) return;
    this.#closeMessage();
    for (const item of returned.items) this.#push(item, path);
    this.#phase = returned.phase;
  }

  #addCall({ id, name, input }: KnownBlockOf<'tool_use'>, path: Path): void {
    const { names, callId, losses } = this.#translation;
    if (this.#callIds.has(id)) {
      losses.add(path(), 'a call before it has the same id');
      return;
    }
    this.#callIds.add(id);
    for (const item of this.#returned.recall(id)) this.#push(item, path);
    this.#push(
      { type: 'function_call', call_id: callId(id), name: names.write(name), arguments: writeArguments(input) },
      path,
    );
  }

  #write(text: string, path: Path): void {
    if (text === '') return;
    this.#message ??= { texts: [], path };
    this.#message.texts.push(text);
  }

  #push(item: InputItem, path: Path): void {
    this.#closeMessage();
    this.#phase = undefined;
    this.#placed.push({ item, path });
  }

  #closeMessage(): void {
    if (this.#message === undefined) return;
    const { texts, path } = this.#message;
    this.#placed.push({ item: this.#messageOf(texts), path });
    this.#message = undefined;
    this.#phase = undefined;
  }

  #messageOf(texts: readonly string[]): AssistantMessage {
    const inParts = serverFormOf(this.#translation.dialect).assistantContent === 'parts';
    // Text that may cite pages was one part, cut where its citations are.
    const parts = this.#cites || this.#returned.hasSearched ? [texts.join('')] : texts;
    return {
      type: 'message',
      role: 'assistant',
      content: inParts ? parts.map((text) => ({ type: 'output_text', text })) : parts.join(''),
      ...(this.#phase === undefined || this.#refusesPhase ? {} : { phase: this.#phase }),
    };
  }
}
