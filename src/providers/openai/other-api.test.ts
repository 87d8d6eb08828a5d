import { describe, expect, test } from 'bun:test';
import { testContext } from '../../../test/replay.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { readChatError } from '../openai-chat/errors.ts';
import { readResponsesError } from '../openai-responses/errors.ts';
import type { Repair, Target } from '../provider.ts';

const request: MessagesRequest = {
  model: 'claude-sonnet-5',
  max_tokens: 1_000,
  messages: [{ role: 'user', content: 'go on' }],
};
const openai: Target = {
  provider: 'openai',
  model: 'unheard-of',
  baseUrl: 'https://api.openai.com/v1',
  apiKey: undefined,
  route: 'test',
};
const groq: Target = { ...openai, baseUrl: 'https://api.groq.com/openai/v1' };
const local: Target = { ...openai, baseUrl: 'http://localhost:9000/v1' };

interface Case {
  readonly status: number;
  /** An object is an error of OpenAI's. */
  readonly body: string | object;
  readonly target?: Target;
  readonly repairs?: readonly Repair[];
}

function repairOf(read: typeof readChatError, { status, body, target = openai, repairs = [] }: Case) {
  const text = typeof body === 'string' ? body : JSON.stringify({ error: { type: 'invalid_request_error', ...body } });
  return read({ status, headers: new Headers(), body: text }, request, target, { ...testContext(), repairs }).repair;
}

const use = (api: 'chat' | 'responses'): Repair => ({ kind: 'use-api', scope: 'model', api });
const none: Repair = { kind: 'effort-words', scope: 'model', words: ['none'] };
const noTools = {
  message:
    "Function tools with reasoning_effort are not supported for m in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
  param: 'reasoning_effort',
};
const onlyThere = { message: 'This model is only supported in v1/responses and not in v1/chat/completions.' };
const noChatModel = {
  message:
    'This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?',
};

describe('Chat Completions refuses a model', () => {
  const cases: readonly [string, Case, Repair | undefined][] = [
    ['only on Responses', { status: 404, body: onlyThere }, use('responses')],
    ['no chat model', { status: 404, body: noChatModel }, use('responses')],
    ['no tools beside reasoning', { status: 400, body: noTools }, use('responses')],
    [
      'no tools beside reasoning, Chat wanted',
      { status: 400, body: noTools, target: { ...openai, api: 'chat' } },
      none,
    ],
    [
      'no tools beside reasoning, Chat wanted, a model that always reasons',
      { status: 400, body: noTools, target: { ...openai, model: 'gpt-6-astra', api: 'chat' } },
      use('responses'),
    ],
    ['no tools beside reasoning, and no Responses there', { status: 400, body: noTools, target: groq }, none],
    ['no tools beside reasoning, back from Responses', { status: 400, body: noTools, repairs: [use('chat')] }, none],
    ['only on Responses, where the server has none', { status: 404, body: onlyThere, target: groq }, undefined],
    ['only on Responses, back from there', { status: 404, body: onlyThere, repairs: [use('chat')] }, undefined],
    [
      'an unknown model',
      { status: 404, body: { message: 'The model `m` does not exist', code: 'model_not_found' } },
      undefined,
    ],
    ['a wrong base URL', { status: 404, body: '<html><title>404 Not Found</title></html>' }, undefined],
  ];
  test.each(cases)('%s', (_name, said, repair) => {
    expect(repairOf(readChatError, said)).toEqual(repair);
  });
});

describe('a server without the Responses API', () => {
  const cases: readonly [string, Case, Repair | undefined][] = [
    ['OpenAI, an older gateway', { status: 404, body: { message: 'Invalid URL (POST /v1/responses)' } }, use('chat')],
    ['FastAPI', { status: 404, body: '{"detail":"Not Found"}', target: local }, use('chat')],
    [
      'a method that is not allowed',
      { status: 405, body: '{"detail":"Method Not Allowed"}', target: local },
      use('chat'),
    ],
    ['a page', { status: 404, body: '<html><title>404 Not Found</title></html>', target: local }, use('chat')],
    [
      "a page on the way to OpenAI's own",
      { status: 404, body: '<html><title>404 Not Found</title></html>' },
      undefined,
    ],
    ['text', { status: 404, body: '404 page not found', target: local }, use('chat')],
    ['nothing', { status: 404, body: '', target: local }, use('chat')],
    [
      'Groq',
      { status: 404, body: { message: 'Unknown request URL: POST /openai/v1/responses.', code: 'unknown_url' } },
      use('chat'),
    ],
    ['Azure', { status: 404, body: { message: 'Resource not found', code: '404' } }, use('chat')],
    [
      'Azure, an older version',
      {
        status: 400,
        body: { message: 'Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later' },
      },
      use('chat'),
    ],
    ['a model', { status: 400, body: { message: 'The Responses API is not supported for this model.' } }, use('chat')],
    ['a model that has no other way', { status: 404, body: '', target: { ...openai, model: 'gpt-5-pro' } }, undefined],
    [
      'an unknown model',
      { status: 404, body: { message: 'The model `m` does not exist', code: 'model_not_found' } },
      undefined,
    ],
    ['where Chat Completions has sent us', { status: 404, body: '', repairs: [use('responses')] }, undefined],
  ];
  test.each(cases)('%s', (_name, said, repair) => {
    expect(repairOf(readResponsesError, said)).toEqual(repair);
  });

  test('the user is told which address was called, should no repair help', () => {
    const answer = { status: 404, headers: new Headers(), body: '' };
    const { message } = readResponsesError(answer, request, local, testContext());
    expect(message).toContain('localhost:9000/v1/responses');
  });
});
