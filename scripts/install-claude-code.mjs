// Puts the Claude Code version that the end-to-end tests are pinned to into a cache folder, once, and prints its
// program's path. It is not a dependency of the project: about 250 MB that nobody needs to run the proxy.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageName = '@anthropic-ai/claude-code';
const version = '2.1.330';
const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'claude-code-proxy');
const folder = join(cacheFolder, `claude-code-${version}`);

/** The path of the pinned Claude Code, installed first if it is missing; throws an Error a user can act on. */
function installClaudeCode() {
  const installed = installedProgram();
  if (installed !== undefined) return installed;

  console.error(`Installing Claude Code ${version} into ${folder} (about 250 MB, once) …`);
  mkdirSync(cacheFolder, { recursive: true });
  // Everything happens in a folder of our own and becomes visible in one rename: two runs at once cannot spoil each
  // other, and an interrupted download is never taken for a whole one.
  const partial = mkdtempSync(join(cacheFolder, 'partial-'));
  try {
    download(partial);
    const program = findProgram(partial);
    writeFileSync(join(partial, 'installed.json'), JSON.stringify({ version, program }));
    // What stands there without a readable installed.json is no installation of ours.
    if (installedProgram() === undefined) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
    }
  } catch (error) {
    // Another run may have finished first, between our look and our rename.
    if (installedProgram() === undefined) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  const program = installedProgram();
  if (program === undefined) throw new Error(`Claude Code vanished from ${folder} while it was being installed.`);
  return program;
}

function installedProgram() {
  let installed;
  try {
    installed = JSON.parse(readFileSync(join(folder, 'installed.json'), 'utf8'));
  } catch {
    return undefined;
  }
  const program = join(folder, installed.program);
  return existsSync(program) ? program : undefined;
}

function download(prefix) {
  writeFileSync(join(prefix, 'package.json'), '{"private": true}');
  // Install scripts stay off: they would only copy the 380 MB program to a second place.
  const npmArguments = ['install', '--prefix', prefix, '--ignore-scripts', '--include=optional', '--no-package-lock'];
  npmArguments.push('--no-audit', '--no-fund', '--loglevel=error', `${packageName}@${version}`);
  // Under `npm run`, npm tells us where it lives; a bare `npm` is a .cmd file on Windows and needs a shell.
  const npmProgram = process.env.npm_execpath;
  const options = { cwd: prefix, stdio: ['ignore', 2, 2] };
  const done = npmProgram?.endsWith('.js')
    ? spawnSync(process.execPath, [npmProgram, ...npmArguments], options)
    : spawnSync('npm', npmArguments, { ...options, shell: process.platform === 'win32' });
  if (done.error) throw new Error(`npm could not be started: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`npm could not install ${packageName}@${version}; its own message is above.`);
}

/** The native program lies in a package of its own for each platform; of two (glibc and musl) one runs here. */
function findProgram(prefix) {
  const scope = packageName.split('/')[0];
  const name = process.platform === 'win32' ? 'claude.exe' : 'claude';
  const tried = [];
  for (const entry of readdirSync(join(prefix, 'node_modules', scope))) {
    const program = join('node_modules', scope, entry, name);
    if (!existsSync(join(prefix, program))) continue;
    const answer = spawnSync(join(prefix, program), ['--version'], { encoding: 'utf8' });
    if (answer.stdout?.startsWith(version)) return program;
    tried.push(`${entry}: ${(answer.error?.message ?? answer.stderr ?? answer.stdout ?? '').trim()}`);
  }
  const reason = tried.length === 0 ? 'npm brought no program for it' : tried.join('; ');
  throw new Error(
    `Claude Code ${version} does not run on this machine (${process.platform} ${process.arch}): ${reason}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(installClaudeCode());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
