import { isKnownBlock } from '../../messages/check-blocks.ts';
import type { Block, KnownBlockOf, Message } from '../../messages/types.ts';
import { notKnown } from '../../translation/losses.ts';
import { hasHiddenPart, hiddenPart, visibleText } from '../../translation/visible-text.ts';
import { writeArguments } from '../openai/call-arguments.ts';
import type { Translation } from '../openai/translation.ts';
import { ReturnedReasoning } from './returned-reasoning.ts';
import type { AssistantMessage, ToolCall } from './wire.ts';

export interface AssistantTurn {
  /** undefined where nothing of the turn can be said: servers refuse an empty assistant message. */
  readonly message: AssistantMessage | undefined;
  /** The client's ids of the calls, in their order. */
  readonly callIds: readonly string[];
  /** Summaries of what was compacted away, which the user says before the turn. */
  readonly summaries: readonly string[];
}

/** The messages `first` to `last`, all of the assistant: one turn, and one message upstream. */
export function buildAssistantTurn(first: number, last: number, translation: Translation): AssistantTurn {
  const turn = new TurnBuilder(translation);
  for (let index = first; index <= last; index++) {
    const message = translation.request.messages[index];
    if (message !== undefined) turn.add(message, index);
  }
  return turn.finish(first);
}

class TurnBuilder {
  readonly #translation: Translation;
  readonly #reasoning: ReturnedReasoning;
  readonly #calls = new Map<string, ToolCall>();
  readonly #summaries: string[] = [];
  #text = '';
  /** What comes next does not belong to the text before it. */
  #atParagraph = false;

  constructor(translation: Translation) {
    this.#translation = translation;
    this.#reasoning = new ReturnedReasoning(translation);
  }

  add({ content }: Message, index: number): void {
    this.#atParagraph = true;
    this.#reasoning.endMessage();
    if (typeof content === 'string') {
      this.#write(content);
      return;
    }
    for (let place = 0; place < content.length; place++) {
      const block = content[place];
      if (block !== undefined) this.#addBlock(block, () => `messages.${index}.content.${place}`);
    }
  }

  finish(first: number): AssistantTurn {
    const { dialect, losses } = this.#translation;
    const callIds = [...this.#calls.keys()];
    if (this.#text === '' && callIds.length === 0) {
      if (this.#reasoning.isHeld)
        losses.add(`messages.${first}`, 'nothing follows the reasoning that it could belong to');
      return { message: undefined, callIds, summaries: this.#summaries };
    }
    const message: AssistantMessage = {
      role: 'assistant',
      content: this.#text === '' ? dialect.emptyContent : this.#text,
    };
    if (callIds.length > 0) message.tool_calls = [...this.#calls.values()];
    this.#reasoning.writeTo(message);
    return { message, callIds, summaries: this.#summaries };
  }

  #addBlock(block: Block, path: () => string): void {
    const { losses, tables } = this.#translation;
    if (!isKnownBlock(block)) {
      losses.add(path(), notKnown);
      return;
    }
    if (!tables.isCarried(block, losses, path)) return;
    tables.checkBlockFields(block, losses, path);
    switch (block.type) {
      case 'text':
        // Upstream wrote the texts of one answer as one string: joined like this they are its very bytes again.
        this.#write(block.text);
        return;
      case 'tool_use':
        this.#addCall(block, path);
        return;
      case 'thinking':
      case 'redacted_thinking':
        this.#reasoning.add(block, path);
        return;
      case 'compaction':
        if (block.content) this.#summaries.push(block.content);
        return;
    }
    const visible = visibleText(block);
    if (visible === undefined) {
      losses.add(path(), 'an assistant message cannot hold it');
      return;
    }
    if (hasHiddenPart(block)) losses.add(path(), hiddenPart);
    this.#atParagraph = true;
    this.#write(visible);
    this.#atParagraph = true;
  }

  #addCall({ id, name, input }: KnownBlockOf<'tool_use'>, path: () => string): void {
    const { names, callId, losses } = this.#translation;
    if (this.#calls.has(id)) {
      losses.add(path(), 'a call before it has the same id');
      return;
    }
    this.#calls.set(id, {
      id: callId(id),
      type: 'function',
      function: { name: names.write(name), arguments: writeArguments(input) },
    });
  }

  #write(text: string): void {
    if (text === '') return;
    if (this.#atParagraph && this.#text !== '') this.#text += '\n\n';
    this.#text += text;
    this.#atParagraph = false;
  }
}
