import { expect, test } from 'bun:test';

const program = `
import { createLog } from ${JSON.stringify(new URL('../observe/log.ts', import.meta.url).pathname)};
import { outliveFaults } from ${JSON.stringify(new URL('./faults.ts', import.meta.url).pathname)};
const log = createLog({ level: process.argv.at(-1), format: 'json' }, (text) => process.stdout.write(text));
outliveFaults(log);
Promise.reject(new DOMException('the user asked about prompt text', 'AbortError'));
Promise.reject(new SyntaxError('Unexpected token in prompt text'));
Promise.reject('prompt text');
setTimeout(() => { throw new TypeError('prompt text'); }, 1);
setTimeout(() => log.warn('still alive'), 20);
`;

async function said(level: string): Promise<{ text: string; messages: unknown[] }> {
  const child = Bun.spawn([process.execPath, '-e', program, '--', level], { stderr: 'pipe' });
  const text = (await child.stdout.text()) + (await child.stderr.text());
  expect(await child.exited).toBe(0);
  return {
    text,
    messages: text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).message),
  };
}

test('faults nobody caught are told without their words, and the process lives on', async () => {
  const { text, messages } = await said('info');
  expect(messages).toEqual([
    'a rejection nobody waited for',
    'a rejection nobody waited for',
    'an error nobody caught',
    'still alive',
  ]);
  expect(text).toContain('"name":"SyntaxError"');
  expect(text).toContain('"name":"TypeError"');
  expect(text).not.toContain('prompt text');
});

test('a client that left is worth a line only when debugging', async () => {
  const { text, messages } = await said('debug');
  expect(messages[0]).toBe('a rejection nobody waited for after a client left');
  expect(text).not.toContain('prompt text');
});
