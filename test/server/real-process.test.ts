import { afterEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { postByNode } from './node-client.ts';
import { type RawCall, startRawUpstream, stopRawUpstreams } from './raw-upstream.ts';
import { ask, upstreamKey } from './test-server.ts';

const main = join(import.meta.dir, '..', '..', 'src', 'main.ts');

const processes: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of processes.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
  await stopRawUpstreams();
});

/** The proxy as a user starts it: its own process, with nothing of ours in its environment. */
async function startProcess(onCall: (call: RawCall, number: number) => void) {
  const upstream = await startRawUpstream(onCall);
  const child = Bun.spawn([process.execPath, main, 'serve'], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', OPENAI_API_KEY: upstreamKey, OPENAI_BASE_URL: upstream.url },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  processes.push(child);
  const output = readOutput(child.stdout);
  const [, url = ''] = await output.until(/"url":"(http:[^"]+)"/);
  return { upstream, child, output, url: new URL('/v1/messages', url) };
}

function readOutput(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return {
    async until(wanted: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = wanted.exec(text);
        if (found !== null) return found;
        const { done, value } = await reader.read();
        if (done) throw new Error(`the process ended: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
    },
    text: () => text,
  };
}

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
}

const chatAnswer = `${chunk({ role: 'assistant', content: 'done' })}${chunk({}, 'stop')}data: [DONE]\n\n`;

test('600 streams are open upstream at once, beyond what Bun allows by itself', async () => {
  const waiting: RawCall[] = [];
  const { url } = await startProcess((call) => {
    waiting.push(call);
    // Nobody is answered until all have come through: a limit on connections would be waited on for ever.
    if (waiting.length === 600) for (const one of waiting) one.whole(chatAnswer);
  });
  const answers = await Promise.all(Array.from({ length: 600 }, () => postByNode(url, ask())));
  for (const answer of answers) expect(answer).toContain('message_stop');
}, 20_000);

test('a signal to stop lets an open stream finish, and the process ends by itself', async () => {
  const { url, child, upstream, output } = await startProcess((call) => {
    call.answer();
    call.chunk(chunk({ role: 'assistant', content: 'half' }));
    child.kill('SIGINT');
  });
  const answer = postByNode(url, ask());
  await output.until(/stopp|shut|finish/i);
  upstream.calls[0]?.chunk(`${chunk({ content: ' and whole' }, 'stop')}data: [DONE]\n\n`);
  upstream.calls[0]?.end();
  expect(await answer).toContain('message_stop');
  expect(await child.exited).toBe(0);
  expect(output.text()).not.toContain(upstreamKey);
}, 20_000);
