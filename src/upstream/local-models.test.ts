import { afterEach, describe, expect, test } from 'bun:test';
import {
  type FakeLocalServerOptions,
  type FakeModel,
  startFakeLocalServer,
} from '../../test/upstreams/local/fake-local-server.ts';
import { loadConfig } from '../config/load.ts';
import type { Target } from '../providers/provider.ts';
import { chooseModels, findLocalServer } from './find-local-server.ts';
import { LearnedRepairs } from './learned-repairs.ts';
import { askForModels } from './local-models.ts';
import { LocalOffer } from './local-offer.ts';
import { LocalWindows } from './local-windows.ts';

const fakes: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.stop();
});

type Kind = FakeLocalServerOptions['kind'];
function start(kind: Kind, ...models: readonly FakeModel[]) {
  const fake = startFakeLocalServer({ kind, models });
  fakes.push(fake);
  return { ...fake, place: { server: kind, baseUrl: fake.url } };
}

/** A port on which something else answers. */
function startOther(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer });
  fakes.push({ stop: () => server.stop(true) });
  return `http://127.0.0.1:${server.port}/v1`;
}

const soon = () => AbortSignal.timeout(5_000);

describe('what a server tells of its models', () => {
  const told: readonly [kind: Kind, models: readonly FakeModel[], expected: readonly object[]][] = [
    [
      'ollama',
      [
        { id: 'qwen3-coder:30b', tools: true, size: '30.5B', window: 65_536 },
        { id: 'llama3:latest', loaded: true, tools: true, size: '8.0B', window: 4096 },
        { id: 'tiny', size: '135M' },
        { id: 'nomic-embed-text', embeds: true },
      ],
      [
        { id: 'qwen3-coder:30b', loaded: false, tools: true, parameters: 30.5, window: 65_536 },
        { id: 'llama3:latest', loaded: true, tools: true, parameters: 8, window: 4096 },
        { id: 'tiny', loaded: false, tools: false, parameters: 0.135, window: undefined },
      ],
    ],
    [
      'lmstudio',
      [
        { id: 'qwen/qwen3-coder-30b', loaded: true, tools: true, window: 32_768 },
        { id: 'google/gemma-3-4b' },
        { id: 'text-embedding-nomic', embeds: true },
      ],
      [
        { id: 'qwen/qwen3-coder-30b', loaded: true, tools: true, parameters: 30, window: 32_768 },
        { id: 'google/gemma-3-4b', loaded: false, tools: undefined, parameters: 4, window: undefined },
      ],
    ],
    [
      'llamacpp',
      [{ id: 'qwen3-14b-q4.gguf', window: 16_384 }],
      [{ id: 'qwen3-14b-q4.gguf', loaded: true, tools: undefined, parameters: 14, window: 16_384 }],
    ],
    [
      'vllm',
      [{ id: 'Qwen/Qwen3-32B', window: 40_960 }],
      [{ id: 'Qwen/Qwen3-32B', loaded: true, tools: undefined, parameters: 32, window: 40_960 }],
    ],
  ];
  test.each(told)('%s', async (kind, models, expected) => {
    const told = await askForModels(start(kind, ...models).place, soon());
    expect(told).toHaveLength(expected.length);
    expect(told).toMatchObject(expected);
  });

  test('a server that tells nothing but the list', async () => {
    const baseUrl = startOther((request) =>
      request.url.endsWith('/v1/models')
        ? Response.json({ data: [{ id: 'a' }, { id: 7 }, { id: 'two words' }, { id: 'b[1m]' }] })
        : new Response('no', { status: 404 }),
    );
    expect((await askForModels({ server: 'ollama', baseUrl }, soon()))?.map(({ id }) => id)).toEqual(['a']);
  });
});

describe('what is no such server has no models', () => {
  const others: readonly [what: string, answer: () => Response | Promise<Response>][] = [
    ['a web page', () => new Response('<html>Hello</html>', { headers: { 'content-type': 'text/html' } })],
    ['a refusal', () => Response.json({ data: [{ id: 'a' }] }, { status: 401 })],
    ['another form', () => Response.json(['a'])],
    ['a redirect', () => Response.redirect('http://127.0.0.1:9/v1/models')],
    ['an endless list', () => new Response(`{"data":[${'{"id":"a"},'.repeat(500_000)}`)],
  ];
  test.each(others)('%s', async (_, answer) => {
    expect(await askForModels({ server: 'llamacpp', baseUrl: startOther(answer) }, soon())).toBeUndefined();
  });

  test('nobody, and somebody who never answers', async () => {
    const never = startOther(() => new Promise<Response>(() => undefined));
    const places = [
      { server: 'ollama', baseUrl: 'http://127.0.0.1:9/v1' },
      { server: 'llamacpp', baseUrl: never },
    ] as const;
    expect(await findLocalServer(places, 50)).toBeUndefined();
  });
});

