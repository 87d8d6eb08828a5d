import { afterEach, expect, test } from 'bun:test';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'claude-code-proxy-scripts-'));
  folders.push(folder);
  return folder;
}

/** Stands in for npm: notes how it was called, and leaves what an installation leaves. */
const npmStandIn = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
appendFileSync('npm-calls', process.argv.slice(2).filter((word) => word === 'ci' || word === '--omit=dev').join(' ') + '\\n');
if (process.env.NPM_FAILS) process.exit(1);
mkdirSync('node_modules/bun/bin', { recursive: true });
writeFileSync('node_modules/bun/bin/bun.exe', '#!/bin/sh\\nexit 0\\n', { mode: 0o755 });
`;

function newCheckout() {
  const folder = newFolder();
  mkdirSync(join(folder, 'scripts'));
  cpSync(join(root, 'scripts', 'ready.mjs'), join(folder, 'scripts', 'ready.mjs'));
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  writeFileSync(join(folder, 'npm.js'), npmStandIn);
  const ready = (wanted: 'run' | 'dev', env: Record<string, string> = {}) => {
    const { exitCode, stderr } = Bun.spawnSync(['node', 'scripts/ready.mjs', wanted], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', npm_execpath: join(folder, 'npm.js'), ...env },
    });
    return { exitCode, said: stderr.toString() };
  };
  const calls = () =>
    existsSync(join(folder, 'npm-calls')) ? readFileSync(join(folder, 'npm-calls'), 'utf8').trimEnd().split('\n') : [];
  return { folder, ready, calls };
}

test('what is missing is installed once, and again only when the lock file changes', () => {
  const { folder, ready, calls } = newCheckout();
  expect(ready('run')).toEqual({ exitCode: 0, said: 'Installing packages (once) …\n' });
  expect(ready('run')).toEqual({ exitCode: 0, said: '' });
  expect(calls()).toEqual(['ci --omit=dev']);
  appendFileSync(join(folder, 'package-lock.json'), '\n');
  ready('run');
  expect(calls()).toEqual(['ci --omit=dev', 'ci --omit=dev']);
});

test('the test tools come when they are first needed, and a later start leaves them there', () => {
  const { folder, ready, calls } = newCheckout();
  ready('run');
  ready('dev');
  ready('run');
  expect(calls()).toEqual(['ci --omit=dev', 'ci']);
  appendFileSync(join(folder, 'package-lock.json'), '\n');
  ready('run');
  expect(calls().at(-1)).toBe('ci');
});

test('test tools that npm itself has installed stay, too', () => {
  const { folder, ready, calls } = newCheckout();
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{"packages":{"node_modules/knip":{"dev": true}}}');
  ready('run');
  expect(calls()).toEqual(['ci']);
});

test('a failed installation is told, and tried again the next time', () => {
  const { ready, calls } = newCheckout();
  const { exitCode, said } = ready('run', { NPM_FAILS: 'yes' });
  expect(exitCode).toBe(1);
  expect(said).toContain('npm could not install the packages');
  expect(ready('run').exitCode).toBe(0);
  expect(calls()).toHaveLength(2);
});

test('the installed command works from any folder and leaves what it finds there to the proxy', () => {
  const folder = newFolder();
  // Bun by itself would read both of these: the first as its environment, the second as its own settings.
  writeFileSync(join(folder, '.env'), 'PORT=none\n');
  writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./no-such-file.ts"]\n');
  const { exitCode, stderr } = Bun.spawnSync(['node', join(root, 'scripts', 'launch.mjs')], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
  });
  expect(stderr.toString()).toContain('PORT is "none"');
  expect(exitCode).toBe(1);
});
