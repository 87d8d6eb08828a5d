// Every whole `.env` that the README and the guides show is tried: the real proxy starts with it in a folder of its own and
// is asked through the official SDK. Only the addresses of the vendors are those of fakes.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { baseUrlVariableOf, placeOf, type ServerName, serverNames } from '../src/config/servers.ts';
import { startFakeAnthropic } from './upstreams/anthropic/fake-anthropic.ts';
import { startFakeServer } from './upstreams/compatible/fake-server.ts';
import { startFakeGemini } from './upstreams/gemini/fake-gemini.ts';
import { makeTestCredentials } from './upstreams/google-auth/credential-files.ts';
import { startFakeGoogleAuth } from './upstreams/google-auth/fake-google-auth.ts';
import { startFakeLocalServer } from './upstreams/local/fake-local-server.ts';
import { startFakeOpenAi } from './upstreams/openai/fake-openai.ts';
import { type Call, type Reply, say } from './upstreams/script.ts';

// Each case starts a process, and the machine may be busy.
setDefaultTimeout(30_000);

const root = resolve(import.meta.dir, '..');
const documents = ['README.md', 'docs/google.md', 'docs/mixing-providers.md', 'docs/providers.md', 'docs/web-tools.md'];

/** What stands for a key in the documents. */
const keys = { openai: 'your-openai-key', gemini: 'your-gemini-key', anthropic: 'your-anthropic-key' };
/** The login of a subscription, as Claude Code sends it. */
const subscription = 'sk-ant-oat-of-a-subscription';

/** Where opus and haiku arrive with each setup, in the order of the documents. */
const expected: readonly Expected[] = [
  ['README.md: OpenAI', 'openai gpt-4.1', 'openai gpt-4.1-mini'],
  ['README.md: OpenAI', 'openai gpt-5.2', 'openai gpt-4.1-nano'],
  ['README.md: Google Gemini with a key', 'gemini gemini-2.5-pro', 'gemini gemini-2.5-flash'],
  ['README.md: Google Gemini on Vertex AI', 'vertex gemini-2.5-pro', 'vertex gemini-2.5-flash'],
  ['README.md: Anthropic only', 'anthropic claude-opus-5-5', 'anthropic claude-haiku-4-5'],
  ['README.md: Anthropic only', 'subscription claude-opus-5-5', 'subscription claude-haiku-4-5'],
  ['README.md: Several providers at once', 'gemini gemini-2.5-pro', 'openai gpt-4.1-mini'],
  [
    'README.md: OpenRouter, Groq, Azure, DeepSeek, xAI, Mistral, Ollama, …',
    'openrouter anthropic/claude-sonnet-4.5',
    'groq openai/gpt-oss-20b',
  ],
  ['README.md: A server of your own', 'own qwen3-coder:30b', 'own qwen3:8b'],
  ['docs/google.md: With a key', 'gemini gemini-2.5-pro', 'gemini gemini-2.5-flash'],
  ['docs/google.md: On Vertex AI', 'vertex gemini-2.5-pro', 'vertex gemini-2.5-flash'],
  ['docs/mixing-providers.md: A provider for each tier', 'gemini gemini-2.5-pro', 'openai gpt-4.1-mini'],
  [
    'docs/mixing-providers.md: A Claude subscription for some tiers',
    'subscription claude-opus-5-5',
    'gemini gemini-2.5-flash',
  ],
  ['docs/providers.md: Azure OpenAI', 'azure team-big', 'azure team-small'],
  ['docs/providers.md: OpenRouter', 'openrouter anthropic/claude-sonnet-4.5', 'openrouter openai/gpt-oss-20b'],
  ['docs/providers.md: DeepSeek', 'deepseek deepseek-chat', 'deepseek deepseek-chat'],
  ['docs/providers.md: Groq', 'groq openai/gpt-oss-120b', 'groq openai/gpt-oss-20b'],
  ['docs/providers.md: xAI', 'xai grok-4.3', 'xai grok-4.3'],
  ['docs/providers.md: Mistral', 'mistral devstral-medium-latest', 'mistral mistral-small-latest'],
  ['docs/providers.md: Together AI', 'together Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', 'together openai/gpt-oss-20b'],
  [
    'docs/providers.md: Fireworks AI',
    'fireworks accounts/fireworks/models/glm-4p6',
    'fireworks accounts/fireworks/models/gpt-oss-20b',
  ],
  ['docs/providers.md: Cerebras', 'cerebras gpt-oss-120b', 'cerebras gpt-oss-120b'],
  ['docs/providers.md: DashScope, Moonshot, Z.ai, MiniMax', 'moonshot kimi-k2-thinking', 'dashscope qwen3-coder-plus'],
  ['docs/providers.md: Ollama', 'ollama qwen3-coder:30b', 'ollama qwen3:8b'],
  ['docs/providers.md: Ollama', 'ollama what-it-has', 'ollama what-it-has'],
  ['docs/providers.md: LM Studio', 'lmstudio qwen/qwen3-coder-30b', 'lmstudio qwen/qwen3-coder-30b'],
  ['docs/providers.md: llama.cpp', 'llamacpp qwen3-coder-30b', 'llamacpp qwen3-coder-30b'],
  [
    'docs/providers.md: vLLM and SGLang',
    'vllm Qwen/Qwen3-Coder-30B-A3B-Instruct',
    'vllm Qwen/Qwen3-Coder-30B-A3B-Instruct',
  ],
  ['docs/web-tools.md: Set up a search', 'deepseek deepseek-chat', 'deepseek deepseek-chat'],
];
type Expected = readonly [name: string, opus: string, haiku: string];

