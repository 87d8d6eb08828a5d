import { afterEach, expect, test } from 'bun:test';
import { withCallRepair } from '../../src/providers/call-repair/with-call-repair.ts';
import { gemini } from '../../src/providers/gemini/index.ts';
import { nameRule } from '../../src/providers/openai/name-rule.ts';
import { openaiChat } from '../../src/providers/openai-chat/index.ts';
import type { TranslatingProvider } from '../../src/providers/provider.ts';
import { postByNode } from './node-client.ts';
import { answerOf, plainProvider, sse, startOf } from './plain-provider.ts';
import { type RawCall, startRawUpstream } from './raw-upstream.ts';
import { ask, framesOf, readerOf, startTestServer, stopTestServers } from './test-server.ts';
import { webSearch } from './web-tools-server.ts';

afterEach(stopTestServers);

const streams = 200;

test('200 simultaneous streams of different content never mix', async () => {
  const waiting: { call: RawCall; asked: string }[] = [];
  const upstream = await startRawUpstream((call) => {
    const { request: asked } = JSON.parse(call.body);
    waiting.push({ call, asked: asked.messages[0].content });
    // All answers run at the same time: none begins before the last one is asked for.
    if (waiting.length === streams) for (const one of waiting) void play(one.call, one.asked);
  });
  const server = startTestServer({ upstream: upstream.url });
  const url = new URL('/v1/messages', server.url);
  const questions = Array.from({ length: streams }, (_, n) => `question ${n} `);
  const answers = await Promise.all(
    questions.map((content, n) => postByNode(url, ask({ stream: n % 4 !== 0, messages: [{ role: 'user', content }] }))),
  );
  for (const [n, answer] of answers.entries()) expect(textOf(answer)).toBe(`${questions[n]}`.repeat(20));
});

/** Answers with the question, over and over, in pieces cut anywhere. */
async function play(call: RawCall, asked: string): Promise<void> {
  const whole = sse(...answerOf(Array.from({ length: 20 }, () => asked)), '[DONE]');
  call.answer();
  const size = 100 + asked.length * 7;
  for (let at = 0; at < whole.length; at += size) {
    call.chunk(whole.slice(at, at + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
  call.end();
}

function textOf(answer: string): string {
  if (answer.startsWith('{')) {
    const { content } = JSON.parse(answer);
    return content[0].text;
  }
  return framesOf(answer)
    .map(({ data }) => data.delta)
    .map((delta) => (isText(delta) ? delta.text : ''))
    .join('');
}

function isText(delta: unknown): delta is { readonly text: string } {
  return typeof delta === 'object' && delta !== null && 'text' in delta;
}

test('27 token counts at once are answered while many streams are open', async () => {
  const opened = Promise.withResolvers<void>();
  const upstream = await startRawUpstream((call, number) => {
    call.answer();
    if (number === 100) opened.resolve();
  });
  const server = startTestServer({ upstream: upstream.url });
  const url = new URL('/v1/messages', server.url);
  const open = Array.from({ length: 100 }, () => postByNode(url, ask()).catch(() => 'closed'));
  await opened.promise;
  const count = new URL('/v1/messages/count_tokens', server.url);
  const counted = await Promise.all(
    Array.from({ length: 27 }, () => postByNode(count, ask({ max_tokens: undefined, stream: undefined }))),
  );
  for (const answer of counted) expect(JSON.parse(answer)).toEqual({ input_tokens: expect.any(Number) });
  expect(server.activeStreams()).toBe(100);
  await server.stopNow();
  await Promise.all(open);
});

const chatBeginning = [
  { role: 'assistant', reasoning_content: 'I should look.' },
  { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'Read', arguments: '{"path":' } }] },
].map((delta) => `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
const geminiBeginning = [
  { text: 'I should look.', thought: true },
  { functionCall: { name: 'Read', args: { path: 'a' } }, thoughtSignature: 'c2ln' },
].map((part) => `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [part] } }] })}\r\n\r\n`);
/** A vendor that searches itself: the proxy has nothing to wait for. */
const searching: TranslatingProvider = {
  ...openaiChat,
  abilitiesOf: (...of) => ({ ...openaiChat.abilitiesOf(...of), hostedTools: new Set(['web_search']) }),
};
const dialects: readonly [string, TranslatingProvider, string][] = [
  ['a plain dialect', plainProvider, sse(startOf())],
  ['Chat Completions', openaiChat, chatBeginning.join('')],
  ['Gemini', gemini, geminiBeginning.join('')],
  ['a weak model', withCallRepair(openaiChat, nameRule), chatBeginning.join('')],
  ['a model that searches the web', searching, chatBeginning.join('')],
];
for (const [name, provider, beginning] of dialects) {
  test(`an open stream of ${name} does not hold the request it answers`, async () => {
    const upstream = await startRawUpstream((call) => {
      call.answer();
      call.chunk(beginning);
    });
    const requests: WeakRef<object>[] = [];
    const server = startTestServer({
      upstream: upstream.url,
      registry: () => ({
        ...provider,
        buildRequest(request, target, context) {
          requests.push(new WeakRef(request));
          return provider.buildRequest(request, target, context);
        },
      }),
    });
    const readers: unknown[] = [];
    const readTool = { name: 'Read', input_schema: { type: 'object' } };
    const tools = provider === searching ? [readTool, webSearch] : [readTool];
    for (let n = 0; n < 10; n += 1) {
      const reader = readerOf(await server.post(ask({ tools, thinking: { type: 'adaptive' } })));
      await reader.until('message_start');
      readers.push(reader);
    }
    // A collection looks at the stack too and may take a number on it for a reference: so not every one need be gone.
    await new Promise((resolve) => setImmediate(resolve));
    Bun.gc(true);
    expect(requests.filter((request) => request.deref() !== undefined).length).toBeLessThanOrEqual(2);
    expect(server.activeStreams()).toBe(readers.length);
  });
}
