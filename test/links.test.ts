import { expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from './checkout-files.ts';

const root = join(import.meta.dir, '..');

test('every link from one document to another file leads somewhere', () => {
  const broken = filesOf(root)
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => {
      const links = [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
      return links
        .filter(([, link = '']) => !existsSync(join(root, dirname(file), link)))
        .map(([, link]) => `${file}: ${link}`);
    });
  expect(broken).toEqual([]);
});
