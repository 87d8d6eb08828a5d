import { isRecord } from '../json.ts';
import { tokensOf } from '../prefix-memory.ts';
import type { FinishReason, Reply, Step, ToolCallStep } from '../script.ts';
import type { Part, Platform } from './gemini-request.ts';
import { type Grounding, groundingMetadata } from './grounding.ts';
import type { ModelFamily } from './models.ts';
import type { PromptSize } from './prompt-size.ts';
import type { Signatures, Signed } from './signatures.ts';
import { pieceCall } from './streamed-arguments.ts';

/** How the answers look where the real API has been seen to do one or the other. */
export interface AnswerStyle {
  /** Where the signature of an answer's text stands: on a last part without text, on the last or first piece of it, nowhere. */
  readonly textSignature: 'own-part' | 'last-piece' | 'first-piece' | 'none';
  /** Whether a call carries its signature itself, or the thought before it does. */
  readonly callSignature: 'call' | 'thought';
  /** Vertex AI: arguments in pieces, as if `streamFunctionCallArguments` had been asked for. */
  readonly streamArguments: boolean;
}

/** What all chunks of one answer have in common. */
export interface Envelope {
  readonly platform: Platform;
  readonly model: string;
  readonly family: ModelFamily;
  readonly responseId: string;
  readonly createTime: string;
  readonly prompt: PromptSize;
  readonly style: AnswerStyle;
  readonly includeThoughts: boolean;
  readonly mayRunSearch: boolean;
  /** Whether the calls of Google's own tools are shown, to be sent back as they came. */
  readonly showsServerTools: boolean;
  /** Whether the answer goes out in one piece. */
  readonly isWhole: boolean;
  readonly signatures: Signatures;
}

type Chunk = Record<string, unknown>;
type CandidatePart = Part & Readonly<Record<string, unknown>>;

const finishWords: Readonly<Record<string, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
};

