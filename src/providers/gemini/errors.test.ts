import { describe, expect, test } from 'bun:test';
import { gemini as aiStudio, testContext } from '../../../test/replay.ts';
import { Secret } from '../../config/secret.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import type { Target } from '../provider.ts';
import { readGeminiError, readGeminiStreamError } from './errors.ts';

const gemini: Target = { ...aiStudio, route: 'sonnet → BIG_MODEL' };
const vertex: Target = {
  ...gemini,
  provider: 'vertex',
  baseUrl: 'https://europe-west4-aiplatform.googleapis.com',
  vertex: { project: 'my-project', location: 'europe-west4' },
};
const request: MessagesRequest = {
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'My secret plan is to sail around the world in a barrel.' }],
};

interface Said {
  readonly headers?: Record<string, string>;
  readonly target?: Target;
}

function read(status: number, body: unknown, { headers = {}, target = gemini }: Said = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readGeminiError({ status, headers: new Headers(headers), body: text }, request, target, testContext());
}

const error = (code: number, status: string, message: string, details?: readonly object[]) => ({
  error: { code, message, status, ...(details === undefined ? {} : { details }) },
});
const info = (reason: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
});
const retry = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
const quota = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaMetric: 'generativelanguage.googleapis.com/generate_requests', quotaId }],
});

