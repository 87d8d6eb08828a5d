// The real Claude Code through the proxy to a fake of a server on one's own machine: a small model that knows what to call
// and writes it wrongly, behind a server that leaves calls in the text.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { callTool, say } from '../upstreams/script.ts';
import { localKind } from './harness/local-kind.ts';
import { inSession } from './harness/session.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

const allowedTools = ['Bash', 'Read', 'Write'];

test.concurrent('calls written as text are run, and the model sees their results', async () => {
  const script = () => [
    [say('I make it.\n<tool_call>\n{"name": "Bash", "arguments": {"command": "echo made > made.txt"}}\n</tool_call>')],
    [say('<function=Bash>\n<parameter=command>\ncat made.txt\n</parameter>\n</function>')],
    [say('The file says: made.')],
  ];
  await inSession(localKind, { script }, async ({ ask, upstream, proxy, workspace }) => {
    const answer = await ask('Make a file', { allowedTools });
    expect(answer).toMatchObject({ exitCode: 0, text: 'The file says: made.' });
    expect(answer.toolResults.map(({ isError }) => isError)).toEqual([false, false]);
    expect(await Bun.file(join(workspace, 'made.txt')).text()).toBe('made\n');
    // What the model said comes back as the call that it was meant to be.
    expect(upstream.calls.at(-1)?.text).not.toContain('<tool_call>');
    expect(upstream.calls.at(-1)?.toolResults.at(-1)).toContain('made');
    expect((await proxy.requests()).map(({ callRepairs }) => callRepairs)).toEqual([{ text: 1 }, { text: 1 }, {}]);
  });
});

test.concurrent('calls that do not fit their tools are run all the same', async () => {
  const script = ({ workspace }: { readonly workspace: string }) => [
    [callTool('functions.Write', { file_path: join(workspace, 'list.txt'), content: 'one\ntwo\nthree\n' })],
    [callTool('Read', { file_path: join(workspace, 'list.txt'), offset: '2', limit: '1', pages: '' })],
    [say('The second line is two.')],
  ];
  await inSession(localKind, { script }, async ({ ask, upstream, proxy }) => {
    const answer = await ask('Write a list and read its second line', { allowedTools });
    expect(answer).toMatchObject({ exitCode: 0, text: 'The second line is two.' });
    expect(answer.toolResults.map(({ isError }) => isError)).toEqual([false, false]);
    const read = upstream.calls.at(-1)?.toolResults.at(-1);
    expect(read).toContain('two');
    expect(read).not.toContain('three');
    expect((await proxy.requests()).map(({ callRepairs }) => callRepairs)).toEqual([
      { name: 1 },
      expect.objectContaining({ type: 2 }),
      {},
    ]);
  });
});
