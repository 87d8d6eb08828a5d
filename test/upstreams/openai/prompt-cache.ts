import { type ChatRequest, isRecord } from './chat-request.ts';

/** OpenAI caches prompts from this length on, in steps of 128. Source: OpenAI's prompt caching guide. */
const smallestPrefixTokens = 1024;
const stepTokens = 128;
const charactersPerToken = 4;
const imageTokens = 1000;
const remembered = 64;

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
  readonly #prompts: { readonly place: string; readonly text: string }[] = [];

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
    let longest = 0;
    for (const prompt of this.#prompts) {
      if (prompt.place === place) longest = Math.max(longest, commonPrefixLength(prompt.text, text));
    }
    this.#prompts.push({ place, text });
    if (this.#prompts.length > remembered) this.#prompts.shift();
    const shared = Math.floor(longest / charactersPerToken / stepTokens) * stepTokens;
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

/** Roughly what a text costs: the fake has no tokenizer. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

function promptParts(body: ChatRequest): PromptParts {
  const tools = JSON.stringify(body.tools ?? []) + JSON.stringify(body.response_format ?? null);
  // Without the closing bracket: a longer conversation then begins with the whole of the shorter one.
  return { tools: tools === '[]null' ? '' : tools, messages: JSON.stringify(body.messages, withoutData).slice(0, -1) };
}

/** An image costs by its size in pixels, not by the length of its base64. */
function withoutData(_key: string, value: unknown): unknown {
  if (!isRecord(value) || typeof value.url !== 'string' || !value.url.startsWith('data:')) return value;
  return { ...value, url: `data:${Bun.hash(value.url)}`.padEnd(imageTokens * charactersPerToken, '.') };
}

function commonPrefixLength(first: string, second: string): number {
  let low = 0;
  let high = Math.min(first.length, second.length);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (first.startsWith(second.slice(low, middle), low)) low = middle;
    else high = middle - 1;
  }
  return low;
}
