// Makes the checkout ready to run, on whatever Node (18 or newer) the machine has: installs the packages of the
// lock file once, and again only when the lock file changes. `dev` also installs what the tests and checks need.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.ready.json');
const bunProgram = join(root, 'node_modules', 'bun', 'bin', 'bun.exe');

/** Installs what is missing for `wanted` ('run' or 'dev'); throws an Error a user can act on. */
export function makeReady(wanted) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = readStamp();
  const isInstalled = stamp.lock === lock && (stamp.installed === 'dev' || stamp.installed === wanted);
  if (isInstalled && existsSync(bunProgram)) return;

  // A checkout that once had the development packages keeps them.
  const installed = (stamp.installed ?? installedByHand()) === 'dev' ? 'dev' : wanted;
  console.error(`Installing packages (${installed === 'dev' ? 'with test tools, ' : ''}once) …`);
  const npmArguments = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  if (installed === 'run') npmArguments.push('--omit=dev');
  // Under `npm start`, npm tells us where it lives; a bare `npm` is a .cmd file on Windows and needs a shell.
  const npmProgram = process.env.npm_execpath;
  const done = npmProgram?.endsWith('.js')
    ? spawnSync(process.execPath, [npmProgram, ...npmArguments], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', npmArguments, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (done.status !== 0) throw new Error('npm could not install the packages; its own message is above.');

  if (!bunRuns()) {
    // npm was told not to run install scripts, or skipped this one: it only puts Bun's program in its place.
    spawnSync(process.execPath, [join(root, 'node_modules', 'bun', 'install.js')], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    if (!bunRuns())
      throw new Error(
        `Bun does not run on this machine (${process.platform} ${process.arch}): see https://bun.com/docs/installation`,
      );
  }
  writeFileSync(stampFile, JSON.stringify({ lock, installed }));
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

/** Somebody ran npm without us: its own record of what it put there marks the development packages. */
function installedByHand() {
  try {
    const record = readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8');
    return record.includes('"dev": true') ? 'dev' : undefined;
  } catch {
    return undefined;
  }
}

function bunRuns() {
  return spawnSync(bunProgram, ['--version'], { stdio: 'ignore' }).status === 0;
}

export { bunProgram, root };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    makeReady(process.argv[2] === 'dev' ? 'dev' : 'run');
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
