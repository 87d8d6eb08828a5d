import { type Piece, textOfPieces } from '../openai/pieces.ts';
import { failureMark, resultText } from '../openai/result-pieces.ts';
import type { Translation } from '../openai/translation.ts';
import type { TurnResult } from '../openai/user-turn.ts';
import type { FunctionCallOutput, InputPart, TextPart } from './wire.ts';

export function partsOf(pieces: readonly Piece[], translation: Translation): InputPart[] {
  return pieces.map((piece) => partOf(piece, translation));
}

function partOf(piece: Piece, { dialect }: Translation): InputPart {
  switch (piece.kind) {
    case 'text':
      return textPart(piece.text);
    case 'image': {
      const image = { type: 'input_image', image_url: piece.url } as const;
      return dialect.imageDetail ? { ...image, detail: 'auto' } : image;
    }
    case 'file':
      return { type: 'input_file', filename: piece.name, file_data: piece.data };
    case 'file-address':
      return { type: 'input_file', file_url: piece.url };
  }
}

export function textPart(text: string): TextPart {
  return { type: 'input_text', text };
}

/** What a call gave: a string where it is only text, else its parts. */
export function outputOf(
  { block, pieces }: NonNullable<TurnResult['found']>,
  translation: Translation,
): FunctionCallOutput['output'] {
  const text = textOfPieces(pieces, '\n');
  if (text !== undefined) return resultText(text, block, translation.dialect.emptyToolResult);
  const parts = partsOf(pieces, translation);
  if (block.is_error !== true) return parts;
  const [first, ...rest] = parts;
  return first?.type === 'input_text'
    ? [textPart(`${failureMark} ${first.text}`), ...rest]
    : [textPart(failureMark), ...parts];
}
