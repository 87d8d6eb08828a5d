import { isRecord } from '../json.ts';
import { charactersOf, tokensIn } from '../prefix-memory.ts';
import { blocksOf, type MessagesBody } from './messages-body.ts';

const imageTokens = 1000;
const remembered = 200;

export interface PromptSize {
  /** Neither read from the cache nor written to it. */
  readonly freshTokens: number;
  readonly readTokens: number;
  readonly writtenTokens: number;
}

/**
 * Counts prompts, and keeps what stands before each `cache_control` for the next ones: of a prompt, as much is read from the
 * cache as ends at a place where an earlier one had its mark, and the rest up to the last mark is written.
 */
export class PromptCache {
  readonly #marked = new Map<string, Set<string>>();
  readonly #pieces = new WeakMap<MessagesBody, readonly Piece[]>();

  /** The tokens of the whole prompt. */
  measure(body: MessagesBody): number {
    return tokensIn(this.#piecesOf(body).reduce((length, { text }) => length + text.length, 0));
  }

  admit(body: MessagesBody): PromptSize {
    const known = this.#marked.get(body.model) ?? new Set<string>();
    this.#marked.set(body.model, known);
    const hash = new Bun.CryptoHasher('sha256');
    let length = 0;
    let read = 0;
    let written = 0;
    for (const { text, isMarked } of this.#piecesOf(body)) {
      hash.update(text);
      length += text.length;
      const prefix = hash.copy().digest('base64');
      if (known.has(prefix)) read = length;
      if (!isMarked) continue;
      written = length;
      known.add(prefix);
    }
    for (const oldest of known) {
      if (known.size <= remembered) break;
      known.delete(oldest);
    }
    const [readTokens, cachedTokens] = [tokensIn(read), tokensIn(Math.max(read, written))];
    return { readTokens, writtenTokens: cachedTokens - readTokens, freshTokens: tokensIn(length) - cachedTokens };
  }

  #piecesOf(body: MessagesBody): readonly Piece[] {
    const cut = this.#pieces.get(body);
    if (cut !== undefined) return cut;
    const pieces = piecesOf(body);
    this.#pieces.set(body, pieces);
    return pieces;
  }
}

interface Piece {
  readonly text: string;
  readonly isMarked: boolean;
}

function piecesOf({ tools = [], system = [], messages }: MessagesBody): readonly Piece[] {
  const prompt = typeof system === 'string' ? [{ type: 'text', text: system }] : system;
  const spoken = messages.flatMap((message) => blocksOf(message).map((block) => ({ role: message.role, block })));
  return [
    ...tools.map((tool) => pieceOf(tool, tool)),
    ...prompt.map((block) => pieceOf(block, block)),
    ...spoken.map(({ role, block }) => pieceOf({ role, block }, block)),
  ];
}

function pieceOf(content: unknown, holder: Readonly<Record<string, unknown>>): Piece {
  return { text: JSON.stringify(content, promptValue), isMarked: JSON.stringify(holder).includes('"cache_control":{') };
}

/** The marks themselves are no part of the prompt, and a picture costs by its size in pixels. */
function promptValue(key: string, value: unknown): unknown {
  if (key === 'cache_control') return undefined;
  if (!isRecord(value) || value.type !== 'base64' || typeof value.data !== 'string') return value;
  return { ...value, data: String(Bun.hash(value.data)).padEnd(charactersOf(imageTokens), '.') };
}
