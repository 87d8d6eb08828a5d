import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { translationDoc } from './translation-doc.ts';

test('docs/translation.md says what the tables say (UPDATE=1 rewrites it)', async () => {
  const file = Bun.file(join(import.meta.dir, '..', 'docs', 'translation.md'));
  if (process.env.UPDATE === '1') await file.write(translationDoc());
  expect(await file.text()).toBe(translationDoc());
});

test('no cell breaks its table', () => {
  for (const line of translationDoc().split('\n')) {
    if (line.startsWith('| ')) expect(line).toMatch(/ \|$/);
  }
  const widths = translationDoc()
    .trimEnd()
    .split('\n\n')
    .filter((part) => part.startsWith('| '))
    .map((part) => new Set(part.split('\n').map((line) => line.split('|').length)));
  for (const width of widths) expect(width.size).toBe(1);
});
