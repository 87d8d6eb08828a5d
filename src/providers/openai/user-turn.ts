import { isKnownBlock } from '../../messages/check-blocks.ts';
import type { Block, Message } from '../../messages/types.ts';
import { summaryText, unsupportedText } from '../../translation/block-text.ts';
import { checkFieldsOf } from '../../translation/field-rules.ts';
import { notKnown } from '../../translation/losses.ts';
import { type FoundResult, isResult, resultsOfCalls, type ToolResult } from '../../translation/results-of-calls.ts';
import { searchResultWords } from '../../translation/search-result.ts';
import { isCleared, systemMessageText } from '../../translation/system-message.ts';
import { hasHiddenPart, hiddenPart, visibleText } from '../../translation/visible-text.ts';
import { writeDocument, writeImage } from './media.ts';
import { type Piece, PieceList } from './pieces.ts';
import { resultPieces, resultText, ShownMedia } from './result-pieces.ts';
import type { Translation } from './translation.ts';

/** What user and system say after a turn of the assistant. */
export interface UserTurn {
  /** One for each call of that turn, in the order of the calls; upstream refuses a call without. */
  readonly results: readonly TurnResult[];
  /** In their order; a user who only brought results says nothing. */
  readonly messages: readonly TurnMessage[];
}

export interface TurnResult {
  /** The server's id of the call. */
  readonly callId: string;
  /** undefined: the client was interrupted. */
  readonly found: { readonly block: ToolResult; readonly pieces: readonly Piece[] } | undefined;
}

export type TurnMessage =
  | { readonly role: 'user'; readonly pieces: readonly Piece[] }
  | { readonly role: 'system'; readonly text: string };

/** Reads the messages `first` to `last`, of user and system, after a turn of the assistant that made the calls `callIds`. */
export function readUserTurn(
  first: number,
  last: number,
  callIds: readonly string[],
  translation: Translation,
): UserTurn {
  const { request, losses } = translation;
  const found = resultsOfCalls(first, last, callIds, request, losses);
  const results = callIds.map((id): TurnResult => {
    const result = found.get(id);
    const read = result && { block: result.block, pieces: resultPieces(result.block, translation, result.path) };
    return { callId: translation.callId(id), found: read };
  });
  const messages: TurnMessage[] = [];
  for (let index = first; index <= last; index++) {
    const message = request.messages[index];
    if (message === undefined) continue;
    if (message.role === 'system') {
      const text = systemTextOf(message, index, translation);
      if (text !== '') messages.push({ role: 'system', text });
    } else {
      messages.push({ role: 'user', pieces: userPieces(message, index, found, translation) });
    }
  }
  return { results, messages };
}

function userPieces(
  { content }: Message,
  index: number,
  found: ReadonlyMap<string, FoundResult>,
  translation: Translation,
): readonly Piece[] {
  const list = new PieceList();
  if (typeof content === 'string') {
    if (content !== '') list.text(content);
    return list.pieces;
  }
  for (let place = 0; place < content.length; place++) {
    const block = content[place];
    // Results of this turn's calls stand in front of it already.
    if (block === undefined || (isResult(block) && found.has(block.tool_use_id))) continue;
    writeUserBlock(block, list, translation, `messages.${index}.content.${place}`);
  }
  return list.pieces;
}

function writeUserBlock(block: Block, list: PieceList, translation: Translation, path: string): void {
  const { losses, tables } = translation;
  if (!isKnownBlock(block)) {
    list.text(unsupportedText(block));
    losses.add(path, notKnown);
    return;
  }
  if (block.type === 'tool_result') {
    writeOrphan(block, list, translation, path);
    return;
  }
  if (!tables.isCarried(block, losses, () => path)) return;
  tables.checkBlockFields(block, losses, () => path);
  switch (block.type) {
    case 'text':
      if (block.text !== '') list.text(block.text);
      return;
    case 'image':
      writeImage(block, list, translation, path);
      return;
    case 'document':
      writeDocument(block, list, translation, path);
      return;
    case 'search_result':
      list.text(searchResultWords(block, losses, path));
      return;
    case 'compaction':
      if (block.content) list.text(summaryText(block.content));
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
  if (visible !== undefined && visible !== '') list.text(visible);
}

/** A result whose call is gone (edited or compacted history): upstream would refuse it as a result. */
function writeOrphan(block: ToolResult, list: PieceList, translation: Translation, path: string): void {
  const callId = translation.callId(block.tool_use_id);
  const shown = new ShownMedia();
  const text = shown.textOf(resultPieces(block, translation, path), callId);
  const said = resultText(text, block, translation.dialect.emptyToolResult);
  list.text(`[result of an earlier tool call, ${callId}]\n${said}`);
  list.pieces.push(...shown.pieces);
}

/** A `system` message keeps its place: moved to the head it would break the prefix that upstream has cached. */
function systemTextOf(message: Message, index: number, { request, tables, losses }: Translation): string {
  checkFieldsOf(message, tables.messageRules, `messages.${index}.`, losses);
  if (isCleared(message, index, request)) return '';
  return systemMessageText(message, index, tables.checkBlockFields, losses);
}
