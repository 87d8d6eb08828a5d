import { reminderText, unansweredText } from '../../translation/block-text.ts';
import { type Piece, textOfPieces } from '../openai/pieces.ts';
import { resultText, ShownMedia } from '../openai/result-pieces.ts';
import type { Translation } from '../openai/translation.ts';
import { readUserTurn } from '../openai/user-turn.ts';
import type { MediaPart, SystemMessage, TextPart, ToolMessage, UserContent, UserMessage } from './wire.ts';

/** The messages `first` to `last`, of user and system, after a turn of the assistant that made the calls `callIds`. */
export function buildUserTurn(
  first: number,
  last: number,
  callIds: readonly string[],
  translation: Translation,
): (ToolMessage | UserMessage | SystemMessage)[] {
  const turn = readUserTurn(first, last, callIds, translation);
  // A `tool` message holds text only.
  const shown = new ShownMedia();
  const messages: (ToolMessage | UserMessage | SystemMessage)[] = turn.results.map(({ callId, found }) => {
    const content =
      found === undefined
        ? unansweredText
        : resultText(shown.textOf(found.pieces, callId), found.block, translation.dialect.emptyToolResult);
    return { role: 'tool', tool_call_id: callId, content };
  });
  // What a result shows stands in front of what the user says about it.
  let before: readonly Piece[] = shown.pieces;
  for (const message of turn.messages) {
    if (message.role === 'system') {
      messages.push(...systemLine(message.text, translation));
      continue;
    }
    const pieces = [...before, ...message.pieces];
    before = [];
    if (pieces.length > 0) messages.push({ role: 'user', content: contentOf(pieces, translation) });
  }
  return messages;
}

/** Older servers want a string where there is only text. */
function contentOf(pieces: readonly Piece[], translation: Translation): UserContent {
  return textOfPieces(pieces, '\n\n') ?? pieces.map((piece) => partOf(piece, translation));
}

function partOf(piece: Piece, { dialect }: Translation): TextPart | MediaPart {
  switch (piece.kind) {
    case 'text':
      return { type: 'text', text: piece.text };
    case 'image': {
      const { url } = piece;
      return { type: 'image_url', image_url: dialect.imageDetail ? { url, detail: 'auto' } : { url } };
    }
    case 'file':
      return { type: 'file', file: { filename: piece.name, file_data: piece.data } };
    case 'file-address':
      return { type: 'text', text: `[document at ${piece.url}]` };
  }
}

/** A system text where the conversation stands, in the form that the server takes there. */
export function systemLine(text: string, { dialect }: Translation): (SystemMessage | UserMessage)[] {
  if (dialect.midSystem === 'in-place') return [{ role: 'system', content: text }];
  return [{ role: 'user', content: reminderText(text) }];
}
