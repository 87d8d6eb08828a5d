/** What a script is asked: the request, and how many calls came before it. */
export interface Call<Body> {
  readonly body: Body;
  /** The body as it came. */
  readonly text: string;
  readonly headers: Headers;
  /** 0 for the first call of this fake. */
  readonly index: number;
}

/** Plays the model: one reply for each call that the rules let through. */
export type Script<Body> = (call: Call<Body>) => Reply | Promise<Reply>;
export type Reply = readonly Step[];

export type ReasoningField = 'reasoning_content' | 'reasoning' | 'reasoning_details';
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call' | (string & {});

export interface ToolCallStep {
  readonly type: 'call-tool';
  /** Made from the answer's id when undefined, so that it is new in its conversation. */
  readonly id: string | undefined;
  readonly name: string;
  readonly argumentPieces: readonly string[];
}

export interface SearchResult {
  readonly title: string;
  readonly url: string;
}

export type Step =
  | { readonly type: 'say' | 'refuse'; readonly pieces: readonly string[] }
  | {
      readonly type: 'think';
      readonly field: ReasoningField;
      readonly pieces: readonly string[];
      readonly signature: string | undefined;
    }
  | ToolCallStep
  | { readonly type: 'interleave'; readonly calls: readonly ToolCallStep[] }
  | { readonly type: 'search'; readonly query: string; readonly results: readonly SearchResult[] }
  | { readonly type: 'block'; readonly reason: string; readonly message: string | undefined }
  | { readonly type: 'delta'; readonly delta: Record<string, unknown>; readonly finish: FinishReason | null }
  | { readonly type: 'chunk'; readonly chunk: Record<string, unknown> }
  | { readonly type: 'finish'; readonly reason: FinishReason }
  | { readonly type: 'usage'; readonly usage: Record<string, unknown> | null }
  | { readonly type: 'wait'; readonly until: PromiseLike<unknown> }
  | { readonly type: 'pause'; readonly ms: number }
  | {
      readonly type: 'fail';
      readonly status: number;
      readonly body: unknown;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly type: 'stream-error'; readonly body: unknown; readonly eventName: string | undefined }
  | { readonly type: 'raw'; readonly bytes: string | Uint8Array }
  | { readonly type: 'cut' }
  | { readonly type: 'end' };

/** Visible text, in `pieces` chunks (default: about one word each). */
export function say(text: string, pieces?: number): Step {
  return { type: 'say', pieces: split(text, pieces) };
}

/** Reasoning text as compatible servers send it. OpenAI itself never shows it on Chat Completions. */
export function think(
  text: string,
  options: { field?: ReasoningField; pieces?: number; signature?: string } = {},
): Step {
  const field = options.field ?? 'reasoning_content';
  return { type: 'think', field, pieces: split(text, options.pieces), signature: options.signature };
}

/** A tool call. Arguments given as text go out as they are, valid JSON or not. */
export function callTool(
  name: string,
  input: Readonly<Record<string, unknown>> | string,
  options: { id?: string; pieces?: number } = {},
): ToolCallStep {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const pieces = options.pieces ?? Math.ceil(text.length / 12);
  return { type: 'call-tool', id: options.id, name, argumentPieces: split(text, pieces) };
}

/** Several calls whose pieces come in turns, each under its own index. */
export function interleave(...calls: readonly ToolCallStep[]): Step {
  return { type: 'interleave', calls };
}

/** A search of the vendor's own on the web, and what it found; for vendors that have one. */
export function search(query: string, results: readonly SearchResult[]): Step {
  return { type: 'search', query, results };
}

/** The vendor does not let the model see the prompt; for vendors that say so in an answer instead of an error. */
export function block(reason: string, message?: string): Step {
  return { type: 'block', reason, message };
}

/** The model's own refusal (`delta.refusal`). */
export function refuse(text: string, pieces?: number): Step {
  return { type: 'refuse', pieces: split(text, pieces) };
}

/** Ends with this reason; without it the reason follows from the content. */
export function finish(reason: FinishReason): Step {
  return { type: 'finish', reason };
}

/** One chunk with exactly this delta (of Gemini: this part), for shapes that are rare. */
export function delta(content: Record<string, unknown>, reason: FinishReason | null = null): Step {
  return { type: 'delta', delta: content, finish: reason };
}

/** One chunk exactly as given, without the usual envelope. */
export function chunk(content: Record<string, unknown>): Step {
  return { type: 'chunk', chunk: content };
}

/** Replaces the computed usage, or leaves it out with null. */
export function usage(numbers: Record<string, unknown> | null): Step {
  return { type: 'usage', usage: numbers };
}

/** Goes on when the promise settles, or when the client has left. */
export function wait(until: PromiseLike<unknown>): Step {
  return { type: 'wait', until };
}

/** Only for a demonstration that should look alive; tests wait for promises. */
export function pause(ms: number): Step {
  return { type: 'pause', ms };
}

/** An answer that is no success; must stand before anything visible. A text body is sent as it is, all else as JSON. */
export function fail(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Step {
  return { type: 'fail', status, body, headers };
}

/** An error object in the middle of a stream; the stream then ends without `[DONE]`. */
export function streamError(body: unknown, eventName?: string): Step {
  return { type: 'stream-error', body, eventName };
}

/** These bytes, as they are. An empty text sends the response head alone. */
export function raw(bytes: string | Uint8Array): Step {
  return { type: 'raw', bytes };
}

/** Destroys the connection: the client reads a reset. */
export function cut(): Step {
  return { type: 'cut' };
}

/** Ends the body properly but without finish reason, usage and `[DONE]`. */
export function end(): Step {
  return { type: 'end' };
}

function split(text: string, pieces: number | undefined): readonly string[] {
  if (text === '') return [];
  if (pieces === undefined) return text.match(/\s*\S+\s*$|\s*\S+/gu) ?? [text];
  // By code point: half a surrogate pair cannot be encoded.
  const points = Array.from(text);
  const size = Math.max(1, Math.ceil(points.length / pieces));
  const parts: string[] = [];
  for (let at = 0; at < points.length; at += size) parts.push(points.slice(at, at + size).join(''));
  return parts;
}
