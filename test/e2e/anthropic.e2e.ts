// The real Claude Code through the proxy to a strict fake Anthropic: what passes must pass as it is.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { callTool, say, think } from '../upstreams/script.ts';
import { anthropicBehind, anthropicKind, clientsOwnKind } from './harness/anthropic-kind.ts';
import { claudeApiKey } from './harness/claude-code.ts';
import { gemini3Kind } from './harness/gemini-kind.ts';
import { mixedKind } from './harness/mixed-kind.ts';
import { type Exchange, type RecordingRelay, startRelay } from './harness/recording-relay.ts';
import { inSession } from './harness/session.ts';
import type { UpstreamCall } from './harness/upstream-kind.ts';

// The first test may have to download Claude Code.
setDefaultTimeout(300_000);

/** What belongs to one connection, and the credential, which the proxy replaces. */
const ofTheHop = ['connection', 'keep-alive', 'host', 'content-length', 'transfer-encoding', 'x-api-key'];

function endToEnd(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => !ofTheHop.includes(name)));
}

function expectUntouched(sent: Exchange, arrived: Exchange): void {
  expect([arrived.method, arrived.target]).toEqual([sent.method, sent.target]);
  expect(arrived.requestBody.equals(sent.requestBody)).toBe(true);
  expect(endToEnd(arrived.requestHeaders)).toEqual(endToEnd(sent.requestHeaders));
  expect(sent.status).toBe(arrived.status);
  expect(sent.responseBody.equals(arrived.responseBody)).toBe(true);
  // The proxy may add its own; those of Anthropic all come through.
  expect(endToEnd(sent.responseHeaders)).toMatchObject(endToEnd(arrived.responseHeaders));
}

test.concurrent('every byte of a request and of its compressed answer passes as it came', async () => {
  const script = () => [
    [
      think('The shell is asked — 殻.'),
      say('Two calls.'),
      callTool('Bash', { command: 'echo 1', description: 'One' }),
      callTool('Bash', { command: 'echo 2', description: 'Two' }),
    ],
    [think('Both are there.'), say('One and two.')],
    [say('Still one and two.')],
  ];
  const relays: RecordingRelay[] = [];
  const record = async (url: string) => {
    const relay = await startRelay(url, { compress: relays.length === 0 });
    relays.push(relay);
    return relay.url;
  };
  try {
    await inSession(anthropicBehind(record), { script }, async ({ ask, proxy }) => {
      const baseUrl = await record(proxy.url);
      const first = await ask('Ask the shell', { allowedTools: ['Bash'], baseUrl });
      expect(first).toMatchObject({ exitCode: 0, text: 'One and two.' });
      const second = await ask('And now?', { resume: first.sessionId, baseUrl });
      expect(second.text).toBe('Still one and two.');
      const [arrived = [], sent = []] = relays.map(({ exchanges }) =>
        exchanges.filter(({ method }) => method === 'POST'),
      );
      expect([arrived.length, sent.length]).toEqual([3, 3]);
      for (const [index, exchange] of arrived.entries()) {
        const bySender = sent[index];
        if (bySender !== undefined) expectUntouched(bySender, exchange);
        expect(exchange.responseHeaders.get('content-encoding')).toBe('gzip');
      }
    });
  } finally {
    await Promise.all(relays.map((relay) => relay.stop()));
  }
});

test.concurrent('the token of a subscription goes through, and its limits come back', async () => {
  const oauthToken = 'sk-ant-oat01-of-a-subscription';
  const env = {
    ANTHROPIC_API_KEY: undefined,
    ANTHROPIC_AUTH_TOKEN: oauthToken,
    ANTHROPIC_BETAS: 'oauth-2025-04-20',
  };
  await inSession(clientsOwnKind({ oauthToken }), { script: () => [[say('On your plan.')]] }, async (session) => {
    const relay = await startRelay(session.proxy.url);
    try {
      const answer = await session.ask('Hello', { env, baseUrl: relay.url });
      expect(answer).toMatchObject({ exitCode: 0, text: 'On your plan.' });
      const [call] = session.upstream.calls;
      expect(call?.headers.get('authorization')).toBe(`Bearer ${oauthToken}`);
      expect(call?.headers.get('x-api-key')).toBeNull();
      const limits = relay.exchanges.at(-1)?.responseHeaders.get('anthropic-ratelimit-unified-5h-utilization');
      expect(limits).toBe('0.12');
    } finally {
      await relay.stop();
    }
  });
});

