import type {
  BetaClearThinking20251015EditResponse,
  BetaClearToolUses20250919EditResponse,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Loss, MessageEvent, MessagesRequest } from '../messages/types.ts';
import { withoutOldThinking } from './cleared-thinking.ts';
import { type MeasurePrompt, withoutOldResults } from './cleared-tool-uses.ts';
import { withoutCompacted } from './compacted-history.ts';
import { type Compact, type ContextEdits, readContextEdits } from './context-edits.ts';
import { type OriginalPath, originalPathThrough, samePath } from './original-paths.ts';

/** What was cleared for this request, as the reply tells it. */
export type AppliedEdit = BetaClearThinking20251015EditResponse | BetaClearToolUses20250919EditResponse;

/** A conversation as the model is to see it. */
export interface EditedContext {
  /** The same object where nothing was to be done. */
  readonly request: MessagesRequest;
  readonly originalPath: OriginalPath;
  readonly losses: readonly Loss[];
  readonly applied: readonly AppliedEdit[];
  /** What is to be done once the prompt is too large all the same. */
  readonly compact: Compact | undefined;
}

/**
 * Does what a request wants about its context: history in front of a compaction is left out, old thinking and results of
 * old tool uses are cleared. Decided by the conversation alone, so that the next request finds the same. Throws
 * `invalid-request` for wishes that the Messages API refuses. `measure` is asked only where something might be cleared.
 */
export function editContext(request: MessagesRequest, measure: MeasurePrompt): EditedContext {
  const edits = readContextEdits(request);
  const current = withoutCompacted(request);
  let latest = current?.request ?? request;
  let originalPath = current?.originalPath ?? samePath;
  const applied: AppliedEdit[] = [];

  const results = clearResults(latest, edits, measure);
  latest = results?.request ?? latest;
  // Behind the results, for it moves blocks; told in front of them, for so the edits stand.
  const thinking = edits.clearThinking && withoutOldThinking(latest, edits.clearThinking);
  if (thinking) {
    applied.push({
      type: 'clear_thinking_20251015',
      cleared_thinking_turns: thinking.turns,
      cleared_input_tokens: Math.max(0, measure(latest) - measure(thinking.request)),
    });
    latest = thinking.request;
    originalPath = originalPathThrough(originalPath, thinking.originalPath);
  }
  if (results) {
    applied.push({
      type: 'clear_tool_uses_20250919',
      cleared_tool_uses: results.uses,
      cleared_input_tokens: results.tokens,
    });
  }
  return { request: latest, originalPath, losses: edits.losses, applied, compact: edits.compact };
}

function clearResults(request: MessagesRequest, { clearToolUses }: ContextEdits, measure: MeasurePrompt) {
  return clearToolUses && withoutOldResults(request, clearToolUses, measure);
}

/** The end of an answer tells what was cleared for it. */
export function editsReported(event: MessageEvent, applied: readonly AppliedEdit[]): MessageEvent {
  return event.type === 'message_delta' ? { ...event, context_management: { applied_edits: [...applied] } } : event;
}
