import { isKnownBlock } from '../../messages/check-blocks.ts';
import type { Block, Message } from '../../messages/types.ts';
import { reminderText, summaryText, unsupportedText } from '../../translation/block-text.ts';
import { checkFieldsOf } from '../../translation/field-rules.ts';
import { notKnown } from '../../translation/losses.ts';
import { type FoundResult, isResult, resultsOfCalls, type ToolResult } from '../../translation/results-of-calls.ts';
import { searchResultWords } from '../../translation/search-result.ts';
import { isCleared, systemMessageText } from '../../translation/system-message.ts';
import { hasHiddenPart, hiddenPart, visibleText } from '../../translation/visible-text.ts';
import { checkBlockFields, isCarried } from './block-fields.ts';
import { type Call, FunctionResponses } from './function-responses.ts';
import { type PieceSink, writeDocument, writeImage } from './media.ts';
import { messageRules } from './request-fields.ts';
import type { Translation } from './translation.ts';
import type { Part } from './wire.ts';

/**
 * The parts of the messages `first` to `last`, of user and system, after a turn of the model that made `calls`: first as
 * many results as there were calls and in their order, then what the results show, then what was said.
 */
export function buildUserTurn(
  first: number,
  last: number,
  calls: readonly Call[],
  translation: Translation,
): readonly Part[] {
  const { request, losses } = translation;
  const callIds = calls.map(({ id }) => id);
  const found = resultsOfCalls(first, last, callIds, request, losses);
  const responses = new FunctionResponses(translation);
  const answers = calls.map((call) => responses.responseTo(call, found.get(call.id)));
  const said: Part[] = [];
  const sink: PieceSink = {
    // Vertex AI refuses a part without text.
    text: (text) => {
      if (text !== '') said.push({ text });
    },
    media: (part) => said.push(part),
  };
  for (let index = first; index <= last; index++) {
    const message = request.messages[index];
    if (message?.role === 'system') writeSystemMessage(message, index, sink, translation);
    else if (message !== undefined) writeUserMessage(message, index, found, sink, translation);
  }
  return [...answers, ...responses.shown, ...said];
}

function writeUserMessage(
  { content }: Message,
  index: number,
  found: ReadonlyMap<string, FoundResult>,
  sink: PieceSink,
  translation: Translation,
): void {
  if (typeof content === 'string') {
    sink.text(content);
    return;
  }
  for (let place = 0; place < content.length; place++) {
    const block = content[place];
    // Results of this turn's calls stand in front of it already.
    if (block === undefined || (isResult(block) && found.has(block.tool_use_id))) continue;
    writeUserBlock(block, sink, translation, `messages.${index}.content.${place}`);
  }
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
      sink.text(block.text);
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
  sink.text(visibleText(block) ?? '');
}

/** A result whose call is gone (edited or compacted history) or was answered before: Gemini would refuse it as a result. */
function writeOrphan(block: ToolResult, sink: PieceSink, translation: Translation, path: string): void {
  const responses = new FunctionResponses(translation);
  const mark = block.is_error === true ? ', which failed' : '';
  sink.text(`[result of an earlier tool call, ${block.tool_use_id}${mark}]\n${responses.textOf(block, path)}`);
  for (const part of responses.shown) sink.media(part);
}

/** A `system` message in its place: moved to the head it would break the prefix that Gemini has cached. */
function writeSystemMessage(message: Message, index: number, sink: PieceSink, translation: Translation): void {
  const { request, losses } = translation;
  checkFieldsOf(message, messageRules, `messages.${index}.`, losses);
  if (isCleared(message, index, request)) return;
  const text = systemMessageText(message, index, checkBlockFields, losses);
  if (text !== '') sink.text(reminderText(text));
}
