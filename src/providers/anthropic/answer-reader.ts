import { isRecord } from '../../messages/json.ts';
import { safeWords } from '../error-text.ts';
import type { AnswerReader, SeenAnswer, Target, VerbatimProvider } from '../provider.ts';
import { EventFinder } from './event-finder.ts';

/** A whole answer that is longer than this goes unread; the bytes go to the client all the same. */
const maxJsonBytes = 8 * 1024 * 1024;

/** Reads along for the log in what Anthropic answers: a stream of events, one message, or an error. */
export const openReader: VerbatimProvider['openReader'] = ({ contentType }, target) => {
  if (contentType.startsWith('text/event-stream')) return new StreamReader(target);
  return /[/+]json\b/i.test(contentType) ? new JsonReader(target) : new NoReader();
};

function nothingSeen(): SeenAnswer {
  return {
    inputTokens: undefined,
    cachedTokens: undefined,
    writtenTokens: undefined,
    writtenForHourTokens: undefined,
    outputTokens: undefined,
    stopReason: undefined,
    error: undefined,
    state: 'unknown',
  };
}

/** For files and everything else that is no message. */
class NoReader implements AnswerReader {
  readonly seen = nothingSeen();

  push(): void {
    // Nothing in it is for the log.
  }

  end(): void {
    // As above.
  }
}

class StreamReader implements AnswerReader {
  readonly seen = nothingSeen();
  readonly #target: Target;
  readonly #finder = new EventFinder();

  constructor(target: Target) {
    this.#target = target;
  }

  push(bytes: Uint8Array): void {
    for (const data of this.#finder.push(bytes)) this.#read(parsed(data));
  }

  end(): void {
    for (const data of this.#finder.end()) this.#read(parsed(data));
  }

  #read(event: unknown): void {
    if (!isRecord(event)) return;
    switch (event.type) {
      case 'message_start':
        this.seen.state = 'begun';
        if (isRecord(event.message)) noteUsage(event.message.usage, this.seen);
        break;
      case 'message_delta':
        if (isRecord(event.delta)) noteStop(event.delta.stop_reason, this.seen);
        noteUsage(event.usage, this.seen);
        break;
      case 'message_stop':
        this.seen.state = 'whole';
        break;
      case 'error':
        noteError(event.error, this.seen, this.#target);
        break;
    }
  }
}

class JsonReader implements AnswerReader {
  readonly seen = nothingSeen();
  readonly #target: Target;
  #pieces: Uint8Array[] | undefined = [];
  #size = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  push(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > maxJsonBytes) this.#pieces = undefined;
    this.#pieces?.push(bytes);
  }

  end(): void {
    const body = parsed(Buffer.concat(this.#pieces ?? []).toString());
    this.#pieces = undefined;
    if (!isRecord(body)) return;
    if (body.type === 'error') noteError(body.error, this.seen, this.#target);
    else if (body.type === 'message') {
      noteStop(body.stop_reason, this.seen);
      noteUsage(body.usage, this.seen);
    } else if (typeof body.input_tokens === 'number') this.seen.inputTokens = body.input_tokens;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function noteStop(reason: unknown, seen: SeenAnswer): void {
  if (typeof reason === 'string') seen.stopReason = reason.slice(0, 100);
}

/** Counts only grow in the course of a stream, and where one is not repeated the earlier one stays. */
function noteUsage(usage: unknown, seen: SeenAnswer): void {
  if (!isRecord(usage)) return;
  const count = (name: string) => (typeof usage[name] === 'number' ? usage[name] : undefined);
  const fresh = count('input_tokens');
  const cached = count('cache_read_input_tokens');
  const written = count('cache_creation_input_tokens');
  if (fresh !== undefined) {
    // The last word of a stream may leave the cache's part out, which the first one has told.
    const known = cached ?? seen.cachedTokens ?? 0;
    seen.inputTokens = Math.max(seen.inputTokens ?? 0, fresh + known + (written ?? 0));
  }
  seen.cachedTokens = cached ?? seen.cachedTokens;
  seen.writtenTokens = written ?? seen.writtenTokens;
  const kept = isRecord(usage.cache_creation) ? usage.cache_creation.ephemeral_1h_input_tokens : undefined;
  if (typeof kept === 'number') seen.writtenForHourTokens = kept;
  seen.outputTokens = count('output_tokens') ?? seen.outputTokens;
}

function noteError(error: unknown, seen: SeenAnswer, target: Target): void {
  const said = isRecord(error) ? error : {};
  seen.error = {
    type: typeof said.type === 'string' ? said.type.slice(0, 100) : 'api_error',
    message: safeWords(typeof said.message === 'string' ? said.message : '', target),
  };
}
