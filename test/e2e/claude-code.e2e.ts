// The real Claude Code, headless, through the proxy to a strict fake OpenAI with a scripted model.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { exists } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChatCall } from '../upstreams/openai/chat-request.ts';
import { compatibleRules } from '../upstreams/openai/rules.ts';
import { callTool, cut, delta, end, fail, say, streamError, think } from '../upstreams/script.ts';
import { longToolNames } from './harness/long-name-server.ts';
import { solidPng } from './harness/png.ts';
import { inSession } from './harness/session.ts';
import { imageUrls, reasoningOf, toolMessages, toolNames } from './harness/upstream-calls.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

/** More than one read of the network: the answer has begun at the client before anything goes wrong behind it. */
const longBeginning = 'This much is said before it breaks off. '.repeat(500);

test('a question gets the answer of the model', async () => {
  const script = () => [[say('Good morning from the model.')]];
  await inSession({ script }, async ({ ask, openai, proxy }) => {
    const answer = await ask('Say good morning');
    expect(answer).toMatchObject({ exitCode: 0, isError: false, text: 'Good morning from the model.' });
    expect(openai.calls.map(({ body }) => [body.model, body.stream])).toEqual([['gpt-4.1', true]]);
    expect(openai.calls[0]?.text).toContain('Say good morning');
    // Claude Code's own bookkeeping line would break the prompt cache and means nothing to the model.
    expect(openai.calls[0]?.text).not.toContain('x-anthropic-billing-header');
    expect(await proxy.requests()).toMatchObject([{ status: 200, outcome: 'answered', model: 'openai/gpt-4.1' }]);
  });
});

test('parallel Read and Bash calls, an Edit of a file on disk, then the final answer', async () => {
  await inSession(
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
    async ({ ask, openai, workspace }) => {
      const file = Bun.file(join(workspace, 'greeting.txt'));
      await file.write('Hullo, world\n');
      const answer = await ask('Mend the spelling in greeting.txt', { allowedTools: ['Read', 'Bash', 'Edit'] });
      expect(answer).toMatchObject({ exitCode: 0, text: 'The spelling is mended.' });
      expect(await file.text()).toBe('Hello, world\n');
      expect(answer.toolResults.map(({ isError }) => isError)).toEqual([false, false, false]);
      // The results reach the model in the order of the calls, whichever tool finished first.
      const [read, bash] = toolMessages(openai.calls[1]);
      expect(read).toContain('Hullo, world');
      expect(bash?.trim()).toBe('13');
    },
  );
});

