import { createHash } from 'node:crypto';
import { isRecord } from '../json.ts';
import type { Part, Platform } from './gemini-request.ts';
import type { ModelFamily } from './models.ts';

/** What a signature was given for: it is worth nothing on any other part. */
export type Signed =
  | { readonly on: 'call'; readonly name: string; readonly args: unknown; readonly id: string | undefined }
  | {
      readonly on: 'text' | 'thought';
      /** The texts a part may have that brings it back: the piece that was signed, and what a whole answer makes of it. */
      readonly texts: readonly string[];
      /** For a part without text: the visible text that was said before it. */
      readonly behind?: string;
    }
  /** A part of another kind, by its data field. */
  | { readonly on: string; readonly part: unknown };

interface Issued {
  readonly platform: Platform;
  readonly generation: number;
  readonly signed: Signed;
}

/** Values that stand for a signature and are not checked. Vertex AI documents the first alone. */
const skipValues: Readonly<Record<Platform, readonly string[]>> = {
  'ai-studio': ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'],
  vertex: ['skip_thought_signature_validator'],
};

/** The thought signatures of one fake: opaque, bound to the platform, the generation and the part. */
export class Signatures {
  readonly #issued = new Map<string, Issued>();
  readonly #thoughts = new Set<string>();
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  issue(family: ModelFamily, signed: Signed): string {
    const issued = { platform: this.#platform, generation: Math.floor(family.generation), signed };
    const seed = JSON.stringify([this.#issued.size, issued]);
    const bytes = createHash('sha512').update(seed).digest();
    const signature = Buffer.concat([Buffer.from([0x12, 0x8a, 0x01]), bytes, bytes.subarray(0, 45)]).toString('base64');
    this.#issued.set(signature, issued);
    return signature;
  }

  /** Notes a thought that was shown, whole or piece by piece. */
  noteThought(text: string): void {
    this.#thoughts.add(text);
  }

  /** Whether a model of this fake has thought so. */
  knowsThought(text: string): boolean {
    return this.#thoughts.has(text);
  }

  /** Whether the value skips the check. */
  skips(signature: string): boolean {
    return skipValues[this.#platform].includes(signature);
  }

  /** The id that the call of a signature was given, if it was one and got one. */
  callId(signature: string): string | undefined {
    const signed = this.#issued.get(signature)?.signed;
    return signed !== undefined && 'args' in signed ? signed.id : undefined;
  }

  /** Whether this is the signature of this very part, given by this fake to a model of the same generation. */
  fits(signature: string, part: Part, before: readonly Part[], family: ModelFamily): boolean {
    const issued = this.#issued.get(signature);
    if (issued?.generation !== Math.floor(family.generation)) return false;
    return isSignedPart(issued.signed, part, before);
  }
}

function isSignedPart(signed: Signed, part: Part, before: readonly Part[]): boolean {
  if ('args' in signed) {
    const call = part.functionCall;
    if (call === undefined || call.name !== signed.name) return false;
    return keeps(call.args ?? {}, signed.args);
  }
  if ('texts' in signed) {
    if (part.text === undefined || (part.thought === true) !== (signed.on === 'thought')) return false;
    if (!signed.texts.includes(part.text)) return false;
    return part.text !== '' || signed.behind === undefined || saidLast(before).endsWith(signed.behind);
  }
  return sameJson(part[signed.on], signed.part);
}

/** The visible text directly before a part. */
function saidLast(before: readonly Part[]): string {
  const start = before.findLastIndex((part) => part.text === undefined || part.thought === true) + 1;
  return before
    .slice(start)
    .map((part) => part.text)
    .join('');
}

/** Clients fill in the defaults of their tools (Claude Code: `replace_all`), but change nothing that the model wrote. */
function keeps(args: Readonly<Record<string, unknown>>, signed: unknown): boolean {
  return isRecord(signed) && Object.entries(signed).every(([name, value]) => sameJson(args[name], value));
}

function sameJson(first: unknown, second: unknown): boolean {
  return JSON.stringify(sorted(first)) === JSON.stringify(sorted(second));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).toSorted(([first], [second]) => (first < second ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
