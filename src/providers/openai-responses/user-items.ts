import { reminderText, unansweredText } from '../../translation/block-text.ts';
import type { Piece } from '../openai/pieces.ts';
import { resultText, ShownMedia } from '../openai/result-pieces.ts';
import type { Translation } from '../openai/translation.ts';
import { readUserTurn, type TurnResult } from '../openai/user-turn.ts';
import { outputOf, partsOf, textPart } from './parts.ts';
import { serverFormOf } from './server-form.ts';
import type { FunctionCallOutput, InputItem, InputMessage } from './wire.ts';

/** The messages `first` to `last`, of user and system, after a turn of the assistant that made the calls `callIds`. */
export function buildUserItems(
  first: number,
  last: number,
  callIds: readonly string[],
  translation: Translation,
): InputItem[] {
  const { dialect } = translation;
  const turn = readUserTurn(first, last, callIds, translation);
  const shown = new ShownMedia();
  const inPlace = serverFormOf(dialect).resultMedia === 'in-place';
  const output = ({ callId, found }: TurnResult): FunctionCallOutput['output'] => {
    if (found === undefined) return unansweredText;
    if (inPlace) return outputOf(found, translation);
    return resultText(shown.textOf(found.pieces, callId), found.block, dialect.emptyToolResult);
  };
  const items: InputItem[] = turn.results.map((result) => ({
    type: 'function_call_output',
    call_id: result.callId,
    output: output(result),
  }));
  // What a result shows stands in front of what the user says about it.
  let before: readonly Piece[] = shown.pieces;
  for (const message of turn.messages) {
    if (message.role === 'system') {
      items.push(...systemItems(message.text, translation));
      continue;
    }
    const content = partsOf([...before, ...message.pieces], translation);
    before = [];
    if (content.length > 0) items.push({ type: 'message', role: 'user', content });
  }
  return items;
}

/** A system text where the conversation stands, in the form that the server takes there. */
export function systemItems(text: string, { dialect }: Translation): InputMessage[] {
  if (text === '') return [];
  const { midSystem, systemRole } = serverFormOf(dialect);
  if (midSystem === 'in-place') return [{ type: 'message', role: systemRole, content: [textPart(text)] }];
  return [{ type: 'message', role: 'user', content: [textPart(reminderText(text))] }];
}
