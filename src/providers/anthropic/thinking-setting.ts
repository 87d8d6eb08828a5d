import { isRecord } from '../../messages/json.ts';
import type { ByteRange, JsonScanner } from '../../messages/json-scanner.ts';
import type { Loss } from '../../messages/types.ts';
import type { ByteEdit } from './byte-edits.ts';
import type { ReadBlock } from './read-message.ts';

/**
 * With `thinking.type: enabled` Anthropic wants an answer whose tools have just run to begin with its thinking (source:
 * its refusal, "a final `assistant` message must start with a thinking block"). Another vendor's answer has none that
 * could be shown, so this one request goes out with thinking disabled, as that refusal advises.
 */
export function thinkingEdits(
  scanner: JsonScanner,
  settings: ReadonlyMap<string, ByteRange>,
  lastAnswer: readonly ReadBlock[],
  behindAnswer: readonly ReadBlock[],
): { readonly edits: readonly ByteEdit[]; readonly losses: readonly Loss[] } {
  const place = settings.get('thinking');
  const thinking = place && scanner.valueOf(place);
  const isToolLoop = behindAnswer.some(({ type }) => type === 'tool_result');
  const startsWithThinking = /^(?:redacted_)?thinking$/.test(lastAnswer[0]?.type ?? '');
  if (place === undefined || !isRecord(thinking) || thinking.type !== 'enabled' || !isToolLoop || startsWithThinking) {
    return { edits: [], losses: [] };
  }
  const edits: ByteEdit[] = [{ place, text: '{"type":"disabled"}' }];
  const clearing = withoutThinkingEdits(scanner, settings.get('context_management'));
  if (clearing !== undefined) edits.push(clearing);
  const why = 'another vendor made the tool calls of this turn, and Anthropic continues its own thinking only';
  return { edits, losses: [{ field: 'thinking', why }] };
}

/** Clearing thinking is refused where there is no thinking. */
function withoutThinkingEdits(scanner: JsonScanner, place: ByteRange | undefined): ByteEdit | undefined {
  const value = place && scanner.valueOf(place);
  if (place === undefined || !isRecord(value) || !Array.isArray(value.edits)) return undefined;
  const kept = value.edits.filter((edit) => !isRecord(edit) || !/^clear_thinking/.test(String(edit.type)));
  return kept.length === value.edits.length ? undefined : { place, text: JSON.stringify({ ...value, edits: kept }) };
}
