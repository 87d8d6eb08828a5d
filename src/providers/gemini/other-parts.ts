import { isRecord } from '../../messages/json.ts';
import type { MessageEventOf } from '../../messages/types.ts';
import { type Fields, textOf } from './answer-wire.ts';

type Block = MessageEventOf<'content_block_start'>['content_block'];

/**
 * Code that ran at Google, as the blocks that Anthropic has for it. `callId` is the id of the code's block: a new one
 * for the code, the last one for its result.
 */
export function codeBlock(part: Fields, callId: string): Block | undefined {
  const { executableCode, codeExecutionResult } = part;
  if (isRecord(executableCode)) {
    return {
      type: 'server_tool_use',
      id: callId,
      name: 'code_execution',
      input: { code: textOf(executableCode.code) ?? '' },
      caller: { type: 'direct' },
    };
  }
  if (!isRecord(codeExecutionResult)) return undefined;
  const { outcome, output } = codeExecutionResult;
  const ran = outcome === undefined || outcome === 'OUTCOME_OK';
  const said = textOf(output) ?? '';
  return {
    type: 'code_execution_tool_result',
    tool_use_id: callId,
    content: {
      type: 'code_execution_result',
      content: [],
      return_code: ran ? 0 : 1,
      stdout: ran ? said : '',
      stderr: ran ? '' : said,
    },
  };
}

/** What an answer of the Messages API has no block for, in words: nothing is lost in silence. */
export function noteOf({ inlineData, fileData }: Fields): string | undefined {
  if (isRecord(inlineData)) {
    const bytes = Math.floor(((textOf(inlineData.data) ?? '').length * 3) / 4);
    return `[Gemini sent ${typeOf(inlineData)} of about ${bytes} bytes, which an answer here cannot hold.]`;
  }
  if (isRecord(fileData))
    return `[Gemini sent ${typeOf(fileData)}: ${textOf(fileData.fileUri) ?? 'without an address'}]`;
  return undefined;
}

function typeOf({ mimeType }: Fields): string {
  return (textOf(mimeType) ?? 'data of an unknown type').slice(0, 100);
}

// More than this would go back and forth with every turn.
const mostCarried = 1024 * 1024;

/**
 * How long a part is, in characters, that goes back as it came, so that the model knows what it knew: a call that Google
 * has run itself, or its result. Undefined for every other part.
 */
export function carriedLength(part: Fields): number | undefined {
  if (!isRecord(part.toolCall) && !isRecord(part.toolResponse)) return undefined;
  const { length } = JSON.stringify(part);
  return length <= mostCarried ? length : undefined;
}
