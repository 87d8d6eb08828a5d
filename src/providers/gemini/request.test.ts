import { expect, test } from 'bun:test';
import { buildGemini, customTool, type Surroundings } from '../../../test/build-gemini-request.ts';
import type { Repair } from '../provider.ts';

test('a small request, whole', () => {
  const built = buildGemini({ system: 'Be kind.' }, { apiKey: 'a-key' });
  expect(built.url).toBe('https://gemini.test/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse');
  expect(built.headers).toEqual({
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'accept-encoding': 'identity',
    'x-goog-api-key': 'a-key',
  });
  expect(built.body).toEqual({
    systemInstruction: { parts: [{ text: 'Be kind.' }] },
    generationConfig: { maxOutputTokens: 4_096 },
    safetySettings: [
      { category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' },
      { category: 'HARM_CATEGORY_HATE_SPEECH', threshold: 'OFF' },
      { category: 'HARM_CATEGORY_SEXUALLY_EXPLICIT', threshold: 'OFF' },
      { category: 'HARM_CATEGORY_DANGEROUS_CONTENT', threshold: 'OFF' },
    ],
    contents: [{ role: 'user', parts: [{ text: 'hello' }] }],
  });
  expect(built.losses).toEqual([]);
});

test('Vertex AI gets no key: its token is fetched when the call is made', () => {
  const { url, headers } = buildGemini({}, { provider: 'vertex', apiKey: 'a-key' });
  expect(url).toStartWith('https://aiplatform.test/v1beta1/projects/a-project/locations/global/publishers/google/');
  expect(Object.keys(headers)).toEqual(['content-type', 'accept-encoding', 'accept']);
});

test('the conversation stands behind everything that stays the same through it', () => {
  const { text } = buildGemini({ system: 'Be kind.', tools: [customTool('Read')] });
  expect(Object.keys(JSON.parse(text)).at(-1)).toBe('contents');
});

test('each block of the system is a part, without the line about billing', () => {
  const system = [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2' },
    { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'b' },
  ];
  expect(buildGemini({ system }).body.systemInstruction).toEqual({ parts: [{ text: 'a' }, { text: 'b' }] });
  expect(buildGemini({ system: '' }).body.systemInstruction).toBeUndefined();
});

test('half a character in a text does not end the conversation', () => {
  const { text } = buildGemini({ messages: [{ role: 'user', content: 'cut \ud83d' }] });
  expect(text).toContain('cut \u{FFFD}');
});

test.each([
  ['mcp_servers', [{ type: 'url', name: 'm', url: 'https://m.test' }]],
  ['thread', { type: 'continue' }],
  ['container', 'c'],
])('%s is refused: without it the answer would be to another request', (field, value) => {
  expect(() => buildGemini({ [field]: value })).toThrow(`${field}:`);
});

test.each([
  ['speed', 'fast'],
  ['fallbacks', [{ model: 'x' }]],
  ['future', { a: 1 }],
])('%s is lost and listed', (field, value) => {
  expect(buildGemini({ [field]: value }).lost).toEqual([field]);
});

test.each([
  ['metadata', { user_id: 'device-and-account' }],
  ['cache_control', { type: 'ephemeral' }],
  ['service_tier', 'standard_only'],
  ['diagnostics', { previous_message_id: 'm' }],
])('%s is left out, and no answer can differ for it', (field, value) => {
  const { text, lost } = buildGemini({ [field]: value });
  expect(lost).toEqual([]);
  expect(text).toBe(buildGemini({}).text);
});

const places: readonly (readonly [string, Surroundings, boolean])[] = [
  ['global', {}, true],
  ['us', {}, false],
  ['us', { provider: 'vertex', location: 'us' }, true],
  ['us', { provider: 'vertex', location: 'us-central1' }, true],
  ['us', { provider: 'vertex', location: 'global' }, false],
  ['eu', { provider: 'vertex', location: 'europe-west4' }, true],
  ['eu', { provider: 'vertex', location: 'eu' }, true],
  ['eu', { provider: 'vertex', location: 'europe-west2' }, false],
  ['constructor', { provider: 'vertex' }, false],
];

test.each(places)('inference_geo %s with %j is promised: %p', (inference_geo, around, isPromised) => {
  const build = () => buildGemini({ inference_geo }, around).lost;
  if (isPromised) expect(build()).toEqual([]);
  else expect(build).toThrow('inference_geo:');
});

const omit = (parameter: string): readonly Repair[] => [{ kind: 'omit-parameter', scope: 'model', parameter }];

test('a parameter that was refused is left out, and listed where the client asked for it', () => {
  const request = { top_k: 20, thinking: { type: 'enabled', budget_tokens: 2_000 } };
  const { body, lost } = buildGemini(request, { repairs: omit('generationConfig.topK') });
  expect(body.generationConfig).toMatchObject({ thinkingConfig: { includeThoughts: true, thinkingBudget: 2_000 } });
  expect(body.generationConfig.topK).toBeUndefined();
  expect(lost).toEqual(['top_k']);
  const inner = buildGemini(request, { repairs: omit('generationConfig.thinkingConfig.includeThoughts') });
  expect(inner.body.generationConfig.thinkingConfig).toEqual({ thinkingBudget: 2_000 });
  expect(inner.lost).toEqual(['thinking']);
  expect(buildGemini({}, { repairs: omit('generationConfig.topK') }).lost).toEqual([]);
});

test('safety settings that were refused become the weaker ones', () => {
  const { body } = buildGemini({}, { repairs: omit('safetySettings') });
  expect(new Set(body.safetySettings?.map(({ threshold }) => threshold))).toEqual(new Set(['BLOCK_NONE']));
});
