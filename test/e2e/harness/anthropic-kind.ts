import { type FakeAnthropicOptions, startFakeAnthropic } from '../../upstreams/anthropic/fake-anthropic.ts';
import {
  type Block,
  blocksOf,
  fieldOf,
  isBlockList,
  type Message,
  type MessagesCall,
  textOf,
} from '../../upstreams/anthropic/messages-body.ts';
import { isRecord } from '../../upstreams/json.ts';
import { chunk, end, fail, type Step, streamError } from '../../upstreams/script.ts';
import type { Upstream, UpstreamCall, UpstreamKind, UpstreamOptions } from './upstream-kind.ts';

const apiKey = 'sk-ant-of-the-upstream';

function failure(type: string, message: string): object {
  return { type: 'error', error: { type, message }, request_id: 'req_of_the_upstream' };
}

/** The events of a block that does not end. */
function openBlock(index: number, block: object, delta: object): readonly Step[] {
  return [
    chunk({ type: 'content_block_start', index, content_block: block }),
    chunk({ type: 'content_block_delta', index, delta }),
  ];
}

/** Anthropic itself, with a key of the proxy's own. */
export const anthropicKind: UpstreamKind = {
  name: 'anthropic',
  model: 'anthropic/claude-opus-5-5',
  failures: {
    rateLimit: (seconds) =>
      fail(429, failure('rate_limit_error', 'This request would exceed your limit'), {
        'retry-after': String(seconds),
      }),
    wrongKey: {
      step: fail(401, failure('authentication_error', 'invalid x-api-key'), { 'x-should-retry': 'false' }),
      message: 'invalid x-api-key',
      shown: 'Invalid API key',
      status: 401,
    },
    // A text that is still open: of whole blocks Claude Code makes the beginning of the next try.
    midText: (beginning) => [
      ...openBlock(0, { type: 'text', text: '' }, { type: 'text_delta', text: beginning }),
      streamError(failure('api_error', 'Internal server error')),
    ],
    halfCall: [
      ...openBlock(
        1,
        { type: 'tool_use', id: 'toolu_half', name: 'Bash', input: {} },
        { type: 'input_json_delta', partial_json: '{"command": "touch half.txt' },
      ),
      end(),
    ],
  },
  returns: 'signatures',
  harmlessLosses: /^$/,
  start: (options) => start(options, { apiKey }, { ANTHROPIC_API_KEY: apiKey }, [apiKey]),
};

/** Anthropic with whatever credential the client brings: its own key, or the token of a subscription. */
export function clientsOwnKind(
  credential: { readonly apiKey: string } | { readonly oauthToken: string },
): UpstreamKind {
  return {
    ...anthropicKind,
    start: (options) => start(options, credential, {}, Object.values(credential)),
  };
}

/** Anthropic with something before it, which is given its address and gives its own. */
export function anthropicBehind(front: (url: string) => Promise<string>): UpstreamKind {
  return {
    ...anthropicKind,
    start: (options) => start(options, { apiKey }, { ANTHROPIC_API_KEY: apiKey }, [apiKey], front),
  };
}

async function start(
  { script, contextWindow }: UpstreamOptions,
  credential: Pick<FakeAnthropicOptions, 'apiKey' | 'oauthToken'>,
  settings: Readonly<Record<string, string>>,
  secrets: readonly string[],
  front: (url: string) => Promise<string> = async (url) => url,
): Promise<Upstream> {
  const fake = await startFakeAnthropic({
    model: (call) => script(viewOf(call)),
    ...credential,
    rules: contextWindow === undefined ? {} : { contextWindow },
  });
  const url = await front(fake.url);
  return {
    settings: { PREFERRED_PROVIDER: 'anthropic', ANTHROPIC_UPSTREAM_URL: url, ...settings },
    secrets,
    get calls() {
      return fake.calls.map(viewOf);
    },
    get refusals() {
      return fake.refusals.map(({ message }) => ({ message, isOverflow: message.startsWith('prompt is too long') }));
    },
    stop: fake.stop,
  };
}

function viewOf({ body, text, headers, index }: MessagesCall): UpstreamCall {
  const { messages, tools = [], system } = body;
  const blocks = messages.flatMap((message) => blocksOf(message));
  const inside = blocks.flatMap((block) => [block, ...(isBlockList(block.content) ? block.content : [])]);
  const last = messages.findLast(({ role }) => role === 'user');
  return {
    index,
    model: body.model,
    text,
    headers,
    tools: tools.map((tool) => ({ name: tool.name ?? '', description: fieldOf(tool, 'description') })),
    toolResults: blocks.filter(({ type }) => type === 'tool_result').map(resultText),
    images: inside.flatMap(imageOf),
    reasoning: blocks.filter(({ type }) => type === 'thinking').map((block) => fieldOf(block, 'signature')),
    lastText: last === undefined ? '' : blocksOf(last).map(textOf).join('\n'),
    prompt: JSON.stringify([tools, system, messages.map(saidOf)], withoutMarks).slice(0, -2),
  };
}

/** A text is one block or a string, as the client likes at the time. */
function saidOf(message: Message): readonly unknown[] {
  return [message.role, blocksOf(message)];
}

/** Marks for the cache move on from turn to turn and are no part of what is cached. */
function withoutMarks(key: string, value: unknown): unknown {
  return key === 'cache_control' ? undefined : value;
}

/** Its text, and the names of tools that it brings. */
function resultText(block: Block): string {
  const references = isBlockList(block.content) ? block.content.map((part) => fieldOf(part, 'tool_name')) : [];
  return [textOf(block), ...references].filter((text) => text !== '').join('\n');
}

function imageOf({ type, source }: Block): readonly string[] {
  if (type !== 'image' || !isRecord(source)) return [];
  return [`data:${String(source.media_type)};base64,${String(source.data)}`];
}
