import { openEnvelope, ownServerToolStart, sealEnvelope } from '../../messages/envelope.ts';
import { isRecord } from '../../messages/json.ts';
import { upstreamMark } from '../openai/upstream-mark.ts';
import type { Target } from '../provider.ts';

/** What the Responses API wants back next turn at the place of one thinking block. */
export interface CarriedItem {
  /** `encrypted_content` of the reasoning item; undefined where the block stands for no reasoning. */
  readonly encrypted: string | undefined;
  /** The parts of its summary, only where the block's text does not show them exactly. */
  readonly summary: readonly string[] | undefined;
  /** The reasoning's own words, of servers that hide none and want them back; none in it where the block's text is them. */
  readonly words?: readonly string[] | undefined;
  /** `phase` of the message that follows. */
  readonly phase: string | undefined;
  /** The `web_search_call` items right behind the reasoning item, each with its `id`. */
  readonly hosted: readonly HostedItem[] | undefined;
}

/** An item of a tool that has run at the vendor's. */
export interface HostedItem {
  readonly type: 'web_search_call';
  /** Never sent back, since nothing is stored there; it tells which visible blocks the item stands for. */
  readonly id: string;
  readonly [field: string]: unknown;
}

/** The signature of a thinking block. Holds no time and nothing random: it is part of the cached prefix next turn. */
export function sealItem(carried: CarriedItem, target: Target): string {
  return sealEnvelope(target.provider, {
    w: 'resp',
    e: carried.encrypted,
    s: carried.summary,
    c: carried.words,
    p: carried.phase,
    x: carried.hosted,
    m: target.model,
    u: upstreamMark(target),
  });
}

/** Reads a signature back, unless it is another upstream's: reasoning never goes to a vendor that did not write it. */
export function openItem(signature: string, target: Target): (CarriedItem & { readonly model: string }) | undefined {
  const opened = openEnvelope(signature);
  if (opened?.provider !== target.provider || !isRecord(opened.payload)) return undefined;
  const { w, e, s, c, p, x, m, u } = opened.payload;
  if (w !== 'resp' || u !== upstreamMark(target)) return undefined;
  // Anybody can make an envelope: what no answer is carried in does not come out of one.
  return {
    encrypted: typeof e === 'string' ? e : undefined,
    summary: isTexts(s) ? s : undefined,
    words: isTexts(c) ? c : undefined,
    phase: typeof p === 'string' ? p : undefined,
    hosted: Array.isArray(x) ? x.filter(isHostedItem) : undefined,
    model: typeof m === 'string' ? m : '',
  };
}

/** What goes back of a reasoning item, and tells it from every other; undefined where there is none. `shown`: the block's text. */
export function contentOf({ encrypted, words }: CarriedItem, shown: string): string | undefined {
  return encrypted ?? wordsOf({ words }, shown);
}

/** The reasoning's own words. */
export function wordsOf({ words }: Pick<CarriedItem, 'words'>, shown: string): string | undefined {
  return words === undefined ? undefined : (words[0] ?? shown);
}

/** The id of the `server_tool_use` block that shows a hosted item: by it the next request finds what it must not say twice. */
export function serverToolUseId(item: Pick<HostedItem, 'id'>): string {
  return `${ownServerToolStart}${item.id}`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

function isHostedItem(value: unknown): value is HostedItem {
  return isRecord(value) && value.type === 'web_search_call' && typeof value.id === 'string';
}
