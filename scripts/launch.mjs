#!/usr/bin/env node
// The installed command: `claude-code-proxy` or `ccp`. npm gives us Node; the proxy itself runs on Bun.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bunProgram, root } from './ready.mjs';

const proxy = spawn(bunProgram, [join(root, 'src', 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => proxy.kill(signal));
proxy.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exitCode = code ?? 1;
});
