import { expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from './checkout-files.ts';

const root = join(import.meta.dir, '..');
const files = filesOf(root);
const documents = files.filter((file) => file.endsWith('.md'));

test('every link from one document to another file leads somewhere', () => {
  const broken = documents.flatMap((file) => {
    const links = [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
    return links
      .filter(([, link = '']) => !existsSync(join(root, dirname(file), link)))
      .map(([, link]) => `${file}: ${link}`);
  });
  expect(broken).toEqual([]);
});

test('every file of code that a document names is there', () => {
  const missing = documents.flatMap((document) => {
    const names = [...readFileSync(join(root, document), 'utf8').matchAll(/[\w./-]+\.(?:ts|mjs)\b/g)].map(String);
    return names
      .filter((name) => name !== 'path/to/file.test.ts')
      .filter((name) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))
      .map((name) => `${document}: ${name}`);
  });
  expect(missing).toEqual([]);
});