interface Setup {
  readonly name: string;
  readonly dotenv: string;
}

const setups = documents.flatMap(setupsIn);

function setupsIn(document: string): Setup[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^```dotenv\n(.*?)^```$/gms)].map((block) => {
    const heading = [...text.slice(0, block.index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1];
    return { name: `${document}: ${heading}`, dotenv: block[1] ?? '' };
  });
}

let folder: string;
let addresses: Record<string, string>;
let ownServer: string;
/** By the name of a server: where its fake is. */
const serverAddresses = new Map<ServerName, string>();
/** The last call that any of the fakes let in: whose it is, and the model asked for. */
let arrived: string;
const refusals: (() => readonly { readonly message: string }[])[] = [];
const stops: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'claude-code-proxy-setups-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const credentials = makeTestCredentials();
  stops.push(credentials.remove);
  const google = await startFakeGoogleAuth({ known: credentials.known });
  stops.push(google.stop);

  const openai = await started(
    startFakeOpenAi({ model: answer('openai'), responses: answer('openai'), apiKey: keys.openai }),
  );
  const own = await started(startFakeServer({ server: 'ollama', model: answer('own') }));
  for (const server of serverNames) {
    const fake = await started(startFakeServer({ server, model: answer(server), responses: answer(server) }));
    serverAddresses.set(server, fake.url);
    const kind = placeOf(server).tellsModels;
    if (kind === undefined) continue;
    const local = startFakeLocalServer({ kind, models: [{ id: 'what-it-has', tools: true }], chat: fake.url });
    stops.push(local.stop);
    serverAddresses.set(server, local.url);
  }
  const gemini = await started(
    startFakeGemini({ model: answer('gemini'), platform: 'ai-studio', apiKey: keys.gemini }),
  );
  const vertex = await started(
    startFakeGemini({
      model: answer('vertex'),
      platform: 'vertex',
      accepts: google.accepts,
      project: 'my-project-123',
    }),
  );
  const anthropic = await started(
    startFakeAnthropic({ model: answer('anthropic'), apiKey: keys.anthropic, oauthToken: subscription }),
  );
  ownServer = own.url;

  // As `gcloud auth application-default login` leaves it.
  const gcloud = join(folder, 'gcloud');
  mkdirSync(gcloud);
  const login = JSON.stringify(credentials.files(google.url).authorized_user);
  writeFileSync(join(gcloud, 'application_default_credentials.json'), login);
  addresses = {
    OPENAI_BASE_URL: openai.url,
    GEMINI_BASE_URL: gemini.url,
    VERTEX_BASE_URL: vertex.url,
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    CLOUDSDK_CONFIG: gcloud,
    FAKE_GOOGLE_AUTH: google.url,
  };
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

