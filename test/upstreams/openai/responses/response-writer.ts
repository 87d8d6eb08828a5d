import { type ReplyWriter, sseFrame } from '../../play-reply.ts';
import { tokensOf } from '../../prefix-memory.ts';
import type { Reply, SearchResult, Step, ToolCallStep } from '../../script.ts';
import type { PromptSize } from '../prompt-cache.ts';
import type { OutputItem } from './reasoning-memory.ts';
import { responseObject } from './response-object.ts';
import type { ResponsesRequest } from './responses-request.ts';

/** What one answer is made of beside its script. */
export interface ResponseEnvelope {
  readonly id: string;
  readonly createdAt: number;
  readonly body: ResponsesRequest;
  readonly prompt: PromptSize;
  /** Whether the model reasons, by what it is and by the effort asked for. */
  readonly reasons: boolean;
  readonly showsSummaries: boolean;
  readonly includesEncrypted: boolean;
  readonly includesSources: boolean;
  readonly includesObfuscation: boolean;
  readonly hasPhases: boolean;
}

type Item = Record<string, unknown>;

/** A message that is being written: its text parts so far. */
interface OpenMessage {
  readonly item: Item;
  readonly parts: Item[];
}

/** Turns the steps of one answer into the events of its stream; keeps the items for the closing event. */
export class ResponseWriter implements ReplyWriter {
  readonly #envelope: ResponseEnvelope;
  readonly #finish: string | undefined;
  readonly #steps: Reply;
  readonly #output: Item[] = [];
  readonly #done: Item[] = [];
  #at = 0;
  #begun = false;
  #events = 0;
  #message: OpenMessage | undefined;
  #found: readonly SearchResult[] = [];
  #outputTokens = 0;
  #reasoningTokens = 0;
  #usage: Record<string, unknown> | null | undefined;

  constructor(reply: Reply, envelope: ResponseEnvelope) {
    this.#envelope = envelope;
    this.#steps = reply;
    this.#finish = reply.find((step) => step.type === 'finish')?.reason;
  }

  /** The items that are complete, as they stood in their `output_item.done`. */
  get done(): readonly OutputItem[] {
    return this.#done;
  }

