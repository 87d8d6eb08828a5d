import { afterEach, expect, test } from 'bun:test';
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import * as script from '../script.ts';
import { type FakeGemini, type FakeGeminiOptions, startFakeGemini } from './fake-gemini.ts';
import { asked, call, pathOf, readJson } from './request-samples.ts';

const { block, callTool, chunk, cut, delta, end, fail, finish, interleave, raw, refuse, say, search, streamError } =
  script;
const { think, usage, wait } = script;
const model = 'gemini-3-flash-preview';
const hello = { model, contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] };
const includeThoughts = { thinkingConfig: { includeThoughts: true } };

const started: FakeGemini[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((fake) => fake.stop()));
});

async function start(options: Omit<FakeGeminiOptions, 'platform'> & Partial<FakeGeminiOptions>) {
  const { platform = 'ai-studio' } = options;
  const fake = await startFakeGemini({ ...options, platform });
  started.push(fake);
  const client = new GoogleGenAI({
    apiKey: 'a-key',
    vertexai: platform === 'vertex',
    httpOptions: { baseUrl: fake.url },
  });
  return { fake, client };
}

function playing(...reply: script.Reply) {
  return start({ model: () => reply });
}
function onVertex(...reply: script.Reply) {
  return start({ platform: 'vertex', model: () => reply });
}

async function streamed(client: GoogleGenAI, config: object = {}): Promise<GenerateContentResponse[]> {
  return Array.fromAsync(await client.models.generateContentStream({ ...hello, config }));
}
function partsOf(chunks: readonly GenerateContentResponse[]) {
  return chunks.flatMap((one) => one.candidates?.[0]?.content?.parts ?? []);
}

test('the official SDK reads a streamed answer with thoughts, text and parallel calls', async () => {
  const calls = interleave(callTool('Read', { path: '/tmp/a' }), callTool('Bash', {}, { id: 'own-id' }));
  const { fake, client } = await playing(think('Two things.'), say('I look. 😀'), calls);
  const chunks = await streamed(client, includeThoughts);
  const parts = partsOf(chunks);
  expect(parts.map(({ text, thought }) => ({ text, thought })).slice(0, 4)).toEqual([
    { text: 'Two', thought: true },
    { text: ' things.', thought: true },
    { text: 'I', thought: undefined },
    { text: ' look.', thought: undefined },
  ]);
  expect(parts.flatMap((part) => part.functionCall ?? [])).toMatchObject([
    { name: 'Read', args: { path: '/tmp/a' }, id: expect.any(String) },
    { name: 'Bash', args: {}, id: 'own-id' },
  ]);
  expect(chunks.at(-1)?.candidates?.[0]?.finishReason?.toString()).toBe('STOP');
  expect(fake.refusals).toEqual([]);
});

