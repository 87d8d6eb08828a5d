// A conversation that goes from one vendor to another in its middle, and back: with thoughts, parallel calls, an image and a
// PDF in the results of tools and a tool that failed, made by really talking to a strict fake of each.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { callTool, type Reply, say, search, think } from '../upstreams/script.ts';
import { stopTestServers } from './test-server.ts';
import {
  anthropic,
  deepSeek,
  gemini3,
  gemini25,
  openAi,
  type Place,
  pdf,
  png,
  responses,
  vertex,
  withUpstreams,
} from './wandering-conversation.ts';

setDefaultTimeout(20_000);

/** All ways between these four, also from one to itself. */
const vendors = [openAi, responses, gemini3, anthropic];
const variants: readonly (readonly [Place, Place])[] = [
  ...[openAi, responses, gemini3, anthropic, gemini25].flatMap((place) => [
    [vertex, place] as const,
    [place, vertex] as const,
  ]),
  [gemini25, gemini3],
  [gemini3, gemini25],
  [gemini25, anthropic],
  [anthropic, gemini25],
  // A compatible server whose model wants its reasoning back.
  [deepSeek, gemini3],
  [gemini3, deepSeek],
  [deepSeek, anthropic],
  [anthropic, deepSeek],
];
const directions = [...vendors.flatMap((from) => vendors.map((to) => [from, to] as const)), ...variants].map(
  ([from, to]) => ({ from, to, names: `${from.kind.name} → ${to.kind.name} → ${from.kind.name}` }),
);

const thoughtsOfFrom = ['Secret of the first: look at both.', 'Secret of the first: one more.'];
const thoughtsOfTo = ['Secret of the second: go on.'];

afterEach(stopTestServers);

test.each(directions)('$names', async ({ from, to }) => {
  const [firstThought = '', secondThought = ''] = thoughtsOfFrom;
  const [thirdThought = ''] = thoughtsOfTo;
  const read = (path: string) => callTool('Read', { path });
  const replies: Reply[] = [
    // The first vendor: thoughts, text and parallel calls; a single call; a text.
    [think(firstThought), say('I look at both.'), read('a.png'), callTool('Bash', { command: 'false' })],
    [think(secondThought), read('b.json'), read('e.pdf')],
    [say('Green, a failure, and a list.')],
    // The second one goes on, and calls tools itself.
    [think(thirdThought), say('I look again.'), read('a.png'), read('c.txt')],
    [say('Still green.')],
    // And back.
    [think('Back at the first.'), read('d.txt')],
    [say('All is read.')],
  ];
  await withUpstreams(from, to, replies, async ({ talk, atFrom, atTo, server, losses }) => {
    await talk(from, 'What is in a.png, and does false work?');
    const spokenByFrom = JSON.stringify(atFrom().at(-1)?.text);
    const before = atTo().length;
    await talk(to, 'Look again, please.');
    const first = atTo()[before];
    const seen = atTo().at(-1);
    await talk(from, 'Read the last one.');

    expect(server.records.map(({ outcome, attempts }) => [outcome, attempts])).toEqual(
      replies.map(() => ['answered', 1]),
    );
    // All that was said and done goes along: the image, the failure and the JSON. Results stand in the order of the
    // calls, except at Anthropic, which pairs them by id and gets what the client has sent.
    const picture = expect.stringContaining('A picture.');
    const failed = expect.stringContaining('exit code 1');
    const parallel = to === anthropic ? [failed, picture] : [picture, failed];
    const [list, document] = [expect.stringContaining('{"list":[1,2]}'), expect.stringContaining('A document.')];
    const second = to === anthropic ? [document, list] : [list, document];
    expect(first?.toolResults).toEqual([...parallel, ...second]);
    const image = `data:image/png;base64,${png}`;
    expect(first?.images).toEqual(to === deepSeek ? [] : [image]);
    expect(seen?.images).toEqual(to === deepSeek ? [] : [image, image]);
    // Read by the model itself, or for it.
    expect(first?.text).toContain(to === deepSeek ? 'Line 1 of this page says something.' : pdf);
    for (const said of ['What is in a.png', 'I look at both.', 'Green, a failure, and a list.']) {
      expect(first?.text).toContain(said);
    }
    expect(spokenByFrom).toContain('a.png');

    const last = atFrom().at(-1);
    if (from === to) return;
    // Nothing of one vendor's reasoning reaches another, in no form; what could not go along is listed. Alone a server that
    // refuses calls without reasoning gets the text that the client was shown.
    for (const { text } of atTo().slice(before)) {
      for (const thought of to === deepSeek ? [] : thoughtsOfFrom) expect(text).not.toContain(thought);
      expect(text).not.toContain('ccp1.');
    }
    for (const thought of from === deepSeek ? [] : thoughtsOfTo) expect(last?.text).not.toContain(thought);
    expect(last?.text).not.toContain('ccp1.');
    expect(losses.atFirstTo).toMatch(/messages\.\d+\.content\.\d+/);
    // The first vendor's own reasoning is still there when the conversation comes back to it.
    if (from === deepSeek) expect(last?.reasoning).toEqual(expect.arrayContaining(thoughtsOfFrom));
    if (from === anthropic || from === responses) expect(last?.reasoning).toHaveLength(thoughtsOfFrom.length + 1);
    // One on each step with calls; on a step of another vendor's stands what skips the check.
    const genuine = last?.reasoning.filter((signature) => !signature.startsWith('skip_'));
    if (from.kind.name.startsWith('gemini') || from === vertex) expect(genuine).toHaveLength(3);
  });
});

