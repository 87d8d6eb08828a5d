import { expect, test } from 'bun:test';
import { buildGemini, customTool, type Surroundings } from '../../../test/build-gemini-request.ts';

const configOf = (request: object, around: Surroundings = {}) => {
  const { body, lost } = buildGemini(request, around);
  return { ...body.generationConfig, lost };
};

const limits: readonly (readonly [Surroundings, number, number])[] = [
  [{}, 4_096, 4_096],
  [{}, 200_000, 65_536],
  [{ model: 'gemini-2.0-flash' }, 64_000, 8_192],
  [{ repairs: [{ kind: 'limit-output-tokens', scope: 'model', maximum: 30_000 }] }, 64_000, 30_000],
  // Up to generation 3 the answer's room is its own, however long the prompt.
  [{ model: 'gemini-3.5-flash', inputTokenEstimate: 1_040_000 }, 64_000, 64_000],
  // From 4 on it is what the prompt leaves.
  [{ model: 'gemini-4-argon', inputTokenEstimate: 1_028_576 }, 64_000, 20_000],
  [{ model: 'gemini-4-argon', inputTokenEstimate: 1_200_000 }, 64_000, 4_096],
];

test.each(limits)('%j: of %d tokens asked for, %d are', (around, max_tokens, maxOutputTokens) => {
  expect(configOf({ max_tokens }, around).maxOutputTokens).toBe(maxOutputTokens);
});

const sampling = { temperature: 0.3, top_p: 0.9, top_k: 20 };

test('sampling reaches the models that heed it', () => {
  const { temperature, topP, topK, lost } = configOf(sampling, { model: 'gemini-2.5-pro' });
  expect({ temperature, topP, topK, lost }).toEqual({ temperature: 0.3, topP: 0.9, topK: 20, lost: [] });
});

test('newer models are not told, and that is listed, but for the value they use anyway', () => {
  const { maxOutputTokens: _, ...told } = configOf(sampling, { model: 'gemini-3.5-flash' });
  expect(told).toEqual({ lost: ['temperature', 'top_p', 'top_k'] });
  expect(configOf({ temperature: 1, top_p: 1 }, { model: 'gemini-3.5-flash' }).lost).toEqual([]);
});

test.each([
  ['gemini', 64, 65],
  ['vertex', 40, 41],
] as const)('%s takes a top_k of %d and not of %d', (provider, most, more) => {
  expect(configOf({ top_k: most }, { provider }).topK).toBe(most);
  expect(configOf({ top_k: more }, { provider }).lost).toEqual(['top_k']);
});

test('stop sequences are not sent: Gemini would not say which one was hit', () => {
  expect(buildGemini({ stop_sequences: ['END'] }).text).not.toContain('END');
});

const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
const structured = { output_config: { format: { type: 'json_schema', schema } } };

test('an answer is held to its schema', () => {
  const { responseMimeType, responseJsonSchema, lost } = configOf(structured);
  expect({ responseMimeType, responseJsonSchema, lost }).toEqual({
    responseMimeType: 'application/json',
    responseJsonSchema: schema,
    lost: [],
  });
  expect(configOf({ output_format: { type: 'json_schema', schema } }).responseJsonSchema).toEqual(schema);
});

const told: readonly (readonly [string, object, Surroundings, string | undefined])[] = [
  ['functions beside it on generation 2.5', { tools: [customTool('Read')] }, { model: 'gemini-2.5-pro' }, undefined],
  ['a schema that was refused', {}, { repairs: [{ kind: 'plain-answer', scope: 'request' }] }, undefined],
];

test.each(told)('%s: the model is told the schema, and that is listed', (_, request, around, mimeType) => {
  const { body, lost } = buildGemini({ ...structured, ...request }, around);
  expect(body.generationConfig.responseMimeType).toBe(mimeType);
  expect(body.generationConfig.responseJsonSchema).toBeUndefined();
  expect(lost).toEqual(['output_config.format']);
  expect(body.contents.at(-1)?.parts.at(-1)?.text).toContain(JSON.stringify(schema));
});

const withoutJsonSchema: readonly Surroundings[] = [
  { model: 'gemini-2.0-flash' },
  { model: 'gemini-2.5-flash', repairs: [{ kind: 'own-schema-form', scope: 'model' }] },
];

test.each(withoutJsonSchema)('%j: an answer is held to its schema in Gemini’s own form', (around) => {
  const { responseMimeType, responseSchema, responseJsonSchema, lost } = configOf(structured, around);
  expect({ responseMimeType, responseSchema, responseJsonSchema, lost }).toEqual({
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
    responseJsonSchema: undefined,
    lost: [],
  });
});

test.each([
  ['names that form does not take', { type: 'object', properties: { 'a-b': { type: 'string' } } }],
  ['an object of any names', { type: 'object', additionalProperties: { type: 'string' } }],
  ['any value', { type: 'object', properties: { a: {} } }],
  ['a list of any objects', { type: 'array', items: { type: 'object' } }],
  ['a schema that holds itself', { type: 'object', properties: { a: { $ref: '#' } } }],
])('%s cannot be said there: the model is told the schema, and that is listed', (_, schema) => {
  const format = { type: 'json_schema', schema };
  const { body, lost } = buildGemini({ output_config: { format } }, { model: 'gemini-2.0-flash' });
  expect(body.generationConfig).toMatchObject({ responseMimeType: 'application/json' });
  expect(body.generationConfig).not.toHaveProperty('responseSchema');
  expect(lost).toEqual(['output_config.format']);
  expect(body.contents.at(-1)?.parts.at(-1)?.text).toContain(JSON.stringify(schema));
});

test('from generation 3 on functions and a schema go together', () => {
  const request = { ...structured, tools: [customTool('Read')] };
  expect(configOf(request, { model: 'gemini-3.5-flash' })).toMatchObject({ responseJsonSchema: schema, lost: [] });
});
