import { expect, test } from 'bun:test';
import { noCallMemory } from '../../../test/no-call-memory.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { readChatError, readChatStreamError } from '../openai-chat/errors.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';

const request: MessagesRequest = {
  model: 'claude-sonnet-5',
  max_tokens: 32_000,
  messages: [{ role: 'user', content: 'go on' }],
};
const target: Target = {
  provider: 'openai',
  model: 'some-local-model',
  baseUrl: 'http://localhost:8000/v1',
  apiKey: undefined,
  route: 'sonnet → BIG_MODEL',
};

function contextWith(inputTokenEstimate: number, repairs: readonly Repair[] = []): TranslationContext {
  return {
    messageId: 'msg_1',
    newId: (prefix) => `${prefix}1`,
    inputTokenEstimate,
    sessionId: undefined,
    agentId: undefined,
    calls: noCallMemory,
    repairs,
  };
}

function read(
  status: number,
  body: unknown,
  estimate = 150_000,
  repairs: readonly Repair[] = [],
  model = target.model,
) {
  const answer = { status, headers: new Headers(), body: typeof body === 'string' ? body : JSON.stringify(body) };
  return readChatError(answer, request, { ...target, model }, contextWith(estimate, repairs));
}

const said = (message: string, code: string | null = null) => ({
  error: { message, type: 'invalid_request_error', param: 'messages', code },
});

const told: readonly [server: string, status: number, body: unknown, tokens: number, maximum: number][] = [
  [
    'OpenAI',
    400,
    said(
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130500 tokens. Please reduce the length of the messages.",
      'context_length_exceeded',
    ),
    130_500,
    128_000,
  ],
  [
    'OpenAI with functions',
    400,
    said(
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130500 tokens (120000 in the messages, 10500 in the functions). Please reduce the length of the messages or functions.",
      'context_length_exceeded',
    ),
    130_500,
    128_000,
  ],
  [
    'OpenAI of a model whose input has a limit of its own',
    400,
    said(
      'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens. Please reduce the length of the messages.',
      'context_length_exceeded',
    ),
    300_000,
    272_000,
  ],
  [
    'vLLM',
    400,
    {
      object: 'error',
      message:
        "This model's maximum context length is 32768 tokens. However, you requested 52000 tokens (40000 in the messages, 12000 in the completion). Please reduce the length of the messages or completion.",
      type: 'BadRequestError',
      code: 400,
    },
    40_000,
    32_768,
  ],
  [
    'a newer vLLM',
    400,
    said(
      "'max_tokens' or 'max_completion_tokens' is too large: 12000. This model's maximum context length is 32768 tokens and your request has 40000 input tokens (12000 > 32768 - 40000).",
    ),
    40_000,
    32_768,
  ],
  [
    'the newest vLLM',
    400,
    said(
      "This model's maximum context length is 32768 tokens. However, you requested 12000 output tokens and your prompt contains at least 40000 input tokens, for a total of at least 52000 tokens.",
    ),
    40_000,
    32_768,
  ],
  [
    'OpenRouter',
    400,
    said(
      "This endpoint's maximum context length is 200000 tokens. However, you requested about 260000 tokens (218000 of text input, 10000 of tool input, 32000 in the output). Please reduce the length of either one.",
    ),
    228_000,
    200_000,
  ],
  [
    'xAI',
    400,
    {
      code: 'invalid-argument',
      error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    },
    140_000,
    131_072,
  ],
  [
    'llama.cpp',
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 9_000,
        n_ctx: 8_192,
      },
    },
    9_000,
    8_192,
  ],
  [
    'a Copilot gateway',
    400,
    said('prompt token count of 140000 exceeds the limit of 128000', 'model_max_prompt_tokens_exceeded'),
    140_000,
    128_000,
  ],
  ['oMLX', 400, said('Prompt too long: 40000 tokens exceeds max context window of 32768 tokens'), 40_000, 32_768],
  ['Anthropic behind a router', 400, said('prompt is too long: 210000 tokens > 200000 maximum'), 210_000, 200_000],
  [
    'Gemini behind its compatible endpoint',
    400,
    [
      {
        error: {
          code: 400,
          message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
        },
      },
    ],
    1_200_000,
    1_048_576,
  ],
  [
    'LM Studio, the estimate for the prompt',
    400,
    {
      error:
        'Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
    },
    150_000,
    4_096,
  ],
  [
    'numbers with commas',
    400,
    said('The maximum context length is 128,000 tokens. However, your messages resulted in 130,500 tokens.'),
    130_500,
    128_000,
  ],
  [
    "Groq's minute budget, which no waiting makes larger",
    413,
    said(
      'Request too large for model `m` in organization `o` on tokens per minute (TPM): Limit 12000, Requested 60000, please reduce your message size.',
      'rate_limit_exceeded',
    ),
    60_000,
    12_000,
  ],
];

