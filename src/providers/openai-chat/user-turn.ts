import { isKnownBlock } from '../../messages/check-blocks.ts';
import type { Block, Message } from '../../messages/types.ts';
import { reminderText, summaryText, unansweredText, unsupportedText } from '../../translation/block-text.ts';
import { checkFieldsOf } from '../../translation/field-rules.ts';
import { notKnown } from '../../translation/losses.ts';
import { type FoundResult, isResult, resultsOfCalls, type ToolResult } from '../../translation/results-of-calls.ts';
import { searchResultWords } from '../../translation/search-result.ts';
import { isCleared, systemMessageText } from '../../translation/system-message.ts';
import { hasHiddenPart, hiddenPart, visibleText } from '../../translation/visible-text.ts';
import type { Translation } from '../openai/translation.ts';
import { checkBlockFields, isCarried } from './block-fields.ts';
import { type PieceSink, writeDocument, writeImage } from './media.ts';
import { messageRules } from './request-fields.ts';
import { ToolResults } from './tool-results.ts';
import type { MediaPart, SystemMessage, TextPart, ToolMessage, UserContent, UserMessage } from './wire.ts';

type Part = TextPart | MediaPart;

/** The messages `first` to `last`, of user and system, after a turn of the assistant that made the calls `callIds`. */
export function buildUserTurn(
  first: number,
  last: number,
  callIds: readonly string[],
  translation: Translation,
): (ToolMessage | UserMessage | SystemMessage)[] {
  const found = resultsOfCalls(first, last, callIds, translation.request, translation.losses);
  const results = new ToolResults(translation);
  const messages: (ToolMessage | UserMessage | SystemMessage)[] = callIds.map((id) => {
    const callId = translation.callId(id);
    const result = found.get(id);
    const content = result ? results.textOf(result.block, callId, result.path) : unansweredText;
    return { role: 'tool', tool_call_id: callId, content };
  });
  // What a result shows stands in front of what the user says about it.
  let shown: readonly Part[] = results.shown;
  for (let index = first; index <= last; index++) {
    const message = translation.request.messages[index];
    if (message === undefined) continue;
    if (message.role === 'system') {
      messages.push(...buildSystemMessage(message, index, translation));
      continue;
    }
    const content = userContent(message, index, shown, found, translation);
    shown = [];
    if (content !== undefined) messages.push({ role: 'user', content });
  }
  return messages;
}

function userContent(
  { content }: Message,
  index: number,
  shown: readonly Part[],
  found: ReadonlyMap<string, FoundResult>,
  translation: Translation,
): UserContent | undefined {
  const parts: Part[] = [...shown];
  if (typeof content === 'string') {
    if (content !== '') parts.push({ type: 'text', text: content });
    return contentOf(parts);
  }
  const sink: PieceSink = {
    text: (text) => parts.push({ type: 'text', text }),
    media: (part) => parts.push(part),
  };
  for (let place = 0; place < content.length; place++) {
    const block = content[place];
    // Results of this turn's calls stand in front of it already.
    if (block === undefined || (isResult(block) && found.has(block.tool_use_id))) continue;
    writeUserBlock(block, sink, translation, `messages.${index}.content.${place}`);
  }
  return contentOf(parts);
}

/** Older servers want a string where there is only text; and a string and one text block must not differ. */
function contentOf(parts: Part[]): UserContent | undefined {
  if (parts.length === 0) return undefined;
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type !== 'text') return parts;
    texts.push(part.text);
  }
  return texts.join('\n\n');
}

function writeUserBlock(block: Block, sink: PieceSink, translation: Translation, path: string): void {
  const { losses } = translation;
  if (!isKnownBlock(block)) {
    sink.text(unsupportedText(block));
    losses.add(path, notKnown);
    return;
  }
  if (block.type === 'tool_result') {
    writeOrphan(block, sink, translation, path);
    return;
  }
  if (!isCarried(block, losses, () => path)) return;
  checkBlockFields(block, losses, () => path);
  switch (block.type) {
    case 'text':
      if (block.text !== '') sink.text(block.text);
      return;
    case 'image':
      writeImage(block, sink, translation, path);
      return;
    case 'document':
      writeDocument(block, sink, translation, path);
      return;
    case 'search_result':
      sink.text(searchResultWords(block, losses, path));
      return;
    case 'compaction':
      if (block.content) sink.text(summaryText(block.content));
      return;
    case 'tool_addition':
    case 'tool_removal':
      return;
    case 'thinking':
    case 'redacted_thinking':
    case 'tool_use':
      losses.add(path, 'a user message cannot hold it');
      return;
  }
  if (hasHiddenPart(block)) losses.add(path, hiddenPart);
  const visible = visibleText(block);
  if (visible !== undefined && visible !== '') sink.text(visible);
}

/** A result whose call is gone (edited or compacted history): upstream would refuse it as a result. */
function writeOrphan(block: ToolResult, sink: PieceSink, translation: Translation, path: string): void {
  const callId = translation.callId(block.tool_use_id);
  const results = new ToolResults(translation);
  sink.text(`[result of an earlier tool call, ${callId}]\n${results.textOf(block, callId, path)}`);
  for (const part of results.shown) {
    if (part.type === 'text') sink.text(part.text);
    else sink.media(part);
  }
}

/** A `system` message in its place: moved to the head it would break the prefix that upstream has cached. */
function buildSystemMessage(
  message: Message,
  index: number,
  translation: Translation,
): (SystemMessage | UserMessage)[] {
  const { request, losses } = translation;
  checkFieldsOf(message, messageRules, `messages.${index}.`, losses);
  if (isCleared(message, index, request)) return [];
  return systemLine(systemMessageText(message, index, checkBlockFields, losses), translation);
}

/** A system text where the conversation stands, in the form that the server takes there. */
export function systemLine(text: string, { dialect }: Translation): (SystemMessage | UserMessage)[] {
  if (text === '') return [];
  if (dialect.midSystem === 'in-place') return [{ role: 'system', content: text }];
  return [{ role: 'user', content: reminderText(text) }];
}
