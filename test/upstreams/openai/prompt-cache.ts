import { charactersOf, PrefixMemory, tokensOf } from '../prefix-memory.ts';
import type { ChatRequest } from './chat-request.ts';

/** OpenAI caches prompts from this length on, in steps of 128. Source: OpenAI's prompt caching guide. */
const smallestPrefixTokens = 1024;
const stepTokens = 128;
const imageTokens = 1000;

export interface PromptSize {
  readonly messageTokens: number;
  readonly toolTokens: number;
  readonly cachedTokens: number;
}

/** A prompt as a cache reads it: tools first, then what was said. */
export interface PromptParts {
  readonly tools: string;
  readonly messages: string;
}

/**
 * Counts prompts and remembers them, so that usage tells how much of a prompt was seen before: the longest common
 * prefix of tools, output schema and messages with any earlier prompt of the same model and `prompt_cache_key`.
 */
export class PromptCache<Body extends { readonly model: string; readonly [field: string]: unknown }> {
  readonly #memory = new PrefixMemory();
  readonly #parts = new WeakMap<Body, PromptParts>();
  readonly #read: (body: Body) => PromptParts;

  constructor(read: (body: Body) => PromptParts) {
    this.#read = read;
  }

  measure(body: Body): Omit<PromptSize, 'cachedTokens'> {
    const parts = this.#partsOf(body);
    return { messageTokens: tokensOf(parts.messages), toolTokens: tokensOf(parts.tools) };
  }

  /** How much of this prompt is cached; remembers it for the next one. */
  admit(body: Body): PromptSize {
    const parts = this.#partsOf(body);
    const text = parts.tools + parts.messages;
    const place = `${body.model}\0${typeof body.prompt_cache_key === 'string' ? body.prompt_cache_key : ''}`;
    const shared = Math.floor(this.#memory.admit(place, text) / charactersOf(stepTokens)) * stepTokens;
    return { ...this.measure(body), cachedTokens: shared >= smallestPrefixTokens ? shared : 0 };
  }

  #partsOf(body: Body): PromptParts {
    const known = this.#parts.get(body);
    if (known !== undefined) return known;
    const parts = this.#read(body);
    this.#parts.set(body, parts);
    return parts;
  }
}

/** The prompt of a chat. */
export function chatPrompt(body: ChatRequest): PromptParts {
  const tools = JSON.stringify(body.tools ?? []) + JSON.stringify(body.response_format ?? null);
  // Without the closing bracket: a longer conversation then begins with the whole of the shorter one.
  return { tools: tools === '[]null' ? '' : tools, messages: JSON.stringify(body.messages, withoutData).slice(0, -1) };
}

/** For `JSON.stringify`: an image or a file costs by its size in pixels or pages, not by the length of its base64. */
export function withoutData(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !/^data:[^;,]+;base64,/.test(value)) return value;
  return `data:${Bun.hash(value)}`.padEnd(charactersOf(imageTokens), '.');
}