test.each(told)(
  'a full context told by %s becomes the sentence Claude Code compacts on',
  (_server, status, body, tokens, maximum) => {
    const failure = read(status, body, status === 413 ? 60_000 : 150_000);
    expect(failure.kind).toBe('prompt-too-long');
    expect(failure.message).toBe(`prompt is too long: ${tokens} tokens > ${maximum} maximum`);
    expect(failure.repair).toEqual({ kind: 'limit-context', scope: 'model', maximum });
  },
);

const untold: readonly [server: string, body: unknown][] = [
  ['a code alone', said('Your input exceeds the context window of this model.', 'context_length_exceeded')],
  ['words alone', said('Please reduce the length of the messages.')],
  ['LM Studio', { error: 'The number of tokens to keep from the initial prompt is greater than the context length' }],
];

test.each(untold)('without numbers (%s) they come from the model and the estimate', (_server, body) => {
  expect(read(400, body, 1_200_000, [], 'gpt-4.1').message).toBe(
    'prompt is too long: 1200000 tokens > 1015576 maximum',
  );
  expect(read(400, body, 300_000, [], 'gpt-5').message).toBe('prompt is too long: 300000 tokens > 272000 maximum');
});

test('the prompt is always told to be longer than the maximum, also where the estimate says less', () => {
  expect(read(400, said('', 'context_length_exceeded'), 10, [], 'gpt-5').message).toBe(
    'prompt is too long: 272001 tokens > 272000 maximum',
  );
});

test('a maximum learned earlier counts more than the table', () => {
  const learned: Repair = { kind: 'limit-context', scope: 'model', maximum: 60_000 };
  expect(read(400, said('', 'context_length_exceeded'), 70_000, [learned], 'gpt-5').message).toBe(
    'prompt is too long: 70000 tokens > 60000 maximum',
  );
});

test('a maximum already learned is not learned again', () => {
  const learned: Repair = { kind: 'limit-context', scope: 'model', maximum: 8_192 };
  expect(read(400, said('prompt is too long: 9000 tokens > 8192 maximum'), 1, [learned]).repair).toBeUndefined();
});

const vllm = said(
  "This model's maximum context length is 32768 tokens. However, you requested 42000 tokens (10000 in the messages, 32000 in the completion).",
);

test('where only the answer does not fit, it is to be made smaller by what the prompt leaves', () => {
  expect(read(400, vllm).repair).toEqual({
    kind: 'limit-output-tokens',
    scope: 'request',
    maximum: 22_768,
    window: 32_768,
  });
});

test('functions told apart from messages belong to the prompt', () => {
  const body = said(
    "This model's maximum context length is 128000 tokens. However, you requested 142000 tokens (100000 in the messages, 10000 in the functions, and 32000 in the completion).",
    'context_length_exceeded',
  );
  expect(read(400, body).repair).toEqual({
    kind: 'limit-output-tokens',
    scope: 'request',
    maximum: 18_000,
    window: 128_000,
  });
});

test('where making it smaller did not help, the client is told both parts', () => {
  const failure = read(400, vllm, 10_000, [{ kind: 'limit-output-tokens', scope: 'request', maximum: 22_768 }]);
  expect(failure.repair).toBeUndefined();
  expect(failure.message).toBe(
    'input length and `max_tokens` exceed context limit: 10000 + 32000 > 32768, decrease input length or `max_tokens` and try again',
  );
});

test('a prompt that leaves no room worth having is too long', () => {
  const body = said(
    "This model's maximum context length is 32768 tokens. However, you requested 64600 tokens (32600 in the messages, 32000 in the completion).",
  );
  expect(read(400, body, 31_000).message).toBe('prompt is too long: 32769 tokens > 32768 maximum');
});

test('a minute budget that only the answer exceeds is met by a shorter answer', () => {
  const body = said(
    'Request too large on tokens per minute (TPM): Limit 30000, Requested 42000',
    'rate_limit_exceeded',
  );
  expect(read(413, body, 10_000).repair).toEqual({
    kind: 'limit-output-tokens',
    scope: 'request',
    maximum: 20_000,
    window: 30_000,
  });
});

test('a minute budget that is only used up for now is a rate limit', () => {
  const failure = read(
    429,
    said(
      'Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 5000. Please try again in 8s.',
    ),
  );
  expect([failure.kind, failure.retryAfterSeconds]).toEqual(['rate-limited', 8]);
});

test('an overflow told inside a stream with status 200 is the same', () => {
  const chunk = {
    error: { message: 'Your input exceeds the context window of this model', code: 'context_length_exceeded' },
  };
  const failure = readChatStreamError(chunk, request, { ...target, model: 'gpt-5' }, contextWith(300_000));
  expect(failure.message).toBe('prompt is too long: 300000 tokens > 272000 maximum');
});

test.each([
  [
    'an output limit',
    400,
    said('max_tokens is too large: 64000. This model supports at most 16384 completion tokens.'),
  ],
  [
    'a limit named beside the context window',
    400,
    said(
      '`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model',
    ),
  ],
  ['a rate limit', 429, said('Rate limit reached, maximum context length is irrelevant')],
  ['a wrong key', 401, said('no')],
])('%s is no overflow', (_name, status, body) => {
  expect(read(status, body).kind).not.toBe('prompt-too-long');
});
