import { type ReplyWriter, sseFrame } from '../play-reply.ts';
import { tokensOf } from '../prefix-memory.ts';
import type { FinishReason, ReasoningField, Reply, Step, ToolCallStep } from '../script.ts';
import type { PromptSize } from './prompt-cache.ts';

/** What every chunk of one answer repeats. */
export interface Envelope {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly serviceTier: string;
  readonly prompt: PromptSize;
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
}

/** Turns the steps of one answer into the chunks of its stream; remembers what the closing chunks must say. */
export class ChunkWriter implements ReplyWriter {
  readonly #envelope: Envelope;
  #begun = false;
  #finished = false;
  #calls = 0;
  #outputTokens = 0;
  #reasoningTokens = 0;
  #pieces = 0;
  #finish: FinishReason | undefined;
  #usage: Record<string, unknown> | null | undefined;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
  }

  /** The frames of one step; none for a step that only says something about the end. */
  write(step: Step): readonly string[] {
    switch (step.type) {
      case 'say':
        return this.#deltas(step.pieces, (piece) => ({ content: piece }));
      case 'refuse':
        return this.#deltas(step.pieces, (piece) => ({ refusal: piece }));
      case 'think':
        return this.#reasoning(step.field, step.pieces, step.signature);
      case 'call-tool':
        return this.#toolCalls([step]);
      case 'interleave':
        return this.#toolCalls(step.calls);
      case 'delta':
        this.#begun = true;
        if (step.finish !== null) this.#finished = true;
        return [this.#frame(step.delta, step.finish)];
      case 'chunk':
        return [sseFrame(step.chunk)];
      case 'stream-error':
        return [sseFrame(step.body, step.eventName)];
      case 'finish':
        this.#finish = step.reason;
        return [];
      case 'usage':
        this.#usage = step.usage;
        return [];
      default:
        return [];
    }
  }

  /** The finish reason, usage and `[DONE]`. */
  close(): readonly string[] {
    const frames = this.#begin();
    if (!this.#finished) frames.push(this.#frame({}, this.#finish ?? (this.#calls > 0 ? 'tool_calls' : 'stop')));
    const usage = this.usage();
    if (this.#envelope.includeUsage && usage !== null) {
      frames.push(`data: ${JSON.stringify({ ...this.#head(), choices: [], usage, ...this.#padding('') })}\n\n`);
    }
    frames.push('data: [DONE]\n\n');
    return frames;
  }

  usage(): Record<string, unknown> | null {
    if (this.#usage !== undefined) return this.#usage;
    const { messageTokens, toolTokens, cachedTokens } = this.#envelope.prompt;
    const promptTokens = messageTokens + toolTokens;
    return {
      prompt_tokens: promptTokens,
      completion_tokens: this.#outputTokens,
      total_tokens: promptTokens + this.#outputTokens,
      prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: this.#reasoningTokens,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    };
  }

  #begin(): string[] {
    if (this.#begun) return [];
    this.#begun = true;
    return [this.#frame({ role: 'assistant', content: '', refusal: null }, null)];
  }

  #deltas(pieces: readonly string[], shape: (piece: string) => Record<string, unknown>): readonly string[] {
    const frames = this.#begin();
    for (const piece of pieces) {
      this.#outputTokens += tokensOf(piece);
      frames.push(this.#frame(shape(piece), null));
    }
    return frames;
  }

  #reasoning(field: ReasoningField, pieces: readonly string[], signature: string | undefined): readonly string[] {
    for (const piece of pieces) this.#reasoningTokens += tokensOf(piece);
    if (field !== 'reasoning_details') return this.#deltas(pieces, (piece) => ({ [field]: piece }));
    const detail = { type: 'reasoning.text', format: 'unknown', index: 0 };
    const frames = this.#deltas(pieces, (text) => ({ reasoning_details: [{ ...detail, text }] }));
    if (signature === undefined) return frames;
    return [...frames, this.#frame({ reasoning_details: [{ ...detail, signature }] }, null)];
  }

  #toolCalls(steps: readonly ToolCallStep[]): readonly string[] {
    const frames = this.#begin();
    const calls = steps.map((step) => ({ step, index: this.#calls++ }));
    for (const { step, index } of calls) {
      this.#outputTokens += tokensOf(step.name) + 4;
      const id = step.id ?? callId(this.#envelope.id, index);
      const start = { index, id, type: 'function', function: { name: step.name, arguments: '' } };
      frames.push(this.#frame({ tool_calls: [start] }, null));
    }
    const longest = Math.max(0, ...steps.map((step) => step.argumentPieces.length));
    for (let at = 0; at < longest; at += 1) {
      for (const { step, index } of calls) {
        const piece = step.argumentPieces[at];
        if (piece === undefined) continue;
        this.#outputTokens += tokensOf(piece);
        frames.push(this.#frame({ tool_calls: [{ index, function: { arguments: piece } }] }, null));
      }
    }
    return frames;
  }

  #frame(delta: Record<string, unknown>, finish: FinishReason | null): string {
    const choice = { index: 0, delta, logprobs: null, finish_reason: finish };
    const usage = this.#envelope.includeUsage ? { usage: null } : {};
    return `data: ${JSON.stringify({ ...this.#head(), choices: [choice], ...usage, ...this.#padding(JSON.stringify(delta)) })}\n\n`;
  }

  #head(): Record<string, unknown> {
    const { id, created, model, serviceTier } = this.#envelope;
    return {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      service_tier: serviceTier,
      system_fingerprint: 'fp_0000000000',
    };
  }

  /** Random letters in the real API, so that chunk sizes tell nothing of the text. Here only of changing length. */
  #padding(content: string): Record<string, unknown> {
    if (!this.#envelope.includeObfuscation) return {};
    this.#pieces += 1;
    return { obfuscation: 'qZ3vLk8RtW1xYb5NcD7m'.slice(0, 1 + ((content.length + this.#pieces) % 16)) };
  }
}

/** The same reply as one body, for a call without `stream`. */
export function wholeCompletion(reply: Reply, envelope: Envelope): Record<string, unknown> {
  const writer = new ChunkWriter(envelope);
  const message: Record<string, unknown> = { role: 'assistant', content: null, refusal: null, annotations: [] };
  const calls: Record<string, unknown>[] = [];
  let reason: FinishReason | undefined;
  const append = (field: string, text: string) => {
    message[field] = (typeof message[field] === 'string' ? message[field] : '') + text;
  };
  for (const step of reply) {
    writer.write(step);
    if (step.type === 'say') append('content', step.pieces.join(''));
    else if (step.type === 'refuse') append('refusal', step.pieces.join(''));
    else if (step.type === 'finish') reason = step.reason;
    else if (step.type === 'delta') Object.assign(message, step.delta);
    else if (step.type === 'call-tool') calls.push(wholeCall(step, envelope.id, calls.length));
    else if (step.type === 'interleave') {
      for (const call of step.calls) calls.push(wholeCall(call, envelope.id, calls.length));
    } else if (step.type === 'think' && step.field === 'reasoning_details') {
      const detail = { type: 'reasoning.text', format: 'unknown', index: 0, text: step.pieces.join('') };
      message[step.field] = [step.signature === undefined ? detail : { ...detail, signature: step.signature }];
    } else if (step.type === 'think') append(step.field, step.pieces.join(''));
  }
  if (calls.length > 0) message.tool_calls = calls;
  const usage = writer.usage();
  return {
    id: envelope.id,
    object: 'chat.completion',
    created: envelope.created,
    model: envelope.model,
    choices: [
      { index: 0, message, logprobs: null, finish_reason: reason ?? (calls.length > 0 ? 'tool_calls' : 'stop') },
    ],
    ...(usage === null ? {} : { usage }),
    service_tier: envelope.serviceTier,
    system_fingerprint: 'fp_0000000000',
  };
}

function wholeCall(step: ToolCallStep, completionId: string, index: number): Record<string, unknown> {
  const written = { name: step.name, arguments: step.argumentPieces.join('') };
  return { id: step.id ?? callId(completionId, index), type: 'function', function: written };
}

/** New in every answer and the same in every run: conversations must not meet an id twice. */
function callId(completionId: string, index: number): string {
  return `call_${Bun.hash(`${completionId}/${index}`).toString(36).padStart(13, '0')}`;
}
