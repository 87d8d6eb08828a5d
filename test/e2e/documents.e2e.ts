// The real Claude Code through the proxy to a strict fake of every vendor: a PDF on the user's disk.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { madePdf, manyWords } from '../documents/pdf-file.ts';
import { callTool, say } from '../upstreams/script.ts';
import { onEveryKind } from './harness/kinds.ts';
import { localKind } from './harness/local-kind.ts';
import { deepSeekKind } from './harness/openai-kind.ts';
import { inSession, type Session } from './harness/session.ts';
import type { UpstreamKind } from './harness/upstream-kind.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

const pdf = madePdf([{ lines: manyWords }, { lines: ['The second page says this.'] }]);

async function readPdf(kind: UpstreamKind, check: (session: Session) => Promise<void>): Promise<void> {
  await inSession(
    kind,
    {
      script: ({ workspace }) => [
        [callTool('Read', { file_path: join(workspace, 'report.pdf') })],
        [callTool('Bash', { command: 'echo one more step', description: 'Say something' })],
        [say('It has two pages.')],
      ],
    },
    async (session) => {
      const { ask, upstream, proxy, workspace } = session;
      await Bun.write(join(workspace, 'report.pdf'), pdf);
      const answer = await ask('What is in report.pdf?', { allowedTools: ['Read', 'Bash'] });
      expect(answer).toMatchObject({ exitCode: 0, text: 'It has two pages.' });
      expect(answer.toolResults.map(({ isError }) => isError)).toEqual([false, false]);
      const requests = await proxy.requests();
      expect(requests.map(({ outcome, attempts }) => [outcome, attempts])).toEqual(requests.map(() => ['answered', 1]));
      // Once read it stands unchanged in the prompt, so that the cache holds.
      const [, second, third] = upstream.calls;
      expect(third?.prompt.startsWith(second?.prompt ?? '?')).toBe(true);
      await check(session);
    },
  );
}

onEveryKind('a PDF that the Read tool opens reaches the model as it is', async (kind) => {
  await readPdf(kind, async ({ upstream }) => {
    expect(upstream.calls[1]?.text).toContain(pdf.toString('base64'));
  });
});

test.concurrent.each([deepSeekKind, localKind])(
  'a PDF reaches a model that reads none as the text of its pages [$name]',
  async (kind) => {
    await readPdf(kind, async ({ upstream }) => {
      const { text = '' } = upstream.calls[1] ?? {};
      expect(text).not.toContain(pdf.toString('base64').slice(0, 40));
      for (const line of [...manyWords, 'The second page says this.']) expect(text).toContain(line);
    });
  },
);
