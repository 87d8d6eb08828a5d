import { expect, test } from 'bun:test';
import { errorTable } from './proxy-error.ts';

const text = await Bun.file(new URL('../../docs/errors.md', import.meta.url)).text();
const rows = new Map<string, readonly string[]>();
for (const line of text.split('\n')) {
  const cells = line.split('|').map((cell) => cell.trim());
  const kind = /^`([a-z-]+)`$/.exec(cells[1] ?? '')?.[1];
  if (kind !== undefined) rows.set(kind, cells.slice(2, -1));
}

test.each(Object.entries(errorTable))('docs/errors.md tells what %s is and what to do', (kind, row) => {
  const [status, type, retry, happened, advice] = rows.get(kind) ?? [];
  expect(status).toBe(String(row.status));
  expect(type).toBe(`\`${row.type}\``);
  expect(retry).toBe(row.retry === 'never' ? 'no' : 'yes');
  expect(happened?.length).toBeGreaterThan(20);
  expect(advice?.length).toBeGreaterThan(5);
});

test('docs/errors.md has no kind that the proxy does not have', () => {
  expect([...rows.keys()]).toEqual(Object.keys(errorTable));
});
