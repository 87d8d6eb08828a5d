import { isRecord } from '../json.ts';
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

interface PromptParts {
  readonly tools: string;
  readonly messages: string;
}

/**
 * Counts prompts and remembers them, so that usage tells how much of a prompt was seen before: the longest common
 * prefix of tools, output schema and messages with any earlier prompt of the same model and `prompt_cache_key`.
 */
export class PromptCache {
  readonly #memory = new PrefixMemory();
  readonly #parts = new WeakMap<ChatRequest, PromptParts>();

  measure(body: ChatRequest): Omit<PromptSize, 'cachedTokens'> {
    const parts = this.#partsOf(body);
    return { messageTokens: tokensOf(parts.messages), toolTokens: tokensOf(parts.tools) };
  }

  /** How much of this prompt is cached; remembers it for the next one. */
  admit(body: ChatRequest): PromptSize {
    const parts = this.#partsOf(body);
    const text = parts.tools + parts.messages;
    const place = `${body.model}\0${typeof body.prompt_cache_key === 'string' ? body.prompt_cache_key : ''}`;
    const shared = Math.floor(this.#memory.admit(place, text) / charactersOf(stepTokens)) * stepTokens;
    return { ...this.measure(body), cachedTokens: shared >= smallestPrefixTokens ? shared : 0 };
  }

  #partsOf(body: ChatRequest): PromptParts {
    const known = this.#parts.get(body);
    if (known !== undefined) return known;
    const parts = promptParts(body);
    this.#parts.set(body, parts);
    return parts;
  }
}

function promptParts(body: ChatRequest): PromptParts {
  const tools = JSON.stringify(body.tools ?? []) + JSON.stringify(body.response_format ?? null);
  // Without the closing bracket: a longer conversation then begins with the whole of the shorter one.
  return { tools: tools === '[]null' ? '' : tools, messages: JSON.stringify(body.messages, withoutData).slice(0, -1) };
}

/** An image costs by its size in pixels, not by the length of its base64. */
function withoutData(_key: string, value: unknown): unknown {
  if (!isRecord(value) || typeof value.url !== 'string' || !value.url.startsWith('data:')) return value;
  return { ...value, url: `data:${Bun.hash(value.url)}`.padEnd(charactersOf(imageTokens), '.') };
}
