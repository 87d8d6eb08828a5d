import { loadedToolText, unsupportedText } from '../../translation/block-text.ts';
import { notKnown } from '../../translation/losses.ts';
import type { ToolResult } from '../../translation/results-of-calls.ts';
import { searchResultWords } from '../../translation/search-result.ts';
import { writeDocument, writeImage } from './media.ts';
import { type Medium, type Piece, PieceList } from './pieces.ts';
import type { Translation } from './translation.ts';

/** The content of a result in its order. Failure is not said in it. */
export function resultPieces(result: ToolResult, translation: Translation, path: string): readonly Piece[] {
  translation.tables.checkBlockFields(result, translation.losses, () => path);
  const { content } = result;
  const list = new PieceList();
  if (typeof content === 'string') {
    if (content !== '') list.text(content);
  } else if (Array.isArray(content)) {
    for (let index = 0; index < content.length; index++) {
      const block = content[index];
      if (block === undefined) continue;
      if (block.type === 'text') {
        if (block.text !== '') list.text(block.text);
      } else {
        writePart(block, list, translation, `${path}.content.${index}`);
      }
    }
  }
  return list.pieces;
}

type ResultPart = Exclude<Extract<ToolResult['content'], readonly unknown[]>[number], { type: 'text' }>;

function writePart(block: ResultPart, list: PieceList, translation: Translation, path: string): void {
  const { names, losses, tables } = translation;
  switch (block.type) {
    case 'image':
      writeImage(block, list, translation, path);
      break;
    case 'document':
      writeDocument(block, list, translation, path);
      break;
    case 'search_result':
      list.text(searchResultWords(block, losses, path));
      break;
    case 'tool_reference':
      list.text(loadedToolText(block.tool_name, names.write(block.tool_name)));
      break;
    case 'browser_state':
      list.text(JSON.stringify({ tabs: block.tabs, state_changes: block.state_changes ?? [] }));
      break;
    default:
      list.text(unsupportedText(block));
      losses.add(path, notKnown);
      return;
  }
  tables.checkBlockFields(block, losses, () => path);
}

/** There is no field for a failure, and without a mark it would look like a success. */
export const failureMark = '[tool error]';

/** A result where it can be text only; `empty` is what the server wants of one that says nothing. */
export function resultText(text: string, { is_error }: ToolResult, empty: string): string {
  if (is_error === true) return `${failureMark} ${text === '' ? '(no output)' : text}`;
  return text === '' ? empty : text;
}

/**
 * The media of one turn's results, where a result holds text only: they are numbered, named in the text, and shown by the
 * user behind all results.
 */
export class ShownMedia {
  readonly pieces: Piece[] = [];
  #count = 0;

  /** The text of a result of the call that the server knows as `callId`. */
  textOf(pieces: readonly Piece[], callId: string): string {
    return pieces.map((piece) => (piece.kind === 'text' ? piece.text : this.#show(piece, callId))).join('\n');
  }

  #show(medium: Medium, callId: string): string {
    const what = medium.kind === 'image' ? 'image' : 'document';
    this.#count += 1;
    this.pieces.push({ kind: 'text', text: `${what} ${this.#count}, from call ${callId}:` }, medium);
    return `[see ${what} ${this.#count} below]`;
  }
}
