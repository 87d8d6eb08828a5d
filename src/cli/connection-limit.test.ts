import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = `
import { restartWithoutConnectionLimit } from ${JSON.stringify(new URL('./connection-limit.ts', import.meta.url).pathname)};
restartWithoutConnectionLimit();
console.log(JSON.stringify([process.pid, process.env.BUN_CONFIG_MAX_HTTP_REQUESTS, process.argv.slice(2), process.execArgv]));
`;

async function started(env: Record<string, string>): Promise<{ pid: number; said: unknown }> {
  const folder = mkdtempSync(join(tmpdir(), 'connection-limit-'));
  try {
    const file = join(folder, 'program.ts');
    writeFileSync(file, program);
    const child = Bun.spawn([process.execPath, '--no-env-file', file, 'serve', '--x=a b'], { env, stderr: 'inherit' });
    const said = await child.stdout.text();
    expect(await child.exited).toBe(0);
    return { pid: child.pid, said: JSON.parse(said) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(process.platform === 'win32')(
  'the process begins anew without the limit, as the same process with the same arguments',
  async () => {
    const { pid, said } = await started({});
    expect(said).toEqual([pid, '65535', ['serve', '--x=a b'], ['--no-env-file']]);
  },
);

test('a limit that the user has set is left alone', async () => {
  const { pid, said } = await started({ BUN_CONFIG_MAX_HTTP_REQUESTS: '1000' });
  expect(said).toEqual([pid, '1000', ['serve', '--x=a b'], ['--no-env-file']]);
});