/** Turns the steps of one answer into GenerateContentResponses; remembers what the closing ones must say. */
export class AnswerChunks {
  readonly #envelope: Envelope;
  #text = '';
  /** The visible text since the last thought that was shown. */
  #tail = '';
  #thought = '';
  #calls = 0;
  #signedCall = false;
  #finished = false;
  #blocked = false;
  #textTokens = 0;
  #thoughtTokens = 0;
  #finish: FinishReason | undefined;
  #finishMessage: string | undefined;
  #usage: Chunk | null | undefined;
  readonly #searches: Grounding['searches'][number][] = [];
  readonly #grounded: { text: string; results: number }[] = [];

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
  }

  /** The chunks of one step; none for a step that only says something about the end. */
  write(step: Step): readonly Chunk[] {
    switch (step.type) {
      case 'say':
        return this.#say(step.pieces);
      case 'think':
        return this.#think(step.pieces);
      case 'call-tool':
        return this.#callTools([step]);
      case 'interleave':
        return this.#callTools(step.calls);
      case 'search':
        return this.#search(step);
      case 'refuse':
        this.#finish = 'content_filter';
        this.#finishMessage = step.pieces.join('');
        return [];
      case 'block':
        return [this.#block(step.reason, step.message)];
      case 'delta':
        if (step.finish !== null) this.#finished = true;
        return [this.#chunk([step.delta], step.finish === null ? {} : { finishReason: wordOf(step.finish) })];
      case 'chunk':
        return [step.chunk];
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

  /** The finish reason, and usage where it has not been told all along. */
  close(): readonly Chunk[] {
    if (this.#finished || this.#blocked) return [];
    const parts: CandidatePart[] = [];
    const isSigned = this.#calls === 0 && this.#text !== '' && this.#envelope.style.textSignature === 'own-part';
    if (isSigned && this.#signsText()) {
      const behind = this.#tail;
      // Vertex AI takes no empty text: there the signature can only come back on the text that it was for.
      const isMerged = this.#envelope.isWhole || this.#envelope.platform === 'vertex';
      const texts = isMerged ? ['', behind] : [''];
      parts.push({ text: '', thoughtSignature: this.#sign({ on: 'text', texts, behind }) });
    }
    const isCall = this.#calls > 0 && this.#finish === undefined;
    const message = this.#finishMessage ?? (isCall ? 'Model generated function call(s).' : undefined);
    const end = {
      finishReason: wordOf(this.#finish ?? 'stop'),
      ...(message === undefined ? {} : { finishMessage: message }),
      ...this.#grounding(),
    };
    return [this.#chunk(parts, end)];
  }

  #say(pieces: readonly string[]): readonly Chunk[] {
    this.#leaveThought();
    const { textSignature } = this.#envelope.style;
    const isFirst = this.#text === '';
    if (this.#searches.length > 0) {
      const results = this.#searches.reduce((sum, search) => sum + search.results.length, 0);
      this.#grounded.push({ text: pieces.join(''), results });
    }
    return pieces.map((piece, index) => {
      this.#textTokens += tokensOf(piece);
      this.#text += piece;
      this.#tail += piece;
      const isSigned =
        (textSignature === 'first-piece' && isFirst && index === 0) ||
        (textSignature === 'last-piece' && index === pieces.length - 1);
      if (!isSigned || !this.#signsText()) return this.#chunk([{ text: piece }]);
      return this.#chunk([{ text: piece, thoughtSignature: this.#sign({ on: 'text', texts: [piece] }) }]);
    });
  }

  #think(pieces: readonly string[]): readonly Chunk[] {
    const chunks: Chunk[] = [];
    for (const [index, piece] of pieces.entries()) {
      this.#thoughtTokens += tokensOf(piece);
      this.#thought += piece;
      this.#envelope.signatures.noteThought(piece);
      if (!this.#envelope.includeThoughts) continue;
      this.#tail = '';
      const isLast = index === pieces.length - 1;
      const part = { text: piece, thought: true };
      if (!isLast || this.#envelope.style.callSignature === 'call') chunks.push(this.#chunk([part]));
      else {
        this.#signedCall = true;
        const thoughtSignature = this.#sign({ on: 'thought', texts: [piece, this.#thought] });
        chunks.push(this.#chunk([{ ...part, thoughtSignature }]));
      }
    }
    this.#envelope.signatures.noteThought(this.#thought);
    return chunks;
  }

  /** All calls of a step come at once, each as a part; the first of the answer is signed. */
  #callTools(steps: readonly ToolCallStep[]): readonly Chunk[] {
    this.#leaveThought();
    const parts: CandidatePart[] = [];
    for (const step of steps) {
      const written = step.argumentPieces.join('');
      const args = argumentsOf(written);
      if (args === undefined) {
        this.#finish = 'MALFORMED_FUNCTION_CALL';
        this.#finishMessage = `Malformed function call: print(default_api.${step.name}(${written}))`;
        break;
      }
      this.#textTokens += tokensOf(written);
      parts.push(this.#call(step, args));
      this.#calls += 1;
    }
    if (parts.length === 0) return [];
    const { platform, style } = this.#envelope;
    if (platform !== 'vertex' || !style.streamArguments) return [this.#chunk(parts)];
    return parts.flatMap((part) => pieceCall(part).map((piece) => this.#chunk([piece])));
  }

  #call(step: ToolCallStep, args: Chunk): CandidatePart {
    const { platform, family, responseId } = this.#envelope;
    const made = Bun.hash(`${responseId}/${this.#calls}`).toString(36).slice(0, 8);
    const id = platform === 'ai-studio' && family.callIds ? (step.id ?? made) : undefined;
    const call = { name: step.name, args, ...(id === undefined ? {} : { id }) };
    if (this.#signedCall) return { functionCall: call };
    this.#signedCall = true;
    return { functionCall: call, thoughtSignature: this.#sign({ on: 'call', name: step.name, args, id }) };
  }

  #search({ query, results }: Extract<Step, { type: 'search' }>): readonly Chunk[] {
    if (!this.#envelope.mayRunSearch) throw new Error('The script searches, but the request offers no googleSearch.');
    this.#leaveThought();
    this.#searches.push({ query, results });
    if (!this.#envelope.showsServerTools) return [];
    const ran = { id: `search-${this.#searches.length}`, toolType: 'GOOGLE_SEARCH_WEB' };
    const toolCall = { ...ran, args: { queries: [query] } };
    const toolResponse = { ...ran, response: { search_suggestions: '<div></div>' } };
    const thoughtSignature = this.#sign({ on: 'toolCall', part: toolCall });
    return [this.#chunk([{ toolCall, thoughtSignature }]), this.#chunk([{ toolResponse }])];
  }

  #grounding(): Chunk {
    if (this.#searches.length === 0) return {};
    const { platform } = this.#envelope;
    const grounding = { searches: this.#searches, grounded: this.#grounded, text: this.#text, platform };
    return { groundingMetadata: groundingMetadata(grounding) };
  }

  #block(blockReason: string, message: string | undefined): Chunk {
    this.#blocked = true;
    const isTold = message !== undefined && this.#envelope.platform === 'vertex';
    const promptFeedback = { blockReason, ...(isTold ? { blockReasonMessage: message } : {}) };
    return { promptFeedback, ...this.#usageOf(true), ...this.#head() };
  }

  #leaveThought(): void {
    this.#thought = '';
  }

  #signsText(): boolean {
    const { family, style } = this.#envelope;
    return style.textSignature !== 'none' && family.thinking.by !== 'nothing';
  }

  #sign(signed: Signed): string {
    return this.#envelope.signatures.issue(this.#envelope.family, signed);
  }

  #chunk(parts: readonly Readonly<Record<string, unknown>>[], end: Chunk = {}): Chunk {
    const isEnd = end.finishReason !== undefined;
    if (isEnd) this.#finished = true;
    // Real last chunks without anything to say come with an empty text, or on Vertex AI without parts.
    const filled = parts.length > 0 || this.#envelope.platform === 'vertex' ? parts : [{ text: '' }];
    const content = { ...(filled.length > 0 ? { parts: filled } : {}), role: 'model' };
    return { candidates: [{ content, ...end, index: 0 }], ...this.#usageOf(isEnd), ...this.#head() };
  }

  /** AI Studio counts in every chunk, Vertex AI in the last one. */
  #usageOf(isLast: boolean): Chunk {
    if (this.#usage === null) return {};
    if (this.#usage !== undefined && isLast) return { usageMetadata: this.#usage };
    const { platform, prompt } = this.#envelope;
    const traffic = platform === 'vertex' ? { trafficType: 'ON_DEMAND' } : {};
    if (platform === 'vertex' && !isLast) return { usageMetadata: traffic };
    const text = (tokenCount: number) => [{ modality: 'TEXT', tokenCount }];
    const cached = prompt.cachedTokens;
    return {
      usageMetadata: {
        promptTokenCount: prompt.promptTokens,
        ...(this.#textTokens > 0 ? { candidatesTokenCount: this.#textTokens } : {}),
        totalTokenCount: prompt.promptTokens + this.#textTokens + this.#thoughtTokens,
        ...(cached > 0 ? { cachedContentTokenCount: cached, cacheTokensDetails: text(cached) } : {}),
        promptTokensDetails: text(prompt.promptTokens),
        ...(platform === 'vertex' && this.#textTokens > 0 ? { candidatesTokensDetails: text(this.#textTokens) } : {}),
        ...(this.#thoughtTokens > 0 ? { thoughtsTokenCount: this.#thoughtTokens } : {}),
        ...traffic,
      },
    };
  }

  #head(): Chunk {
    const { model, responseId, platform, createTime } = this.#envelope;
    return { modelVersion: model, ...(platform === 'vertex' ? { createTime } : {}), responseId };
  }
}

/** The same reply as one body, for `generateContent`. */
export function wholeAnswer(reply: Reply, envelope: Envelope): Chunk {
  const style = { ...envelope.style, streamArguments: false };
  const chunks = new AnswerChunks({ ...envelope, style });
  const merged: Chunk[] = reply.map((step) => joined(step)).flatMap((step) => chunks.write(step));
  merged.push(...chunks.close());
  const parts: Chunk[] = [];
  let candidate: Chunk = {};
  for (const chunk of merged) {
    const [one]: unknown[] = Array.isArray(chunk.candidates) ? chunk.candidates : [];
    if (!isRecord(one)) continue;
    candidate = { ...candidate, ...one };
    const content = isRecord(one.content) ? one.content : {};
    for (const part of Array.isArray(content.parts) ? content.parts : []) if (isRecord(part)) append(parts, part);
  }
  const last = merged.at(-1) ?? {};
  if (last.candidates === undefined) return last;
  return { ...last, candidates: [{ ...candidate, content: { parts, role: 'model' } }] };
}

/** A step whose text comes in one piece. */
function joined(step: Step): Step {
  if (step.type !== 'say' && step.type !== 'think' && step.type !== 'refuse') return step;
  return { ...step, pieces: [step.pieces.join('')] };
}

/** In a whole answer a part that says nothing is not there; its signature stands on the text before it. */
function append(parts: Chunk[], part: Chunk): void {
  const last = parts.at(-1);
  if (part.text !== '' || last?.text === undefined) {
    if (part.text !== '') parts.push(part);
  } else if (part.thoughtSignature !== undefined) last.thoughtSignature = part.thoughtSignature;
}

function wordOf(reason: FinishReason): string {
  return finishWords[reason] ?? reason;
}

function argumentsOf(text: string): Chunk | undefined {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
