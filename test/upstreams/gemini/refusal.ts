import type { Platform } from './gemini-request.ts';

/** Why a call was refused, in the words and codes of Google's APIs. */
export interface Refusal {
  readonly status: number;
  /** `INVALID_ARGUMENT` and the like. */
  readonly code: string;
  readonly message: string;
  readonly details?: readonly Readonly<Record<string, unknown>>[];
}

export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** A refusal of what the request says: 400. */
export function invalid(message: string, violations: readonly FieldViolation[] = []): Refusal {
  const refusal = { status: 400, code: 'INVALID_ARGUMENT', message };
  if (violations.length === 0) return refusal;
  return {
    ...refusal,
    details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }],
  };
}

/** The same fault in each platform's words: AI Studio names the field, Vertex AI says why in a sentence. */
export function refused(platform: Platform, aiStudio: string, vertex: string): Refusal {
  return invalid(platform === 'vertex' ? unable(vertex) : aiStudio);
}

/** How Vertex AI puts a refusal. */
export function unable(why: string): string {
  return `Unable to submit request because ${why}. Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini`;
}

/** `generation_config` of `generationConfig`: how the API writes a field's path. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
