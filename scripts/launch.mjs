#!/usr/bin/env node
// The installed command: `claude-code-proxy` or `ccp`. npm gives us Node; the proxy itself runs on Bun.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bunProgram, makeReady, root } from './ready.mjs';

try {
  makeReady('run');
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

// Bun would otherwise read the .env and bunfig.toml of the user's folder by itself; the proxy reads .env on its own.
const flags = ['--no-env-file', `--config=${join(root, 'bunfig.toml')}`];
const proxy = spawn(bunProgram, [...flags, join(root, 'src', 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the proxy from the terminal itself; a second copy of it would be taken for a second Ctrl-C.
process.on('SIGINT', () => process.stdin.isTTY || proxy.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => proxy.kill(signal));
proxy.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exitCode = code ?? 1;
});