const crossings = directions.filter(({ from, to }) => from !== to);

test.each(crossings)('$names, while tools are at work', async ({ from, to }) => {
  const [firstThought = '', secondThought = ''] = thoughtsOfFrom;
  const [thirdThought = ''] = thoughtsOfTo;
  const replies: Reply[] = [
    [think(firstThought), say('Both.'), callTool('Read', { path: 'a.png' }), callTool('Bash', { command: 'false' })],
    [think(thirdThought), callTool('Read', { path: 'b.json' }), callTool('Read', { path: 'c.txt' })],
    [think(secondThought), callTool('Read', { path: 'd.txt' })],
    [say('All is read.')],
  ];
  await withUpstreams(from, to, replies, async ({ talk, atFrom, atTo, server }) => {
    await talk([from, to, from, to], 'Read everything.');
    expect(server.records.map(({ outcome, attempts }) => [outcome, attempts])).toEqual(
      replies.map(() => ['answered', 1]),
    );
    expect([atFrom(), atTo()].map((calls) => calls.map(({ toolResults }) => toolResults.length))).toEqual([
      [0, 4],
      [2, 5],
    ]);
    for (const { text } of [...atFrom(), ...atTo()]) expect(text).not.toContain('ccp1.');
  });
});

/** Where the vendor searches itself: gpt-4.1 does so on OpenAI's other API. For DeepSeek the proxy does. */
const searchers = crossings.filter(({ from }) => [openAi, gemini3, anthropic, responses, deepSeek].includes(from));

test.each(searchers)('$names, after a search', async ({ from, to }) => {
  const found = { title: 'Weather in Berlin', url: 'https://weather.example/berlin' };
  const steps =
    from === deepSeek
      ? [[callTool('web_search', { query: 'weather in Berlin' })], [say('It rains in Berlin.')]]
      : [[search('weather in Berlin', [found]), say('It rains in Berlin.')]];
  const replies: Reply[] = [...steps, [say('Then take an umbrella.')], [say('As I said: it rains.')]];
  await withUpstreams(from, to, replies, async ({ talk, atFrom, atTo, server }) => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search' } as const];
    await talk(from, 'How is the weather?', tools);
    await talk(to, 'What do I need?', []);
    await talk(from, 'Are you sure?', tools);
    expect(server.records.map(({ outcome }) => outcome)).toEqual(['answered', 'answered', 'answered']);
    for (const { text } of [...atFrom().slice(steps.length), ...atTo()]) expect(text).toContain('It rains in Berlin.');
    // What was found goes along, except to Anthropic: it takes none but its own findings, so the others are listed as lost.
    const url = 'https://weather.example/berlin';
    if (to !== anthropic) for (const { text } of atTo()) expect(text).toContain(url);
    else expect(server.records[1]?.losses.map(({ field }) => field)).toContain('messages.1.content.1');
    expect(atFrom().at(-1)?.text).toContain(url);
  });
});
