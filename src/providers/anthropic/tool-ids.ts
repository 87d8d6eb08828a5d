import { createHash } from 'node:crypto';
import { JsonScanner } from '../../messages/json-scanner.ts';

/** What Anthropic takes as an id of a tool call (source: its refusal of any other). */
const legal = /^[a-zA-Z0-9_-]+$/;
const longestStem = 40;

export function isLegalId(id: string): boolean {
  return legal.test(id);
}

/**
 * A legal id for one that is not, such as `functions.Bash:0`. The same id always becomes the same, so that call and
 * result agree and the prompt's cached prefix stays; two ids never become one.
 */
export function legalId(id: string): string {
  if (isLegalId(id)) return id;
  const stem = id.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, longestStem);
  return `${stem}_${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}

const resultId = Buffer.from('"tool_use_id"');

/** Whether some result of a tool names an id that Anthropic refuses; every call of a history has a result. */
export function hasIllegalId(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(resultId); at !== -1; at = bytes.indexOf(resultId, at)) {
    const behind = new JsonScanner(bytes, at + resultId.length);
    at = behind.at;
    if (behind.peek() !== 0x3a) continue;
    behind.at += 1;
    if (!behind.isAtString) continue;
    const end = bytes.indexOf(0x22, behind.at + 1);
    if (!isLegalId(bytes.toString('latin1', behind.at + 1, end))) return true;
  }
  return false;
}
