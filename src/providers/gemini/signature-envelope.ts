import { openEnvelope, sealEnvelope } from '../../messages/envelope.ts';
import { isRecord } from '../../messages/json.ts';
import type { Target } from '../provider.ts';
import { carriedLength } from './other-parts.ts';

/**
 * A thought signature, and which part of the answer it came on: it must go back on the very same one. The thinking block
 * that carries it stands directly before that part; only where text had been sent before its signature came, behind it.
 */
export type CarriedSignature =
  | { readonly on: 'call' | 'thought'; readonly signature: string }
  | {
      readonly on: 'text';
      readonly signature: string;
      /** `start`: of the text block behind the thinking block. `end`: of the one before it. */
      readonly at: 'start' | 'end';
      /** How much of that text was the signed part, in UTF-16 units; 0 where a part without text brought the signature. */
      readonly length: number;
    };

/** The signature of the thinking block that carries it. Holds no time and nothing random: it is part of next turn's prefix. */
export function sealSignature(carried: CarriedSignature, target: Target): string {
  const { on, signature } = carried;
  const place = on === 'text' ? { a: carried.at, l: carried.length } : {};
  return sealEnvelope(target.provider, { w: 'gemini', o: on, s: signature, ...place, m: target.model });
}

/** The same for a thought without one: it tells that the block is the proxy's own, and holds nothing for anybody. */
export function sealUnsigned(target: Target): string {
  return sealEnvelope(target.provider, { w: 'gemini', o: 'thought', m: target.model });
}

type RawPart = Readonly<Record<string, unknown>>;

/** The signature of the thinking block that carries a part which must go back as it came: a call that Google has run itself. */
export function sealPart(part: RawPart, target: Target): string {
  return sealEnvelope(target.provider, { w: 'gemini', o: 'part', s: part, m: target.model });
}

/** Reads one back; undefined for everything else, and where `openSignature` would refuse it too. */
export function openPart(envelope: string, target: Target): RawPart | undefined {
  const opened = openEnvelope(envelope);
  if (opened?.provider !== target.provider || !isRecord(opened.payload)) return undefined;
  const { w, o, s, m } = opened.payload;
  if (w !== 'gemini' || o !== 'part' || !isRecord(s) || typeof m !== 'string') return undefined;
  // Anybody can make an envelope: what no answer is carried in does not come out of one.
  if (carriedLength(s) === undefined) return undefined;
  return generationOf(m) === generationOf(target.model) ? s : undefined;
}

/**
 * Reads one back for `target`. Undefined for another vendor's, and where Gemini would refuse it: AI Studio and Vertex AI
 * cannot read each other's, and a model not those of another generation.
 */
export function openSignature(envelope: string, target: Target): CarriedSignature | undefined {
  const opened = openEnvelope(envelope);
  if (opened?.provider !== target.provider || !isRecord(opened.payload)) return undefined;
  const { w, o, s, a, l, m } = opened.payload;
  if (w !== 'gemini' || typeof s !== 'string' || typeof m !== 'string') return undefined;
  if (generationOf(m) !== generationOf(target.model)) return undefined;
  if (o === 'call' || o === 'thought') return { on: o, signature: s };
  if (o !== 'text' || typeof l !== 'number' || (a !== 'start' && a !== 'end')) return undefined;
  return { on: o, signature: s, at: a, length: l };
}

/** Whether it comes from `sealUnsigned`, for whatever target: a thought that Gemini does not want back. */
export function isUnsigned(envelope: string): boolean {
  const payload = openEnvelope(envelope)?.payload;
  return isRecord(payload) && payload.w === 'gemini' && payload.s === undefined;
}

/** `gemini-3` of `gemini-3.5-flash`; a name without a number is its own generation. */
function generationOf(model: string): string {
  return /gemini-\d+/i.exec(model)?.[0].toLowerCase() ?? model;
}
