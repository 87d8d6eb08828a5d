import type { ServerName } from '../../../src/config/servers.ts';
import { isRecord } from '../json.ts';

export interface ServerRules {
  /** The header that the key stands in; undefined: nobody asks for one. */
  readonly auth: 'authorization' | 'api-key' | undefined;
  /** The fields of a body that it takes; undefined: it does not look. */
  readonly fields: ReadonlySet<string> | undefined;
  /** The fields of a message that it takes. */
  readonly messageFields?: ReadonlySet<string>;
  /** How it says that a field is unknown to it. */
  readonly refuse?: (path: string) => Refused;
  /** What else the real server does not take, in its words. */
  readonly judge?: (body: Body) => Refused | undefined;
}

export interface Refused {
  readonly status: number;
  readonly body: object;
}
export type Body = Readonly<Record<string, unknown>>;

const common = [
  'model',
  'messages',
  'stream',
  'temperature',
  'top_p',
  'stop',
  'tools',
  'tool_choice',
  'response_format',
  'parallel_tool_calls',
  'seed',
  'n',
];
const fields = (...more: readonly string[]) => new Set([...common, ...more]);
const streamed = 'stream_options';
const message = ['role', 'content', 'name', 'tool_calls', 'tool_call_id'];

/** What each real server takes and refuses (sources: their API references, and what their users report of refusals). */
export const serverRules: Readonly<Record<ServerName, ServerRules>> = {
  azure: {
    auth: 'api-key',
    fields: fields(
      streamed,
      'max_completion_tokens',
      'max_tokens',
      'reasoning_effort',
      'prompt_cache_key',
      'safety_identifier',
      'service_tier',
    ),
    messageFields: new Set(message),
    refuse: (path) => openAi(400, `Unknown parameter: '${path}'.`, { param: path, code: 'unknown_parameter' }),
  },
  openrouter: {
    auth: 'authorization',
    fields: fields(streamed, 'max_tokens', 'top_k', 'reasoning', 'provider', 'plugins', 'usage', 'session_id'),
    refuse: (path) => ({
      status: 400,
      body: {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: { provider_name: 'Someone', raw: `{"error":{"message":"Unrecognized request argument: ${path}"}}` },
        },
      },
    }),
  },
  deepseek: {
    auth: 'authorization',
    fields: undefined,
    judge: (body) => {
      for (const one of messagesOf(body)) {
        if (one.role === 'developer') return openAi(422, 'unknown variant `developer`, expected `system`, `user`');
        if (Array.isArray(one.tool_calls) && isThinking(body) && typeof one.reasoning_content !== 'string') {
          return openAi(400, 'The reasoning_content in the thinking mode must be passed back to the API.');
        }
        if (JSON.stringify(one.content ?? '').includes('"image_url"'))
          return openAi(400, 'unknown variant `image_url`');
      }
      if (!isThinking(body) || body.tool_choice === undefined || body.tool_choice === 'auto') return undefined;
      return body.tool_choice === 'none' ? undefined : openAi(400, 'Thinking mode does not support this tool_choice');
    },
  },
  groq: {
    auth: 'authorization',
    fields: fields(
      streamed,
      'max_completion_tokens',
      'max_tokens',
      'reasoning_effort',
      'reasoning_format',
      'include_reasoning',
      'user',
    ),
    messageFields: new Set([...message, 'reasoning']),
    refuse: (path) => openAi(400, `property '${path}' is unsupported`),
  },
  xai: {
    auth: 'authorization',
    fields: undefined,
    judge: ({ stop }) =>
      stop === undefined
        ? undefined
        : { status: 400, body: { code: 'invalid-argument', error: 'Argument not supported on this model: stop' } },
  },
  mistral: {
    auth: 'authorization',
    fields: fields('max_tokens', 'reasoning_effort', 'prompt_mode', 'safe_prompt', 'random_seed'),
    messageFields: new Set([...message, 'prefix']),
    refuse: (path) => detail([{ type: 'extra_forbidden', loc: ['body', path], msg: 'Extra inputs are not permitted' }]),
    judge: (body) => {
      const messages = messagesOf(body);
      for (const [index, { role }] of messages.entries()) {
        if (role === 'user' && messages[index - 1]?.role === 'tool') return mistralOrder('user', 'tool');
      }
      const ids = messages.flatMap(({ tool_calls: calls }) =>
        (Array.isArray(calls) ? calls : []).map((call) => isRecord(call) && call.id),
      );
      const odd = ids.find((id) => typeof id !== 'string' || !/^[a-zA-Z0-9]{9}$/.test(id));
      if (odd === undefined) return undefined;
      return openAi(400, `Tool call id was ${String(odd)} but must be a-z, A-Z, 0-9, with a length of 9.`);
    },
  },
  together: { auth: 'authorization', fields: undefined },
  fireworks: {
    auth: 'authorization',
    fields: fields(
      streamed,
      'max_tokens',
      'max_completion_tokens',
      'top_k',
      'reasoning_effort',
      'thinking',
      'reasoning_history',
      'prompt_cache_key',
      'user',
    ),
    refuse: (path) => openAi(400, `Extra inputs are not permitted, field: '${path}'`),
  },
  cerebras: {
    auth: 'authorization',
    fields: fields(
      streamed,
      'max_completion_tokens',
      'reasoning_effort',
      'reasoning_format',
      'disable_reasoning',
      'user',
      'service_tier',
    ),
    messageFields: new Set([...message, 'reasoning']),
    refuse: (path) => ({
      status: 422,
      body: {
        message: `${path}: property '${path}' is unsupported`,
        type: 'invalid_request_error',
        param: path,
        code: 'wrong_api_format',
      },
    }),
  },
  dashscope: { auth: 'authorization', fields: undefined },
  moonshot: { auth: 'authorization', fields: undefined },
  zai: { auth: 'authorization', fields: undefined },
  minimax: { auth: 'authorization', fields: undefined },
  ollama: { auth: undefined, fields: undefined },
  lmstudio: {
    auth: undefined,
    fields: undefined,
    judge: ({ tool_choice: choice }) =>
      choice === undefined || typeof choice === 'string'
        ? undefined
        : {
            status: 400,
            body: { error: "Invalid tool_choice type: 'object'. Supported string values: none, auto, required" },
          },
  },
  llamacpp: { auth: undefined, fields: undefined },
  vllm: { auth: undefined, fields: undefined },
  sglang: { auth: undefined, fields: undefined },
};

