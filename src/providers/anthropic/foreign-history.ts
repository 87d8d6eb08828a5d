import { ownMark } from '../../messages/envelope.ts';
import { type ByteRange, JsonScanner, NotJson } from '../../messages/json-scanner.ts';
import type { Loss } from '../../messages/types.ts';
import { summaryText } from '../../translation/block-text.ts';
import { type ByteEdit, cutElements } from './byte-edits.ts';
import { isForeignCitation, type ReadBlock, type ReadMessage, readMessage } from './read-message.ts';
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
 * has made up the blocks of, ids of calls in a form of their own. Such blocks are cut out and such ids rewritten, and what
 * the proxy has compacted becomes words of the user; every other byte stays. A body without any is only searched, and never walked over.
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
      if (key === 'messages' && scanner.isAtArray) this.#editMessages(readMessages(scanner));
      else if (key === 'thinking' || key === 'context_management') this.#settings.set(key, scanner.skip());
    });
    if (this.#edits.length > 0) {
      const { edits, losses } = thinkingEdits(scanner, this.#settings, this.#lastAnswer, this.#behindAnswer);
      this.#edits.push(...edits);
      this.#losses.push(...losses);
    }
    return { edits: this.#edits, losses: this.#losses };
  }

  #editMessages(messages: readonly ReadMessage[]): void {
    const last = messages.findLastIndex(({ blocks }) => blocks.some(isCompaction));
    const compacted = messages.slice(0, last + 1);
    this.#replaceCompacted(compacted);
    const behind = messages.slice(last + 1);
    const isEmptied = behind.map(({ role, blocks }, at) => {
      const kept = this.#editBlocks(role, blocks, `messages.${last + 1 + at}.content`);
      // A message with nothing in it is refused; its neighbours may be of the same role.
      return kept.length === 0 && blocks.length > 0;
    });
    const places = [...compacted.slice(-1), ...behind].map(({ place }) => place);
    const first = places.length - behind.length;
    this.#edits.push(...cutElements(places, (index) => isEmptied[index - first] === true));
  }

  /** All that stands in front of the last block of its last message that the proxy has compacted, and that block. */
  #replaceCompacted(messages: readonly ReadMessage[]): void {
    const message = messages.at(-1);
    const start = messages[0]?.place.start;
    const at = message?.blocks.findLastIndex(isCompaction) ?? -1;
    const compaction = message?.blocks[at]?.compaction;
    if (message === undefined || start === undefined || compaction === undefined) return;
    const path = `messages.${messages.length - 1}.content`;
    if (compaction.changesTools) {
      this.#losses.push({
        field: `${path}.${at}.tool_changes`,
        why: 'the tools that the conversation had loaded must be loaded again',
      });
    }
    const behind = message.blocks.slice(at + 1);
    const kept = this.#editBlocks(message.role, behind, path, at + 1);
    const [next] = behind;
    const summary = JSON.stringify({ type: 'text', text: summaryText(compaction.summary) });
    const words = `{"role":"user","content":[${summary}`;
    if (next === undefined || kept.length === 0) {
      this.#edits.push({ place: { start, end: message.place.end }, text: `${words}]}` });
    } else {
      const goesOn = message.role === 'user' ? ',' : ']},{"role":"assistant","content":[';
      this.#edits.push({ place: { start, end: next.place.start }, text: words + goesOn });
    }
  }

  /** Edits blocks of one message, whose first is number `first` there. Gives what is left of them. */
  #editBlocks(role: unknown, blocks: readonly ReadBlock[], path: string, first = 0): readonly ReadBlock[] {
    const isCut = ({ isForeign }: ReadBlock) => isForeign && role === 'assistant';
    const kept = blocks.filter((block) => !isCut(block));
    for (const [index, block] of blocks.entries()) {
      const place = `${path}.${first + index}`;
      if (isCut(block)) this.#losses.push({ field: place, why: ofAnother });
      else this.#editBlock(block, place);
    }
    if (kept.length > 0) this.#edits.push(...cutOut(blocks, isCut));
    if (role === 'assistant' && (kept.length > 0 || blocks.length === 0)) {
      this.#lastAnswer = kept;
      this.#behindAnswer = [];
    } else if (role === 'user') this.#behindAnswer = [...this.#behindAnswer, ...kept];
    return kept;
  }

  #editBlock({ ids, citations }: ReadBlock, path: string): void {
    for (const { text, place } of ids) {
      if (!isLegalId(text)) this.#edits.push({ place, text: JSON.stringify(legalId(text)) });
    }
    if (!citations.some(isForeignCitation)) return;
    this.#losses.push({ field: `${path}.citations`, why: ofAnother });
    this.#edits.push(...cutOut(citations, isForeignCitation));
  }
}

const ofAnother = 'another vendor or model wrote it';

function cutOut<T extends { readonly place: ByteRange }>(elements: readonly T[], isCut: (element: T) => boolean) {
  const places = elements.map(({ place }) => place);
  return cutElements(places, (index) => {
    const element = elements[index];
    return element !== undefined && isCut(element);
  });
}

function isCompaction({ compaction }: ReadBlock): boolean {
  return compaction !== undefined;
}

function readMessages(scanner: JsonScanner): readonly ReadMessage[] {
  const messages: ReadMessage[] = [];
  scanner.eachElement(() => {
    messages.push(readMessage(scanner));
  });
  return messages;
}
