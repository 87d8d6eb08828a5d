import { afterEach, expect, test } from 'bun:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { errorInfo, failing, googleError, quotaFailure, retryInfo } from '../upstreams/gemini/google-error.ts';
import {
  block,
  callTool,
  chunk,
  cut,
  end,
  fail,
  finish,
  type Reply,
  raw,
  refuse,
  say,
  streamError,
  wait,
} from '../upstreams/script.ts';
import {
  accessToken,
  aiStudio3,
  apiKey,
  ask,
  bashTool,
  echo,
  geminiPlaces,
  geminiServer,
  readTool,
  resultsFor,
  serverBefore,
  startFake,
  stopFakeGeminis,
  vertex3,
  visibleText,
} from './gemini-server.ts';
import { errorOf, framesOf, readerOf, stopTestServers } from './test-server.ts';

afterEach(async () => {
  await stopTestServers();
  await stopFakeGeminis();
});

const wish: BetaMessageParam = { role: 'user', content: 'Go on.' };
const tools = [readTool, bashTool];
const plain = { max_tokens: 100, messages: [wish] };
const skip = 'skip_thought_signature_validator';

interface Failing {
  readonly says: string;
  readonly reply: Reply;
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  /** How often the upstream is asked. */
  readonly calls?: number;
}

const minute = quotaFailure('GenerateRequestsPerMinutePerProjectPerModel');
const day = quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier');
const final = { 'x-should-retry': 'false' };

