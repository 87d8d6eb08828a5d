import { isKnownBlock } from '../../messages/check-blocks.ts';
import { isRecord } from '../../messages/json.ts';
import type { Block, KnownBlockOf, Message } from '../../messages/types.ts';
import { notKnown } from '../../translation/losses.ts';
import { hasHiddenPart, hiddenPart, visibleText } from '../../translation/visible-text.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import { checkBlockFields, isCarried } from './block-fields.ts';
import { type Call, returnedCallId } from './function-responses.ts';
import { ReturnedSignatures } from './returned-signatures.ts';
import type { Translation } from './translation.ts';
import type { Part } from './wire.ts';

export interface ModelTurn {
  /** Empty where nothing of the turn can be said: Gemini refuses a content without parts. */
  readonly parts: readonly Part[];
  /** The calls, in their order. */
  readonly calls: readonly Call[];
  /** Summaries of what was compacted away, which the user says before the turn. */
  readonly summaries: readonly string[];
}

/** The messages `first` to `last`, all of the assistant: one turn, and one content upstream. */
export function buildModelTurn(first: number, last: number, translation: Translation): ModelTurn {
  const turn = new TurnBuilder(translation);
  for (let index = first; index <= last; index++) {
    const message = translation.request.messages[index];
    if (message !== undefined) turn.add(message, index);
  }
  return turn.finish(first);
}

class TurnBuilder {
  readonly #translation: Translation;
  readonly #signatures: ReturnedSignatures;
  readonly #parts: Part[] = [];
  readonly #calls = new Map<string, Call>();
  readonly #summaries: string[] = [];

  constructor(translation: Translation) {
    this.#translation = translation;
    this.#signatures = new ReturnedSignatures(this.#parts, translation);
  }

  add({ content }: Message, index: number): void {
    if (typeof content === 'string') {
      this.#signatures.text(content);
      return;
    }
    for (let place = 0; place < content.length; place++) {
      const block = content[place];
      if (block !== undefined) this.#addBlock(block, () => `messages.${index}.content.${place}`);
    }
  }

  finish(first: number): ModelTurn {
    this.#signatures.endPlace();
    const isThoughtAlone = this.#parts.length > 0 && this.#parts.every(({ thought }) => thought === true);
    if (isThoughtAlone) {
      this.#translation.losses.add(`messages.${first}`, 'nothing follows the thought that it could belong to');
    }
    return {
      parts: isThoughtAlone ? [] : this.#parts,
      calls: [...this.#calls.values()],
      summaries: this.#summaries,
    };
  }

  #addBlock(block: Block, path: () => string): void {
    const { losses } = this.#translation;
    if (!isKnownBlock(block)) {
      losses.add(path(), notKnown);
      return;
    }
    if (!isCarried(block, losses, path)) return;
    checkBlockFields(block, losses, path);
    switch (block.type) {
      case 'text':
        this.#signatures.text(block.text);
        return;
      case 'tool_use':
        this.#addCall(block, path);
        return;
      case 'thinking':
        this.#signatures.thinking(block, path);
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
    this.#addAside(visible);
  }

  #addCall({ id, name, input }: KnownBlockOf<'tool_use'>, path: () => string): void {
    const { names, argumentNames, model, losses } = this.#translation;
    if (this.#calls.has(id)) {
      losses.add(path(), 'a call before it has the same id');
      return;
    }
    const upstreamName = names.write(name);
    const args = argumentNames.write(readArguments(input));
    if (!model.functions) {
      this.#addAside(`[${upstreamName}: ${writeJson(args)}]`);
      return;
    }
    const thoughtSignature = this.#signatures.ofCall(id, path);
    this.#calls.set(id, { id, name: upstreamName });
    this.#parts.push({
      functionCall: { ...returnedCallId(id, this.#translation), name: upstreamName, args },
      ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
    });
  }

  /** Text that the model has not written as such; it stands on lines of its own. */
  #addAside(text: string): void {
    this.#signatures.endPlace();
    this.#parts.push({ text: `\n${text}\n` });
  }
}

/** Gemini reads the arguments as an object; anything else it refuses. */
function readArguments(input: unknown): Readonly<Record<string, unknown>> {
  if (input === undefined || input === null) return {};
  return isRecord(input) ? input : { input };
}
