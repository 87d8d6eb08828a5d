import { openEnvelope, sealEnvelope } from '../../messages/envelope.ts';
import { isRecord } from '../../messages/json.ts';
import { upstreamMark } from '../openai/upstream-mark.ts';
import type { Target } from '../provider.ts';

/** What a compatible server wants back next turn for one stretch of reasoning. */
export interface CarriedReasoning {
  /** The message field it came in, `reasoning_content` or `reasoning`; undefined where it must not go back as a field. */
  readonly field: string | undefined;
  /** The text, only where the thinking block does not show it. */
  readonly text: string | undefined;
  /** `reasoning_details` as received, its streamed pieces merged. */
  readonly details: readonly unknown[] | undefined;
}

/** The signature of a thinking block. Holds no time and nothing random: it is part of the cached prefix next turn. */
export function sealReasoning(carried: CarriedReasoning, target: Target): string {
  return sealEnvelope(target.provider, {
    w: 'chat',
    f: carried.field,
    s: carried.text,
    d: carried.details,
    m: target.model,
    u: upstreamMark(target),
  });
}

/** Reads a signature back, unless it is another upstream's: reasoning never goes to a vendor that did not write it. */
export function openReasoning(
  signature: string,
  target: Target,
): (CarriedReasoning & { readonly model: string }) | undefined {
  const payload = openEnvelope(signature)?.payload;
  if (!isRecord(payload) || payload.w !== 'chat' || payload.u !== upstreamMark(target)) return undefined;
  return {
    field: typeof payload.f === 'string' ? payload.f : undefined,
    text: typeof payload.s === 'string' ? payload.s : undefined,
    details: Array.isArray(payload.d) ? payload.d : undefined,
    model: typeof payload.m === 'string' ? payload.m : '',
  };
}
