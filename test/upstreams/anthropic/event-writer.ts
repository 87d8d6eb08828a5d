import { type ReplyWriter, sseFrame } from '../play-reply.ts';
import { tokensOf } from '../prefix-memory.ts';
import type { Reply, Step } from '../script.ts';
import { type AnswerBlock, blocksOfStep } from './answer-blocks.ts';
import type { PromptSize } from './prompt-cache.ts';

/** What one answer knows beside its script. */
export interface Envelope {
  readonly id: string;
  readonly model: string;
  readonly prompt: PromptSize;
  readonly showsThinking: boolean;
}

/** Turns the steps of one answer into the events of its stream; remembers what the closing events must say. */
export class EventWriter implements ReplyWriter {
  readonly #envelope: Envelope;
  readonly #ending: Ending;
  #begun = false;
  #blocks = 0;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
    this.#ending = new Ending(envelope);
  }

  write(step: Step): readonly string[] {
    switch (step.type) {
      case 'chunk':
        return [...this.#begin(), ...this.#event(step.chunk)];
      case 'stream-error':
        return [...this.#begin(), sseFrame(step.body, step.eventName ?? 'error')];
      case 'delta':
        throw new Error('Anthropic has no deltas outside a block: write the whole event as a chunk.');
      default:
        return this.#blocksOf(step);
    }
  }

  close(): readonly string[] {
    const { reason, sequence, details } = this.#ending.stop();
    const delta = { stop_reason: reason, stop_sequence: sequence, stop_details: details, container: null };
    return [
      ...this.#begin(),
      ...this.#event({ type: 'message_delta', delta, usage: this.#ending.usage() }),
      ...this.#event({ type: 'message_stop' }),
    ];
  }

  #blocksOf(step: Step): readonly string[] {
    const frames: string[] = [];
    for (const block of this.#ending.note(step)) {
      const index = this.#blocks++;
      frames.push(...this.#begin(), ...this.#event({ type: 'content_block_start', index, content_block: block.start }));
      if (index === 0) frames.push(...this.#event({ type: 'ping' }));
      for (const delta of block.deltas) frames.push(...this.#event({ type: 'content_block_delta', index, delta }));
      frames.push(...this.#event({ type: 'content_block_stop', index }));
    }
    return frames;
  }

  #begin(): readonly string[] {
    if (this.#begun) return [];
    this.#begun = true;
    return this.#event({ type: 'message_start', message: startedMessage(this.#envelope) });
  }

  #event(event: Readonly<Record<string, unknown>>): readonly string[] {
    return [sseFrame(event, String(event.type))];
  }
}

/** The same reply as one body, for a call without `stream`. */
export function wholeMessage(reply: Reply, envelope: Envelope): Record<string, unknown> {
  const ending = new Ending(envelope);
  const content = reply.flatMap((step) => ending.note(step)).map(({ whole }) => whole);
  const { reason, sequence, details } = ending.stop();
  return {
    ...startedMessage(envelope),
    content,
    stop_reason: reason,
    stop_sequence: sequence,
    stop_details: details,
    usage: { ...promptUsage(envelope.prompt), ...ending.usage() },
  };
}

/** What the end of an answer says: why it ended, and what it used. */
class Ending {
  readonly #envelope: Envelope;
  #given: string | undefined;
  #calls = 0;
  #ids = 0;
  #refused: string | undefined;
  #outputTokens = 0;
  #thinkingTokens = 0;
  #searches = 0;
  #usage: Record<string, unknown> | null = {};

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
  }

  note(step: Step): readonly AnswerBlock[] {
    if (step.type === 'finish') this.#given = step.reason;
    if (step.type === 'usage') this.#usage = step.usage;
    if (step.type === 'refuse') this.#refused = step.pieces.join('');
    if (step.type === 'search') this.#searches += 1;
    const { showsThinking } = this.#envelope;
    const blocks = blocksOfStep(step, { newId: (prefix) => this.#newId(prefix), showsThinking });
    for (const { whole } of blocks) {
      const tokens = tokensOf(JSON.stringify(whole));
      this.#outputTokens += tokens;
      if (whole.type === 'thinking') this.#thinkingTokens += tokens;
      if (whole.type === 'tool_use') this.#calls += 1;
    }
    return blocks;
  }

  stop(): { reason: string; sequence: string | null; details: unknown } {
    const reason = this.#given ?? (this.#refused !== undefined ? 'refusal' : this.#calls > 0 ? 'tool_use' : 'end_turn');
    const explained = { type: 'refusal', category: null, explanation: this.#refused ?? null };
    return { reason, sequence: null, details: reason === 'refusal' ? explained : null };
  }

  /** As the last event says it, which counts the whole answer. */
  usage(): Record<string, unknown> {
    const { prompt } = this.#envelope;
    return {
      input_tokens: prompt.freshTokens,
      cache_creation_input_tokens: prompt.writtenTokens,
      cache_read_input_tokens: prompt.readTokens,
      output_tokens: this.#outputTokens,
      output_tokens_details: { thinking_tokens: this.#thinkingTokens },
      ...(this.#searches === 0
        ? {}
        : { server_tool_use: { web_search_requests: this.#searches, web_fetch_requests: 0 } }),
      ...this.#usage,
    };
  }

  /** New in every answer and the same in every run: conversations must not meet an id twice. */
  #newId(prefix: string): string {
    this.#ids += 1;
    const digits = Bun.hash(`${this.#envelope.id}/${this.#ids}`).toString(36);
    return `${prefix}01${digits.padStart(22, 'A').slice(-22)}`;
  }
}

function startedMessage({ id, model, prompt }: Envelope): Record<string, unknown> {
  return {
    model,
    id,
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: { ...promptUsage(prompt), output_tokens: 1 },
  };
}

function promptUsage({ freshTokens, readTokens, writtenTokens }: PromptSize): Record<string, unknown> {
  return {
    input_tokens: freshTokens,
    cache_creation_input_tokens: writtenTokens,
    cache_read_input_tokens: readTokens,
    cache_creation: { ephemeral_5m_input_tokens: writtenTokens, ephemeral_1h_input_tokens: 0 },
    service_tier: 'standard',
    inference_geo: 'not_available',
  };
}
