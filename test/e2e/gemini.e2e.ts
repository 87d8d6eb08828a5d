// The real Claude Code through the proxy to a strict fake Gemini 3, which looks at every thought signature: each must come
// back on the part that it came on, whoever asks and whichever proxy is asked.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { callTool, type Reply, say, think } from '../upstreams/script.ts';
import { gemini3Kind, styled, vertexKind } from './harness/gemini-kind.ts';
import { inSession, type Session } from './harness/session.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

const allowedTools = ['Bash'];

function run(command: string) {
  return callTool('Bash', { command, description: 'Run it' });
}

/** Steps with thoughts, text and parallel calls, in all the orders in which signatures can stand. */
function threeQuestions(): readonly Reply[] {
  return [
    [think('Two at once.'), run('echo one'), run('echo two')],
    [say('Now with a word before.'), run('echo three')],
    [think('One more.'), say('And last:'), run('echo four'), run('ls missing'), run('echo five')],
    [think('Enough.'), say('The first is done.')],
    [run('echo six'), run('echo seven')],
    [say('The second is done.')],
    [think('Again.'), run('echo eight')],
    [think('Over.'), say('The third is done.')],
  ];
}

/**
 * Every signature of a call so far came back at every step, and none was made up. The one behind the last text of an answer
 * does not: nobody looks at it, and a message that ends in a thinking block is no answer to `claude -p`.
 */
function expectSigned({ upstream }: Session, steps: readonly Reply[]): void {
  expect(upstream.refusals).toEqual([]);
  const { calls } = upstream;
  expect(calls).toHaveLength(steps.length);
  for (const [index, { reasoning }] of calls.entries()) {
    const withCalls = steps.slice(0, index).filter((step) => step.some(({ type }) => type === 'call-tool'));
    expect(reasoning).toHaveLength(withCalls.length);
    expect(reasoning.filter((signature) => signature.startsWith('skip_'))).toEqual([]);
    expect(calls[index + 1]?.reasoning.slice(0, withCalls.length) ?? reasoning).toEqual([...reasoning]);
  }
}

for (const kind of [gemini3Kind, vertexKind]) {
  test.concurrent(`signatures survive --resume, a restart of the proxy and a second one [${kind.name}]`, async () => {
    const steps = threeQuestions();
    await inSession(kind, { script: () => steps }, async (session) => {
      const { ask, proxy, startProxy } = session;
      const first = await ask('First', { allowedTools });
      expect(first).toMatchObject({ exitCode: 0, text: 'The first is done.' });
      const resume = first.sessionId;
      await proxy.stop();

      const restarted = await startProxy();
      const second = await ask('Second', { allowedTools, resume, baseUrl: restarted.url });
      expect(second).toMatchObject({ exitCode: 0, text: 'The second is done.' });

      const replica = await startProxy();
      const third = await ask('Third', { allowedTools, resume, baseUrl: replica.url });
      expect(third).toMatchObject({ exitCode: 0, text: 'The third is done.' });
      expectSigned(session, steps);
      for (const one of [proxy, restarted, replica]) {
        const requests = await one.requests();
        expect(requests.flatMap(({ losses }) => losses)).toEqual([]);
        expect(requests.every(({ outcome, attempts }) => outcome === 'answered' && attempts === 1)).toBe(true);
      }
    });
  });
}

const styles = [
  { says: 'on the last piece of a text', kind: gemini3Kind, style: { textSignature: 'last-piece' } },
  { says: 'on the first piece of a text', kind: gemini3Kind, style: { textSignature: 'first-piece' } },
  { says: 'on the thought before a call', kind: gemini3Kind, style: { callSignature: 'thought' } },
  { says: 'on the last piece of a text, Vertex AI', kind: vertexKind, style: { textSignature: 'last-piece' } },
  { says: 'on a call whose arguments come in pieces', kind: vertexKind, style: { streamArguments: true } },
] as const;

test.concurrent.each(styles)('a signature $says comes back on it', async ({ kind, style }) => {
  const steps = threeQuestions();
  await inSession(styled(kind, style), { script: () => steps }, async ({ ask, upstream, proxy }) => {
    let resume: string | undefined;
    for (const question of ['First', 'Second', 'Third']) {
      const answer = await ask(question, { allowedTools, ...(resume === undefined ? {} : { resume }) });
      expect(answer.text).toBe(`The ${question.toLowerCase()} is done.`);
      resume = answer.sessionId;
    }
    expect(upstream.refusals).toEqual([]);
    const last = upstream.calls.at(-1)?.reasoning ?? [];
    const withCalls = steps.filter((step) => step.some(({ type }) => type === 'call-tool'));
    expect(last.length).toBeGreaterThanOrEqual(withCalls.length);
    expect(last.filter((signature) => signature.startsWith('skip_'))).toEqual([]);
    const requests = await proxy.requests();
    expect(requests.filter(({ outcome, attempts }) => outcome !== 'answered' || attempts !== 1)).toEqual([]);
  });
});
