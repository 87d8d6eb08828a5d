import { expect, test } from 'bun:test';
import { contextFor, customTool, parsed, type Surroundings, targetFor } from '../../../test/build-gemini-request.ts';
import { sealSignature } from './signature-envelope.ts';
import { tokenCount } from './token-count.ts';

const count = (request: object, around: Surroundings = {}) => {
  const built = tokenCount.buildRequest(parsed(request), targetFor(around), contextFor(around));
  return { ...built, body: JSON.parse(built.body) };
};
const request = {
  system: 'Be kind.',
  tools: [customTool('Read')],
  thinking: { type: 'enabled', budget_tokens: 2_000 },
};
const contents = [{ role: 'user', parts: [{ text: 'hello' }] }];

test('AI Studio counts system and tools inside a whole request', () => {
  const { url, headers, body } = count(request, { apiKey: 'a-key', model: 'gemini-2.5-pro' });
  expect(url).toBe('https://gemini.test/v1beta/models/gemini-2.5-pro:countTokens');
  expect(headers['x-goog-api-key']).toBe('a-key');
  expect(Object.keys(body)).toEqual(['generateContentRequest']);
  expect(body.generateContentRequest).toMatchObject({ model: 'models/gemini-2.5-pro', contents });
  expect(Object.keys(body.generateContentRequest)).toEqual(['model', 'systemInstruction', 'tools', 'contents']);
});

test('Vertex AI takes them as they are', () => {
  const { url, body } = count(request, { provider: 'vertex' });
  expect(url).toEndWith('/publishers/google/models/gemini-2.5-flash:countTokens');
  expect(Object.keys(body)).toEqual(['systemInstruction', 'tools', 'contents']);
  expect(body.contents).toEqual(contents);
});

test('thought signatures are no part of the count', () => {
  const around = { model: 'gemini-3.5-flash' };
  const signature = sealSignature({ on: 'call', signature: 's' }, targetFor(around));
  const messages = [
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: '', signature },
        { type: 'tool_use', id: '1', name: 'Read', input: {} },
      ],
    },
  ];
  expect(JSON.stringify(count({ messages }, around).body)).not.toContain('thoughtSignature');
});

test.each([
  ['{"totalTokens": 12, "cachedContentTokenCount": 3}', 12],
  ['{"totalTokens": 0}', 0],
  ['{"totalTokens": "12"}', undefined],
  ['{"totalTokens": -1}', undefined],
  ['{}', undefined],
  ['[]', undefined],
  ['<html>', undefined],
])('the answer %s tells %p', (body, tokens) => {
  expect(tokenCount.readAnswer(body)).toBe(tokens);
});
