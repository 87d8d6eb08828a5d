// The real Claude Code, headless, through the proxy to a strict fake of every vendor: answers and tools.
import { expect, setDefaultTimeout } from 'bun:test';
import { join } from 'node:path';
import { callTool, say, think } from '../upstreams/script.ts';
import { onEveryKind } from './harness/kinds.ts';
import { longToolNames } from './harness/long-name-server.ts';
import { deepSeekKind } from './harness/openai-kind.ts';
import { solidPng } from './harness/png.ts';
import { inSession } from './harness/session.ts';
import { toolNames, type UpstreamCall } from './harness/upstream-kind.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

onEveryKind('a question gets the answer of the model', async (kind) => {
  const script = () => [[say('Good morning from the model.')]];
  await inSession(kind, { script }, async ({ ask, upstream, proxy }) => {
    const answer = await ask('Say good morning');
    expect(answer).toMatchObject({ exitCode: 0, isError: false, text: 'Good morning from the model.' });
    expect(upstream.calls).toHaveLength(1);
    expect(upstream.calls[0]?.text).toContain('Say good morning');
    // Claude Code's own bookkeeping line would break the prompt cache and means nothing to another vendor's model.
    const isClaude = kind.name === 'anthropic';
    expect(upstream.calls[0]?.text.includes('x-anthropic-billing-header')).toBe(isClaude);
    expect(await proxy.requests()).toMatchObject([{ status: 200, outcome: 'answered', model: kind.model }]);
  });
});

onEveryKind('parallel Read and Bash calls, an Edit of a file on disk, then the final answer', async (kind) => {
  await inSession(
    kind,
    {
      script: ({ workspace }) => [
        [
          say('I look at both first.'),
          callTool('Read', { file_path: join(workspace, 'greeting.txt') }),
          callTool('Bash', { command: 'wc -c < greeting.txt', description: 'Count bytes' }),
        ],
        [
          callTool('Edit', {
            file_path: join(workspace, 'greeting.txt'),
            old_string: 'Hullo',
            new_string: 'Hello',
          }),
        ],
        [say('The spelling is mended.')],
      ],
    },
    async ({ ask, upstream, workspace }) => {
      const file = Bun.file(join(workspace, 'greeting.txt'));
      await file.write('Hullo, world\n');
      const answer = await ask('Mend the spelling in greeting.txt', { allowedTools: ['Read', 'Bash', 'Edit'] });
      expect(answer).toMatchObject({ exitCode: 0, text: 'The spelling is mended.' });
      expect(await file.text()).toBe('Hello, world\n');
      expect(answer.toolResults.map(({ isError }) => isError)).toEqual([false, false, false]);
      const results = upstream.calls[1]?.toolResults ?? [];
      // The results reach the model in the order of the calls, whichever tool finished first. Claude pairs them by id.
      const inOrder = kind.name === 'anthropic' ? results.toSorted((a, b) => b.length - a.length) : results;
      expect(inOrder[0]).toContain('Hullo, world');
      expect(inOrder[1]?.trim()).toBe('13');
    },
  );
});

