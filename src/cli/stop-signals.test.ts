import { expect, test } from 'bun:test';

// Signals reach whole processes, so each case is one: a server of two streams that end when stdin says so.
const program = `
import { createLog } from ${JSON.stringify(new URL('../observe/log.ts', import.meta.url).pathname)};
import { untilStopped } from ${JSON.stringify(new URL('./stop-signals.ts', import.meta.url).pathname)};
const options = JSON.parse(process.argv.at(-1) ?? '{}');
const say = (text) => process.stdout.write(text);
let open = options.open;
const ended = new Promise((resolve) => process.stdin.on('data', resolve));
const server = {
  activeStreams: () => open,
  shutdown: async (graceMs) => { say('grace ' + graceMs + '\\n'); if (options.breaks) throw new Error('x'); if (open > 0) await ended; open = 0; },
  stopNow: async () => { say('cut\\n'); },
};
const log = createLog({ level: 'info', format: 'pretty' }, say, { now: () => new Date(0) });
const stopped = untilStopped(server, log, { graceMs: 10_000, echoMs: options.echoMs, terminal: true, breakLine: () => say('newline\\n') });
say('ready\\n');
process.exit(await stopped);
`;

function start(options: { open: number; echoMs: number; breaks?: boolean }) {
  const child = Bun.spawn([process.execPath, '-e', program, '--', JSON.stringify(options)], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let said = '';
  return {
    child,
    /** Reads on until the text has been said, or to the end. */
    async until(text: string): Promise<string> {
      while (!said.includes(text)) {
        const { done, value } = await reader.read();
        if (done) break;
        said += decoder.decode(value);
      }
      return said;
    },
  };
}

test('with nothing open, a signal ends it at once and in order', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const { child, until } = start({ open: 0, echoMs: 0 });
    await until('ready');
    child.kill(signal);
    expect(await child.exited).toBe(0);
    const lineBreak = signal === 'SIGINT' ? 'newline\n' : '';
    expect((await until('stopped')).replaceAll(/\d\d:\d\d:\d\d/g, 'time')).toBe(
      `ready\n${lineBreak}time  info  stopping\ngrace 10000\ntime  info  stopped\n`,
    );
  }
});

test('open streams finish first, and how many is told', async () => {
  const { child, until } = start({ open: 2, echoMs: 0 });
  await until('ready');
  child.kill('SIGINT');
  expect(await until('grace')).toContain(
    'stopping; 2 open streams may go on for up to 10 s (Ctrl-C again ends them now)',
  );
  child.stdin.write('end\n');
  child.stdin.end();
  expect(await child.exited).toBe(0);
  expect(await until('never said')).not.toContain('cut');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a second %s cuts them, with exit code %d', async (signal, code) => {
  const { child, until } = start({ open: 1, echoMs: 0 });
  await until('ready');
  child.kill('SIGTERM');
  await until('1 open stream may go on');
  child.kill(signal);
  expect(await child.exited).toBe(code);
  expect(await until('never said')).toContain('stopped at once; 1 open stream cut\ncut\n');
});

test('the echo of a Ctrl-C that npm passes on is no second one', async () => {
  const { child, until } = start({ open: 1, echoMs: 60_000 });
  await until('ready');
  child.kill('SIGINT');
  await until('grace');
  child.kill('SIGINT');
  child.stdin.write('end\n');
  child.stdin.end();
  expect(await child.exited).toBe(0);
  expect(await until('never said')).not.toContain('cut');
});

test('a shutdown that fails is told and ends the process all the same', async () => {
  const { child, until } = start({ open: 1, echoMs: 0, breaks: true });
  await until('ready');
  child.kill('SIGTERM');
  expect(await child.exited).toBe(1);
  expect(await until('never said')).toContain('could not stop in order');
});
