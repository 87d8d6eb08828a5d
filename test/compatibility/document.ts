import type { Cell } from './matrix.ts';
import type { Column } from './visit.ts';

export interface FilledGroup {
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly cells: readonly Cell[] }[];
}

const intro = `# What works where

<!-- Written by test/compatibility.test.ts, which tries every cell: UPDATE=1 bun test test/compatibility.test.ts -->

Every cell is tried by the tests: the official SDK asks through the proxy, and a strict fake of the vendor's API, which
refuses what the real one refuses, answers.

- **yes**: it works.
- **listed**: it does not reach this model. The answer comes, and the header \`x-proxy-loss\` and the log say what was left
  out (with \`STRICT=true\` the request is refused instead).
- **refused**: a 400 says why.
- **—**: there is nothing of the kind.

To Anthropic, requests and answers pass through byte for byte.`;

/** docs/compatibility.md, from what was found. */
export function compatibilityDoc(columns: readonly Column[], groups: readonly FilledGroup[]): string {
  return [intro, ...groups.flatMap((group) => [`## ${group.title}`, tableOf(columns, group), notesOf(columns, group)])]
    .filter((text) => text !== '')
    .join('\n\n')
    .concat('\n');
}

function tableOf(columns: readonly Column[], { rows }: FilledGroup): string {
  return [
    `| | ${columns.map(({ title }) => title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...rows.map(({ title, cells }) => `| ${title} | ${cells.map(({ word }) => word).join(' | ')} |`),
  ].join('\n');
}

/** Why something is not there: one line for each reason. */
function notesOf(columns: readonly Column[], { rows }: FilledGroup): string {
  const lines: string[] = [];
  for (const { title, cells } of rows) {
    const places = new Map<string, string[]>();
    for (const [index, cell] of cells.entries()) {
      if (cell.word === 'yes') continue;
      const known = places.get(cell.why) ?? [];
      places.set(cell.why, [...known, columns[index]?.title ?? '']);
    }
    for (const [why, where] of places) lines.push(`- ${title}, ${where.join(', ')}: ${why}`);
  }
  return lines.join('\n');
}
