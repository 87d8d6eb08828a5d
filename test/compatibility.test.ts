import { expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compatibilityDoc, type FilledGroup } from './compatibility/document.ts';
import { type Cell, columns, groups, tryOut } from './compatibility/matrix.ts';

setDefaultTimeout(120_000);

const file = join(import.meta.dir, '..', 'docs', 'compatibility.md');

test('every feature is there on every upstream, or is said not to be, and docs/compatibility.md tells which', async () => {
  const silent: string[] = [];
  const filled: FilledGroup[] = [];
  for (const { title, features } of groups) {
    const rows: { title: string; cells: readonly Cell[] }[] = [];
    for (const feature of features) {
      const tried = columns.map((column) =>
        tryOut(feature, column).catch((error: unknown): Cell => {
          silent.push(`${feature.title}, ${column.title}: ${String(error)}`);
          return { word: 'yes' };
        }),
      );
      rows.push({ title: feature.title, cells: await Promise.all(tried) });
    }
    filled.push({ title, rows });
  }
  expect(silent).toEqual([]);
  const written = compatibilityDoc(columns, filled);
  if (process.env.UPDATE === '1') writeFileSync(file, written);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(written);
});
