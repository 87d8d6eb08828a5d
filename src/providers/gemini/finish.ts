import type { StopReason } from '../../messages/types.ts';

/**
 * `broken call`, `unexpected call`, `unsigned call`, `broken`: the model wrote something that Google itself cannot read,
 * and the same request may well succeed. `unexplained`: the same where nothing of the answer came.
 */
export type FinishKind =
  | 'normal'
  | 'length'
  | 'refused'
  | 'recited'
  | 'unexplained'
  | 'broken call'
  | 'unexpected call'
  | 'unsigned call'
  | 'broken';

// The SDK's `FinishReason`, and MISSING_THOUGHT_SIGNATURE, which only the wire knows. What is not here is a normal end.
const kinds: Readonly<Record<string, FinishKind>> = {
  STOP: 'normal',
  TOO_MANY_TOOL_CALLS: 'normal',
  NO_IMAGE: 'normal',
  MAX_TOKENS: 'length',
  // More would come for a token that is not asked with here: what the client knows is an answer cut by length.
  CONTINUATION: 'length',
  SAFETY: 'refused',
  BLOCKLIST: 'refused',
  PROHIBITED_CONTENT: 'refused',
  SPII: 'refused',
  IMAGE_SAFETY: 'refused',
  IMAGE_PROHIBITED_CONTENT: 'refused',
  RECITATION: 'recited',
  IMAGE_RECITATION: 'recited',
  IMAGE_OTHER: 'recited',
  LANGUAGE: 'unexplained',
  OTHER: 'unexplained',
  FINISH_REASON_UNSPECIFIED: 'unexplained',
  MALFORMED_FUNCTION_CALL: 'broken call',
  UNEXPECTED_TOOL_CALL: 'unexpected call',
  MISSING_THOUGHT_SIGNATURE: 'unsigned call',
  MALFORMED_RESPONSE: 'broken',
};

export function finishKindOf(reason: string): FinishKind {
  return Object.hasOwn(kinds, reason) ? (kinds[reason] ?? 'normal') : 'normal';
}

/** A reason that says more than STOP stays when the stream finishes once more. */
export function laterFinish(first: string | undefined, next: string): string {
  return first !== undefined && finishKindOf(next) === 'normal' ? first : next;
}

export interface AnswerEnd {
  readonly finish: FinishKind;
  /** Calls that came whole: Gemini says STOP for them too. */
  readonly calls: number;
  /** The last call was still coming. */
  readonly halfCall: boolean;
  /** Prompt and answer together fill the model's window. */
  readonly windowFull: boolean;
}

export function mapStopReason({ finish, calls, halfCall, windowFull }: AnswerEnd): StopReason {
  if (finish === 'refused') return 'refusal';
  // Calls come whole: cut off behind one, the answer is still of use.
  if (calls > 0 && !halfCall) return 'tool_use';
  if (finish === 'length') return windowFull ? 'model_context_window_exceeded' : 'max_tokens';
  return finish === 'recited' ? 'refusal' : 'end_turn';
}

/** Whether the upstream was cut off rather than done, so that a call which was still coming is half a call. */
export function isCut(finish: FinishKind): boolean {
  return finish === 'length' || finish === 'refused' || finish === 'recited';
}
