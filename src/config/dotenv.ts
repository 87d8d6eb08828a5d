/** What a `.env` file sets, and what in it cannot be read. Messages name the line, never what stands in it. */
export interface Dotenv {
  readonly values: ReadonlyMap<string, { readonly text: string; readonly line: number }>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/;
const nothingMore = /^[ \t]*(?:#.*)?$/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * Reads `.env` text: `NAME=value`, `export NAME=value`, comments, and values in single quotes or backticks (taken as
 * they are) or double quotes (with \n, \t, \" and \\), all of which may span lines. `$NAME` is not expanded.
 */
export function parseDotenv(text: string): Dotenv {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const values = new Map<string, { text: string; line: number }>();
  const problems: string[] = [];
  const warnings: string[] = [];

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const lineNumber = index + 1;
    if (nothingMore.test(line)) continue;

    const start = assignment.exec(line);
    const name = start?.[1];
    if (start === null || name === undefined) {
      problems.push(`.env:${lineNumber}: this line is not NAME=value; correct it or put # in front of it`);
      continue;
    }

    const value = readValue(lines, index, start[0].length);
    if ('problem' in value) {
      problems.push(`.env:${lineNumber}: ${name}: ${value.problem}`);
      continue;
    }
    const earlier = values.get(name);
    if (earlier !== undefined) {
      warnings.push(`.env sets ${name} on line ${earlier.line} and again on line ${lineNumber}; the last one counts`);
    }
    values.set(name, { text: value.text, line: lineNumber });
    index = value.lastLine;
  }
  return { values, problems, warnings };
}

type Value = { readonly text: string; readonly lastLine: number } | { readonly problem: string };

function readValue(lines: readonly string[], index: number, column: number): Value {
  const line = lines[index] ?? '';
  const quote = line[column];
  if (quote === '"' || quote === "'" || quote === '`') return readQuoted(lines, index, column + 1, quote);

  // Only a # after a space begins a comment: keys and URLs may hold one. The look-behind sees the space after `=`.
  const comment = /(?<=[ \t])#/.exec(line.slice(column - 1));
  const end = comment === null ? line.length : column - 1 + comment.index;
  return { text: line.slice(column, end).trim(), lastLine: index };
}

function readQuoted(lines: readonly string[], firstLine: number, column: number, quote: string): Value {
  let text = '';
  for (let index = firstLine; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (index > firstLine) text += '\n';
    for (let at = index === firstLine ? column : 0; at < line.length; at++) {
      const character = line[at] ?? '';
      if (character === quote) {
        if (nothingMore.test(line.slice(at + 1))) return { text, lastLine: index };
        return { problem: `something stands after the closing ${quote}; remove it, or put a space and # before it` };
      }
      const escaped = character === '\\' && quote === '"' ? escapes[line[at + 1] ?? ''] : undefined;
      if (escaped === undefined) {
        text += character;
      } else {
        text += escaped;
        at++;
      }
    }
  }
  return { problem: `the ${quote} that opens the value is never closed` };
}
