// What an upstream or a client made up goes to a terminal and into log files only through here: a line break would
// forge a log line, an escape sequence would write to the terminal, a bidirectional mark would turn text around.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text on one line, with everything that would not print written as an escape, and cut at `maximumLength`. */
export function printable(text: string, maximumLength = 500): string {
  const cut = text.length > maximumLength ? `${text.slice(0, maximumLength - 1)}…` : text;
  return cut.replace(unprintable, escapeOf);
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** JSON.stringify leaves some of them as they are; their escapes mean the same to whoever parses the line. */
export function printableJson(json: string): string {
  return json.replace(unprintable, (characters) => {
    let escapes = '';
    for (let at = 0; at < characters.length; at++) {
      escapes += `\\u${characters.charCodeAt(at).toString(16).padStart(4, '0')}`;
    }
    return escapes;
  });
}
