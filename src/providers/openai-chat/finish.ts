import type { StopReason } from '../../messages/types.ts';

type FinishKind = 'failed' | 'filtered' | 'window' | 'length' | 'calls' | 'normal';

// Words beside OpenAI's own come from Mistral, z.ai, DeepSeek, OpenRouter and vLLM. What is not here is a normal end:
// servers invent words for it (`eos`, `end_turn`).
const kinds: Readonly<Record<string, FinishKind>> = {
  error: 'failed',
  abort: 'failed',
  network_error: 'failed',
  insufficient_system_resource: 'failed',
  content_filter: 'filtered',
  sensitive: 'filtered',
  safety: 'filtered',
  model_context_window_exceeded: 'window',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'calls',
  function_call: 'calls',
};
const order: readonly FinishKind[] = ['normal', 'calls', 'length', 'window', 'filtered', 'failed'];

export function finishKindOf(reason: string): FinishKind {
  return kinds[reason] ?? 'normal';
}

/** Some servers finish twice: the first reason counts, unless a later one says more. */
export function weightierFinish(first: string | undefined, next: string): string {
  if (first === undefined) return next;
  return order.indexOf(finishKindOf(next)) > order.indexOf(finishKindOf(first)) ? next : first;
}

export interface AnswerEnd {
  readonly finish: string | undefined;
  readonly toolCalls: number;
  /** The model refused in words of its own. */
  readonly refused: boolean;
  /** The client asked for an answer of a given schema. */
  readonly structured: boolean;
  /** Prompt and answer together fill the model's window. */
  readonly windowFull: boolean;
}

export function mapStopReason(end: AnswerEnd): StopReason {
  const kind = end.finish === undefined ? 'normal' : finishKindOf(end.finish);
  if (kind === 'filtered') return 'refusal';
  if (kind === 'window' || (kind === 'length' && end.windowFull)) return 'model_context_window_exceeded';
  if (kind === 'length') return 'max_tokens';
  // `stop` with calls is common, and `tool_calls` without any happens: what came decides.
  if (end.toolCalls > 0) return 'tool_use';
  // Words of refusal would pass for an answer that fits the schema.
  return end.refused && end.structured ? 'refusal' : 'end_turn';
}

/** Whether the upstream was cut off rather than done, so that its last tool call may be half a call. */
export function isCut(finish: string | undefined): boolean {
  const kind = finish === undefined ? 'normal' : finishKindOf(finish);
  return kind === 'filtered' || kind === 'window' || kind === 'length';
}