test('thoughts that are not asked for cost tokens all the same', async () => {
  const { client } = await playing(think('Quite a long thought.'), say('Yes.'));
  const chunks = await streamed(client);
  expect(partsOf(chunks).some((part) => part.thought)).toBe(false);
  expect(chunks.at(-1)?.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(3);
});

test('AI Studio counts in every chunk, with the running total in the last', async () => {
  const { client } = await playing(say('One two three.'));
  const chunks = await streamed(client);
  expect(chunks.every((one) => (one.usageMetadata?.promptTokenCount ?? 0) > 0)).toBe(true);
  const last = chunks.at(-1)?.usageMetadata;
  expect(last?.totalTokenCount).toBe((last?.promptTokenCount ?? 0) + (last?.candidatesTokenCount ?? 0));
  expect(new Set(chunks.map((one) => one.responseId)).size).toBe(1);
});

test('Vertex AI counts in the last chunk alone, and gives calls no id', async () => {
  const { client } = await onVertex(say('Look.'), callTool('Read', { path: 'a' }));
  const chunks = await streamed(client);
  const { length } = chunks;
  expect(chunks.map((one) => Object.keys(one.usageMetadata ?? {}).length > 1)).toEqual(
    chunks.map((_one, index) => index === length - 1),
  );
  expect(chunks.every((one) => one.usageMetadata?.trafficType === 'ON_DEMAND')).toBe(true);
  expect(partsOf(chunks).find((part) => part.functionCall)?.functionCall).toEqual({
    name: 'Read',
    args: { path: 'a' },
  });
});

test('generation 2.5 gives calls no id', async () => {
  const { client } = await playing(callTool('Read', { path: 'a' }));
  const answer = await client.models.generateContent({ ...hello, model: 'gemini-2.5-pro' });
  expect(answer.functionCalls?.[0]?.id).toBeUndefined();
});

test('Vertex AI may stream arguments in pieces under their paths', async () => {
  const args = { path: 'über', lines: [1, true, null], 'odd key': { deep: 'x' } };
  const style = { streamArguments: true };
  const { fake } = await start({ platform: 'vertex', style, model: () => [callTool('Read', args)] });
  const body = { contents: [asked] };
  const text = await (await call(fake, pathOf('vertex', model, 'streamGenerateContent?alt=sse'), body)).text();
  const pieces = [...text.matchAll(/"functionCall":(\{.*?\})(?:,"thoughtSignature"|\}\],"role")/g)].map(
    (match): unknown => JSON.parse(match[1] ?? ''),
  );
  expect(pieces[0]).toEqual({ name: 'Read', willContinue: true });
  expect(pieces.slice(1, 3)).toEqual([
    { partialArgs: [{ jsonPath: '$.path', stringValue: 'üb', willContinue: true }], willContinue: true },
    { partialArgs: [{ jsonPath: '$.path', stringValue: 'er' }], willContinue: true },
  ]);
  expect(text).toContain(`"jsonPath":"$.lines[2]","nullValue":"NULL_VALUE"`);
  expect(text).toContain(`"jsonPath":"$['odd key'].deep"`);
  expect(pieces.at(-1)).toEqual({});
});

test('without alt=sse the stream is one JSON list', async () => {
  const { fake } = await playing(say('One two.'));
  const answer = await call(fake, pathOf('ai-studio', model, 'streamGenerateContent'), { contents: [asked] });
  const list: unknown = await answer.json();
  expect(Array.isArray(list) && list.length).toBe(3);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=UTF-8');
});

test('a whole answer joins the texts', async () => {
  const { client } = await playing(think('Hm.'), say('One two.'), say(' Three.'), callTool('Read', { a: 1 }));
  const answer = await client.models.generateContent({ ...hello, config: includeThoughts });
  expect(answer.candidates?.[0]?.content?.parts).toMatchObject([
    { text: 'Hm.', thought: true },
    { text: 'One two.' },
    { text: ' Three.' },
    { functionCall: { name: 'Read' }, thoughtSignature: expect.any(String) },
  ]);
  expect(answer.candidates?.[0]?.finishReason?.toString()).toBe('STOP');
});

test('events are separated as Google separates them', async () => {
  const { fake } = await playing(say('Hi'));
  const path = pathOf('ai-studio', model, 'streamGenerateContent?alt=sse');
  const text = await (await call(fake, path, { contents: [asked] })).text();
  expect(text.split('\r\n\r\n').filter((frame) => frame.startsWith('data: ')).length).toBe(2);
});

test.each([
  ['length', 'MAX_TOKENS'],
  ['content_filter', 'SAFETY'],
  ['RECITATION', 'RECITATION'],
])('a script that ends by %s ends by %s', async (reason, word) => {
  const { client } = await playing(say('Hi'), finish(reason));
  const chunks = await streamed(client);
  expect(chunks.at(-1)?.candidates?.[0]?.finishReason?.toString()).toBe(word);
});

test('a refusal of the model says why it stopped', async () => {
  const { client } = await onVertex(refuse('Not that.'));
  const last = (await streamed(client)).at(-1)?.candidates?.[0];
  expect(last).toMatchObject({ finishReason: 'SAFETY', finishMessage: 'Not that.' });
});

test('a call whose arguments are no JSON is malformed', async () => {
  const { client } = await onVertex(callTool('Read', '{"path":'));
  const last = (await streamed(client)).at(-1)?.candidates?.[0];
  expect(last).toMatchObject({
    finishReason: 'MALFORMED_FUNCTION_CALL',
    finishMessage: 'Malformed function call: print(default_api.Read({"path":))',
  });
});

