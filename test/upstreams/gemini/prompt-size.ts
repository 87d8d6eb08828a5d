import { isRecord } from '../json.ts';
import { charactersOf, PrefixMemory, tokensOf } from '../prefix-memory.ts';
import type { GeminiRequest } from './gemini-request.ts';
import type { ModelFamily } from './models.ts';

/** An image of up to 384 pixels a side, or a page of a PDF. Source: Google's page on counting tokens. */
const mediaTokens = 258;

export interface PromptSize {
  readonly promptTokens: number;
  /** How much of it was seen before. */
  readonly cachedTokens: number;
}

/** What a prompt costs: its texts, tools and media. Signatures cost nothing. */
export function promptTokens(request: GeminiRequest): number {
  return tokensOf(promptText(request));
}

/** The implicit cache: whole beginnings of earlier prompts to the same model. */
export class ImplicitCache {
  readonly #memory = new PrefixMemory();

  /** The size of a prompt; remembers it for the next one. */
  admit(request: GeminiRequest, family: ModelFamily): PromptSize {
    const text = promptText(request);
    const shared = tokensOf(text.slice(0, this.#memory.admit(request.model, text)));
    return { promptTokens: tokensOf(text), cachedTokens: shared >= family.smallestCachedTokens ? shared : 0 };
  }
}

function promptText({ systemInstruction, tools, contents }: GeminiRequest): string {
  const head = [systemInstruction, tools].map((part) => (part === undefined ? '' : JSON.stringify(part)));
  // Without the closing bracket: a longer conversation then begins with the whole of the shorter one.
  return [...head, JSON.stringify(contents, weighed).slice(0, -1)].join('');
}

function weighed(key: string, value: unknown): unknown {
  if (key === 'thoughtSignature') return undefined;
  if (key !== 'inlineData' || !isRecord(value)) return value;
  return { ...value, data: String(Bun.hash(String(value.data))).padEnd(charactersOf(mediaTokens), '.') };
}
