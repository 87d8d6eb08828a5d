import { isRecord } from '../../messages/json.ts';
import type { Translation } from '../openai/translation.ts';
import type { MarkedPart, WireMessage } from './wire.ts';

type Mark = NonNullable<MarkedPart['cache_control']>;

/**
 * The messages with marks where upstream is to cache up to, for models that cache nothing else: behind the system text,
 * and behind the last two things the model was told, so that the turn before finds its own again. A mark moves with every
 * turn; the messages keep one form with it and without, and their text is the same.
 */
export function markForCache(messages: readonly WireMessage[], translation: Translation): WireMessage[] {
  const { dialect, target } = translation;
  const mark = dialect.cacheMarks?.test(target.model) === true ? markOf(translation) : undefined;
  if (mark === undefined) return [...messages];
  const marked = new Set([
    messages.findIndex(({ role }) => role === 'system'),
    ...indicesOf(messages, ({ role }) => role === 'user' || role === 'tool').slice(-2),
  ]);
  return messages.map((message, index) => {
    const here = marked.has(index) ? mark : undefined;
    switch (message.role) {
      case 'assistant':
        return message;
      case 'user':
        return { ...message, content: withMark(partsOf(message.content), here) };
      default:
        return { ...message, content: withMark(partsOf(message.content), here) };
    }
  });
}

function partsOf<Part extends { type: string }>(content: string | Part[]): (MarkedPart | Part)[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Nothing can be cached up to an empty text; and an image has no room for a mark. */
function withMark<Part extends { type: string; text?: string }>(
  parts: readonly Part[],
  mark: Mark | undefined,
): Part[] {
  const last = parts.at(-1);
  if (mark === undefined || last?.type !== 'text' || !last.text) return [...parts];
  return [...parts.slice(0, -1), { ...last, cache_control: mark }];
}

/** What the client says of its own marks, of which there may be none. */
function markOf({ request }: Translation): Mark | undefined {
  const marks = [request, ...contentOf(request.system), ...(request.tools ?? [])].map(markIn);
  for (const { content } of request.messages) marks.push(...contentOf(content).map(markIn));
  const told = marks.filter((mark) => mark !== undefined);
  if (told.length === 0) return undefined;
  return told.some(({ ttl }) => ttl === '1h') ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}

function contentOf(content: unknown): readonly unknown[] {
  return Array.isArray(content) ? content : [];
}

function markIn(value: unknown): Mark | undefined {
  const told = isRecord(value) ? value.cache_control : undefined;
  if (!isRecord(told)) return undefined;
  return told.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}

function indicesOf<T>(list: readonly T[], isWanted: (value: T) => boolean): number[] {
  return list.flatMap((value, index) => (isWanted(value) ? [index] : []));
}