test('a blocked prompt has no candidates; only Vertex AI tells why in words', async () => {
  const aiStudio = await streamed((await playing(block('SAFETY', 'Because.'))).client);
  expect(aiStudio.map((one) => one.candidates)).toEqual([undefined]);
  expect(Object(aiStudio[0]?.promptFeedback)).toEqual({ blockReason: 'SAFETY' });
  const vertex = await streamed((await onVertex(block('MODEL_ARMOR', 'Because.'))).client);
  expect(Object(vertex[0]?.promptFeedback)).toEqual({ blockReason: 'MODEL_ARMOR', blockReasonMessage: 'Because.' });
});

test('a search grounds what is said after it, counted in bytes', async () => {
  const sources = [{ title: 'bun.example', url: 'https://bun.example/blog' }];
  const { client } = await playing(say('Schön. ', 1), search('bun release', sources), say('Bun 1.4 is out.', 2));
  const chunks = await streamed(client, { tools: [{ googleSearch: {} }] });
  expect(chunks.at(-1)?.candidates?.[0]?.groundingMetadata).toMatchObject({
    webSearchQueries: ['bun release'],
    groundingChunks: [{ web: { uri: 'https://bun.example/blog', title: 'bun.example' } }],
    groundingSupports: [
      { segment: { startIndex: 8, endIndex: 23, text: 'Bun 1.4 is out.' }, groundingChunkIndices: [0] },
    ],
  });
});

test('beside functions a search is shown as a call that comes back as it was', async () => {
  const { fake } = await playing(search('bun release', []), say('It is out.'));
  const toolConfig = { includeServerSideToolInvocations: true };
  const tools = [{ googleSearch: {} }, { functionDeclarations: [{ name: 'Read' }] }];
  const body = { contents: [asked], tools, toolConfig };
  const path = pathOf('ai-studio', model, 'generateContent');
  const answer = await readJson(await call(fake, path, body));
  expect(answer.candidates).toMatchObject([
    {
      content: {
        parts: [{ toolCall: { args: { queries: ['bun release'] } } }, { toolResponse: {} }, { text: 'It is out.' }],
      },
    },
  ]);
  const said = /"content":(\{.*?\}),"index"/.exec(JSON.stringify(answer))?.[1] ?? '';
  const again = (content: string) => call(fake, path, { ...body, contents: [asked, JSON.parse(content), asked] });
  expect((await again(said)).status).toBe(200);
  expect((await again(said.replace('bun release', 'another'))).status).toBe(400);
});

test('a search that the request does not offer is a fault of the script', async () => {
  const { fake, client } = await playing(search('x', []));
  await expect(client.models.generateContent(hello)).rejects.toThrow('offers no googleSearch');
  expect(fake.refusals).toMatchObject([{ code: 'SCRIPT_ERROR' }]);
});

test('a prompt that begins like an earlier one is cached from some length on', async () => {
  const { client } = await playing(say('Yes.'));
  const turn = (text: string) => ({ role: 'user', parts: [{ text }] });
  const long = 'All of this has been said before. '.repeat(600);
  const tokens = async (...contents: object[]) =>
    (await client.models.generateContent({ model, contents })).usageMetadata?.cachedContentTokenCount ?? 0;
  expect(await tokens(turn(long))).toBe(0);
  expect(await tokens(turn(long), { role: 'model', parts: [{ text: 'Yes.' }] }, turn('More.'))).toBeGreaterThan(4500);
  expect(await tokens(turn(`Now ${long}`))).toBe(0);
  expect(await tokens(turn('Short.'))).toBe(0);
});

test("rare shapes, usage of one's own and missing usage", async () => {
  const { client } = await playing(
    chunk({ usageMetadata: { promptTokenCount: 3 } }),
    delta({ executableCode: { language: 'PYTHON', code: '1+1' } }),
    usage({ promptTokenCount: 7 }),
  );
  const chunks = await streamed(client);
  expect(chunks[0]?.candidates).toBeUndefined();
  expect(partsOf(chunks)[0]?.executableCode?.code).toBe('1+1');
  expect(Object(chunks.at(-1)?.usageMetadata)).toEqual({ promptTokenCount: 7 });
  const bare = await streamed((await playing(usage(null), say('Hi'))).client);
  expect(bare.every((one) => one.usageMetadata === undefined)).toBe(true);
});

