import { isRecord } from '../messages/json.ts';
import type { MessagesRequest } from '../messages/types.ts';
import { imageTokens } from './image-tokens.ts';
import { measurePrompt, type PromptScale } from './measure-prompt.ts';

/** A prompt's tokens, and what of them is for images and documents. */
export interface PromptEstimate {
  readonly tokens: number;
  readonly media: number;
}

/**
 * A prompt's tokens by the length of its texts: no tokenizer, made for the way of every request. English and code
 * run at 4.3 characters a token; the divisors lean high, since a window believed fuller than it is does less harm.
 */
export function estimatePrompt(request: MessagesRequest): PromptEstimate {
  let media = 0;
  const counted = (measure: PromptScale['image']) => (base64: string | undefined) => {
    const tokens = measure(base64);
    media += tokens;
    return tokens;
  };
  const { image, pdf } = lengthScale;
  const tokens = measurePrompt(request, { ...lengthScale, image: counted(image), pdf: counted(pdf) });
  return { tokens, media };
}

/** The same where its parts do not matter. */
export function estimateTokens(request: MessagesRequest): number {
  return measurePrompt(request, lengthScale);
}

const perAsciiCharacter = 1 / 3.9;
const perAlphabetCharacter = 0.45;
const perIdeograph = 0.85;

const lengthScale: PromptScale = {
  text: textTokens,
  json: (value) => jsonLength(value) * perAsciiCharacter,
  image: (base64) => imageTokens(base64, { kind: 'tiles', base: 85, perTile: 170 }),
  pdf: (base64) => pdfTokensBySize(base64),
};

/** Without opening it: a page with its text and its picture, over all the bytes a page usually takes. */
export function pdfTokensBySize(base64: string | undefined): number {
  return base64 === undefined ? 1_500 : Math.max(1_500, Math.ceil((base64.length * 0.75) / 50));
}

/** A few characters tell the script a text is written in. */
function textTokens(text: string): number {
  const length = text.length;
  const step = Math.max(1, Math.floor(length / samples));
  let taken = 0;
  let weight = 0;
  for (let at = step >> 1; at < length; at += step) {
    const code = text.charCodeAt(at);
    weight += code < 0x80 ? perAsciiCharacter : code < 0x2e80 ? perAlphabetCharacter : perIdeograph;
    taken += 1;
  }
  return taken === 0 ? 0 : (length * weight) / taken;
}

const samples = 16;

/** The length of `JSON.stringify(value)`, nearly, without making that text. */
function jsonLength(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  let length = 2;
  if (Array.isArray(value)) {
    for (const item of value) length += jsonLength(item) + 1;
    return length;
  }
  if (!isRecord(value)) return 4;
  for (const key in value) length += key.length + 4 + jsonLength(value[key]);
  return length;
}
