import type { BetaTextBlockParam, BetaTextCitation } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { openEnvelope, sealEnvelope } from '../messages/envelope.ts';
import { isRecord } from '../messages/json.ts';
import type { BlockSequence } from './block-sequence.ts';
import { CitationMarkers, type MarkedPiece } from './citation-markers.ts';
import type { NumberedResult } from './search-results.ts';

const provider = 'web';
/** Anthropic quotes at most 150 characters of a page. */
const longestQuote = 150;

/**
 * Writes the model's text as text blocks, its markers as citations. A citation belongs to the block that it ends; what
 * is written behind it is the next block.
 */
export class CitedText {
  readonly #blocks: BlockSequence;
  readonly #results: ReadonlyMap<number, NumberedResult>;
  readonly #markers: CitationMarkers;
  #state: 'closed' | 'open' | 'cited' = 'closed';
  /** Blanks that no block begins with, for no block is made of blanks alone. */
  #lead = '';

  constructor(blocks: BlockSequence, results: ReadonlyMap<number, NumberedResult>) {
    this.#blocks = blocks;
    this.#results = results;
    this.#markers = new CitationMarkers((number) => results.has(number));
  }

  push(text: string): void {
    for (const piece of this.#markers.push(text)) this.#write(piece);
  }

  /** A citation of the vendor's own. */
  cite(citation: BetaTextCitation): void {
    this.#flush();
    if (this.#state !== 'closed') this.#addCitation(citation);
  }

  /** The text is over. */
  end(): void {
    this.#flush();
    if (this.#state !== 'closed') {
      if (this.#lead !== '') this.#blocks.delta({ type: 'text_delta', text: this.#lead });
      this.#blocks.close();
    }
    this.#lead = '';
    this.#state = 'closed';
  }

  #flush(): void {
    for (const piece of this.#markers.flush()) this.#write(piece);
  }

  #write(piece: MarkedPiece): void {
    if (piece.kind === 'text') this.#show(piece.text);
    // Nothing stands before it that could rest on a result.
    else if (this.#state === 'closed') this.#show(piece.written);
    else this.#mark(piece.written, piece.numbers);
  }

  #show(text: string): void {
    if (this.#state === 'open') {
      this.#blocks.delta({ type: 'text_delta', text });
      return;
    }
    this.#lead += text;
    if (text.trim() === '') return;
    if (this.#state === 'cited') this.#blocks.close();
    this.#blocks.open({ type: 'text', text: '', citations: null });
    this.#blocks.delta({ type: 'text_delta', text: this.#lead });
    this.#lead = '';
    this.#state = 'open';
  }

  #mark(written: string, numbers: readonly number[]): void {
    let marker = this.#lead + written;
    this.#lead = '';
    for (const number of numbers) {
      const result = this.#results.get(number);
      if (result === undefined) continue;
      this.#addCitation({
        type: 'web_search_result_location',
        url: result.url,
        title: result.title,
        cited_text: result.excerpt.slice(0, longestQuote).toWellFormed(),
        encrypted_index: sealEnvelope(provider, { w: 'cite', n: number, m: marker }),
      });
      marker = '';
    }
  }

  #addCitation(citation: BetaTextCitation): void {
    this.#blocks.delta({ type: 'citations_delta', citation });
    this.#state = 'cited';
  }
}

/** A text block as the model has written it: the markers that its citations came from stand behind it again. */
export function textWithMarkers({ text, citations }: BetaTextBlockParam): string {
  const list: readonly unknown[] = Array.isArray(citations) ? citations : [];
  let written = text;
  for (const citation of list) written += markerOf(citation) ?? '';
  return written;
}

function markerOf(citation: unknown): string | undefined {
  if (!isRecord(citation) || typeof citation.encrypted_index !== 'string') return undefined;
  const opened = openEnvelope(citation.encrypted_index);
  if (opened?.provider !== provider || !isRecord(opened.payload)) return undefined;
  const { w, m } = opened.payload;
  return w === 'cite' && typeof m === 'string' ? m : undefined;
}
