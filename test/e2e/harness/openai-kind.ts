import { isRecord } from '../../upstreams/json.ts';
import { type ChatCall, textOf } from '../../upstreams/openai/chat-request.ts';
import { type FakeOpenAiOptions, startFakeOpenAi } from '../../upstreams/openai/fake-openai.ts';
import {
  type InputItem,
  itemsOf,
  type ResponsesCall,
  textOfItem,
} from '../../upstreams/openai/responses/responses-request.ts';
import { compatibleRules } from '../../upstreams/openai/rules.ts';
import { chunk, delta, end, fail, say, streamError } from '../../upstreams/script.ts';
import type { Upstream, UpstreamCall, UpstreamKind, UpstreamOptions } from './upstream-kind.ts';

const apiKey = 'sk-of-the-upstream';
const wrongKeyMessage = 'Incorrect API key provided';

function failure(message: string, type: string, code: string): { readonly error: object } {
  return { error: { message, type, param: null, code } };
}

const half = { name: 'Bash', arguments: '{"command": "touch half.txt' };

const failures: UpstreamKind['failures'] = {
  rateLimit: (seconds) =>
    fail(429, failure('Rate limit reached', 'requests', 'rate_limit_exceeded'), { 'retry-after': String(seconds) }),
  wrongKey: {
    step: fail(401, failure(wrongKeyMessage, 'invalid_request_error', 'invalid_api_key')),
    message: wrongKeyMessage,
    status: 401,
  },
  midText: (beginning) => [
    say(beginning),
    streamError(failure('The server had an error', 'server_error', 'server_error')),
  ],
  halfCall: [delta({ tool_calls: [{ index: 0, id: 'call_half', type: 'function', function: half }] }), end()],
};

export const openAiKind: UpstreamKind = {
  name: 'openai',
  model: 'openai/gpt-4.1',
  failures,
  withoutKey: { settings: { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }, message: 'OPENAI_API_KEY' },
  returns: 'thoughts',
  // The default model has no such setting.
  harmlessLosses: /^(messages\.\d+\.)?output_config\.effort$/,
  start: (options) => startOpenAi(options, {}, {}),
};

/** The same on Chat Completions and nothing else: a web search goes there to OpenAI's other API. */
export const chatOnlyKind: UpstreamKind = {
  ...openAiKind,
  name: 'openai-chat',
  start: (options) => startOpenAi(options, {}, { OPENAI_API: 'chat' }),
};

/** A compatible server whose model wants its reasoning back, which OpenAI never shows on Chat Completions. */
export const deepSeekKind: UpstreamKind = {
  ...openAiKind,
  name: 'deepseek',
  model: 'openai/deepseek-reasoner',
  start: (options) =>
    startOpenAi(options, compatibleRules.deepSeek, { OPENAI_PROFILE: 'deepseek', BIG_MODEL: 'deepseek-reasoner' }),
};

/** The Responses API refuses a prompt that is too long without saying how long it may be: the proxy must know it. */
function windowOf(model: string, { contextWindow }: UpstreamOptions): Readonly<Record<string, string>> {
  if (contextWindow === undefined) return {};
  return { MODEL_OVERRIDES: JSON.stringify({ [model]: { contextWindow, maxInputTokens: contextWindow } }) };
}

/** A model that reasons, on the Responses API. */
export const openAiResponsesKind: UpstreamKind = {
  ...openAiKind,
  name: 'openai-responses',
  model: 'openai/gpt-5.4',
  failures: {
    ...failures,
    midText: (beginning) => [
      say(beginning),
      streamError({ type: 'error', code: 'server_error', message: 'The server had an error', param: null }),
    ],
    halfCall: [
      chunk({
        type: 'response.output_item.added',
        output_index: 1,
        item: { id: 'fc_half', type: 'function_call', call_id: 'call_half', name: 'Bash', arguments: '' },
      }),
      chunk({
        type: 'response.function_call_arguments.delta',
        item_id: 'fc_half',
        output_index: 1,
        delta: half.arguments,
      }),
      end(),
    ],
  },
  returns: 'signatures',
  harmlessLosses: /^$/,
  start: (options) =>
    startOpenAi(options, {}, { BIG_MODEL: 'gpt-5.4', SMALL_MODEL: 'gpt-5.4-mini', ...windowOf('gpt-5.4', options) }),
};

