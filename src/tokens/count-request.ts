import type { MessagesRequest } from '../messages/types.ts';
import { type ModelTraits, traitsOf } from '../models/model-traits.ts';
import { type NamedModel, vendorNameOf } from '../models/named-model.ts';
import { pdfTokensBySize } from './estimate.ts';
import { imageTokens } from './image-tokens.ts';
import { measurePrompt } from './measure-prompt.ts';

/** How a model reads a prompt, as far as it changes the count. */
export interface ModelReading {
  readonly traits: Pick<ModelTraits, 'images' | 'files' | 'imageTokens' | 'encoding'>;
  /** Over 1 where the tokenizer at hand is not the model's own. */
  readonly vocabularyFactor: number;
}

export function readingOf(model: NamedModel): ModelReading {
  const { images, files, imageTokens: formula, encoding } = traitsOf(model);
  return {
    traits: { images, files, imageTokens: formula, encoding },
    vocabularyFactor: vocabularyFactor(vendorNameOf(model)),
  };
}

/** The tokens of a prompt, given the function that knows the vocabulary. Leans high by a few percent at most. */
export function countRequest(
  request: MessagesRequest,
  reading: ModelReading,
  tokensOf: (text: string) => number,
): number {
  const { traits, vocabularyFactor } = reading;
  const text = (words: string) => tokensOf(words) * vocabularyFactor;
  return measurePrompt(request, {
    text,
    json: (value) => text(JSON.stringify(value)),
    image: (base64) => (traits.images ? imageTokens(base64, traits.imageTokens) : omittedNote),
    pdf: (base64) => pdfTokens(base64) * (traits.files || traits.images ? 1 : textShare),
  });
}

/** The line that stands where a model cannot be shown something. */
const omittedNote = 15;
/** A page with its text and its picture. */
const perPage = 2_500;
/** Of a page that is read for a model which can be shown neither file nor picture, only the text is sent. */
const textShare = 0.4;

function pdfTokens(base64: string | undefined): number {
  const pages = base64 === undefined ? 0 : pageCount(base64);
  return pages === 0 ? pdfTokensBySize(base64) : pages * perPage;
}

/** Zero where the pages are listed inside a compressed stream. */
function pageCount(base64: string): number {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  let pages = 0;
  for (const _ of text.matchAll(/\/Type\s*\/Page\b/g)) pages += 1;
  return pages;
}

/** Whether the encodings of gpt-tokenizer are a model's own; other vocabularies need about a tenth more. */
export function vocabularyFactor(model: string): number {
  const name = model.slice(model.lastIndexOf('/') + 1);
  return /^(?:ft:)?(?:gpt-|o\d|chatgpt-|codex-)/i.test(name) ? 1 : 1.1;
}

// Encoding is quadratic in the length of a run without a break: 200,000 equal characters at once would take a minute.
const pieceLimit = 4_000;
const backwards = 500;

/** Counts a text piece by piece. */
export function countInPieces(text: string, tokensOf: (piece: string) => number): number {
  let total = 0;
  let start = 0;
  while (text.length - start > pieceLimit) {
    const piece = text.slice(start, pieceEnd(text, start + pieceLimit));
    total += tokensOf(piece);
    start += piece.length;
  }
  return total + tokensOf(start === 0 ? text : text.slice(start));
}

/** Before a space, where one is near: tokens begin with it. Never inside a character. */
function pieceEnd(text: string, latest: number): number {
  for (let end = latest; end > latest - backwards; end--) {
    const code = text.charCodeAt(end);
    if (code === 0x20 || code === 0x0a) return end;
  }
  const next = text.charCodeAt(latest);
  return next >= 0xdc00 && next <= 0xdfff ? latest - 1 : latest;
}
