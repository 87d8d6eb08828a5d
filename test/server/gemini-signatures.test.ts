import { afterEach, expect, test } from 'bun:test';
import type { BetaMessage, BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { AnswerStyle } from '../upstreams/gemini/chunks.ts';
import type { FakeGemini } from '../upstreams/gemini/fake-gemini.ts';
import type { GeminiCall, Part } from '../upstreams/gemini/gemini-request.ts';
import { callTool, interleave, type Reply, say, think } from '../upstreams/script.ts';
import {
  aiStudio3,
  ask,
  bashTool,
  echo,
  echoWithoutThinking,
  readTool,
  serverBefore,
  startFake,
  stopFakeGeminis,
  vertex3,
} from './gemini-server.ts';
import { stopTestServers } from './test-server.ts';

// Every signature must come back on the very part it came on: the fake knows which one that was, and refuses it anywhere
// else. No proxy here answers twice in a row, so that none remembers the call that was just made.

afterEach(async () => {
  await stopTestServers();
  await stopFakeGeminis();
});

const tools = [readTool, bashTool];
const wish: BetaMessageParam = { role: 'user', content: 'Go on.' };
const skip = 'skip_thought_signature_validator';
const turns = 8;

/** Words before, between and behind calls; one call, and several at once. */
function agent({ body }: GeminiCall): Reply {
  const done = body.contents.filter(({ parts }) => parts?.some((part) => part.functionResponse !== undefined)).length;
  const read = callTool('Read', { path: `/tmp/${done} ü😀`, lines: [1, { deep: null }] });
  const run = callTool('Bash', { command: `echo "${done}"` });
  if (done >= turns) return [think('Enough.'), say('All is done.')];
  const replies: readonly Reply[] = [
    [think(`Step ${done}.`), interleave(read, run, callTool('Read', { path: 'b' }))],
    [say(`I look for ${done}. é😀`), read],
    [think(`And ${done}?`), say('First this,'), read, say('then that.'), run],
    [read, say('That should do.')],
  ];
  return replies[done % replies.length] ?? [];
}

const styles: readonly (readonly [string, Partial<AnswerStyle>])[] = [
  ['whole calls', {}],
  ['texts signed on their last piece', { textSignature: 'last-piece' }],
  ['texts signed on their first piece', { textSignature: 'first-piece' }],
  ['a thought signed in place of its call', { callSignature: 'thought' }],
  ['arguments in pieces', { streamArguments: true }],
];
const thinkings = [
  ['shown', { type: 'enabled' as const, budget_tokens: 2000 }],
  ['omitted', { type: 'enabled' as const, budget_tokens: 2000, display: 'omitted' as const }],
  ['not asked for', undefined],
] as const;
const styled = [aiStudio3, vertex3].flatMap((place) => styles.map(([says, style]) => ({ ...place, says, style })));
const all = [aiStudio3, vertex3].flatMap((place) =>
  styles.flatMap(([says, style]) =>
    thinkings.map(([thinkingIs, thinking]) => ({ ...place, says, style, thinkingIs, thinking })),
  ),
);

/** The results of an answer's calls, the last call's first. */
function resultsBackwards({ content }: BetaMessage): BetaMessageParam {
  const calls = content.filter((block) => block.type === 'tool_use').reverse();
  return {
    role: 'user',
    content: calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: 'done' })),
  };
}

function partsOf(fake: FakeGemini): readonly Part[] {
  return fake.calls.at(-1)?.body.contents.flatMap(({ parts = [] }) => parts) ?? [];
}

test.each(all)('$platform, $says, thinking $thinkingIs', async ({ platform, model, style, thinking }) => {
  const fake = await startFake({ platform, model: agent, style, rules: { signedSteps: 'all' } });
  const messages: BetaMessageParam[] = [wish];
  const servers = [serverBefore({ [platform]: fake }), serverBefore({ [platform]: fake })];
  const asked = { model, tools, max_tokens: 4000, ...(thinking ? { thinking } : {}) };
  for (let turn = 0; turn <= turns; turn += 1) {
    const server = turn % 3 === 2 ? serverBefore({ [platform]: fake }) : servers[turn % 3];
    if (server === undefined) throw new Error('no server');
    const answer = await ask(server, asked, messages);
    messages.push(echo(answer), answer.stop_reason === 'tool_use' ? resultsBackwards(answer) : wish);
    expect(server.records.flatMap(({ losses }) => losses)).toEqual([]);
  }
  expect(fake.refusals).toEqual([]);
  expect(fake.calls.length).toBe(turns + 1);
  expect(partsOf(fake).filter((part) => part.thoughtSignature === skip)).toEqual([]);
  const signed = partsOf(fake).filter((part) => part.thoughtSignature !== undefined);
  expect(signed.length).toBeGreaterThanOrEqual(turns);
});

test.each(styled)('$platform, $says, a client that throws thinking away', async ({ platform, model, style }) => {
  const fake = await startFake({ platform, model: agent, style, rules: { signedSteps: 'all' } });
  const messages: BetaMessageParam[] = [wish];
  const remembering = serverBefore({ [platform]: fake });
  const asked = { model, tools, max_tokens: 4000, thinking: thinkings[0][1] };
  for (let turn = 0; turn <= turns; turn += 1) {
    const answer = await ask(remembering, asked, messages);
    messages.push(echoWithoutThinking(answer), answer.stop_reason === 'tool_use' ? resultsBackwards(answer) : wish);
  }
  expect(fake.refusals).toEqual([]);
  const stoodIn = partsOf(fake).filter((part) => part.thoughtSignature === skip).length;
  // A thought that is thrown away takes its own signature along; those of calls the proxy remembers.
  expect(stoodIn > 0).toBe(style.callSignature === 'thought');

  const restarted = serverBefore({ [platform]: fake });
  await ask(restarted, asked, messages);
  expect(fake.refusals).toEqual([]);
  expect(partsOf(fake).filter((part) => part.thoughtSignature === skip).length).toBe(turns);
  const lost = restarted.records.flatMap(({ losses }) => losses).filter(({ why }) => why.includes('signature'));
  expect(lost.length).toBe(turns);
});
