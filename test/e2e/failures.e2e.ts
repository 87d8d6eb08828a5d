// The real Claude Code, headless, through the proxy to a strict fake of every vendor: what goes wrong on the way.
import { expect, setDefaultTimeout } from 'bun:test';
import { exists } from 'node:fs/promises';
import { join } from 'node:path';
import { callTool, cut, say } from '../upstreams/script.ts';
import { onEveryKind } from './harness/kinds.ts';
import { inSession } from './harness/session.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

/** More than one read of the network: the answer has begun at the client before anything goes wrong behind it. */
const longBeginning = 'This much is said before it breaks off. '.repeat(500);

onEveryKind('a rate limit is waited for as long as the upstream asks, then the answer comes', async (kind) => {
  const askedAt: number[] = [];
  const limited = () => {
    askedAt.push(performance.now());
    return [kind.failures.rateLimit(1)];
  };
  const answered = () => {
    askedAt.push(performance.now());
    return [say('Now there is room.')];
  };
  await inSession(kind, { script: () => [limited, limited, answered] }, async ({ ask }) => {
    const answer = await ask('Are you there?');
    expect(answer).toMatchObject({ exitCode: 0, text: 'Now there is room.' });
    const waits = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
    expect(waits).toHaveLength(2);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(990);
  });
});

onEveryKind('a stream cut in mid-sentence is asked for again, and only the whole answer counts', async (kind) => {
  const script = () => [[say(longBeginning), cut()], [say('The whole sentence.')]];
  await inSession(kind, { script }, async ({ ask, upstream, proxy }) => {
    const answer = await ask('Say a sentence');
    expect(answer).toMatchObject({ exitCode: 0, text: 'The whole sentence.' });
    expect(upstream.calls).toHaveLength(2);
    expect(await proxy.requests()).toMatchObject([
      { outcome: 'failed', attempts: 1 },
      { outcome: 'answered', attempts: 1 },
    ]);
  });
});

onEveryKind('a tool call whose stream ends in the middle is never run', async (kind) => {
  const script = () => [
    [say(longBeginning), ...kind.failures.halfCall],
    [callTool('Bash', { command: 'touch whole.txt', description: 'Make a file' })],
    [say('Done.')],
  ];
  await inSession(kind, { script }, async ({ ask, workspace }) => {
    const answer = await ask('Make a file', { allowedTools: ['Bash'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'Done.' });
    expect(answer.toolResults).toHaveLength(1);
    expect(await exists(join(workspace, 'half.txt'))).toBe(false);
    expect(await exists(join(workspace, 'whole.txt'))).toBe(true);
  });
});

onEveryKind('an error in mid-stream is repeated, tools and all', async (kind) => {
  const script = () => [
    kind.failures.midText(longBeginning),
    [say('I make it now.'), callTool('Bash', { command: 'touch made.txt', description: 'Make a file' })],
    [say('The file is there.')],
  ];
  await inSession(kind, { script }, async ({ ask, proxy, workspace }) => {
    const answer = await ask('Make a file', { allowedTools: ['Bash'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'The file is there.' });
    expect(await exists(join(workspace, 'made.txt'))).toBe(true);
    // Without streaming, unless a block was whole already: here the one that holds the phase of the text behind it.
    const stream = kind.name === 'openai-responses';
    expect(await proxy.requests()).toMatchObject([
      { stream: true, outcome: 'failed' },
      { stream, outcome: 'answered', status: 200 },
      { stream: true, outcome: 'answered' },
    ]);
  });
});

onEveryKind('a missing key is one clear message at once, not ten retries', async (kind) => {
  const settings = kind.withoutKey?.settings ?? {};
  await inSession(kind, { script: () => [], settings }, async ({ ask, proxy }) => {
    const answer = await ask('Hello');
    expect(answer).toMatchObject({ exitCode: 1, isError: true });
    expect(answer.text).toContain(kind.withoutKey?.message ?? '?');
    expect(await proxy.requests()).toMatchObject([{ status: 401, attempts: 0 }]);
  });
});

onEveryKind('a key that the upstream refuses is one clear message at once', async (kind) => {
  const { step, message, shown = message, status } = kind.failures.wrongKey;
  await inSession(kind, { script: () => [[step]] }, async ({ ask, proxy }) => {
    const answer = await ask('Hello');
    expect(answer).toMatchObject({ exitCode: 1, isError: true });
    expect(answer.text).toContain(shown);
    expect(await proxy.requests()).toMatchObject([{ status, attempts: 1 }]);
  });
});
