import { existsSync } from 'node:fs';
import { restartWithoutConnectionLimit } from './cli/connection-limit.ts';
import type { CommandIo } from './cli/io.ts';

/** Argv in, exit code out. Each command is loaded only when it is asked for. */
async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [command = 'serve', ...rest] = args;
  if (['--help', '-h', 'help'].includes(command) || rest.some((arg) => arg === '--help' || arg === '-h')) {
    const { helpText } = await import('./cli/help.ts');
    io.out(helpText());
    return 0;
  }
  if (command === '--version' || command === '-v') {
    const { default: packageJson } = await import('../package.json', { with: { type: 'json' } });
    io.out(`${packageJson.version}\n`);
    return 0;
  }
  if (command === 'models') return (await import('./cli/models.ts')).run(io, rest);
  if (command !== 'serve' && command !== 'demo') return misused(`unknown command "${command}"`, io);
  if (rest[0] !== undefined) return misused(`${command} takes no "${rest[0]}"; settings are environment variables`, io);

  // Its scripted model belongs to the tests, which the container image leaves out.
  if (command === 'demo' && !existsSync(new URL('../test/upstreams', import.meta.url))) {
    return misused('the demo is not in the container image; in a checkout, run: npm run demo', io);
  }
  const { run } = await (command === 'serve' ? import('./cli/serve.ts') : import('./cli/demo.ts'));
  return run(io);
}

function misused(what: string, io: CommandIo): number {
  io.complain(`claude-code-proxy: ${what} (try --help)\n`);
  return 2;
}

// Before anything else is loaded: what this process has done so far is done again.
restartWithoutConnectionLimit();
const { processIo } = await import('./cli/io.ts');
const code = await main(process.argv.slice(2), processIo());
// What was written to a pipe may still be on its way, and exiting would cut it off.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
process.exit(code);
