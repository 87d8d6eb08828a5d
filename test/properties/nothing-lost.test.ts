import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildChat, type Surroundings as ChatSurroundings } from '../build-chat-request.ts';
import { buildGemini, type Surroundings as GeminiSurroundings } from '../build-gemini-request.ts';
import { buildResponses, type ResponsesSurroundings } from '../build-responses-request.ts';
import { markedRequest } from './marked-requests.ts';
import { silentlyLost, valueAt } from './marks.ts';

// Whatever a client says reaches the upstream, or stands in the list of losses.

const chat: readonly ChatSurroundings[] = [
  { model: 'gpt-4.1' },
  { model: 'gpt-5' },
  { model: 'o3-mini' },
  { profile: 'deepseek', model: 'deepseek-v4' },
  { profile: 'ollama', model: 'qwen3' },
  { profile: 'xai', model: 'grok-4' },
  { profile: 'mistral', model: 'mistral-large' },
  { profile: 'generic', model: 'llama' },
];
const responses: readonly ResponsesSurroundings[] = [
  { model: 'gpt-4.1' },
  { model: 'gpt-5' },
  { model: 'o3-mini' },
  { model: 'gpt-5', repairs: [{ kind: 'addresses-as-text', scope: 'request' }] },
  { profile: 'xai', model: 'grok-4' },
  { profile: 'generic', model: 'llama' },
];
const gemini: readonly GeminiSurroundings[] = [
  { model: 'gemini-2.0-flash' },
  { model: 'gemini-2.5-pro' },
  { model: 'gemini-2.5-pro', provider: 'vertex' },
  { model: 'gemini-3.5-flash' },
  { model: 'gemini-3.5-flash', provider: 'vertex' },
  { model: 'gemini-4-argon' },
  { model: 'gemma-3-27b-it' },
  { model: 'gemini-2.5-pro', repairs: [{ kind: 'own-schema-form', scope: 'model' }] },
  { model: 'gemini-3.5-flash', repairs: [{ kind: 'skip-signatures', scope: 'request' }] },
];
const ways = [
  ...chat.map((around) => ({ around, build: (request: object) => buildChat(request, around) })),
  ...responses.map((around) => ({ around, build: (request: object) => buildResponses(request, around) })),
  ...gemini.map((around) => ({ around, build: (request: object) => buildGemini(request, around) })),
];

test.each(ways)('nothing is lost in silence on the way to $around', ({ build }) => {
  fc.assert(
    fc.property(markedRequest, (request) => {
      const { text, lost } = build(request);
      expect(silentlyLost(request, text, lost)).toEqual([]);
    }),
    { numRuns: 225 },
  );
});

test('a loss always names something that is in the request, and says why', () => {
  fc.assert(
    fc.property(markedRequest, fc.constantFrom(...ways), (request, { build }) => {
      for (const { field, why } of build(request).losses) {
        expect(why).not.toBe('');
        expect([field, valueAt(request, field) === undefined]).toEqual([field, false]);
      }
    }),
    { numRuns: 500 },
  );
});
