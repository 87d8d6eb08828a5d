import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildChat, type Surroundings } from '../build-chat-request.ts';
import { markedRequest } from './marked-requests.ts';
import { silentlyLost, valueAt } from './marks.ts';

// Whatever a client says reaches the upstream, or stands in the list of losses.

const surroundings: readonly Surroundings[] = [
  { model: 'gpt-4.1' },
  { model: 'gpt-5' },
  { model: 'o3-mini' },
  { profile: 'deepseek', model: 'deepseek-v4' },
  { profile: 'ollama', model: 'qwen3' },
  { profile: 'xai', model: 'grok-4' },
  { profile: 'mistral', model: 'mistral-large' },
  { profile: 'generic', model: 'llama' },
];

test.each(surroundings)('nothing is lost in silence on the way to %j', (around) => {
  fc.assert(
    fc.property(markedRequest, (request) => {
      const { text, lost } = buildChat(request, around);
      expect(silentlyLost(request, text, lost)).toEqual([]);
    }),
    { numRuns: 250 },
  );
});

test('a loss always names something that is in the request, and says why', () => {
  fc.assert(
    fc.property(markedRequest, fc.constantFrom(...surroundings), (request, around) => {
      for (const { field, why } of buildChat(request, around).losses) {
        expect(why).not.toBe('');
        expect([field, valueAt(request, field) === undefined]).toEqual([field, false]);
      }
    }),
    { numRuns: 250 },
  );
});
