import { expect } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import type {
  BetaMessage,
  BetaMessageParam,
  BetaToolResultBlockParam,
  BetaToolUnion,
  MessageCreateParams,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { providerFor } from '../../src/providers/registry.ts';
import { madePdf, manyWords } from '../documents/pdf-file.ts';
import { anthropicKind } from '../e2e/harness/anthropic-kind.ts';
import { gemini3Kind, gemini25Kind, vertexKind } from '../e2e/harness/gemini-kind.ts';
import { deepSeekKind, openAiKind, openAiResponsesKind } from '../e2e/harness/openai-kind.ts';
import { solidPng } from '../e2e/harness/png.ts';
import type { Upstream, UpstreamCall, UpstreamKind } from '../e2e/harness/upstream-kind.ts';
import { type Reply, say } from '../upstreams/script.ts';
import { metadataCredentials } from './metadata-credentials.ts';
import { startTestServer, type TestServer } from './test-server.ts';
import { page, scriptedWeb } from './web-tools-server.ts';

/** Kinds of one host share its fake: the model alone tells them apart. */
export interface Place {
  readonly kind: UpstreamKind;
  readonly host: 'openai' | 'ai-studio' | 'vertex' | 'anthropic';
}

export const openAi: Place = { kind: openAiKind, host: 'openai' };
export const responses: Place = { kind: openAiResponsesKind, host: 'openai' };
export const deepSeek: Place = { kind: deepSeekKind, host: 'openai' };
export const gemini25: Place = { kind: gemini25Kind, host: 'ai-studio' };
export const gemini3: Place = { kind: gemini3Kind, host: 'ai-studio' };
export const vertex: Place = { kind: vertexKind, host: 'vertex' };
export const anthropic: Place = { kind: anthropicKind, host: 'anthropic' };

/** Another model at the same place. */
export function modelAt({ kind, host }: Place, model: string): Place {
  const server = kind.model.slice(0, kind.model.indexOf('/'));
  return { host, kind: { ...kind, name: model, model: `${server}/${model}` } };
}

export const png = Buffer.from(solidPng(32, [0, 128, 0])).toString('base64');
export const pdf = madePdf([{ lines: manyWords }]).toString('base64');
export const tools: readonly BetaToolUnion[] = [
  {
    name: 'Read',
    description: 'Reads a file.',
    input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  },
  {
    name: 'Bash',
    description: 'Runs a command.',
    input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
  },
];

export interface Talk {
  /** Says something to the model of a place (or of one for each step), runs the tools it calls, until it has answered. */
  talk(places: Place | readonly Place[], words: string, offered?: readonly BetaToolUnion[]): Promise<void>;
  atFrom(): readonly UpstreamCall[];
  atTo(): readonly UpstreamCall[];
  readonly server: TestServer;
  readonly losses: { atFirstTo: string };
  /** Everything said so far, as the client keeps it. */
  readonly messages: readonly BetaMessageParam[];
}

/** A conversation between fakes of two vendors, who say one after another what `replies` has; they may refuse nothing. */
export async function withUpstreams(
  from: Place,
  to: Place,
  replies: readonly Reply[],
  use: (talk: Talk) => Promise<void>,
  /** What every request has besides. */
  extra: Partial<MessageCreateParams> = {},
): Promise<void> {
  let answered = 0;
  const script = () => replies[answered++] ?? [say('The script is over.')];
  const fromUpstream = await from.kind.start({ script });
  const toUpstream = from.host === to.host ? fromUpstream : await to.kind.start({ script });
  const settings = { ...fromUpstream.settings, ...toUpstream.settings };
  const server = startTestServer({
    env: settings,
    registry: providerFor,
    credentials: metadataCredentials(settings),
    web: scriptedWeb({
      search: () => [
        { title: 'Weather in Berlin', url: 'https://weather.example/berlin', excerpt: 'Rain.', pageAge: undefined },
      ],
      fetch: (url) => page(url, 'The page says: rain.'),
    }),
  });
  const conversation = new Conversation(server, extra);
  const losses = { atFirstTo: '' };
  try {
    await use({
      async talk(place, words, offered = tools) {
        const { length } = conversation.losses;
        const models = [place].flat().map(({ kind }) => kind.model);
        await conversation.talk(models, words, offered);
        if (place === to && losses.atFirstTo === '') losses.atFirstTo = conversation.losses[length] ?? '';
      },
      atFrom: () => ofModel(fromUpstream, from),
      atTo: () => ofModel(toUpstream, to),
      server,
      losses,
      messages: conversation.messages,
    });
    expect([fromUpstream.refusals, toUpstream.refusals]).toEqual([[], []]);
  } finally {
    await server.stopNow();
    await Promise.all([fromUpstream.stop(), toUpstream === fromUpstream ? undefined : toUpstream.stop()]);
  }
}

function ofModel(upstream: Upstream, { kind }: Place): readonly UpstreamCall[] {
  return upstream.calls.filter(({ model }) => kind.model.endsWith(`/${model}`));
}

/** What a client of the Messages API keeps, through the official SDK. */
class Conversation {
  readonly #sdk: Anthropic;
  readonly #extra: Partial<MessageCreateParams>;
  readonly messages: BetaMessageParam[] = [];
  /** What `x-proxy-loss` said, answer by answer. */
  readonly losses: string[] = [];

  constructor(server: TestServer, extra: Partial<MessageCreateParams>) {
    this.#extra = extra;
    this.#sdk = new Anthropic({
      baseURL: server.url.href,
      apiKey: 'of-the-client',
      maxRetries: 0,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        this.losses.push(response.headers.get('x-proxy-loss') ?? '');
        return response;
      },
    });
  }

  async talk(models: readonly string[], words: string, offered: readonly BetaToolUnion[]): Promise<void> {
    this.messages.push({ role: 'user', content: words });
    for (let step = 0; step < 10; step += 1) {
      const model = models[Math.min(step, models.length - 1)] ?? '';
      const { content, stop_reason: reason } = await this.#answer(model, offered, step % 2 === 0);
      this.messages.push({ role: 'assistant', content });
      const calls = content.filter((block) => block.type === 'tool_use');
      expect(reason).toBe(calls.length > 0 ? 'tool_use' : 'end_turn');
      if (calls.length === 0) return;
      // Claude Code gives results in the order in which the tools have finished.
      this.messages.push({ role: 'user', content: calls.map(resultOf).toReversed() });
    }
    throw new Error('The model goes on and on.');
  }

  #answer(model: string, offered: readonly BetaToolUnion[], stream: boolean): Promise<BetaMessage> {
    const body = {
      model,
      max_tokens: 8000,
      thinking: { type: 'adaptive' as const },
      ...this.#extra,
      ...(offered.length === 0 ? {} : { tools: [...offered] }),
      messages: this.messages,
    };
    return stream
      ? this.#sdk.beta.messages.stream(body).finalMessage()
      : this.#sdk.beta.messages.create({ ...body, stream: false });
  }
}

function resultOf({ id, input }: { readonly id: string; readonly input: unknown }): BetaToolResultBlockParam {
  const asked = JSON.stringify(input);
  const result = { type: 'tool_result', tool_use_id: id } as const;
  if (asked.includes('false')) return { ...result, is_error: true, content: 'It ended with exit code 1.' };
  if (asked.includes('.json')) return { ...result, content: '{"list":[1,2]}' };
  if (asked.includes('.pdf')) {
    const document = {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: pdf },
    } as const;
    return { ...result, content: [{ type: 'text', text: 'A document.' }, document] };
  }
  if (!asked.includes('.png')) return { ...result, content: `The text of ${asked}` };
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } } as const;
  return { ...result, content: [{ type: 'text', text: 'A picture.' }, image] };
}