test.concurrent('without a key of the proxy’s own, that of the client goes through', async () => {
  const kind = clientsOwnKind({ apiKey: claudeApiKey });
  await inSession(kind, { script: () => [[say('With your key.')]] }, async ({ ask, upstream }) => {
    expect(await ask('Hello')).toMatchObject({ exitCode: 0, text: 'With your key.' });
    expect(upstream.calls[0]?.headers.get('x-api-key')).toBe(claudeApiKey);
  });
});

test.concurrent('a name of a model that is mapped is all that changes in the body', async () => {
  const settings = { OPUS_MODEL: 'anthropic/claude-sonnet-5' };
  await inSession(anthropicKind, { script: () => [[say('I am another.')]], settings }, async (session) => {
    const relay = await startRelay(session.proxy.url);
    try {
      const answer = await session.ask('Who are you?', { baseUrl: relay.url });
      expect(answer).toMatchObject({ exitCode: 0, text: 'I am another.' });
      const sent = relay.exchanges.at(-1)?.requestBody.toString();
      expect(session.upstream.calls[0]?.text).toBe(
        sent?.replace('"model":"claude-opus-5-5"', '"model":"claude-sonnet-5"') ?? 'nothing',
      );
    } finally {
      await relay.stop();
    }
  });
});

test.concurrent('opus at Anthropic, haiku at Gemini: a conversation goes from one to the other and back', async () => {
  const thoughts = { opus: 'Only Anthropic may see this.', haiku: 'Only Gemini may see this.' };
  const run = (command: string) => callTool('Bash', { command, description: 'Run it' });
  const script = () => [
    [think(thoughts.opus), say('I try.'), run('echo one'), run('echo two')],
    [think('Done.'), say('One and two.')],
    [think(thoughts.haiku), run('echo three'), run('ls missing')],
    [say('Three, and nothing.')],
    [think('Back again.'), run('echo four')],
    [say('Four.')],
  ];
  await inSession(mixedKind, { script }, async ({ ask, upstream, proxy }) => {
    const allowedTools = ['Bash'];
    const first = await ask('Count', { allowedTools });
    const resume = first.sessionId;
    const second = await ask('Go on', { allowedTools, resume, flags: ['--model', 'haiku'] });
    const third = await ask('And on', { allowedTools, resume, flags: ['--model', 'opus'] });
    expect([first.text, second.text, third.text]).toEqual(['One and two.', 'Three, and nothing.', 'Four.']);

    const isGemini = ({ model }: UpstreamCall) => model.startsWith('gemini');
    expect(upstream.calls.map(isGemini)).toEqual([false, false, false, false, true, true]);
    const atGemini = upstream.calls.filter(isGemini).at(-1);
    const atAnthropic = upstream.calls.findLast((call) => !isGemini(call));
    expect(atGemini?.text).not.toContain(thoughts.opus);
    expect(atAnthropic?.text).not.toContain(thoughts.haiku);
    expect(atAnthropic?.text).not.toContain('ccp1.');
    // Its own thinking is still there, and all that the tools have said.
    expect(atAnthropic?.reasoning).toHaveLength(3);
    const results = atAnthropic?.toolResults.join('\n');
    for (const said of ['one', 'two', 'three', 'missing', 'four']) expect(results).toContain(said);
    expect(atGemini?.toolResults.slice(0, 2).map((text) => text.trim())).toEqual(['one', 'two']);

    const requests = await proxy.requests();
    const models = requests.map(({ model }) => model);
    const opus = anthropicKind.model;
    expect(models).toEqual([opus, opus, gemini3Kind.model, gemini3Kind.model, opus, opus]);
    expect(requests.every(({ outcome, attempts }) => outcome === 'answered' && attempts === 1)).toBe(true);
    // Claude Code itself leaves out what another model thought. What then is missing on a call of Claude's is listed.
    expect(requests[2]?.losses.map(({ field }) => field)).toEqual([
      expect.stringMatching(/^messages\.\d+\.content\.\d+$/),
    ]);
    expect(requests[4]?.losses).toEqual([]);
  });
});