describe('what kind of failure it is', () => {
  test.each<[ErrorKind, number, unknown]>([
    ['invalid-request', 400, error(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.')],
    [
      'upstream-unauthenticated',
      400,
      error(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [info('API_KEY_INVALID')]),
    ],
    ['upstream-unauthenticated', 400, error(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.')],
    ['upstream-unauthenticated', 403, error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.')],
    [
      'upstream-unauthenticated',
      403,
      error(
        403,
        'PERMISSION_DENIED',
        "Method doesn't allow unregistered callers (callers without established identity).",
      ),
    ],
    ['upstream-unauthenticated', 401, error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')],
    [
      'upstream-unauthenticated',
      401,
      { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    ],
    ['upstream-billing', 402, error(402, 'FAILED_PRECONDITION', 'Payment required.')],
    ['upstream-billing', 429, error(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.')],
    ['upstream-forbidden', 400, error(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.')],
    [
      'upstream-forbidden',
      400,
      error(
        400,
        'FAILED_PRECONDITION',
        'Gemini API free tier is not available in your country. Please enable billing.',
      ),
    ],
    [
      'upstream-forbidden',
      403,
      error(403, 'PERMISSION_DENIED', 'Vertex AI API has not been used in project 1 before.', [
        info('SERVICE_DISABLED'),
      ]),
    ],
    ['upstream-forbidden', 403, error(403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied.")],
    [
      'model-not-found',
      404,
      error(404, 'NOT_FOUND', 'models/gemini-9 is not found for API version v1beta, or is not supported.'),
    ],
    [
      'model-not-found',
      400,
      error(400, 'FAILED_PRECONDITION', 'Publisher Model `gemini-9` is not servable in region europe-west4.'),
    ],
    [
      'request-too-large',
      400,
      error(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
    ],
    ['request-too-large', 413, '<html><title>413 Request Entity Too Large</title></html>'],
    ['rate-limited', 429, error(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.')],
    [
      'rate-limited',
      429,
      error(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
        quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
        retry('34.4s'),
      ]),
    ],
    [
      'quota-exhausted',
      429,
      error(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
        quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
        retry('34.4s'),
      ]),
    ],
    [
      'quota-exhausted',
      429,
      error(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota. * Quota exceeded for metric: x, limit: 0'),
    ],
    ['upstream-fault', 499, error(499, 'CANCELLED', 'The operation was cancelled.')],
    ['upstream-fault', 500, error(500, 'INTERNAL', 'An internal error has occurred.')],
    ['upstream-fault', 500, error(500, 'UNKNOWN', 'Unknown.')],
    ['upstream-fault', 502, '<html><title>502 Bad Gateway</title></html>'],
    ['upstream-overloaded', 503, error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
    ['upstream-timeout', 504, error(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.')],
    ['upstream-misconfigured', 404, '<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>'],
    ['upstream-misconfigured', 302, ''],
    ['upstream-malformed', 200, '<html><title>Sign in</title></html>'],
    ['upstream-fault', 500, ''],
    ['invalid-request', 418, 'a plain text'],
  ])('%s (%p)', (kind, status, body) => {
    expect(read(status, body).kind).toBe(kind);
  });

  test('the same, wrapped in a list, as the stream that is no event stream has it', () => {
    expect(read(503, [error(503, 'UNAVAILABLE', 'Busy.')])).toMatchObject({
      kind: 'upstream-overloaded',
      message: 'Gemini: Busy.',
    });
  });

  test.each<[ErrorKind, unknown]>([
    ['upstream-overloaded', error(503, 'UNAVAILABLE', 'Busy.')],
    ['upstream-fault', error(500, 'INTERNAL', 'Broken.')],
    ['invalid-request', { error: { status: 'INVALID_ARGUMENT', message: 'Bad.' } }],
    ['upstream-fault', { error: {} }],
    ['upstream-fault', { error: 'It broke.' }],
    ['upstream-fault', { error: { message: '{"error":{"code":500,"message":"Inside.","status":"INTERNAL"}}' } }],
  ])('%s in a stream', (kind, chunk) => {
    expect(readGeminiStreamError(chunk, request, gemini, testContext()).kind).toBe(kind);
  });
});

describe('how long to wait', () => {
  test.each<[number | undefined, number, unknown, Record<string, string>?]>([
    [35, 429, error(429, 'RESOURCE_EXHAUSTED', 'Please retry in 12s.', [retry('34.4s')])],
    [12, 429, error(429, 'RESOURCE_EXHAUSTED', 'Please retry in 11.2s.')],
    [7, 429, error(429, 'RESOURCE_EXHAUSTED', 'Slow down.'), { 'retry-after': '7' }],
    [undefined, 429, error(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted.')],
    [3, 503, error(503, 'UNAVAILABLE', 'Busy.', [retry('3s')])],
    [undefined, 400, error(400, 'INVALID_ARGUMENT', 'Please retry in 12s.')],
    [
      undefined,
      429,
      error(429, 'RESOURCE_EXHAUSTED', 'Used up. Please retry in 12s.', [quota('RequestsPerDay'), retry('12s')]),
    ],
  ])('%p seconds', (seconds, status, body, headers = {}) => {
    expect(read(status, body, { headers }).retryAfterSeconds).toBe(seconds);
  });
});

describe('a prompt that is too long', () => {
  test.each([
    [
      'The input token count (1187393) exceeds the maximum number of tokens allowed (1048576).',
      'prompt is too long: 1187393 tokens > 1048576 maximum',
    ],
    [
      'The input token count (1,187,393) exceeds the maximum number of tokens allowed (1,048,576).',
      'prompt is too long: 1187393 tokens > 1048576 maximum',
    ],
    [
      'The input token count exceeds the maximum number of tokens allowed 32768.',
      'prompt is too long: 32769 tokens > 32768 maximum',
    ],
    [
      'Unable to submit request because the input token count is 1187393 but the model only supports up to 1048576. Reduce the input token count and try again.',
      'prompt is too long: 1187393 tokens > 1048576 maximum',
    ],
    ['The input token count exceeds what this model takes.', 'prompt is too long: 1048577 tokens > 1048576 maximum'],
  ])('%s', (message, told) => {
    for (const target of [gemini, vertex]) {
      const failure = read(400, error(400, 'INVALID_ARGUMENT', message), { target });
      expect(failure.kind).toBe('prompt-too-long');
      expect(failure.message).toBe(told);
    }
  });

  test('teaches the maximum, where the upstream has told it', () => {
    const told = 'The input token count (40000) exceeds the maximum number of tokens allowed (32768).';
    expect(read(400, error(400, 'INVALID_ARGUMENT', told)).repair).toEqual({
      kind: 'limit-context',
      scope: 'model',
      maximum: 32_768,
    });
    expect(
      read(400, error(400, 'INVALID_ARGUMENT', 'The input token count exceeds the limit.')).repair,
    ).toBeUndefined();
  });

  test('is not a quota of input tokens that is used up', () => {
    const message =
      'Quota exceeded for metric: generate_content_free_tier_input_token_count, limit: 250000. Please retry in 20s.';
    expect(read(429, error(429, 'RESOURCE_EXHAUSTED', message)).kind).toBe('rate-limited');
    const perMinute = 'Request exceeds the maximum number of tokens allowed per minute.';
    expect(read(429, { error: { status: 'RESOURCE_EXHAUSTED', message: perMinute } }).kind).toBe('rate-limited');
  });
});

describe('what the message says', () => {
  test('the upstream first, then its words', () => {
    expect(read(400, error(400, 'INVALID_ARGUMENT', 'Bad.')).message).toBe('Gemini: Bad.');
    expect(read(400, error(400, 'INVALID_ARGUMENT', 'Bad.'), { target: vertex }).message).toBe('Vertex AI: Bad.');
    const gateway = { ...gemini, baseUrl: 'https://gateway.example.test/google' };
    expect(read(400, error(400, 'INVALID_ARGUMENT', 'Bad.'), { target: gateway }).message).toBe(
      'gateway.example.test: Bad.',
    );
    expect(read(500, '').message).toBe('Gemini answered 500 without saying why');
  });

  test('what the field violations tell beside it', () => {
    const violations = [
      { field: 'contents[1].parts', description: 'must not be empty' },
      { field: 'generation_config.top_k', description: 'top_k must be positive' },
      { description: 'Bad.' },
    ];
    const body = error(400, 'INVALID_ARGUMENT', 'Bad.', [{ fieldViolations: violations }]);
    expect(read(400, body).message).toBe(
      'Gemini: Bad. contents[1].parts: must not be empty generation_config.top_k: top_k must be positive',
    );
  });

  test.each<[string, number, unknown, Said]>([
    ['check GEMINI_API_KEY', 400, error(400, 'INVALID_ARGUMENT', 'API key not valid.'), {}],
    ['gcloud auth application-default login', 401, error(401, 'UNAUTHENTICATED', 'No.'), { target: vertex }],
    ['roles/aiplatform.user', 403, error(403, 'PERMISSION_DENIED', 'Denied.'), { target: vertex }],
    ['project my-project, location europe-west4', 404, error(404, 'NOT_FOUND', 'Gone.'), { target: vertex }],
    ['VERTEX_LOCATION=global', 404, error(404, 'NOT_FOUND', 'Gone.'), { target: vertex }],
    ['Check GEMINI_BASE_URL', 404, '<html><title>Not Found</title></html>', {}],
    ['generativelanguage.googleapis.com', 302, '', {}],
    ['compact the conversation', 413, '', {}],
    ['choose another model', 429, error(429, 'RESOURCE_EXHAUSTED', 'limit: 0'), {}],
  ])('what to do: %s', (advice, status, body, said) => {
    expect(read(status, body, said).message).toContain(advice);
  });

  test('a model that is not there is named the way that Claude Code looks for', () => {
    expect(read(404, error(404, 'NOT_FOUND', 'Gone.')).message).toStartWith(
      'model: gemini-3.5-flash (sonnet → BIG_MODEL) is not available there.',
    );
  });

  test('a body that is too large never reads like a full context: Claude Code would compact', () => {
    const failure = read(
      400,
      error(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
    );
    expect(failure.message).not.toMatch(/context|too long/i);
  });

  test('no key, no token and nothing of the conversation', () => {
    const apiKey = new Secret('a-test-key-of-nobody');
    const message = `Bad key a-test-key-of-nobody, AIza${'x'.repeat(35)}, AQ.${'Ab8_'.repeat(12)}, Bearer ya29.abc; you said: My secret plan is to sail around the world in a barrel.`;
    const failure = read(400, error(400, 'INVALID_ARGUMENT', message), { target: { ...gemini, apiKey } });
    expect(failure.message).not.toMatch(/nobody|AIza|AQ\.|ya29|barrel/);
    expect(failure.message).toStartWith('Gemini: Bad key [redacted]');
  });

  test('a web page is told by its title, and nothing is shown at full length', () => {
    expect(read(502, '<html><title>502\n Bad   Gateway</title>').message).toBe(
      'Gemini answered 502 with a web page: 502 Bad Gateway',
    );
    expect(read(400, error(400, 'INVALID_ARGUMENT', 'word '.repeat(5_000))).message.length).toBeLessThan(2_100);
  });
});

test('anything at all as a body is a failure of some kind', () => {
  const bodies = [null, 7, 'x', [], [[]], [{}], { error: [] }, { error: { details: 'x', message: 7, code: 'x' } }];
  for (const body of [
    ...bodies.map((one) => JSON.stringify(one)),
    '{"error":',
    '',
    'data: {"error":{"message":"a"}}',
  ]) {
    for (const status of [200, 400, 503]) expect(read(status, body).message).not.toBe('');
  }
});
