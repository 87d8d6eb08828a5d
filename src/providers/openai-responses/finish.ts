import type { StopReason } from '../../messages/types.ts';

export interface AnswerEnd {
  /** Why the response is incomplete (`incomplete_details.reason`); undefined: it is complete. */
  readonly incomplete: string | undefined;
  readonly toolCalls: number;
  /** The model refused in words of its own. */
  readonly refused: boolean;
  /** The client asked for an answer of a given schema. */
  readonly structured: boolean;
  /** Prompt and answer together fill the model's window. */
  readonly windowFull: boolean;
}

/** What is incomplete for another reason than the filter was cut off, whatever its server calls that. */
export function mapStopReason({ incomplete, toolCalls, refused, structured, windowFull }: AnswerEnd): StopReason {
  if (isFiltered(incomplete)) return 'refusal';
  if (incomplete !== undefined) return windowFull ? 'model_context_window_exceeded' : 'max_tokens';
  if (toolCalls > 0) return 'tool_use';
  // Words of refusal would pass for an answer that fits the schema.
  return refused && structured ? 'refusal' : 'end_turn';
}

export function isFiltered(incomplete: string | undefined): boolean {
  return incomplete === 'content_filter';
}
