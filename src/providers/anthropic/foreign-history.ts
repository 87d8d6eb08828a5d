import { ownMark } from '../../messages/envelope.ts';
import { type ByteRange, JsonScanner, NotJson } from '../../messages/json-scanner.ts';
import type { Loss } from '../../messages/types.ts';
import { type ByteEdit, cutElements } from './byte-edits.ts';
import { isForeignCitation, type ReadBlock, readMessage } from './read-message.ts';
import { thinkingEdits } from './thinking-setting.ts';
import { hasIllegalId, isLegalId, legalId } from './tool-ids.ts';

export interface HistoryEdits {
  readonly edits: readonly ByteEdit[];
  readonly losses: readonly Loss[];
}

const mark = Buffer.from(ownMark);
const untouched: HistoryEdits = { edits: [], losses: [] };

/**
 * What another vendor's turns have left in a history and Anthropic refuses: thinking that the proxy signed, searches it
 * has made up the blocks of, ids of calls in a form of their own. Such blocks are cut out and such ids rewritten; every
 * other byte stays. A body without any is only searched, and never walked over.
 */
export function editsOfHistory(bytes: Buffer): HistoryEdits {
  if (!bytes.includes(mark) && !hasIllegalId(bytes)) return untouched;
  try {
    return new HistoryWalk(bytes).edits();
  } catch (error) {
    // No JSON: Anthropic says so in its own words.
    if (error instanceof NotJson) return untouched;
    throw error;
  }
}

class HistoryWalk {
  readonly #scanner: JsonScanner;
  readonly #edits: ByteEdit[] = [];
  readonly #losses: Loss[] = [];
  readonly #settings = new Map<string, ByteRange>();
  /** What is left of the last assistant message and of what stands behind it. */
  #lastAnswer: readonly ReadBlock[] = [];
  #behindAnswer: readonly ReadBlock[] = [];

  constructor(bytes: Buffer) {
    this.#scanner = new JsonScanner(bytes);
  }

  edits(): HistoryEdits {
    const scanner = this.#scanner;
    scanner.eachMember((key) => {
      if (key === 'messages' && scanner.isAtArray) this.#readMessages();
      else if (key === 'thinking' || key === 'context_management') this.#settings.set(key, scanner.skip());
    });
    if (this.#edits.length > 0) {
      const { edits, losses } = thinkingEdits(scanner, this.#settings, this.#lastAnswer, this.#behindAnswer);
      this.#edits.push(...edits);
      this.#losses.push(...losses);
    }
    return { edits: this.#edits, losses: this.#losses };
  }

  #readMessages(): void {
    const messages: ByteRange[] = [];
    const cut = new Set<number>();
    this.#scanner.eachElement((index) => {
      const message = readMessage(this.#scanner);
      messages.push(message.place);
      const kept = message.blocks.filter((block) => message.role !== 'assistant' || !block.isForeign);
      this.#noteLosses(message.blocks, kept, `messages.${index}.content`);
      // A message with nothing in it is refused; its neighbours may be of the same role.
      if (kept.length === 0 && message.blocks.length > 0) cut.add(index);
      else this.#editMessage(message.blocks, new Set(kept), `messages.${index}.content`);
      if (message.role === 'assistant' && !cut.has(index)) {
        this.#lastAnswer = kept;
        this.#behindAnswer = [];
      } else if (message.role === 'user') this.#behindAnswer = [...this.#behindAnswer, ...kept];
    });
    this.#edits.push(...cutElements(messages, (index) => cut.has(index)));
  }

  #noteLosses(blocks: readonly ReadBlock[], kept: readonly ReadBlock[], path: string): void {
    for (const [index, block] of blocks.entries()) {
      if (!kept.includes(block))
        this.#losses.push({ field: `${path}.${index}`, why: 'another vendor or model wrote it' });
    }
  }

  #editMessage(blocks: readonly ReadBlock[], kept: ReadonlySet<ReadBlock>, path: string): void {
    const isCut = (index: number) => {
      const block = blocks[index];
      return block !== undefined && !kept.has(block);
    };
    this.#edits.push(
      ...cutElements(
        blocks.map(({ place }) => place),
        isCut,
      ),
    );
    for (const [index, block] of blocks.entries()) {
      if (!kept.has(block)) continue;
      for (const { text, place } of block.ids) {
        if (!isLegalId(text)) this.#edits.push({ place, text: JSON.stringify(legalId(text)) });
      }
      const { citations } = block;
      if (!citations.some(isForeignCitation)) continue;
      this.#losses.push({ field: `${path}.${index}.citations`, why: 'another vendor or model wrote it' });
      const isForeign = (at: number) => {
        const citation = citations[at];
        return citation !== undefined && isForeignCitation(citation);
      };
      this.#edits.push(
        ...cutElements(
          citations.map(({ place }) => place),
          isForeign,
        ),
      );
    }
  }
}
