import { expect, test } from 'bun:test';
import { noCallMemory } from '../../../test/no-call-memory.ts';
import { Secret } from '../../config/secret.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { readChatError, readChatStreamError } from '../openai-chat/errors.ts';
import type { Repair, Target, TranslationContext, UpstreamFailure } from '../provider.ts';

const key = 'local-7f3kq9xw-key';
const request: MessagesRequest = {
  model: 'claude-sonnet-5',
  max_tokens: 64_000,
  messages: [{ role: 'user', content: 'the secret plan of the user' }],
  tools: [
    { name: 'Read', input_schema: { type: 'object' } },
    { name: 'Bash', input_schema: { type: 'object' } },
  ],
};
const openai: Target = {
  provider: 'openai',
  model: 'gpt-4.1',
  baseUrl: 'https://api.openai.com/v1',
  apiKey: new Secret(key),
  route: 'sonnet → BIG_MODEL',
};
const elsewhere: Target = { ...openai, model: 'local-model', baseUrl: 'http://localhost:8000/v1' };

function contextWith(repairs: readonly Repair[] = [], inputTokenEstimate = 5_000): TranslationContext {
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

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  readonly target?: Target;
  readonly repairs?: readonly Repair[];
  readonly estimate?: number;
}

function read(answer: Answer): UpstreamFailure {
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  return readChatError(
    { status: answer.status, headers: new Headers(answer.headers), body },
    request,
    answer.target ?? openai,
    contextWith(answer.repairs, answer.estimate),
  );
}

const openaiError = (message: string, fields: object = {}) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...fields },
});

const forms: readonly [name: string, answer: Answer, kind: ErrorKind, says: string][] = [
  [
    'OpenAI',
    { status: 400, body: openaiError('Bad thing in messages.') },
    'invalid-request',
    'OpenAI: Bad thing in messages.',
  ],
  [
    'OpenRouter, the cause as text in metadata.raw',
    {
      status: 429,
      body: {
        error: {
          message: 'Provider returned error',
          code: 429,
          metadata: { provider_name: 'Acme', raw: 'model is busy with rate limits' },
        },
      },
      target: { ...openai, baseUrl: 'https://openrouter.ai/api/v1' },
    },
    'rate-limited',
    'openrouter.ai: Acme: model is busy with rate limits',
  ],
  [
    'OpenRouter, the cause as JSON in metadata.raw',
    {
      status: 400,
      body: {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: {
            provider_name: 'Acme',
            raw: '{"error":{"message":"temperature must be lower","type":"invalid_request_error"}}',
          },
        },
      },
    },
    'invalid-request',
    'Acme: temperature must be lower',
  ],
  [
    'LM Studio',
    { status: 400, body: { error: 'No models loaded here.' }, target: elsewhere },
    'invalid-request',
    'localhost:8000: No models loaded here.',
  ],
  [
    'xAI',
    { status: 400, body: { code: 'Client specified an invalid argument', error: 'Bad field' } },
    'invalid-request',
    'Bad field',
  ],
  [
    'an older vLLM',
    {
      status: 400,
      body: { object: 'error', message: 'bad request body', type: 'BadRequestError', param: null, code: 400 },
    },
    'invalid-request',
    'bad request body',
  ],
  ['FastAPI, a text', { status: 422, body: { detail: 'needs a body' } }, 'invalid-request', 'needs a body'],
  [
    'FastAPI, a list, without the input it repeats',
    {
      status: 422,
      body: {
        detail: [{ loc: ['body', 'messages', 0], msg: 'Field required', type: 'missing', input: 'the secret plan' }],
      },
    },
    'invalid-request',
    'messages.0: Field required',
  ],
  [
    'Mistral, the list inside message',
    {
      status: 422,
      body: { object: 'error', message: { detail: [{ loc: ['body', 'n'], msg: 'too many' }] }, code: null },
    },
    'invalid-request',
    'n: too many',
  ],
  [
    'an API gateway',
    { status: 401, body: { statusCode: 401, message: 'Access denied due to a missing subscription' } },
    'upstream-unauthenticated',
    'Access denied',
  ],
  [
    'a list around the error',
    { status: 400, body: [{ error: { code: 400, message: 'Bad enum', status: 'INVALID_ARGUMENT' } }] },
    'invalid-request',
    'Bad enum',
  ],
  [
    'an event instead of a body',
    { status: 400, body: 'event: error\ndata: {"error":{"message":"no such thing"}}\n\n' },
    'invalid-request',
    'no such thing',
  ],
  [
    'HTML: status and title, no page',
    { status: 503, body: '<html><head><title>503 Back soon</title></head><body>lots</body></html>' },
    'upstream-overloaded',
    'OpenAI answered 503 with a web page: 503 Back soon',
  ],
  ['plain text', { status: 500, body: 'upstream connect error' }, 'upstream-fault', 'OpenAI: upstream connect error'],
  ['nothing', { status: 500, body: '' }, 'upstream-fault', 'OpenAI answered 500 without saying why'],
  ['broken JSON', { status: 500, body: '{"error":{"mess' }, 'upstream-fault', 'OpenAI'],
];

