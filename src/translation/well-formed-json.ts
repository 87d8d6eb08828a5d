/**
 * A value as JSON that every server can read. Text that a tool cut in the middle of a character holds half of a
 * surrogate pair; strict parsers refuse the whole request for one, and the conversation with it, for good. Like UTF-8,
 * which has no such halves, this puts U+FFFD there.
 */
export function writeJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Only halves are written as escapes, whole characters as they are; a backslash of the text itself is doubled.
  return json.includes(String.raw`\ud`) ? json.replace(halfCharacter, '$1\u{FFFD}') : json;
}

const halfCharacter = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;
