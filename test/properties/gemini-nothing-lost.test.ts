import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildGemini, type Surroundings } from '../build-gemini-request.ts';
import { markedRequest } from './marked-requests.ts';
import { silentlyLost, valueAt } from './marks.ts';

// Whatever a client says reaches the upstream, or stands in the list of losses.

const surroundings: readonly Surroundings[] = [
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

test.each(surroundings)('nothing is lost in silence on the way to %j', (around) => {
  fc.assert(
    fc.property(markedRequest, (request) => {
      const { text, lost } = buildGemini(request, around);
      expect(silentlyLost(request, text, lost)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('a loss always names something that is in the request, and says why', () => {
  fc.assert(
    fc.property(markedRequest, fc.constantFrom(...surroundings), (request, around) => {
      for (const { field, why } of buildGemini(request, around).losses) {
        expect(why).not.toBe('');
        expect([field, valueAt(request, field) === undefined]).toEqual([field, false]);
      }
    }),
    { numRuns: 250 },
  );
});