  write(step: Step): readonly string[] {
    this.#at += 1;
    switch (step.type) {
      case 'say':
        return [...this.#begin(), ...this.#text('output_text', step.pieces)];
      case 'refuse':
        return [...this.#begin(), ...this.#text('refusal', step.pieces)];
      case 'think':
        return this.#envelope.reasons
          ? [...this.#begin(), ...this.#closeMessage(), ...this.#reasoning(step.pieces)]
          : [];
      case 'call-tool':
        return [...this.#begin(), ...this.#closeMessage(), ...this.#calls([step])];
      case 'interleave':
        return [...this.#begin(), ...this.#closeMessage(), ...this.#calls(step.calls)];
      case 'search':
        return [...this.#begin(), ...this.#closeMessage(), ...this.#search(step.query, step.results)];
      case 'delta':
        return [...this.#begin(), ...this.#closeMessage(), ...this.#given(step.delta)];
      case 'chunk':
        return [sseFrame(step.chunk, String(step.chunk.type))];
      case 'stream-error':
        return [sseFrame(step.body, step.eventName ?? 'error')];
      case 'usage':
        this.#usage = step.usage;
        return [];
      default:
        return [];
    }
  }

  /** The event that says how it ended. */
  close(): readonly string[] {
    const frames = [...this.#begin(), ...this.#closeMessage(this.#cut())];
    const response = this.response();
    return [...frames, this.#event(`response.${String(response.status)}`, { response })];
  }

  /** The answer as one object, as far as it has been written. */
  response(): Item {
    const status = this.#cut() ? 'incomplete' : this.#finish === 'failed' ? 'failed' : 'completed';
    const reason = this.#finish === 'content_filter' ? 'content_filter' : 'max_output_tokens';
    return {
      ...this.#state(status),
      completed_at: status === 'completed' ? this.#envelope.createdAt + 1 : null,
      error: status === 'failed' ? { code: 'server_error', message: 'The server had an error.' } : null,
      incomplete_details: status === 'incomplete' ? { reason } : null,
      output: this.#output,
      usage: this.usage(),
    };
  }

  usage(): Record<string, unknown> | null {
    if (this.#usage !== undefined) return this.#usage;
    const { messageTokens, toolTokens, cachedTokens } = this.#envelope.prompt;
    const input = messageTokens + toolTokens;
    return {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
      output_tokens: this.#outputTokens + this.#reasoningTokens,
      output_tokens_details: { reasoning_tokens: this.#reasoningTokens },
      total_tokens: input + this.#outputTokens + this.#reasoningTokens,
    };
  }

  #begin(): readonly string[] {
    if (this.#begun) return [];
    this.#begun = true;
    const response = this.#state('in_progress');
    return [this.#event('response.created', { response }), this.#event('response.in_progress', { response })];
  }

  #state(status: string): Item {
    const { id, createdAt, body } = this.#envelope;
    return responseObject(id, createdAt, body, status);
  }

  #reasoning(pieces: readonly string[]): readonly string[] {
    const { includesEncrypted, showsSummaries } = this.#envelope;
    const text = pieces.join('');
    const id = this.#idOf('rs');
    const encrypted = (part: string) =>
      includesEncrypted ? { encrypted_content: encryptedContent(`${id}/${text}/${part}`) } : {};
    const item: Item = { id, type: 'reasoning', summary: [], ...encrypted('begun') };
    const at = this.#open(item);
    const frames = [this.#event('response.output_item.added', { output_index: at, item: { ...item } })];
    this.#reasoningTokens += tokensOf(text);
    const parts = showsSummaries && text !== '' ? partsOf(pieces) : [];
    const summary: Item[] = [];
    for (const [index, part] of parts.entries()) {
      const place = { item_id: id, output_index: at, summary_index: index };
      const whole = part.join('');
      const shown = (words: string) => ({ type: 'summary_text', text: words });
      frames.push(this.#event('response.reasoning_summary_part.added', { ...place, part: shown('') }));
      for (const piece of part) {
        frames.push(this.#delta('response.reasoning_summary_text.delta', place, piece));
      }
      frames.push(this.#event('response.reasoning_summary_text.done', { ...place, text: whole }));
      frames.push(this.#event('response.reasoning_summary_part.done', { ...place, part: shown(whole) }));
      summary.push(shown(whole));
    }
    // Only now is the ciphertext final.
    return [...frames, this.#finishItem(at, { ...item, summary, ...encrypted('whole') })];
  }

  #text(type: 'output_text' | 'refusal', pieces: readonly string[]): readonly string[] {
    const frames: string[] = [];
    const message = this.#message ?? this.#openMessage(frames);
    const at = this.#output.indexOf(message.item);
    if (message.parts.at(-1)?.type !== type) {
      frames.push(...this.#closePart());
      const part = type === 'refusal' ? { type, refusal: '' } : { type, text: '', annotations: [], logprobs: [] };
      message.parts.push(part);
      frames.push(this.#event('response.content_part.added', { ...this.#partPlace(message, at), part: { ...part } }));
    }
    const part = message.parts.at(-1) ?? {};
    const field = type === 'refusal' ? 'refusal' : 'text';
    const begin = String(part[field]).length;
    for (const piece of pieces) {
      this.#outputTokens += tokensOf(piece);
      part[field] = String(part[field]) + piece;
      const more = type === 'refusal' ? {} : { logprobs: [] };
      frames.push(this.#delta(`response.${type}.delta`, { ...this.#partPlace(message, at), ...more }, piece));
    }
    if (type === 'output_text') frames.push(...this.#citations(part, begin, message, at));
    return frames;
  }

  #openMessage(frames: string[]): OpenMessage {
    const phase = this.#envelope.hasPhases ? { phase: this.#callsFollow() ? 'commentary' : 'final_answer' } : {};
    const item: Item = {
      id: this.#idOf('msg'),
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
      content: [],
      ...phase,
    };
    const at = this.#open(item);
    frames.push(this.#event('response.output_item.added', { output_index: at, item: { ...item } }));
    const message = { item, parts: [] };
    this.#message = message;
    return message;
  }

  #closePart(): readonly string[] {
    const message = this.#message;
    const part = message?.parts.at(-1);
    if (message === undefined || part === undefined) return [];
    const place = this.#partPlace(message, this.#output.indexOf(message.item));
    const { type } = part;
    const whole = type === 'refusal' ? { refusal: part.refusal } : { text: part.text, logprobs: [] };
    return [
      this.#event(`response.${String(type)}.done`, { ...place, ...whole }),
      this.#event('response.content_part.done', { ...place, part: { ...part } }),
    ];
  }

  #closeMessage(isCut = false): readonly string[] {
    const message = this.#message;
    if (message === undefined) return [];
    const frames = this.#closePart();
    this.#message = undefined;
    const at = this.#output.indexOf(message.item);
    const status = isCut ? 'incomplete' : 'completed';
    return [...frames, this.#finishItem(at, { ...message.item, status, content: message.parts })];
  }

  #partPlace({ item, parts }: OpenMessage, at: number): Item {
    return { item_id: item.id, output_index: at, content_index: parts.length - 1 };
  }

  /** What was found before is cited where its title is named, else over the whole of what was just said. */
  #citations(part: Item, begin: number, message: OpenMessage, at: number): readonly string[] {
    const text = String(part.text);
    const annotations = part.annotations;
    if (!Array.isArray(annotations)) return [];
    const frames = this.#found.map(({ title, url }) => {
      const named = text.indexOf(title, begin);
      const [start, end] = named === -1 ? [begin, text.length] : [named, named + title.length];
      const annotation = { type: 'url_citation', start_index: start, end_index: end, url, title };
      annotations.push(annotation);
      const place = { ...this.#partPlace(message, at), annotation_index: annotations.length - 1 };
      return this.#event('response.output_text.annotation.added', { ...place, annotation });
    });
    this.#found = [];
    return frames;
  }

  #calls(steps: readonly ToolCallStep[]): readonly string[] {
    const calls = steps.map((step) => {
      const id = this.#idOf('fc');
      const callId = step.id ?? `call_${Bun.hash(`${this.#envelope.id}/${id}`).toString(36).padStart(13, '0')}`;
      const item: Item = {
        id,
        type: 'function_call',
        status: 'in_progress',
        arguments: '',
        call_id: callId,
        name: step.name,
      };
      return { step, item, at: this.#open(item) };
    });
    const frames = calls.map(({ item, at }) =>
      this.#event('response.output_item.added', { output_index: at, item: { ...item } }),
    );
    const longest = Math.max(0, ...steps.map((step) => step.argumentPieces.length));
    for (let piece = 0; piece < longest; piece += 1) {
      for (const { step, item, at } of calls) {
        const words = step.argumentPieces[piece];
        if (words === undefined) continue;
        this.#outputTokens += tokensOf(words);
        frames.push(
          this.#delta('response.function_call_arguments.delta', { item_id: item.id, output_index: at }, words),
        );
      }
    }
    const isCut = this.#cut() && this.#isLast();
    for (const { step, item, at } of calls) {
      this.#outputTokens += tokensOf(step.name) + 4;
      const whole = step.argumentPieces.join('');
      const place = { item_id: item.id, output_index: at };
      if (!isCut) frames.push(this.#event('response.function_call_arguments.done', { ...place, arguments: whole }));
      const status = isCut ? 'incomplete' : 'completed';
      frames.push(this.#finishItem(at, { ...item, arguments: whole, status }));
    }
    return frames;
  }

  #search(query: string, results: readonly SearchResult[]): readonly string[] {
    const id = this.#idOf('ws');
    const sources = results.map(({ url }) => ({ type: 'url', url }));
    const action = { type: 'search', query, queries: [query], ...(this.#envelope.includesSources ? { sources } : {}) };
    const item: Item = { id, type: 'web_search_call', status: 'in_progress' };
    const at = this.#open(item);
    const place = { item_id: id, output_index: at };
    this.#found = [...this.#found, ...results];
    return [
      this.#event('response.output_item.added', { output_index: at, item: { ...item } }),
      this.#event('response.web_search_call.in_progress', place),
      this.#event('response.web_search_call.searching', place),
      this.#event('response.web_search_call.completed', place),
      this.#finishItem(at, { ...item, status: 'completed', action }),
    ];
  }

  #given(item: Item): readonly string[] {
    const at = this.#open(item);
    return [this.#event('response.output_item.added', { output_index: at, item }), this.#finishItem(at, item)];
  }

  #open(item: Item): number {
    return this.#output.push(item) - 1;
  }

  #finishItem(at: number, item: Item): string {
    this.#output[at] = item;
    this.#done.push(item);
    return this.#event('response.output_item.done', { output_index: at, item });
  }

  #idOf(kind: string): string {
    const seed = `${this.#envelope.id}/${this.#output.length}/${kind}`;
    return `${kind}_${Bun.hash(seed).toString(16).padStart(16, '0').repeat(3)}`;
  }

  #cut(): boolean {
    return this.#finish === 'length' || this.#finish === 'content_filter';
  }

  /** Whether nothing visible comes behind the step being written. */
  #isLast(): boolean {
    return !this.#steps.slice(this.#at).some(({ type }) => type !== 'finish' && type !== 'usage' && type !== 'wait');
  }

  #callsFollow(): boolean {
    return this.#steps.slice(this.#at).some(({ type }) => type === 'call-tool' || type === 'interleave');
  }

  #delta(type: string, place: Item, delta: string): string {
    // Random letters in the real API, so that the sizes of events tell nothing of the text.
    const obfuscation = 'qZ3vLk8RtW1xYb5NcD7m'.slice(0, 1 + ((delta.length + this.#events) % 16));
    return this.#event(type, { ...place, delta, ...(this.#envelope.includesObfuscation ? { obfuscation } : {}) });
  }

  #event(type: string, fields: Item): string {
    return sseFrame({ type, sequence_number: this.#events++, ...fields }, type);
  }
}

/** Pieces of a summary, cut into parts at blank lines. */
function partsOf(pieces: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const piece of pieces) {
    for (const [index, words] of piece.split('\n\n').entries()) {
      if (index > 0) parts.push([]);
      if (words !== '') parts.at(-1)?.push(words);
    }
  }
  return parts.filter((part) => part.length > 0);
}

/** Looks like the real one; the same in every run. */
function encryptedContent(seed: string): string {
  const words = Array.from({ length: 8 }, (_, index) => Bun.hash(`${seed}/${index}`).toString(36));
  return `gAAAAAB${words.join('_').padEnd(110, '-')}=`;
}