test('broken streams: an error inside, an early end, a cut, bytes as they are', async () => {
  const read = async (...reply: script.Reply) => {
    const { fake } = await playing(...reply);
    const path = pathOf('ai-studio', model, 'streamGenerateContent?alt=sse');
    return (await call(fake, path, { contents: [asked] })).text();
  };
  const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
  expect(await read(say('Hi'), streamError(error))).toEndWith(`data: ${JSON.stringify(error)}\r\n\r\n`);
  expect(await read(say('Hi'), end())).not.toContain('finishReason');
  expect(await read(raw('data: {"candidates"'), end())).toBe('data: {"candidates"');
  await expect(read(say('Hi'), cut())).rejects.toThrow();
});

test('a scripted failure has its status and body', async () => {
  const error = { error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED' } };
  const { fake } = await playing(fail(429, error));
  const answer = await call(fake, pathOf('ai-studio', model, 'generateContent'), { contents: [asked] });
  expect({ status: answer.status, body: await readJson(answer) }).toEqual({ status: 429, body: error });
});

test('a client that leaves while a script waits is noticed', async () => {
  const never = new Promise<void>(() => undefined);
  const { fake } = await playing(say('Hi'), wait(never));
  const abort = new AbortController();
  const answer = await fetch(fake.url + pathOf('ai-studio', model, 'streamGenerateContent?alt=sse'), {
    method: 'POST',
    headers: { 'x-goog-api-key': 'a-key' },
    body: JSON.stringify({ contents: [asked] }),
    signal: abort.signal,
  });
  await answer.body?.getReader().read();
  abort.abort();
  expect((await fake.calls[0]?.closed)?.end).toBe('client-left');
});

test('a call is recorded with its model, its method and its names in camelCase', async () => {
  const { fake } = await playing(say('Hi'));
  const body = { contents: [asked], system_instruction: { parts: [{ text: 'Be brief.' }] } };
  await call(fake, pathOf('ai-studio', model, 'generateContent'), body);
  expect(fake.calls[0]?.body).toMatchObject({
    model,
    method: 'generateContent',
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
  });
});

test('tokens are counted on both platforms, tools and system text too', async () => {
  const { fake } = await playing();
  const vertex = (await onVertex()).fake;
  const flat = { contents: [asked], systemInstruction: { parts: [{ text: 'Be brief.' }] } };
  const whole = { generateContentRequest: { model: `models/${model}`, ...flat } };
  const aiStudio = await readJson(await call(fake, pathOf('ai-studio', model, 'countTokens'), whole));
  const onOther = await readJson(await call(vertex, pathOf('vertex', model, 'countTokens'), flat));
  expect(aiStudio.totalTokens).toBe(Number(onOther.totalTokens));
  const bare = await readJson(await call(fake, pathOf('ai-studio', model, 'countTokens'), { contents: [asked] }));
  expect(Number(bare.totalTokens)).toBeLessThan(Number(aiStudio.totalTokens));
  const misnamed = { generateContentRequest: { model, ...flat } };
  expect((await call(fake, pathOf('ai-studio', model, 'countTokens'), misnamed)).status).toBe(400);
});

test('the models are listed', async () => {
  const aiStudio = await playing();
  const listed = await Array.fromAsync(await aiStudio.client.models.list());
  expect(listed.find((one) => one.name === 'models/gemini-2.5-pro')).toMatchObject({ inputTokenLimit: 1_048_576 });
  const { fake } = await onVertex();
  const headers = { authorization: 'Bearer t', 'x-goog-api-key': 'k' };
  const answer = await fetch(`${fake.url}/v1beta1/publishers/google/models`, { headers });
  expect(await readJson(answer)).toHaveProperty('publisherModels');
});

interface Turned {
  readonly says: string;
  readonly options: Partial<FakeGeminiOptions>;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}
const aiStudioPath = pathOf('ai-studio', model, 'generateContent');
const vertexPath = pathOf('vertex', model, 'generateContent');
const vertex = { platform: 'vertex' } as const;
const key = { 'x-goog-api-key': 'right' };
const bearer = { authorization: 'Bearer right' };

const turnedAway: readonly Turned[] = [
  {
    says: 'a call without a key',
    options: {},
    path: aiStudioPath,
    headers: {},
    status: 403,
    code: 'PERMISSION_DENIED',
    message: "Method doesn't allow unregistered callers",
  },
  {
    says: 'a wrong key',
    options: { apiKey: 'other' },
    path: aiStudioPath,
    headers: key,
    status: 400,
    code: 'INVALID_ARGUMENT',
    message: 'API key not valid. Please pass a valid API key.',
  },
  {
    says: 'a key on Vertex AI',
    options: vertex,
    path: vertexPath,
    headers: key,
    status: 401,
    code: 'UNAUTHENTICATED',
    message: 'missing required authentication credential',
  },
  {
    says: 'an old token',
    options: { ...vertex, accessToken: () => 'new' },
    path: vertexPath,
    headers: bearer,
    status: 401,
    code: 'UNAUTHENTICATED',
    message: 'invalid authentication credentials',
  },
  {
    says: "somebody else's project",
    options: { ...vertex, project: 'mine' },
    path: vertexPath,
    headers: bearer,
    status: 403,
    code: 'PERMISSION_DENIED',
    message: "Permission 'aiplatform.endpoints.predict' denied",
  },
  {
    says: 'a model that is not there',
    options: {},
    path: pathOf('ai-studio', 'gemini-9', 'generateContent'),
    headers: key,
    status: 404,
    code: 'NOT_FOUND',
    message: 'models/gemini-9 is not found for API version v1beta',
  },
  {
    says: 'a new model in a single region',
    options: vertex,
    path: vertexPath.replace('global', 'europe-west4'),
    headers: bearer,
    status: 404,
    code: 'NOT_FOUND',
    message: 'was not found or your project does not have access to it',
  },
  {
    says: 'a path of the other platform',
    options: {},
    path: vertexPath,
    headers: key,
    status: 404,
    code: 'NOT_FOUND',
    message: 'not found on this server',
  },
];

test.each(turnedAway)('turns away $says', async ({ options, path, headers, status, code, message }) => {
  const { fake } = await start({ model: () => [], ...options });
  const answer = await call(fake, path, { contents: [asked] }, headers);
  const { error } = await readJson(answer);
  expect({ status: answer.status, error }).toMatchObject({ status, error: { code: status, status: code } });
  expect(String(Object(error).message)).toContain(message);
  expect(fake.refusals.length).toBe(1);
});

test('an older model is served in a single region', async () => {
  const { fake } = await start({ ...vertex, model: () => [say('Hi')] });
  const path = pathOf('vertex', 'gemini-2.5-pro', 'generateContent').replace('global', 'europe-west4');
  expect((await call(fake, path, { contents: [asked] })).status).toBe(200);
});

test.each([
  ['with-errors', 'generateContent', { error: { errors: [{ domain: 'global', reason: 'badRequest' }] } }],
  ['wrapped', 'generateContent', [{ error: { code: 400 } }]],
  ['plain', 'streamGenerateContent', [{ error: { code: 400 } }]],
  ['plain', 'streamGenerateContent?alt=sse', { error: { code: 400 } }],
] as const)('a refusal in the form %s of %s', async (errorForm, method, shape) => {
  const { fake } = await start({ model: () => [], rules: { errorForm } });
  const answer = await call(fake, pathOf('ai-studio', model, method), { contents: [] });
  const body: unknown = await answer.json();
  expect(body).toMatchObject(shape);
});

test('a body that is no JSON is refused', async () => {
  const { fake } = await playing();
  const answer = await fetch(fake.url + aiStudioPath, { method: 'POST', headers: key, body: '{"contents":' });
  expect({ status: answer.status, refusals: fake.refusals.length }).toEqual({ status: 400, refusals: 1 });
});