describe('the server that is taken', () => {
  test('is the first in order that has a model, however slow the others are', async () => {
    const empty = start('ollama');
    const studio = start('lmstudio', { id: 'a', loaded: true });
    const vllm = start('vllm', { id: 'b' });
    const never = { server: 'llamacpp', baseUrl: startOther(() => new Promise<Response>(() => undefined)) } as const;
    expect(await findLocalServer([empty.place, studio.place, never, vllm.place], 5_000)).toMatchObject({
      server: 'lmstudio',
      baseUrl: studio.url,
      big: { id: 'a' },
    });
  });

  const model = (id: string, more: object = {}) => ({
    id,
    loaded: false,
    tools: undefined,
    parameters: undefined,
    window: undefined,
    ...more,
  });
  const choices: readonly [what: string, models: readonly ReturnType<typeof model>[], big: string, small: string][] = [
    ['the only one', [model('a')], 'a', 'a'],
    ['the bigger one', [model('a', { parameters: 8 }), model('b', { parameters: 30 })], 'b', 'b'],
    [
      'what calls tools',
      [model('a', { parameters: 70, tools: false }), model('b', { parameters: 8, tools: true })],
      'b',
      'b',
    ],
    ['what is in memory', [model('a', { parameters: 70 }), model('b', { parameters: 8, loaded: true })], 'b', 'b'],
    [
      'what calls tools, before what is in memory',
      [model('a', { loaded: true, tools: false }), model('b', { tools: true })],
      'b',
      'b',
    ],
    [
      'two in memory: one each',
      [model('a', { parameters: 4, loaded: true }), model('b', { parameters: 30, loaded: true })],
      'b',
      'a',
    ],
  ];
  test.each(choices)('begins with %s', (_, models, big, small) => {
    const chosen = chooseModels(models);
    expect([chosen?.big.id, chosen?.small.id]).toEqual([big, small]);
  });
});

describe('how long prompts may be', () => {
  function watch(targets: readonly Target[]) {
    const learned = new LearnedRepairs();
    const warnings: string[] = [];
    let now = 0;
    const windows = new LocalWindows(targets, { learned, warn: (text) => warnings.push(text), now: () => now });
    return { learned, warnings, windows, later: () => (now += 60_000) };
  }
  const target = (baseUrl: string, model: string, more: Partial<Target> = {}): Target => {
    return { provider: 'openai', server: 'ollama', model, baseUrl, apiKey: undefined, route: 'test', ...more };
  };

  test('what the server tells holds as if a refusal had told it', async () => {
    const fake = start('vllm', { id: 'q', window: 40_960 });
    const named = target(fake.url, 'q', { server: 'vllm' });
    const { learned, warnings, windows } = watch([named]);
    await windows.ask();
    expect(learned.contextLimit(named)).toBe(40_960);
    expect(warnings).toEqual([]);
  });

  test('a window that is told only with the model in memory is asked for again, and a small one is warned of', async () => {
    const fake = start('ollama', { id: 'q:latest' });
    const named = target(fake.url, 'q');
    const { learned, warnings, windows, later } = watch([named]);
    await windows.ask();
    expect(learned.contextLimit(named)).toBeUndefined();
    expect(warnings).toEqual([
      'Ollama does not tell the context window of q:latest before it has loaded it, and cuts longer prompts without a word: start it with OLLAMA_CONTEXT_LENGTH=65536',
    ]);
    fake.become([{ id: 'q:latest', loaded: true, window: 4096 }]);
    await windows.ask();
    expect(warnings).toHaveLength(1);
    later();
    await windows.ask();
    expect(learned.contextLimit(named)).toBe(4096);
    expect(warnings[1]).toBe(
      'Ollama gives q:latest a context window of 4096 tokens, too few for Claude Code: start it with OLLAMA_CONTEXT_LENGTH=65536',
    );
    const asked = fake.calls.length;
    later();
    await windows.ask();
    expect(fake.calls).toHaveLength(asked);
  });

  test('nobody else is asked', async () => {
    const asked: string[] = [];
    const baseUrl = startOther((request) => {
      asked.push(request.url);
      return Response.json({});
    });
    const { windows } = watch([
      target(baseUrl, 'x', { server: 'groq' }),
      { provider: 'gemini', model: 'x', baseUrl, apiKey: undefined, route: 'test' },
      { provider: 'openai', model: 'x', baseUrl, apiKey: undefined, profile: 'openrouter', route: 'test' },
    ]);
    await windows.ask();
    expect(asked).toEqual([]);
  });
});

describe('what is offered in the model list', () => {
  test('the models of all local servers that are set up, asked for once in a while', async () => {
    const ollama = start('ollama', { id: 'a' }, { id: 'embed', embeds: true });
    const own = start('vllm', { id: 'Org/b' });
    const env = { OLLAMA_BASE_URL: ollama.url, OPENAI_BASE_URL: own.url, OPENAI_PROFILE: 'vllm', GROQ_API_KEY: 'k' };
    const loaded = loadConfig({ env });
    if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
    let now = 0;
    const offer = new LocalOffer(loaded.config, () => now);
    expect(await offer.names()).toEqual(['ollama/a', 'openai/Org/b']);
    ollama.become([{ id: 'a' }, { id: 'c' }]);
    expect(await offer.names()).toEqual(['ollama/a', 'openai/Org/b']);
    now += 60_000;
    expect(await offer.names()).toEqual(['ollama/a', 'ollama/c', 'openai/Org/b']);
  });
});