const failures: readonly Failing[] = [
  {
    says: 'a wrong key',
    reply: [
      failing(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        errorInfo('API_KEY_INVALID'),
      ]),
    ],
    status: 401,
    type: 'authentication_error',
    message: 'API key not valid',
    headers: final,
  },
  {
    says: 'a place that is not served',
    reply: [failing(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.')],
    status: 403,
    type: 'permission_error',
    message: 'User location is not supported',
    headers: final,
  },
  {
    says: 'an API that is switched off',
    reply: [
      failing(
        403,
        'PERMISSION_DENIED',
        'Generative Language API has not been used in project 1 before or it is disabled.',
      ),
    ],
    status: 403,
    type: 'permission_error',
    message: 'disabled',
    headers: final,
  },
  {
    says: 'a body that is too large',
    reply: [failing(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.')],
    status: 413,
    type: 'request_too_large',
    message: '20971520 bytes',
    headers: final,
  },
  {
    says: 'too many requests in a minute',
    reply: [failing(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [minute, retryInfo('34.4s')])],
    status: 429,
    type: 'rate_limit_error',
    message: 'You exceeded your current quota.',
    headers: { 'retry-after': '35' },
  },
  {
    says: 'a wait that is only told in words',
    reply: [failing(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded. Please retry in 21.3s.')],
    status: 429,
    type: 'rate_limit_error',
    message: 'Quota exceeded.',
    headers: { 'retry-after': '22' },
  },
  {
    says: 'the quota of a day',
    reply: [failing(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [day, retryInfo('40s')])],
    status: 429,
    type: 'rate_limit_error',
    message: 'You exceeded your current quota.',
    headers: final,
  },
  {
    says: 'an overloaded model, after a second try',
    reply: [failing(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
    status: 529,
    type: 'overloaded_error',
    message: 'overloaded',
    calls: 2,
  },
  {
    says: 'a fault at Google, after a second try',
    reply: [failing(500, 'INTERNAL', 'An internal error has occurred.')],
    status: 502,
    type: 'api_error',
    message: 'An internal error has occurred.',
    calls: 2,
  },
  {
    says: 'a time limit at Google',
    reply: [failing(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.')],
    status: 504,
    type: 'timeout_error',
    message: 'Deadline expired',
  },
  {
    says: 'a page of HTML, as another address than the API’s has',
    reply: [fail(404, '<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>', { 'content-type': 'text/html' })],
    status: 502,
    type: 'api_error',
    message: 'GEMINI_BASE_URL',
    headers: final,
  },
  {
    says: 'an error as a list of one',
    reply: [fail(403, [googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission')])],
    status: 403,
    type: 'permission_error',
    message: 'The caller does not have permission',
    headers: final,
  },
  {
    says: 'a stream that ends before it has said anything',
    reply: [end()],
    status: 502,
    type: 'api_error',
    message: 'ended',
    calls: 2,
  },
  {
    says: 'an error in the first event of a stream',
    reply: [streamError(googleError(403, 'PERMISSION_DENIED', 'Not for you.'))],
    status: 403,
    type: 'permission_error',
    message: 'Not for you.',
    headers: final,
  },
  {
    says: 'an error as bare JSON in place of a stream',
    reply: [raw(`${JSON.stringify(googleError(403, 'PERMISSION_DENIED', 'Not for you.'), null, 2)}\n`), end()],
    status: 403,
    type: 'permission_error',
    message: 'Not for you.',
    headers: final,
  },
];

test.each(failures)('$says', async ({ reply, status, type, message, headers = {}, calls = 1 }) => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({ platform, model: () => reply });
  const answer = await server.post({ ...plain, model, stream: true });
  expect(answer.status).toBe(status);
  for (const [name, value] of Object.entries(headers))
    expect({ [name]: answer.headers.get(name) }).toEqual({ [name]: value });
  const error = await errorOf(answer);
  expect(error.type).toBe(type);
  expect(error.message).toContain(message);
  expect(fake.calls.length).toBe(calls);
});

test.each(geminiPlaces)(
  'a prompt longer than the window of $model is told so that Claude Code understands it',
  async ({ platform, model }) => {
    const { server } = await geminiServer({ platform, model: () => [], rules: { inputTokenLimit: 500 } });
    const long = { role: 'user', content: 'again and again '.repeat(500) };
    const answer = await server.post({ model, max_tokens: 10, messages: [long] });
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).message).toMatch(/^prompt is too long: 2\d{3} tokens > 500 maximum/);
  },
);

test.each([aiStudio3, vertex3])('a model that is not there is named, on $platform', async ({ platform, model }) => {
  const { server } = await geminiServer({ platform, model: () => [] });
  const name = model.replace(/gemini-3.*/, 'gemini-3-nowhere');
  const answer = await server.post({ ...plain, model: name });
  expect(answer.status).toBe(404);
  expect((await errorOf(answer)).message).toContain('model: ');
});

test.each([aiStudio3, vertex3])(
  'a blocked prompt is a refusal of the model, on $platform',
  async ({ platform, model }) => {
    const { server } = await geminiServer({ platform, model: () => [block('PROHIBITED_CONTENT', 'Because.')] });
    const answer = await ask(server, { model }, [wish]);
    expect(answer).toMatchObject({ stop_reason: 'refusal', stop_details: { type: 'refusal' } });
    expect(answer.stop_details?.explanation).toContain('PROHIBITED_CONTENT');
  },
);

test('an answer that is cut for its content is a refusal, with what was said', async () => {
  const { platform, model } = aiStudio3;
  const { server } = await geminiServer({ platform, model: () => [say('First you'), refuse('Unsafe.')] });
  const answer = await ask(server, { model }, [wish]);
  expect(answer).toMatchObject({
    stop_reason: 'refusal',
    stop_details: { explanation: expect.stringContaining('Unsafe.') },
  });
  expect(visibleText(answer)).toBe('First you');
});

const broken: readonly { readonly says: string; readonly after: Reply; readonly type: string }[] = [
  { says: 'ends without a reason', after: [end()], type: 'api_error' },
  { says: 'is cut', after: [cut()], type: 'api_error' },
  {
    says: 'fails',
    after: [streamError(googleError(503, 'UNAVAILABLE', 'The model is overloaded.'))],
    type: 'overloaded_error',
  },
  { says: 'breaks off inside an event', after: [raw('data: {"candidates":[{"content"'), end()], type: 'api_error' },
  { says: 'says what nobody can read', after: [raw('data: {"candidates":[{\r\n\r\n')], type: 'api_error' },
];

test.each(broken)('an answer that $says ends in an error, and not as if it were whole', async ({ after, type }) => {
  const { platform, model } = aiStudio3;
  const seen = Promise.withResolvers<void>();
  const reply = [say('It is', 1), wait(seen.promise), ...after];
  const { fake, server } = await geminiServer({ platform, model: () => reply });
  const reader = readerOf(await server.post({ ...plain, model, stream: true }));
  await reader.until('It is');
  seen.resolve();
  const frames = framesOf(await reader.rest());
  expect(frames.at(-1)).toMatchObject({ event: 'error', data: { error: { type } } });
  expect(frames.some(({ event }) => event === 'message_stop' || event === 'message_delta')).toBe(false);
  expect(fake.calls.length).toBe(1);
});

test('a client that leaves ends the call to Google', async () => {
  const { platform, model } = vertex3;
  const never = new Promise<void>(() => undefined);
  const { fake, server } = await geminiServer({ platform, model: () => [say('It is'), wait(never)] });
  const abort = new AbortController();
  const answer = await server.post({ ...plain, model, stream: true }, { signal: abort.signal });
  await answer.body?.getReader().read();
  abort.abort();
  expect((await fake.calls[0]?.closed)?.end).toBe('client-left');
});

test('a call that Google cannot read is asked for once more, held to its schema', async () => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({
    platform,
    model: ({ index }) => (index === 0 ? [callTool('Read', '{"path":')] : [callTool('Read', { path: 'a' })]),
  });
  const answer = await ask(server, { model, tools }, [wish]);
  expect(answer.content.find((one) => one.type === 'tool_use')).toMatchObject({ name: 'Read', input: { path: 'a' } });
  expect(fake.calls[1]?.body.toolConfig?.functionCallingConfig?.mode).toBe('VALIDATED');
  expect(fake.refusals).toEqual([]);
});

test('an answer without a word is asked for once more', async () => {
  const { platform, model } = vertex3;
  const { fake, server } = await geminiServer({ platform, model: ({ index }) => (index === 0 ? [] : [say('Here.')]) });
  expect(visibleText(await ask(server, { model }, [wish]))).toBe('Here.');
  expect(fake.calls.length).toBe(2);
});

test('an end that nobody explains is no end of a turn', async () => {
  const { platform, model } = vertex3;
  const { fake, server } = await geminiServer({ platform, model: () => [finish('OTHER')] });
  const answer = await server.post({ ...plain, model });
  expect(answer.status).toBe(529);
  expect(fake.calls.length).toBe(2);
});

test('chunks that only count, and candidates without content, are read over', async () => {
  const { platform, model } = aiStudio3;
  const { server } = await geminiServer({
    platform,
    model: () => [
      chunk({ usageMetadata: { promptTokenCount: 3 } }),
      chunk({ candidates: [] }),
      chunk({ candidates: [{ index: 0 }] }),
      say('Yes.'),
      chunk({ candidates: [{ content: { role: 'model', parts: [{ whatIsThis: {} }] } }] }),
    ],
  });
  expect(visibleText(await ask(server, { model }, [wish]))).toBe('Yes.');
});

test('schemas in Gemini’s own form where JSON Schema is refused, and from then on', async () => {
  const { platform, model } = vertex3;
  const { fake, server } = await geminiServer({
    platform,
    model: () => [say('Yes.')],
    rules: { jsonSchema: 'refuse' },
  });
  for (let n = 0; n < 2; n += 1) expect(visibleText(await ask(server, { model, tools }, [wish]))).toBe('Yes.');
  expect(fake.refusals.length).toBe(1);
  expect(fake.calls.length).toBe(3);
  expect(fake.calls[1]?.body.tools?.[0]?.functionDeclarations?.[0]).toMatchObject({
    parameters: {
      type: expect.stringMatching(/object/i),
      properties: { path: { type: expect.stringMatching(/string/i) } },
    },
  });
});

test.each([aiStudio3, vertex3])(
  'signatures that $platform does not know any more are skipped',
  async ({ platform, model }) => {
    const script = ({ index }: { index: number }) => (index === 0 ? [callTool('Read', { path: 'a' })] : [say('Yes.')]);
    const fake = await startFake({ platform, model: script });
    const first = await ask(serverBefore({ [platform]: fake }), { model, tools }, [wish]);
    // Another project, or a model behind the same name.
    const other = await startFake({ platform, model: () => [say('Yes.')] });
    const server = serverBefore({ [platform]: other });
    const answer = await server.post({
      model,
      max_tokens: 100,
      tools,
      messages: [wish, echo(first), resultsFor(first)],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-proxy-loss')).toContain('signature');
    expect(other.refusals.length).toBe(1);
    expect(other.calls[1]?.body.contents[1]?.parts?.map((part) => part.thoughtSignature)).toEqual([skip]);
  },
);

test('calls go back without their ids where ids are not known', async () => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({
    platform,
    model: ({ index }) => (index === 0 ? [callTool('Read', { path: 'a' })] : [say('Yes.')]),
    rules: { callIds: 'unknown' },
  });
  const first = await ask(server, { model, tools }, [wish]);
  const messages = [wish, echo(first), resultsFor(first)];
  for (let n = 0; n < 2; n += 1) expect(visibleText(await ask(server, { model, tools }, messages))).toBe('Yes.');
  expect(fake.refusals.length).toBe(1);
});

test('no call is forced where the schemas are too much for that, but asked for in words', async () => {
  const { platform, model } = aiStudio3;
  const rules = { maxForcedSchemaLength: 10 };
  const { fake, server } = await geminiServer({ platform, model: () => [callTool('Read', { path: 'a' })], rules });
  const answer = await ask(server, { model, tools, tool_choice: { type: 'any' } }, [wish]);
  expect(answer.stop_reason).toBe('tool_use');
  expect(fake.calls.map((call) => call.body.toolConfig?.functionCallingConfig?.mode ?? 'AUTO')).toEqual([
    'ANY',
    'AUTO',
  ]);
});

test('a smaller limit of the answer is kept once it is known', async () => {
  const { platform, model } = vertex3;
  const { fake, server } = await geminiServer({
    platform,
    model: () => [say('Yes.')],
    rules: { outputTokenLimit: 8192 },
  });
  for (let n = 0; n < 2; n += 1) await ask(server, { model, max_tokens: 40_000 }, [wish]);
  expect(fake.calls.map((call) => call.body.generationConfig?.maxOutputTokens)).toEqual([40_000, 8192, 8192]);
});

const learned: readonly { readonly says: string; readonly refusal: string; readonly asked: object }[] = [
  {
    says: 'a level of thinking',
    refusal: 'Thinking level LOW is not supported for this model. Please retry with other thinking level.',
    asked: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
  },
  {
    says: 'a safety setting',
    refusal:
      'Invalid value at \'safety_settings[0].threshold\' (type.googleapis.com/google.ai.generativelanguage.v1beta.SafetySetting.HarmBlockThreshold), "OFF"',
    asked: {},
  },
  {
    says: 'a schema of the answer',
    refusal: 'The schema in GenerationConfig in the request exceeds the maximum allowed nesting depth.',
    asked: { output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } } },
  },
];

test.each(learned)('$says that is refused is left out, and the answer comes', async ({ refusal, asked }) => {
  const { platform, model } = aiStudio3;
  const { fake, server } = await geminiServer({
    platform,
    model: ({ index }) => (index === 0 ? [failing(400, 'INVALID_ARGUMENT', refusal)] : [say('Yes.')]),
  });
  const answer = await server.post({ ...plain, model, ...asked });
  expect(answer.status).toBe(200);
  expect(fake.calls.length).toBe(2);
  expect(fake.refusals).toEqual([]);
});

test.each([aiStudio3, vertex3])(
  'neither key nor token leaves the proxy, whatever $platform repeats',
  async ({ platform, model }) => {
    const message = `Rejected: ${apiKey} and ${accessToken}.`;
    const { server } = await geminiServer({ platform, model: () => [failing(403, 'PERMISSION_DENIED', message)] });
    const answer = await server.post({ ...plain, model });
    const said = (await answer.text()) + JSON.stringify([...answer.headers]) + server.logged();
    expect(said).toContain('Rejected: ');
    for (const secret of [apiKey, accessToken]) expect(said).not.toContain(secret);
  },
);