test('ToolSearch loads deferred tools: they join the end of the list as they come, and can be called', async () => {
  const script = () => [
    [callTool('ToolSearch', { query: 'select:TaskStop' })],
    [callTool('ToolSearch', { query: 'select:CronList' })],
    [callTool('CronList', {})],
    [say('Nothing is scheduled.')],
  ];
  await inSession({ script }, async ({ ask, openai }) => {
    const answer = await ask('What is scheduled?', { allowedTools: ['CronList'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'Nothing is scheduled.' });
    expect(answer.toolResults.map(({ isError }) => isError)).toEqual([false, false, false]);
    const first = toolNames(openai.calls[0]);
    expect(first).toContain('ToolSearch');
    expect(first).not.toContain('TaskStop');
    // By the alphabet, Claude Code's own order, both would stand among the first and break the cached prefix.
    expect(openai.calls.map(toolNames)).toEqual([
      first,
      [...first, 'TaskStop'],
      [...first, 'TaskStop', 'CronList'],
      [...first, 'TaskStop', 'CronList'],
    ]);
    expect(toolMessages(openai.calls[2])).toEqual([
      expect.stringContaining('TaskStop'),
      expect.stringContaining('CronList'),
    ]);
    for (const call of openai.calls) expect(call.text).not.toContain('DeferredToolPlaceholder');
  });
});

test('an image that the Read tool opens reaches the model as an image', async () => {
  await inSession(
    {
      script: ({ workspace }) => [
        [callTool('Read', { file_path: join(workspace, 'square.png') })],
        [say('A green square.')],
      ],
    },
    async ({ ask, openai, workspace }) => {
      await Bun.write(join(workspace, 'square.png'), solidPng(64, [0, 160, 0]));
      const answer = await ask('What is in square.png?', { allowedTools: ['Read'] });
      expect(answer).toMatchObject({ exitCode: 0, text: 'A green square.' });
      expect(imageUrls(openai.calls[0])).toEqual([]);
      expect(imageUrls(openai.calls[1])).toEqual([expect.stringMatching(/^data:image\/(png|jpeg|webp);base64,.{40,}/)]);
    },
  );
});

test('WebSearch, which Chat Completions has not, is told to the model and listed, never made up', async () => {
  const script = () => [
    [callTool('ToolSearch', { query: 'select:WebSearch' })],
    [callTool('WebSearch', { query: 'weather in Berlin' })],
    [say('Searching is not available here.')],
    [say('I could not search.')],
  ];
  await inSession({ script }, async ({ ask, openai, proxy }) => {
    const answer = await ask('What is the weather in Berlin?', { allowedTools: ['WebSearch'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'I could not search.' });
    expect(openai.calls[2]?.body).not.toHaveProperty('tools');
    expect(openai.calls[2]?.text).toContain('not available');
    expect(toolMessages(openai.calls[3]).at(-1)).toContain('Searching is not available here.');
    expect((await proxy.requests())[2]?.losses).toContainEqual(expect.objectContaining({ field: 'tools.0' }));
  });
});

test('a rate limit is waited for as long as the upstream asks, then the answer comes', async () => {
  const askedAt: number[] = [];
  const limited = () => {
    askedAt.push(performance.now());
    const error = { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' };
    return [fail(429, { error }, { 'retry-after': '1' })];
  };
  const answered = () => {
    askedAt.push(performance.now());
    return [say('Now there is room.')];
  };
  await inSession({ script: () => [limited, limited, answered] }, async ({ ask }) => {
    const answer = await ask('Are you there?');
    expect(answer).toMatchObject({ exitCode: 0, text: 'Now there is room.' });
    const waits = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
    expect(waits).toHaveLength(2);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(990);
  });
});

test('a stream cut in mid-sentence is asked for again, and only the whole answer counts', async () => {
  const script = () => [[say(longBeginning), cut()], [say('The whole sentence.')]];
  await inSession({ script }, async ({ ask, openai, proxy }) => {
    const answer = await ask('Say a sentence');
    expect(answer).toMatchObject({ exitCode: 0, text: 'The whole sentence.' });
    expect(openai.calls).toHaveLength(2);
    expect(await proxy.requests()).toMatchObject([
      { outcome: 'failed', attempts: 1 },
      { outcome: 'answered', attempts: 1 },
    ]);
  });
});

test('a tool call whose stream ends in the middle is never run', async () => {
  const half = { name: 'Bash', arguments: '{"command": "touch half.txt' };
  const script = () => [
    [
      say(longBeginning),
      delta({ tool_calls: [{ index: 0, id: 'call_half', type: 'function', function: half }] }),
      end(),
    ],
    [callTool('Bash', { command: 'touch whole.txt', description: 'Make a file' })],
    [say('Done.')],
  ];
  await inSession({ script }, async ({ ask, workspace }) => {
    const answer = await ask('Make a file', { allowedTools: ['Bash'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'Done.' });
    expect(answer.toolResults).toHaveLength(1);
    expect(await exists(join(workspace, 'half.txt'))).toBe(false);
    expect(await exists(join(workspace, 'whole.txt'))).toBe(true);
  });
});

test('an error in mid-stream is repeated as a call without streaming, tools and all', async () => {
  const error = { message: 'The server had an error', type: 'server_error', param: null, code: 'server_error' };
  const script = () => [
    [say(longBeginning), streamError({ error })],
    [say('I make it now.'), callTool('Bash', { command: 'touch made.txt', description: 'Make a file' })],
    [say('The file is there.')],
  ];
  await inSession({ script }, async ({ ask, proxy, workspace }) => {
    const answer = await ask('Make a file', { allowedTools: ['Bash'] });
    expect(answer).toMatchObject({ exitCode: 0, text: 'The file is there.' });
    expect(await exists(join(workspace, 'made.txt'))).toBe(true);
    expect(await proxy.requests()).toMatchObject([
      { stream: true, outcome: 'failed' },
      { stream: false, outcome: 'answered', status: 200 },
      { stream: true, outcome: 'answered' },
    ]);
  });
});

const contextWindow = 24_000;

test('a conversation that outgrows the model’s window is compacted and goes on', async () => {
  let readings = 0;
  const model = ({ text }: ChatCall) => {
    if (text.includes('create a detailed summary')) return [say('<summary>Long lists were printed.</summary>')];
    if (text.includes('Long lists were printed.')) return [say('All the lists are read.')];
    readings++;
    return [callTool('Bash', { command: `echo list ${readings}; seq 2000`, description: 'Print a list' })];
  };
  await inSession(
    { script: () => model, rules: { contextWindow }, expectedRefusals: ['context_length_exceeded'] },
    async ({ ask, proxy }) => {
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
    },
  );
});

test('a first message too long for the model is explained with both numbers, at once', async () => {
  await inSession(
    { script: () => [], rules: { contextWindow: 4000 }, expectedRefusals: ['context_length_exceeded'] },
    async ({ ask, openai, proxy }) => {
      const answer = await ask('Hello');
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(/Prompt is too long · the request is ~\d{5} tokens \(limit 4000\)/);
      expect(openai.calls).toHaveLength(1);
      const messages = (await proxy.requests()).map(({ error }) => error?.message);
      expect(messages).toEqual([expect.stringMatching(/^prompt is too long: \d{5} tokens > 4000 maximum/)]);
    },
  );
});

test('--resume in a new process gives the reasoning back to a model that wants it, word for word', async () => {
  const firstThought = 'The user wants the date — 日付.\n\nI ask the shell "date" for it.';
  const secondThought = 'It answered. I am done.';
  const script = () => [
    [think(firstThought), callTool('Bash', { command: 'echo 2026', description: 'Print the year' })],
    [think(secondThought), say('It is 2026.')],
    [think('A second question.'), say('Still 2026.')],
  ];
  await inSession(
    {
      script,
      rules: compatibleRules.deepSeek,
      settings: { OPENAI_PROFILE: 'deepseek', BIG_MODEL: 'deepseek-reasoner' },
    },
    async ({ ask, openai }) => {
      const first = await ask('Which year is it?', { allowedTools: ['Bash'] });
      expect(first).toMatchObject({ exitCode: 0, text: 'It is 2026.' });
      const second = await ask('And now?', { resume: first.sessionId });
      expect(second).toMatchObject({ exitCode: 0, text: 'Still 2026.', sessionId: first.sessionId });
      expect(openai.calls.map(reasoningOf)).toEqual([[], [firstThought], [firstThought, secondThought]]);
    },
  );
});

test('MCP tools with names of more than 64 characters, alike up to there, are told apart', async () => {
  const callByDescription = (description: string, key: string) => (call: ChatCall) => {
    const tool = call.body.tools?.find((offered) => offered.function.description === description);
    return [callTool(tool?.function.name ?? 'no such tool', { key })];
  };
  await inSession(
    {
      script: () => [
        [callTool('ToolSearch', { query: `select:${longToolNames.join(',')}` })],
        callByDescription('Finds a customer by number.', '7'),
        callByDescription('Finds a customer by name.', 'Ada'),
        [say('Both are found.')],
      ],
    },
    async ({ ask, folder, openai }) => {
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
      const loaded = toolNames(openai.calls[1]).slice(-2);
      for (const name of loaded) expect(toolMessages(openai.calls[1])[0]).toContain(name);
    },
  );
});

test('a missing key is one clear message at once, not ten retries', async () => {
  const settings = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined };
  await inSession({ script: () => [], settings }, async ({ ask, proxy }) => {
    const answer = await ask('Hello');
    expect(answer).toMatchObject({ exitCode: 1, isError: true });
    expect(answer.text).toContain('OPENAI_API_KEY');
    expect(await proxy.requests()).toMatchObject([{ status: 401, attempts: 0 }]);
  });
});

test('a key that the upstream refuses is one clear message at once', async () => {
  const error = { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' };
  await inSession({ script: () => [[fail(401, { error })]] }, async ({ ask, proxy }) => {
    const answer = await ask('Hello');
    expect(answer).toMatchObject({ exitCode: 1, isError: true });
    expect(answer.text).toContain('Incorrect API key provided');
    expect(await proxy.requests()).toMatchObject([{ status: 401, attempts: 1 }]);
  });
});

test('a session of fifty turns with tools: no error, no loss that matters, and the prompt cache holds', async () => {
  const questions = 5;
  const turnsEach = 10;
  const script = ({ workspace }: { workspace: string }) => {
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
  };
  await inSession({ script }, async ({ ask, openai, proxy, workspace }) => {
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
    expect([...lost].filter((field) => !harmlessLoss.test(field))).toEqual([]);

    // Every prompt begins with the whole of the one before, so nearly all of it is read from the cache.
    const texts = openai.calls.map(({ body }) => JSON.stringify([body.tools, body.messages]).slice(0, -2));
    for (const [turn, text] of texts.slice(1).entries()) expect(text.startsWith(texts[turn] ?? '?')).toBe(true);
    for (const { cachedTokens, inputTokens } of requests.slice(1)) {
      expect(cachedTokens).toBeGreaterThan(0.9 * (inputTokens ?? 0));
    }
  });
});

/** The default model has no such setting, so nothing could be done with it. */
const harmlessLoss = /^(messages\.\d+\.)?output_config\.effort$/;
