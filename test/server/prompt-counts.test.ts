import { afterEach, expect, test } from 'bun:test';
import { providerFor } from '../../src/providers/registry.ts';
import { startFakeOpenAi } from '../upstreams/openai/fake-openai.ts';
import { type Reply, say, usage } from '../upstreams/script.ts';
import { ask, serverOn, startTestServer, stopTestServers } from './test-server.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  await stopTestServers();
  for (const end of endings.splice(0)) await end();
});

const words = 'The river runs past the old mill, and nobody has seen the miller since the flood came down. ';

/** A conversation of so many turns, some of them long. */
function conversation(turns: number) {
  const messages = Array.from({ length: 2 * turns - 1 }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: words.repeat(5 + ((at * 7) % 30)),
  }));
  return ask({ messages });
}

/** A vocabulary of its own: so many tokens for a text, where the proxy's estimate is about three quarters of that. */
const trueTokens = (text: string) => Math.ceil(text.length / 3);

async function start(reply: (promptTokens: number) => Reply, env: Record<string, string> = {}) {
  const fake = await startFakeOpenAi({
    model: ({ body }) => {
      const texts = body.messages.map(({ content }) =>
        typeof content === 'string' ? content : JSON.stringify(content),
      );
      return reply(trueTokens(texts.join('')));
    },
    rules: { models: 'any', contextWindow: 1_000_000 },
  });
  endings.push(() => fake.stop());
  return startTestServer({ upstream: fake.url, registry: providerFor, env: { BIG_MODEL: 'strange-model', ...env } });
}

const counted = (promptTokens: number): Reply => [
  say('Yes.'),
  usage({ prompt_tokens: promptTokens, completion_tokens: 2, total_tokens: promptTokens + 2 }),
];

type Server = Awaited<ReturnType<typeof start>>;

/** What the head of the stream expects and what its end knows. */
async function askAbout(server: Server, body: object) {
  const text = await (await server.post(body)).text();
  const tokensIn = (event: string) =>
    Number(new RegExp(`event: ${event}\ndata: .*?"input_tokens":(\\d+)`).exec(text)?.[1]);
  return { expected: tokensIn('message_start'), told: tokensIn('message_delta') };
}

async function count(server: Server, body: object): Promise<number> {
  const response = await server.post(body, { path: '/v1/messages/count_tokens' });
  return JSON.parse(await response.text()).input_tokens;
}

const error = (guess: number, truth: number) => Math.abs(guess / truth - 1);

test('a model whose vocabulary nobody knows is counted right after a few of its answers', async () => {
  const server = await start(counted);
  const first = await askAbout(server, conversation(3));
  expect(error(first.expected, first.told)).toBeGreaterThan(0.2);
  for (const turns of [4, 5, 6]) await askAbout(server, conversation(turns));
  for (const turns of [7, 12, 25]) {
    const { expected, told } = await askAbout(server, conversation(turns));
    expect(error(expected, told)).toBeLessThan(0.03);
    expect(error(await count(server, conversation(turns)), told)).toBeLessThan(0.03);
  }
});

test('OpenAI is asked for its own count, whichever API serves the model', async () => {
  const { upstream, server } = await serverOn(
    (call) => call.whole('{"object":"response.input_tokens","input_tokens":4711}', { type: 'application/json' }),
    { registry: providerFor, env: { OPENAI_PROFILE: 'openai', BIG_MODEL: 'gpt-4.1', OPUS_MODEL: 'gpt-5.2' } },
  );
  for (const model of ['claude-sonnet-4-5', 'claude-opus-5']) {
    expect(await count(server, { ...conversation(2), model })).toBe(4711);
  }
  expect(upstream.calls.map(({ head }) => head.split(' HTTP')[0])).toEqual(
    Array(2).fill('POST /responses/input_tokens'),
  );
});

test('a server that has no counter after all is asked once', async () => {
  const { upstream, server } = await serverOn((call) => call.whole('Not found', { status: 404 }), {
    registry: providerFor,
    env: { OPENAI_PROFILE: 'vllm', BIG_MODEL: 'strange-model' },
  });
  expect(await count(server, conversation(2))).toBeGreaterThan(100);
  expect(await count(server, conversation(3))).toBeGreaterThan(100);
  expect(upstream.calls.map(({ head }) => head.split(' HTTP')[0])).toEqual(['POST /tokenize']);
});

test('an upstream that counts nothing teaches nothing', async () => {
  const server = await start(() => [say('Yes.'), usage(null)]);
  const before = await count(server, conversation(9));
  for (const turns of [3, 4, 5, 6]) await askAbout(server, conversation(turns));
  expect(await count(server, conversation(9))).toBe(before);
});

test('a prompt that cannot fit is seen by what the model has taught, not by the estimate', async () => {
  const window = 4_000;
  const server = await start(counted, { MODEL_OVERRIDES: JSON.stringify({ 'strange-*': { contextWindow: window } }) });
  // By the estimate alone it fits.
  const long = ask({ messages: [{ role: 'user', content: words.repeat(148) }] });
  expect((await server.post(long)).status).toBe(200);
  for (const turns of [3, 4, 5]) await askAbout(server, conversation(turns));
  const refused = await server.post(long);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('prompt is too long')]);
});

test('an answer’s tokens are told with their price, where it is known and they were counted', async () => {
  const price = { input: 2, output: 10 };
  const server = await start(counted, { MODEL_OVERRIDES: JSON.stringify({ 'strange-model': { price } }) });
  const { told } = await askAbout(server, conversation(3));
  expect((await server.nextRecord()).costUsd).toBeCloseTo((told * 2 + 2 * 10) / 1e6, 12);

  const unpriced = await start(counted);
  await askAbout(unpriced, conversation(3));
  expect((await unpriced.nextRecord()).costUsd).toBeUndefined();
  const uncounted = await start(() => [say('Yes.'), usage(null)], {
    MODEL_OVERRIDES: JSON.stringify({ 'strange-model': { price } }),
  });
  await askAbout(uncounted, conversation(3));
  expect((await uncounted.nextRecord()).costUsd).toBeUndefined();
});

test('what a router says that an answer has cost is what it has cost, whatever its tokens cost elsewhere', async () => {
  const told = { prompt_tokens: 900, completion_tokens: 2, total_tokens: 902, cost: 0.0123 };
  const costUnder = async (profile: string) => {
    const price = { input: 2, output: 10 };
    const env = { OPENAI_PROFILE: profile, MODEL_OVERRIDES: JSON.stringify({ 'strange-model': { price } }) };
    const server = await start(() => [say('Yes.'), usage(told)], env);
    await askAbout(server, conversation(3));
    return (await server.nextRecord()).costUsd;
  };
  expect(await costUnder('openrouter')).toBe(0.0123);
  // What others mean by such a field nobody knows.
  expect(await costUnder('generic')).toBeCloseTo((900 * 2 + 2 * 10) / 1e6, 12);
});
