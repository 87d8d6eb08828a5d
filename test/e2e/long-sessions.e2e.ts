// The real Claude Code, headless, through the proxy to a strict fake of every vendor: long conversations.
import { expect, setDefaultTimeout } from 'bun:test';
import { join } from 'node:path';
import { callTool, say } from '../upstreams/script.ts';
import type { ClaudeFolders } from './harness/claude-code.ts';
import { onEveryKind } from './harness/kinds.ts';
import { inSession, type Turn } from './harness/session.ts';
import type { UpstreamCall } from './harness/upstream-kind.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

onEveryKind('a conversation that outgrows the model’s window is compacted and goes on', async (kind) => {
  let readings = 0;
  const model = ({ text }: UpstreamCall) => {
    if (text.includes('create a detailed summary')) return [say('<summary>Long lists were printed.</summary>')];
    if (text.includes('Long lists were printed.')) return [say('All the lists are read.')];
    readings++;
    return [callTool('Bash', { command: `echo list ${readings}; seq 2000`, description: 'Print a list' })];
  };
  const contextWindow = 24_000;
  await inSession(kind, { script: () => model, contextWindow }, async ({ ask, proxy }) => {
    const answer = await ask('Read all the lists', { allowedTools: ['Bash'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'All the lists are read.' });
    expect(answer.events).toContainEqual(
      expect.objectContaining({ subtype: 'compact_boundary', compact_metadata: expect.anything() }),
    );
    // Understood at once by Claude Code: no further try with features taken away.
    const failures = (await proxy.requests()).filter(({ outcome }) => outcome === 'failed');
    expect(failures.map(({ error }) => error?.message)).toEqual([
      expect.stringMatching(/^prompt is too long: \d{5} tokens > 24000 maximum/),
    ]);
  });
});

onEveryKind('a first message too long for the model is explained with both numbers, at once', async (kind) => {
  await inSession(kind, { script: () => [], contextWindow: 4000 }, async ({ ask, upstream, proxy }) => {
    const answer = await ask('Hello');
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/Prompt is too long · the request is ~\d{4,5} tokens \(limit 4000\)/);
    // Where the window is known, nobody has to be asked.
    expect(upstream.calls.length).toBeLessThan(2);
    const messages = (await proxy.requests()).map(({ error }) => error?.message);
    expect(messages).toEqual([expect.stringMatching(/^prompt is too long: \d{4,5} tokens > 4000 maximum/)]);
  });
});

const questions = 5;
const turnsEach = 10;

/** Files written, read, changed and looked for in vain, then numbers until the question is settled. */
function fiftyTurns({ workspace }: ClaudeFolders): readonly Turn[] {
  const file = (number: number) => join(workspace, `notes-${number}.txt`);
  return Array.from({ length: questions * turnsEach }, (_, turn) => {
    const question = Math.floor(turn / turnsEach);
    switch (turn % turnsEach) {
      case 0:
        return [say('First a file.'), callTool('Write', { file_path: file(question), content: 'one\ntwo\n' })];
      case 1:
        return [
          callTool('Read', { file_path: file(question) }),
          callTool('Bash', { command: `cat notes-${question}.txt`, description: 'Show the notes' }),
          callTool('Bash', { command: 'ls missing', description: 'Look for a file that is not there' }),
        ];
      case 2:
        return [callTool('Edit', { file_path: file(question), old_string: 'two', new_string: 'three' })];
      case turnsEach - 1:
        return [say(`Question ${question} is settled.`)];
      default:
        return [callTool('Bash', { command: `echo turn ${turn}; seq 200`, description: 'Print numbers' })];
    }
  });
}

onEveryKind('fifty turns with tools: no error, no loss that matters, and the prompt cache holds', async (kind) => {
  await inSession(kind, { script: fiftyTurns }, async ({ ask, upstream, proxy, workspace }) => {
    let sessionId: string | undefined;
    for (let question = 0; question < questions; question++) {
      const allowedTools = ['Read', 'Write', 'Edit', 'Bash'];
      const answer = await ask(`Question ${question}`, {
        allowedTools,
        ...(sessionId === undefined ? {} : { resume: sessionId }),
      });
      expect(answer).toMatchObject({ exitCode: 0, isError: false, text: `Question ${question} is settled.` });
      expect(answer.toolResults.filter(({ isError }) => isError)).toHaveLength(1);
      expect(await Bun.file(join(workspace, `notes-${question}.txt`)).text()).toBe('one\nthree\n');
      sessionId = answer.sessionId;
    }

    const requests = await proxy.requests();
    expect(requests).toHaveLength(questions * turnsEach);
    expect(requests.filter(({ outcome, attempts }) => outcome !== 'answered' || attempts !== 1)).toEqual([]);
    const lost = new Set(requests.flatMap(({ losses }) => losses.map(({ field }) => field)));
    expect([...lost].filter((field) => !kind.harmlessLosses.test(field))).toEqual([]);

    // Every prompt begins with the whole of the one before, so nearly all of it is read from the cache.
    const prompts = upstream.calls.map(({ prompt }) => prompt);
    for (const [turn, prompt] of prompts.slice(1).entries()) expect(prompt.startsWith(prompts[turn] ?? '?')).toBe(true);
    for (const { cachedTokens, inputTokens } of requests.slice(1)) {
      expect(cachedTokens).toBeGreaterThan(0.9 * (inputTokens ?? 0));
    }
  });
});
