import Anthropic from '@anthropic-ai/sdk';
import type {
  BetaMessage,
  BetaMessageParam,
  MessageCreateParamsNonStreaming,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';

import { providerFor } from '../../src/providers/registry.ts';
import type { Credentials } from '../../src/upstream/credentials.ts';
import { MessagesGrammar } from '../messages-grammar.ts';
import { type FakeGemini, type FakeGeminiOptions, startFakeGemini } from '../upstreams/gemini/fake-gemini.ts';
import type { Platform } from '../upstreams/gemini/gemini-request.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './test-server.ts';

/** A place where a Gemini model is served: the fake's platform, and the name the client asks for. */
export interface GeminiPlace {
  readonly platform: Platform;
  readonly model: string;
}

/** Every set of rules that Gemini has: generations before and after signatures are checked, on both platforms. */
export const geminiPlaces = [
  { platform: 'ai-studio', model: 'gemini/gemini-2.5-flash' },
  { platform: 'ai-studio', model: 'gemini/gemini-3-flash-preview' },
  { platform: 'ai-studio', model: 'gemini/gemini-3.8-flash' },
  { platform: 'vertex', model: 'vertex/gemini-2.5-flash' },
  { platform: 'vertex', model: 'vertex/gemini-3.1-pro-preview' },
] as const satisfies readonly GeminiPlace[];
export const aiStudio3 = geminiPlaces[1];
export const vertex3 = geminiPlaces[4];

const running: FakeGemini[] = [];

/** For `afterEach`, behind the servers. */
export async function stopFakeGeminis(): Promise<void> {
  await Promise.all(running.splice(0).map((fake) => fake.stop()));
}

export async function startFake(options: FakeGeminiOptions): Promise<FakeGemini> {
  const fake = await startFakeGemini(options);
  running.push(fake);
  return fake;
}

/** Formed like Google's. */
export const accessToken = ['ya29', 'of-the-project'].join('.');
export const apiKey = ['AIza', 'of-the-upstream'].join('');
/** Stands for Application Default Credentials. */
const credentials: Credentials = {
  complete: (target) =>
    Promise.resolve(
      target.provider === 'vertex' ? { ...target, vertex: { project: 'p', location: 'global' } } : target,
    ),
  authorize: (target) =>
    Promise.resolve(
      target.provider === 'vertex'
        ? { headers: { authorization: `Bearer ${accessToken}` }, refused: () => false }
        : undefined,
    ),
};

/** The real server in front of fakes: of AI Studio, of Vertex AI, or of both. */
export function serverBefore(
  fakes: Partial<Record<Platform, FakeGemini>>,
  options: TestServerOptions = {},
): TestServer {
  const settings = {
    GEMINI_API_KEY: apiKey,
    GEMINI_BASE_URL: fakes['ai-studio']?.url ?? 'http://127.0.0.1:9',
    VERTEX_BASE_URL: fakes.vertex?.url ?? 'http://127.0.0.1:9',
    VERTEX_PROJECT: 'p',
    ...options.env,
  };
  return startTestServer({ registry: providerFor, credentials, ...options, env: settings });
}

/** One fake and a server before it. */
export async function geminiServer(options: FakeGeminiOptions, server: TestServerOptions = {}) {
  const fake = await startFake({ accessToken: () => accessToken, apiKey, ...options });
  return { fake, server: serverBefore({ [options.platform]: fake }, server) };
}

type Question = Omit<MessageCreateParamsNonStreaming, 'messages' | 'max_tokens'> &
  Partial<Pick<MessageCreateParamsNonStreaming, 'messages' | 'max_tokens'>>;

/** Asks through the official SDK, as a stream whose every event must be in its place. Throws what the SDK throws. */
export async function ask(server: TestServer, question: Question, messages: BetaMessageParam[]): Promise<BetaMessage> {
  const sdk = new Anthropic({ baseURL: server.url.href, apiKey: 'none', maxRetries: 0 });
  const grammar = new MessagesGrammar();
  const stream = sdk.beta.messages.stream({ max_tokens: 1000, ...question, messages });
  stream.on('streamEvent', (event) => grammar.add(event));
  return stream.finalMessage();
}

/** A message of the model as the next request brings it back. */
export function echo({ content }: BetaMessage): BetaMessageParam {
  return { role: 'assistant', content };
}

/** The same by a client that throws thinking away. */
export function echoWithoutThinking({ content }: BetaMessage): BetaMessageParam {
  return { role: 'assistant', content: content.filter((block) => block.type !== 'thinking') };
}

/** The results of all calls in a message. */
export function resultsFor({ content }: BetaMessage, text: (name: string) => string = () => 'done'): BetaMessageParam {
  const calls = content.filter((block) => block.type === 'tool_use');
  return {
    role: 'user',
    content: calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: text(call.name) })),
  };
}

export function visibleText({ content }: BetaMessage): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

export const readTool = {
  name: 'Read',
  description: 'Reads a file.',
  input_schema: { type: 'object' as const, properties: { path: { type: 'string' } }, required: ['path'] },
};
export const bashTool = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: { type: 'object' as const, properties: { command: { type: 'string' } } },
};
