// What else a conversation may hold when it goes to another model: the reasoning of a relative, pages that the proxy has
// fetched, and a compaction in place of all that was said.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { callTool, type Reply, say, think } from '../upstreams/script.ts';
import { stopTestServers } from './test-server.ts';
import {
  anthropic,
  deepSeek,
  gemini3,
  gemini25,
  modelAt,
  openAi,
  type Place,
  responses,
  vertex,
  withUpstreams,
} from './wandering-conversation.ts';

setDefaultTimeout(20_000);
afterEach(stopTestServers);

function named([from, to]: readonly [Place, Place]) {
  return { from, to, names: `${from.kind.name} → ${to.kind.name} → ${from.kind.name}` };
}

const relatives = (
  [
    [responses, modelAt(responses, 'gpt-5.4-mini')],
    [responses, modelAt(responses, 'gpt-5.2')],
    [responses, modelAt(responses, 'gpt-5.3-codex')],
    [responses, modelAt(responses, 'gpt-4.1')],
    [openAi, modelAt(openAi, 'o4-mini')],
    [gemini3, modelAt(gemini3, 'gemini-3-flash-preview')],
    [gemini25, modelAt(gemini25, 'gemini-2.5-flash')],
    [vertex, modelAt(vertex, 'gemini-2.5-pro')],
    [anthropic, modelAt(anthropic, 'claude-sonnet-5')],
  ] as const
).map(named);

test.each(relatives)('$names, a model of the same vendor', async ({ from, to }) => {
  const read = (path: string) => callTool('Read', { path });
  const replies: Reply[] = [
    [think('Both.'), say('I look.'), read('a.png'), callTool('Bash', { command: 'false' })],
    [say('Green.')],
    [think('Again.'), read('b.json'), read('e.pdf')],
    [think('One more.'), read('c.txt')],
    [say('Still green.')],
    [think('Back.'), read('d.txt')],
    [say('All is read.')],
  ];
  await withUpstreams(from, to, replies, async ({ talk, server, atTo, atFrom }) => {
    await talk(from, 'What is in a.png?');
    await talk([to, to, from], 'Look again.');
    await talk(from, 'Read the last one.');
    expect(server.records.map(({ outcome, attempts }) => [outcome, attempts])).toEqual(
      replies.map(() => ['answered', 1]),
    );
    expect([atFrom().length, atTo().length]).toEqual([5, 2]);
    // What a relative cannot read is not given up in silence.
    if (from !== openAi) expect([atTo()[0]?.reasoning, server.records[2]?.losses].flat().length).toBeGreaterThan(0);
    for (const said of ['I look.', 'Green.', 'Still green.']) expect(atFrom().at(-1)?.text).toContain(said);
    for (const { text } of [...atFrom(), ...(from === anthropic ? [] : atTo())]) expect(text).not.toContain('ccp1.');
  });
});

const fetchers = [openAi, responses, deepSeek]
  .flatMap((from) => [openAi, responses, gemini3, gemini25, vertex, anthropic].map((to) => [from, to] as const))
  .filter(([from, to]) => from !== to && !(from === deepSeek && to.host === 'openai'))
  .map(named);

test.each(fetchers)('$names, after a page that the proxy has fetched', async ({ from, to }) => {
  const url = 'https://weather.example/berlin';
  const replies: Reply[] = [
    [think('I fetch it.'), callTool('web_fetch', { url })],
    [say('It rains in Berlin.')],
    [say('Then take an umbrella.')],
    [say('As I said: it rains.')],
  ];
  await withUpstreams(from, to, replies, async ({ talk, atFrom, atTo, server }) => {
    const tools = [{ type: 'web_fetch_20250910', name: 'web_fetch' } as const];
    await talk(from, `What stands at ${url}?`, tools);
    await talk(to, 'What do I need?', []);
    await talk(from, 'Are you sure?', tools);
    expect(server.records.map(({ outcome }) => outcome)).toEqual(['answered', 'answered', 'answered']);
    for (const { text } of [...atFrom().slice(1), ...atTo()]) expect(text).toContain(url);
    for (const { text } of atTo()) expect(text).toContain('It rains in Berlin.');
    // Anthropic takes no pages but its own.
    if (to !== anthropic) for (const { text } of atTo()) expect(text).toContain('The page says: rain.');
    else expect(server.records[1]?.losses.map(({ field }) => field)).toContain('messages.1.content.1');
    expect(atFrom().at(-1)?.text).toContain('The page says: rain.');
  });
});

const places = [openAi, responses, gemini3, gemini25, vertex, anthropic];
const compacted = places
  .flatMap((from) => places.map((to) => [from, to] as const))
  .filter(([from, to]) => from !== to && from !== anthropic)
  .map(named);

test.each(compacted)('$names, after a compaction', async ({ from, to }) => {
  const summary = 'The user wants the bug fixed.';
  const replies: Reply[] = [
    [think('What matters?'), say(`<summary>${summary}</summary>`)],
    [think('Now.'), callTool('Read', { path: 'a.txt' })],
    [say('I have read it.')],
    [think('And here.'), callTool('Read', { path: 'b.txt' })],
    [say('Fixed.')],
    [say('All is done.')],
  ];
  const compact = {
    edits: [{ type: 'compact_20260112' as const, trigger: { type: 'input_tokens' as const, value: 50_000 } }],
  };
  const extra = { context_management: compact, betas: ['compact-2026-01-12'] };
  const before = `The old beginning. ${'words '.repeat(45_000)}Fix the bug.`;
  const use = async ({ talk, atFrom, atTo, server }: Parameters<Parameters<typeof withUpstreams>[3]>[0]) => {
    await talk(from, before);
    await talk(to, 'Go on.');
    await talk(from, 'Is all done?');
    expect(server.records.map(({ outcome }) => outcome)).toEqual(server.records.map(() => 'answered'));
    for (const { text } of [...atFrom().slice(1), ...atTo()]) {
      expect(text).toContain(summary);
      expect(text).not.toContain('The old beginning.');
    }
  };
  await withUpstreams(from, to, replies, use, extra);
});
