import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Glob } from 'bun';

const src = join(import.meta.dir, '..', 'src');

/** Which rooms a room may use, beside itself. `main.ts` and `cli` wire everything together and may use all. */
const mayUse: Record<string, readonly string[]> = {
  config: ['models'],
  models: [],
  errors: [],
  messages: ['errors'],
  workers: [],
  tokens: ['messages', 'models', 'errors', 'workers'],
  translation: ['messages', 'models', 'errors'],
  providers: ['translation', 'messages', 'models', 'errors', 'config'],
  emulation: ['translation', 'messages', 'models', 'errors', 'providers', 'web', 'documents'],
  web: ['translation', 'errors', 'config', 'workers'],
  documents: ['messages', 'errors', 'providers', 'web', 'workers'],
  routing: ['messages', 'models', 'errors', 'config', 'providers'],
  upstream: ['messages', 'errors', 'config', 'providers'],
  observe: ['messages', 'models', 'errors', 'config', 'routing', 'providers'],
  server: [
    'translation',
    'messages',
    'models',
    'errors',
    'config',
    'routing',
    'providers',
    'upstream',
    'tokens',
    'observe',
    'emulation',
    'web',
    'documents',
  ],
};

/** Rooms of pure code: given data, they return data. */
const pureRooms = ['models', 'errors', 'messages', 'translation', 'providers', 'routing', 'emulation'];
const impure =
  /\b(fetch|setTimeout|setInterval|queueMicrotask)\(|\bDate\.now\(|\bperformance\.now\(|\bMath\.random\(|\brandomUUID\b|\bprocess\.(env|stdout|stderr)|\bconsole\.|\bnew Date\(\)|node:(fs|net|http|os|child_process)|\basync\b/;

const files = [...new Glob('**/*.ts').scanSync(src)].filter((file) => !file.endsWith('.test.ts')).sort();

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(src, join(dirname(join(src, file)), match[1] ?? '')),
  );
}

function codeOf(file: string): string {
  return readFileSync(join(src, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'(?!;|\))/g, "''");
}

test('every import follows the arrows of ARCHITECTURE.md', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const room = file.split('/')[0] ?? '';
    const allowed = mayUse[room];
    if (allowed === undefined) continue;
    for (const used of importsOf(file)) {
      const usedRoom = used.split('/')[0] ?? '';
      if (usedRoom !== room && !allowed.includes(usedRoom)) wrong.push(`${file} uses ${used}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** What the dialects of one vendor share stands in a folder that carries the beginning of their names. */
const isShared = (folder: string, by: string | undefined) => by?.startsWith(`${folder}-`) === true;

test('a dialect sees no other dialect, and only the registry knows them all', () => {
  const wrong: string[] = [];
  const dialectOf = (path: string) => path.match(/^providers\/([^/]+)\//)?.[1];
  for (const file of files) {
    for (const used of importsOf(file)) {
      const dialect = dialectOf(used);
      if (dialect === undefined || dialect === dialectOf(file) || isShared(dialect, dialectOf(file))) continue;
      if (file !== 'providers/registry.ts' && used !== 'providers/openai/api.ts') {
        wrong.push(`${file} uses ${used}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('pure rooms touch no network, clock, randomness, environment or console', () => {
  const wrong = files
    .filter((file) => pureRooms.includes(file.split('/')[0] ?? ''))
    .flatMap((file) => {
      const found = codeOf(file).match(impure);
      return found === null ? [] : [`${file}: ${found[0]}`];
    });
  expect(wrong).toEqual([]);
});

test('process.env is read in one place', () => {
  const readers = files.filter((file) => /\bprocess\.env\b/.test(codeOf(file)));
  expect(readers.filter((file) => !file.startsWith('cli/') && file !== 'main.ts')).toEqual([]);
});

test('nothing is imported at run time that a user of npm start does not have', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(src, file), 'utf8');
    for (const match of text.matchAll(
      /^import (?!type\b)[^;]*? from '(openai|@anthropic-ai\/sdk|@google\/genai|ajv)[^']*'/gm,
    )) {
      wrong.push(`${file} imports ${match[1]}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no file has grown into two', () => {
  const roots = ['src', 'test', 'bench', 'scripts'];
  const long = roots.flatMap((root) =>
    [...new Glob('**/*.{ts,mjs}').scanSync(join(src, '..', root))]
      .map((file) => ({
        file: `${root}/${file}`,
        lines: readFileSync(join(src, '..', root, file), 'utf8').split('\n').length,
      }))
      .filter(({ lines, file }) => lines > (/\.(test|e2e)\.ts$/.test(file) ? 600 : 400)),
  );
  expect(long).toEqual([]);
});