/** A fake of OpenAI, or of a server that differs from it by `rules`. */
export async function startOpenAi(
  { script, contextWindow }: UpstreamOptions,
  rules: FakeOpenAiOptions['rules'],
  settings: Readonly<Record<string, string>>,
): Promise<Upstream> {
  const fake = await startFakeOpenAi({
    model: (call) => script(viewOf(call)),
    responses: (call) => script(viewOfResponse(call)),
    apiKey,
    rules: { ...rules, ...(contextWindow === undefined ? {} : { contextWindow }) },
  });
  return {
    // On a loopback port nobody can tell which server it plays.
    settings: { OPENAI_BASE_URL: fake.url, OPENAI_PROFILE: 'openai', OPENAI_API_KEY: apiKey, ...settings },
    secrets: [apiKey],
    get calls() {
      return [
        ...fake.calls.map((call) => ({ view: viewOf(call), at: call.arrivedAtMs })),
        ...fake.responsesCalls.map((call) => ({ view: viewOfResponse(call), at: call.arrivedAtMs })),
      ]
        .toSorted((one, other) => one.at - other.at)
        .map(({ view }) => view);
    },
    get reasoning() {
      return fake.reasoning;
    },
    get refusals() {
      return fake.refusals.map(({ message, code }) => ({ message, isOverflow: code === 'context_length_exceeded' }));
    },
    stop: fake.stop,
  };
}

function viewOf({ body, text, headers, index }: ChatCall): UpstreamCall {
  const { messages, tools = [] } = body;
  const parts = messages.flatMap(({ content }) => (typeof content === 'object' ? (content ?? []) : []));
  return {
    index,
    model: body.model,
    text,
    headers,
    tools: tools.map(({ function: tool }) => ({ name: tool.name, description: tool.description ?? '' })),
    toolResults: messages.filter(({ role }) => role === 'tool').map(textOf),
    images: parts.flatMap(({ image_url: image }) => (isRecord(image) ? [String(image.url)] : [])),
    reasoning: messages.flatMap(({ reasoning_content: thought }) => (typeof thought === 'string' ? [thought] : [])),
    lastText: textOf(messages.findLast(({ role }) => role === 'user' || role === 'tool')),
    prompt: JSON.stringify([tools, messages]).slice(0, -2),
  };
}

function viewOfResponse({ body, text, headers, index }: ResponsesCall): UpstreamCall {
  const { tools = [] } = body;
  const items = itemsOf(body);
  const outputs = items.filter(({ type }) => type === 'function_call_output');
  const said = items.findLast(({ type, role }) => type === 'function_call_output' || role === 'user');
  return {
    index,
    model: body.model,
    text,
    headers,
    tools: tools
      .filter(({ type }) => type === 'function')
      .map(({ name = '', description }) => ({ name, description: description ?? '' })),
    toolResults: outputs.map(textOfItem),
    images: items.flatMap(partsOf).flatMap(({ type, image_url: url }) => (type === 'input_image' ? [String(url)] : [])),
    reasoning: items.flatMap(({ type, encrypted_content: sealed }) => (type === 'reasoning' ? [String(sealed)] : [])),
    lastText: textOfItem(said),
    prompt: JSON.stringify([tools, items]).slice(0, -2),
  };
}

function partsOf({ type, content, output }: InputItem): readonly Record<string, unknown>[] {
  const parts = type === 'function_call_output' ? output : content;
  return Array.isArray(parts) ? parts.filter(isRecord) : [];
}
