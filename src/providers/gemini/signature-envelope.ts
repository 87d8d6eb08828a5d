import { openEnvelope, sealEnvelope } from '../../messages/envelope.ts';
import { isRecord } from '../../messages/json.ts';
import type { Target } from '../provider.ts';

/** A thought signature, and which part of the answer it came on: it must go back on the very same one. */
export interface CarriedSignature {
  readonly on: 'call' | 'text' | 'thought';
  readonly signature: string;
  /**
   * On text: how much of the end of the text block was the signed part, in UTF-16 units; 0 where a part without text
   * brought it. Only there does the thinking block stand behind what it belongs to: the text has been sent by then.
   */
  readonly length?: number;
}

/** The signature of the thinking block that carries it. Holds no time and nothing random: it is part of next turn's prefix. */
export function sealSignature({ on, signature, length }: CarriedSignature, target: Target): string {
  return sealEnvelope(target.provider, { w: 'gemini', o: on, s: signature, l: length, m: target.model });
}

/**
 * Reads one back for `target`. Undefined for another vendor's, and where Gemini would refuse it: AI Studio and Vertex AI
 * cannot read each other's, and a model not those of another generation.
 */
export function openSignature(envelope: string, target: Target): CarriedSignature | undefined {
  const opened = openEnvelope(envelope);
  if (opened?.provider !== target.provider || !isRecord(opened.payload)) return undefined;
  const { w, o, s, l, m } = opened.payload;
  if (w !== 'gemini' || typeof s !== 'string' || typeof m !== 'string') return undefined;
  if (o !== 'call' && o !== 'text' && o !== 'thought') return undefined;
  if (generationOf(m) !== generationOf(target.model)) return undefined;
  return typeof l === 'number' ? { on: o, signature: s, length: l } : { on: o, signature: s };
}

/** `gemini-3` of `gemini-3.5-flash`; a name without a number is its own generation. */
function generationOf(model: string): string {
  return /gemini-\d+/i.exec(model)?.[0].toLowerCase() ?? model;
}
