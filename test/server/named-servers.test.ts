import { afterEach, describe, expect, test } from 'bun:test';
import { providerFor } from '../../src/providers/registry.ts';
import { startFakeLocalServer } from '../upstreams/local/fake-local-server.ts';
import { type FakeOpenAi, startFakeOpenAi } from '../upstreams/openai/fake-openai.ts';
import { say } from '../upstreams/script.ts';
import { ask, errorOf, startTestServer, stopTestServers } from './test-server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await stopTestServers();
  for (const stop of stops.splice(0)) await stop();
});

const rules = { models: 'any', key: 'ignored', schema: false } as const;

/** A server for each name, each of which keeps the headers of its calls. */
async function start<Name extends string>(...names: readonly Name[]) {
  const fakes: [Name, FakeOpenAi][] = [];
  for (const name of names) {
    const fake = await startFakeOpenAi({ model: () => [say(`Hello from ${name}.`)], rules });
    stops.push(fake.stop);
    fakes.push([name, fake]);
  }
  return new Map(fakes);
}

const secret = (name: string) => `the-key-of-${name}-alone`;

describe('a key goes to its own server and nowhere else', () => {
  const names = ['groq', 'mistral', 'xai', 'azure', 'openrouter', 'ollama', 'openai'] as const;

  test('whatever the order of the calls', async () => {
    const fakes = await start(...names);
    const urlOf = (name: (typeof names)[number]) => fakes.get(name)?.url ?? '';
    const env: Record<string, string> = {};
    for (const name of names) {
      env[`${name.toUpperCase()}_API_KEY`] = secret(name);
      env[`${name.toUpperCase()}_BASE_URL`] = urlOf(name);
    }
    const server = startTestServer({ registry: providerFor, upstream: urlOf('openai'), env });
    for (const name of [...names, ...names.toReversed()]) {
      const response = await server.post(ask({ model: `${name}/vendor/some-model`, stream: false }));
      expect(response.headers.get('x-proxy-model')).toBe(`${name}/vendor/some-model`);
      expect(await response.json()).toMatchObject({ content: [{ text: `Hello from ${name}.` }] });
      expect(await server.nextRecord()).toMatchObject({ model: `${name}/vendor/some-model`, outcome: 'answered' });
    }
    for (const name of names) {
      const calls = fakes.get(name)?.calls ?? [];
      expect(calls).toHaveLength(2);
      for (const { headers, body } of calls) {
        const sent = JSON.stringify([[...headers], body]);
        const own = name === 'azure' ? headers.get('api-key') : headers.get('authorization')?.replace('Bearer ', '');
        expect(own).toBe(secret(name));
        for (const other of names) if (other !== name) expect(sent).not.toContain(secret(other));
      }
    }
    expect(server.logged()).not.toContain('-alone');
  });
});

test("OpenRouter's own settings go with its calls alone", async () => {
  const fakes = await start('openrouter', 'openai');
  const server = startTestServer({
    registry: providerFor,
    upstream: fakes.get('openai')?.url ?? '',
    env: {
      OPENROUTER_API_KEY: 'k',
      OPENROUTER_BASE_URL: fakes.get('openrouter')?.url ?? '',
      OPENROUTER_PROVIDER: '{"order":["anthropic"],"model":"not this one"}',
      OPENROUTER_APP_NAME: 'my proxy',
    },
  });
  await (await server.post(ask({ model: 'openrouter/a/b' }))).text();
  await (await server.post(ask({ model: 'gpt-4.1' }))).text();
  const [routed] = fakes.get('openrouter')?.calls ?? [];
  expect(routed?.body).toMatchObject({ model: 'a/b', provider: { order: ['anthropic'], model: 'not this one' } });
  expect(routed?.headers.get('x-title')).toBe('my proxy');
  const [plain] = fakes.get('openai')?.calls ?? [];
  expect(plain?.body).not.toHaveProperty('provider');
  expect(plain?.headers.get('x-title')).toBeNull();
});

describe('what a failure says', () => {
  test('names the server and its own variable', async () => {
    const upstream = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => Response.json({ error: { message: 'No such key', code: 'invalid_api_key' } }, { status: 401 }),
    });
    stops.push(() => upstream.stop(true));
    const env = { GROQ_API_KEY: secret('groq'), GROQ_BASE_URL: `${upstream.url.origin}/v1` };
    const server = startTestServer({ registry: providerFor, env });
    const { message } = await errorOf(await server.post(ask({ model: 'groq/llama' })));
    expect(message).toContain(
      `Groq (${upstream.url.host}): No such key. It does not accept the key: check GROQ_API_KEY.`,
    );
  });

  test('of a server that is off', async () => {
    const server = startTestServer({ registry: providerFor, env: { VLLM_BASE_URL: 'http://127.0.0.1:9/v1' } });
    const { message } = await errorOf(await server.post(ask({ model: 'vllm/x' })));
    expect(message).toBe(
      'Cannot connect to vllm at 127.0.0.1:9 (ECONNREFUSED). Is it running, and is VLLM_BASE_URL right?',
    );
  });

  test('of a server that is not set up', async () => {
    const server = startTestServer({ registry: providerFor, env: { OPENAI_BASE_URL: '' } });
    const response = await server.post(ask({ model: 'deepseek/deepseek-chat' }));
    expect((await errorOf(response)).message).toContain('DEEPSEEK_API_KEY is not set');
  });
});

test('the model list has the models of local servers, and each id leads there', async () => {
  const chat = await start('ollama');
  const ollama = startFakeLocalServer({
    kind: 'ollama',
    models: [{ id: 'qwen3:8b', tools: true }, { id: 'gpt-oss:20b' }],
    chat: chat.get('ollama')?.url ?? '',
  });
  stops.push(() => ollama.stop());
  const server = startTestServer({ registry: providerFor, env: { OLLAMA_BASE_URL: ollama.url } });
  const list: unknown = await (await fetch(new URL('/v1/models', server.url))).json();
  expect(list).toMatchObject({
    data: expect.arrayContaining([
      expect.objectContaining({ id: 'anthropic-ollama/qwen3:8b', display_name: 'ollama/qwen3:8b' }),
      expect.objectContaining({ id: 'anthropic-ollama/gpt-oss:20b' }),
    ]),
  });
  const response = await server.post(ask({ model: 'anthropic-ollama/gpt-oss:20b', stream: false }));
  expect(response.headers.get('x-proxy-model')).toBe('ollama/gpt-oss:20b');
  expect(await response.json()).toMatchObject({ content: [{ text: 'Hello from ollama.' }] });
});