onEveryKind('ToolSearch loads deferred tools, which can then be called', async (kind) => {
  const script = () => [
    [callTool('ToolSearch', { query: 'select:TaskStop' })],
    [callTool('ToolSearch', { query: 'select:CronList' })],
    [callTool('CronList', {})],
    [say('Nothing is scheduled.')],
  ];
  await inSession(kind, { script }, async ({ ask, upstream }) => {
    const answer = await ask('What is scheduled?', { allowedTools: ['CronList'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'Nothing is scheduled.' });
    expect(answer.toolResults.map(({ isError }) => isError)).toEqual([false, false, false]);
    const { calls } = upstream;
    expect(calls[2]?.toolResults).toEqual([expect.stringContaining('TaskStop'), expect.stringContaining('CronList')]);
    // Anthropic defers tools itself, so it is given what Claude Code sends.
    if (kind.name === 'anthropic') return;
    const first = toolNames(calls[0]);
    expect(first).toContain('ToolSearch');
    expect(first).not.toContain('TaskStop');
    // By the alphabet, Claude Code's own order, both would stand among the first and break the cached prefix.
    expect(calls.map(toolNames)).toEqual([
      first,
      [...first, 'TaskStop'],
      [...first, 'TaskStop', 'CronList'],
      [...first, 'TaskStop', 'CronList'],
    ]);
    for (const call of calls) expect(call.text).not.toContain('DeferredToolPlaceholder');
  });
});

onEveryKind('an image that the Read tool opens reaches the model as an image', async (kind) => {
  await inSession(
    kind,
    {
      script: ({ workspace }) => [
        [callTool('Read', { file_path: join(workspace, 'square.png') })],
        [say('A green square.')],
      ],
    },
    async ({ ask, upstream, workspace }) => {
      await Bun.write(join(workspace, 'square.png'), solidPng(64, [0, 160, 0]));
      const answer = await ask('What is in square.png?', { allowedTools: ['Read'] });
      expect(answer).toMatchObject({ exitCode: 0, text: 'A green square.' });
      expect(upstream.calls[0]?.images).toEqual([]);
      const image = expect.stringMatching(/^data:image\/(png|jpeg|webp);base64,.{40,}/);
      expect(upstream.calls[1]?.images).toEqual([image]);
    },
  );
});

onEveryKind('MCP tools with names of more than 64 characters, alike up to there, are told apart', async (kind) => {
  const callByDescription = (description: string, key: string) => (call: UpstreamCall) => {
    const tool = call.tools.find((offered) => offered.description === description);
    return [callTool(tool?.name ?? 'no such tool', { key })];
  };
  await inSession(
    kind,
    {
      script: () => [
        [callTool('ToolSearch', { query: `select:${longToolNames.join(',')}` })],
        callByDescription('Finds a customer by number.', '7'),
        callByDescription('Finds a customer by name.', 'Ada'),
        [say('Both are found.')],
      ],
    },
    async ({ ask, folder, upstream }) => {
      expect(new Set(longToolNames.map((name) => name.slice(0, 64))).size).toBe(1);
      const server = { command: process.execPath, args: [join(import.meta.dir, 'harness', 'long-name-server.ts')] };
      const config = join(folder, 'mcp.json');
      await Bun.write(config, JSON.stringify({ mcpServers: { archive: server } }));
      const answer = await ask('Find customers', { allowedTools: ['mcp__archive'], flags: ['--mcp-config', config] });
      expect(answer).toMatchObject({ exitCode: 0, text: 'Both are found.' });
      expect(answer.toolResults.slice(1)).toMatchObject([
        { isError: false, text: 'Finds a customer by number. The key was 7.' },
        { isError: false, text: 'Finds a customer by name. The key was Ada.' },
      ]);
      // The model is told the names that it can really call.
      const loaded = upstream.calls[1]?.tools.filter(({ description }) => description.startsWith('Finds a customer'));
      expect(loaded).toHaveLength(2);
      for (const { name } of loaded ?? []) expect(upstream.calls[1]?.toolResults[0]).toContain(name);
    },
  );
});

onEveryKind('--resume in a new process gives the reasoning back to a model that wants it', async (ofVendor) => {
  // OpenAI's own models show none on Chat Completions; among compatible servers some want theirs back.
  const kind = ofVendor.name === 'openai' ? deepSeekKind : ofVendor;
  const thoughts = ['The user wants the date — 日付.\n\nI ask the shell "date" for it.', 'It answered. I am done.'];
  const [first = '', second = ''] = thoughts;
  const script = () => [
    [think(first), callTool('Bash', { command: 'echo 2026', description: 'Print the year' })],
    [think(second), say('It is 2026.')],
    [think('A second question.'), say('Still 2026.')],
  ];
  await inSession(kind, { script }, async ({ ask, upstream }) => {
    const before = await ask('Which year is it?', { allowedTools: ['Bash'] });
    expect(before).toMatchObject({ exitCode: 0, text: 'It is 2026.' });
    const after = await ask('And now?', { resume: before.sessionId });
    expect(after).toMatchObject({ exitCode: 0, text: 'Still 2026.', sessionId: before.sessionId });
    const [none, one, both] = upstream.calls.map(({ reasoning }) => reasoning);
    if (kind.returns === 'thoughts') expect([none, one, both]).toEqual([[], [first], thoughts]);
    else {
      expect([none, one?.length]).toEqual([[], 1]);
      expect(both?.slice(0, 1)).toEqual([...(one ?? [])]);
    }
  });
});