/** The first thing of a call that the real server would not take. */
export function refusalOf(
  { fields: taken, messageFields, refuse, judge }: ServerRules,
  body: Body,
): Refused | undefined {
  if (taken !== undefined && refuse !== undefined) {
    const unknown = Object.keys(body).find((field) => !taken.has(field));
    if (unknown !== undefined) return refuse(unknown);
  }
  if (messageFields !== undefined && refuse !== undefined) {
    for (const [index, one] of messagesOf(body).entries()) {
      const unknown = Object.keys(one).find((field) => !messageFields.has(field));
      if (unknown !== undefined) return refuse(`messages.${index}.${unknown}`);
    }
  }
  return judge?.(body);
}

function messagesOf({ messages }: Body): readonly Body[] {
  return Array.isArray(messages) ? messages.filter(isRecord) : [];
}

/** It thinks unless it is told not to. */
function isThinking({ thinking }: Body): boolean {
  return !(isRecord(thinking) && thinking.type === 'disabled');
}

function openAi(status: number, text: string, more: object = {}): Refused {
  return {
    status,
    body: { error: { message: text, type: 'invalid_request_error', param: null, code: null, ...more } },
  };
}

function detail(list: readonly object[]): Refused {
  return {
    status: 422,
    body: { object: 'error', message: { detail: list }, type: 'invalid_request_error', code: null },
  };
}

function mistralOrder(role: string, after: string): Refused {
  const text = `Unexpected role '${role}' after role '${after}'`;
  return { status: 400, body: { object: 'error', message: text, type: 'invalid_request_message_order', code: '3230' } };
}