test.each(forms)('the form of %s is understood', (_name, answer, kind, says) => {
  const failure = read(answer);
  expect(failure.kind).toBe(kind);
  expect(failure.message).toContain(says);
  expect(failure.message).not.toContain('lots');
  expect(failure.message).not.toContain('secret plan');
});

const kinds: readonly [name: string, answer: Answer, kind: ErrorKind][] = [
  [
    'a wrong key',
    { status: 401, body: openaiError('Incorrect API key provided: sk-ab***yz.', { code: 'invalid_api_key' }) },
    'upstream-unauthenticated',
  ],
  [
    'a wrong key told with 400',
    { status: 400, body: openaiError('Invalid API key', { code: 'invalid_api_key' }) },
    'upstream-unauthenticated',
  ],
  [
    'no quota left, told as a rate limit',
    { status: 429, body: openaiError('You exceeded your current quota.', { code: 'insufficient_quota' }) },
    'upstream-billing',
  ],
  [
    'a credit used up',
    { status: 429, body: openaiError('No more.', { type: 'credit_balance_exhausted' }) },
    'upstream-billing',
  ],
  ['402', { status: 402, body: { error: { message: 'Insufficient Balance' } } }, 'upstream-billing'],
  [
    'a quota that comes back is a rate limit',
    {
      status: 429,
      body: [
        {
          error: {
            code: 429,
            message: 'You exceeded your current quota. Please retry in 7.5s.',
            status: 'RESOURCE_EXHAUSTED',
          },
        },
      ],
    },
    'rate-limited',
  ],
  [
    'a country',
    {
      status: 403,
      body: openaiError('Country, region, or territory not supported', {
        code: 'unsupported_country_region_territory',
      }),
    },
    'upstream-forbidden',
  ],
  [
    'moderation',
    {
      status: 403,
      body: {
        error: {
          code: 403,
          message: 'Input was flagged',
          metadata: { reasons: ['violence'], flagged_input: 'the secret plan' },
        },
      },
    },
    'content-refused',
  ],
  [
    "Azure's filter",
    {
      status: 400,
      body: openaiError('The response was filtered', {
        code: 'content_filter',
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      }),
    },
    'content-refused',
  ],
  ['a policy on cyber', { status: 400, body: openaiError('Not this.', { code: 'cyber_policy' }) }, 'content-refused'],
  [
    'an image fault',
    { status: 400, body: openaiError('Unreadable image.', { code: 'invalid_image_format' }) },
    'invalid-request',
  ],
  [
    'an unknown model',
    { status: 404, body: openaiError('The model `gpt-9` does not exist', { code: 'model_not_found' }) },
    'model-not-found',
  ],
  [
    'an Azure deployment',
    { status: 404, body: { error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' } } },
    'model-not-found',
  ],
  [
    'an Ollama model',
    { status: 404, body: openaiError('model "llama9" not found, try pulling it first', { type: 'api_error' }) },
    'model-not-found',
  ],
  ['an unknown model told with 400', { status: 400, body: openaiError('invalid model ID') }, 'model-not-found'],
  [
    'a model without Chat Completions',
    {
      status: 404,
      body: openaiError('This is not a chat model and thus not supported in the v1/chat/completions endpoint.', {
        param: 'model',
      }),
    },
    'model-not-found',
  ],
  ['404 without JSON', { status: 404, body: '404 page not found' }, 'upstream-misconfigured'],
  ['404 of a route', { status: 404, body: { detail: 'Not Found' } }, 'upstream-misconfigured'],
  ['405', { status: 405, body: '<html><title>405 Not Allowed</title></html>' }, 'upstream-misconfigured'],
  ['a redirect', { status: 308, body: '' }, 'upstream-misconfigured'],
  ['413', { status: 413, body: openaiError('Payload too large') }, 'request-too-large'],
  [
    'a rate limit',
    { status: 429, body: openaiError('Rate limit reached', { type: 'requests', code: 'rate_limit_exceeded' }) },
    'rate-limited',
  ],
  ['429 without a word', { status: 429, body: '' }, 'rate-limited'],
  [
    'an overloaded engine told with 429',
    { status: 429, body: openaiError('The engine is currently overloaded', { type: 'engine_overloaded_error' }) },
    'upstream-overloaded',
  ],
  ['slow_down with 503', { status: 503, body: openaiError('Slow down', { code: 'slow_down' }) }, 'upstream-overloaded'],
  [
    'an Ollama server that is busy',
    { status: 503, body: { error: 'server busy, please try again. maximum pending requests exceeded' } },
    'upstream-overloaded',
  ],
  ['529', { status: 529, body: '' }, 'upstream-overloaded'],
  ['500', { status: 500, body: openaiError('The server had an error', { type: 'server_error' }) }, 'upstream-fault'],
  [
    '520 of a CDN',
    { status: 520, body: '<!doctype html><title>Web server is returning an unknown error</title>' },
    'upstream-fault',
  ],
  ['408', { status: 408, body: '' }, 'upstream-timeout'],
  ['504', { status: 504, body: '<html><title>504 Gateway Time-out</title></html>' }, 'upstream-timeout'],
  [
    'a tool call Groq cannot read',
    {
      status: 400,
      body: openaiError('Failed to call a function.', { code: 'tool_use_failed', failed_generation: '<function=' }),
    },
    'upstream-fault',
  ],
  [
    'a tool call llama.cpp cannot read',
    { status: 500, body: { error: { code: 500, message: 'Failed to parse input at pos 12', type: 'server_error' } } },
    'upstream-fault',
  ],
  ['an unknown 4xx', { status: 418, body: '' }, 'invalid-request'],
];

test.each(kinds)('%s has its kind', (_name, answer, kind) => {
  expect(read(answer).kind).toBe(kind);
});

test('a refused key says which variable to check and never shows the key', () => {
  const { message } = read({
    status: 401,
    body: openaiError(`Incorrect API key provided: ${key}. Header was Bearer ${key}, also sk-proj-abcdef123456.`),
  });
  expect(message).toContain('OPENAI_API_KEY');
  expect(message).not.toContain(key);
  expect(message).not.toContain('sk-proj');
});

test('an unknown model is named with the route that chose it', () => {
  const { message } = read({
    status: 404,
    body: openaiError('The model `gpt-9` does not exist', { code: 'model_not_found' }),
  });
  expect(message).toStartWith('model: gpt-4.1 (sonnet → BIG_MODEL)');
});

test('a wrong base URL is told by host and path, without what a query may hold', () => {
  const target = { ...openai, baseUrl: 'https://user:pass@example.test/v1/v1?key=hidden' };
  const { message } = read({ status: 404, body: '<html><title>Not here</title></html>', target });
  expect(message).toStartWith('base URL looks wrong: example.test/v1/v1/chat/completions answered 404');
  expect(message).toContain('OPENAI_BASE_URL');
  expect(message).not.toMatch(/hidden|pass/);
});

test('the upstream request id is told, so that its vendor can be asked', () => {
  expect(read({ status: 500, body: '', headers: { 'x-request-id': 'req_abc' } }).message).toContain('req_abc');
});

test.each([
  ['the target key, anywhere', `prefix${key}suffix`],
  ['an OpenAI key', 'use sk-proj-Ab12_cd34-ef56 now'],
  ['a bearer token', 'authorization: Bearer abc.def-123'],
  ['a Google key', 'AIzaSyA1234567890abcdefghij'],
  ['an Azure key', 'key 0123456789abcdef0123456789abcdef end'],
  ['a Groq key', 'gsk_Abc1234567890defghij'],
  ['a token of three parts', 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl'],
  ['a key in a query', 'GET /v1?api-key=Zx9Kq2 failed'],
  ['a password in an address', 'https://bob:Zx9Kq2@host/v1'],
  ['a field of that name', '{"api_key": "Zx9Kq2"}'],
])('%s is blanked', (_name, text) => {
  const { message } = read({ status: 400, body: openaiError(text) });
  expect(message).toContain('[redacted]');
  expect(message).not.toMatch(/Zx9Kq2|Ab12|abc\.def|SyA123|0123456789abcdef|Abc1234|eyJzdWI/);
  expect(message).not.toContain(key);
});

test('names that only begin like keys stay readable', () => {
  const text = 'The task-3 risk-model pplx-70b-online and xai-org/grok-2 of tools[0] are not here.';
  expect(read({ status: 400, body: openaiError(text) }).message).toBe(`OpenAI: ${text}`);
});

test('a key that stands where a very long text is cut is not shown in part', () => {
  for (let letters = 7_900; letters < 8_060; letters++) {
    const text = `bad data:image/png;base64,${'A'.repeat(letters)} ${key}`;
    const { message } = read({ status: 400, body: openaiError(text) });
    expect(message).not.toContain(key.slice(0, 8));
  }
});

test('a long message is cut to 2,000 characters behind the name', () => {
  const { message } = read({ status: 400, body: openaiError('wrong '.repeat(100_000)) });
  expect(message.length).toBe('OpenAI: '.length + 2_000);
});

test.each([
  [
    'what a validator repeats',
    "1 validation error: messages Input should be a list [type=list, input_value='the secret plan', input_type=str]",
  ],
  ['a message of the user', 'bad message: {"role":"user","content":"the secret plan of the user"} is secret'],
  ['a file', 'cannot read data:image/png;base64,iVBORw0KGgosecret plan'],
  ['a long quotation', `Invalid value: '${'the secret plan '.repeat(20)}'`],
])('%s is not shown', (_name, text) => {
  expect(read({ status: 400, body: openaiError(text) }).message).not.toMatch(/secret plan.*secret|iVBOR|'the secret/);
});

const waits: readonly [name: string, headers: Record<string, string>, text: string, seconds: number | undefined][] = [
  ['retry-after', { 'retry-after': '7' }, '', 7],
  ['retry-after with a fraction', { 'retry-after': '0.3' }, '', 1],
  [
    'a date, by the upstream clock',
    { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' },
    '',
    30,
  ],
  ['milliseconds, which are more exact', { 'retry-after-ms': '1200', 'retry-after': '9' }, '', 2],
  ['words with a fraction', {}, 'Please try again in 1.2s.', 2],
  ['words in milliseconds', {}, 'Please try again in 120ms. Visit us.', 1],
  ['words in minutes and seconds', {}, 'Please try again in 6m0s.', 360],
  ['words written out', {}, 'Please retry after 20 seconds.', 20],
  ['words before the reset of a whole budget', { 'x-ratelimit-reset-tokens': '6m0s' }, 'Please try again in 3s', 3],
  ['a reset', { 'x-ratelimit-reset-requests': '1s' }, '', 1],
  [
    'the reset of the budget that is used up',
    {
      'x-ratelimit-reset-requests': '1h0m0s',
      'x-ratelimit-remaining-requests': '99',
      'x-ratelimit-reset-tokens': '6m0s',
      'x-ratelimit-remaining-tokens': '0',
    },
    '',
    360,
  ],
  [
    'a moment in milliseconds',
    { 'x-ratelimit-reset': '1795428012000', date: new Date(1_795_428_000_000).toUTCString() },
    '',
    12,
  ],
  ['nothing', {}, 'Slow down.', undefined],
];

test.each(waits)('the wait is read from %s', (_name, headers, text, seconds) => {
  expect(read({ status: 429, headers, body: openaiError(`Rate limit reached. ${text}`) }).retryAfterSeconds).toBe(
    seconds,
  );
});

test('a model that is still loading asks for five seconds', () => {
  const failure = read({
    status: 503,
    body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
  });
  expect([failure.kind, failure.retryAfterSeconds]).toEqual(['upstream-overloaded', 5]);
});

const chunks: readonly [name: string, chunk: unknown, kind: ErrorKind, says: string][] = [
  ['an error object', { error: { message: 'boom', type: 'server_error', code: null } }, 'upstream-fault', 'boom'],
  ['an error object with a status', { error: { message: 'nope', code: 401 } }, 'upstream-unauthenticated', 'nope'],
  ['a status as text', { error: { message: 'later', code: '429' } }, 'rate-limited', 'later'],
  ['an error text', { error: 'it broke' }, 'upstream-fault', 'it broke'],
  [
    'an error in a choice',
    { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 502, message: 'gone' } }] },
    'upstream-fault',
    'gone',
  ],
  [
    'an error object of vLLM',
    { object: 'error', message: 'bad', type: 'BadRequestError', code: 400 },
    'invalid-request',
    'bad',
  ],
  ['a detail', { detail: 'broken' }, 'upstream-fault', 'broken'],
  ['code and message', { code: 503, message: 'busy' }, 'upstream-overloaded', 'busy'],
  [
    'a reason without a status',
    { error: { message: 'Too fast', code: 'rate_limit_exceeded' } },
    'rate-limited',
    'Too fast',
  ],
  [
    'a refused field without a status',
    { error: { message: 'bad', type: 'invalid_request_error', code: 'unknown_parameter', param: 'user' } },
    'invalid-request',
    'bad',
  ],
  ['an overloaded router', { error: { message: 'Overloaded', code: 529 } }, 'upstream-overloaded', 'Overloaded'],
];

test.each(chunks)('in a stream with status 200, %s is a failure', (_name, chunk, kind, says) => {
  const failure = readChatStreamError(chunk, request, elsewhere, contextWith());
  expect(failure.kind).toBe(kind);
  expect(failure.message).toContain(says);
});