test('every setup in the documents is in the table of this test', () => {
  expect(setups.map(({ name }) => name)).toEqual(expected.map(([name]) => name));
});

const cases = setups.map((setup, index) => [setup.name, index, setup] as const);
test.each(cases)('%s (setup %d) answers', async (_name, number, setup) => {
  const [, opus = '', haiku = ''] = expected[number] ?? [];
  const { client, stop } = await start(setup, number, opus.startsWith('subscription'));
  try {
    const streamed = client.messages.stream({ ...question, model: 'claude-opus-5-5' });
    expect(textOf(await streamed.finalMessage())).toBe('Hello from the fake.');
    expect(arrived).toBe(opus);
    const whole = await client.messages.create({ ...question, model: 'claude-haiku-4-5' });
    expect(textOf(whole)).toBe('Hello from the fake.');
    expect(arrived).toBe(haiku);
    expect(refusals.flatMap((of) => of())).toEqual([]);
  } finally {
    await stop();
  }
});

const question = { max_tokens: 2000, messages: [{ role: 'user' as const, content: 'Hello' }] };

/** `npm start` in a folder with this `.env`, and a client as it comes: with a login, or with any key. */
async function start({ dotenv }: Setup, number: number, withLogin: boolean) {
  const directory = join(folder, `setup-${number}`);
  mkdirSync(directory);
  writeFileSync(join(directory, '.env'), dotenv);
  const isOwnServer = dotenv.includes('localhost:11434');
  // What is known of a server goes by its address, which here is another one.
  const server = isOwnServer ? { OPENAI_BASE_URL: ownServer, OPENAI_PROFILE: 'ollama' } : { OPENAI_PROFILE: 'openai' };
  const preload = join(import.meta.dir, 'reroute-google.preload.ts');
  const child = Bun.spawn([process.execPath, `--preload=${preload}`, join(root, 'src', 'main.ts')], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', HOME: directory, PORT: '0', ...addresses, ...server, ...addressesIn(dotenv) },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const baseURL = await urlOf(child);
  const login = { authToken: subscription, apiKey: null, defaultHeaders: { 'anthropic-beta': 'oauth-2025-04-20' } };
  const client = new Anthropic({ baseURL, maxRetries: 0, ...(withLogin ? login : { apiKey: 'any-text' }) });
  const stop = async () => {
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
  };
  return { client, stop };
}

/** The addresses of the fakes of the servers that a setup names: an address sets a server up. */
function addressesIn(dotenv: string): Record<string, string> {
  const named = [...serverAddresses].filter(([server]) =>
    new RegExp(`^${server.toUpperCase()}_|=${server}(?:/|$)`, 'm').test(dotenv),
  );
  return Object.fromEntries(named.map(([server, url]) => [baseUrlVariableOf(server), url]));
}

async function urlOf(child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>): Promise<string> {
  const decoder = new TextDecoder();
  let said = '';
  for await (const bytes of child.stdout) {
    said += decoder.decode(bytes, { stream: true });
    const url = /"url":"(http:[^"]+)"/.exec(said)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`it ended: ${said}${await child.stderr.text()}`);
}

async function started<
  Fake extends { readonly refusals: readonly { readonly message: string }[]; stop(): Promise<void> },
>(starting: Promise<Fake>): Promise<Fake> {
  const fake = await starting;
  refusals.push(() => fake.refusals);
  stops.push(fake.stop);
  return fake;
}

function answer(upstream: string): (call: Call<{ readonly model: string }>) => Reply {
  return ({ body, headers }) => {
    const isLogin = headers.get('authorization') === `Bearer ${subscription}`;
    arrived = `${isLogin ? 'subscription' : upstream} ${body.model}`;
    return [say('Hello from the fake.')];
  };
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
