import { createHash } from 'node:crypto';

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
    at = behindSpace(bytes, at + resultId.length);
    if (bytes[at] !== colon) continue;
    at = behindSpace(bytes, at + 1);
    if (bytes[at] !== quote) continue;
    const start = at + 1;
    at = behindLegal(bytes, start);
    if (bytes[at] !== quote || at === start) return true;
  }
  return false;
}

// By hand and without a string: a long conversation has hundreds of them, and every one of its requests comes by here.
const quote = 0x22;
const colon = 0x3a;

function behindSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at])
    at += 1;
  return at;
}

function behindLegal(bytes: Buffer, from: number): number {
  let at = from;
  while (isLegalByte[bytes[at] ?? 0] === 1) at += 1;
  return at;
}

/** For each byte whether it may stand in an id: one look instead of six comparisons. */
const isLegalByte = Uint8Array.from({ length: 256 }, (_, byte) => Number(isLegalId(String.fromCharCode(byte))));
