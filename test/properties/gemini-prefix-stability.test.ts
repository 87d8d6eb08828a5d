import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildGemini, type Surroundings, targetFor } from '../build-gemini-request.ts';
import { familyOf } from '../upstreams/gemini/models.ts';
import { Signatures } from '../upstreams/gemini/signatures.ts';
import { askingPoints, conversation, type Message, rewritten, tools } from './conversations.ts';
import { signedBy } from './signed-conversations.ts';

// Gemini caches prompts by their prefix. Whatever is sent now must begin with the very parts that were sent before.

function promptOf(messages: readonly Message[], around: Surroundings, attribution: string) {
  const { body } = buildGemini(
    {
      messages,
      tools,
      system: [
        { type: 'text', text: `x-anthropic-billing-header: ${attribution}` },
        { type: 'text', text: 'Be kind.' },
      ],
    },
    around,
  );
  return {
    system: JSON.stringify(body.systemInstruction),
    tools: JSON.stringify(body.tools),
    // Without the brackets that close the last turn: what comes next may be its next part.
    contents: JSON.stringify(body.contents).replace(/\]\}\]$/, ''),
  };
}

const surroundings: readonly Surroundings[] = [
  { model: 'gemini-2.5-flash' },
  { model: 'gemini-3.5-flash' },
  { model: 'gemini-3.5-flash', provider: 'vertex' },
  { model: 'gemma-3-27b-it' },
];

test.each(surroundings)('each request to %j begins with the parts of the one before it', (around) => {
  fc.assert(
    fc.property(conversation, fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), (messages, marks) => {
      const family = familyOf(around.model ?? '');
      const signatures = new Signatures(around.provider === 'vertex' ? 'vertex' : 'ai-studio');
      const led = family === undefined ? messages : signedBy(signatures, family, targetFor(around), messages);
      const whole = promptOf(rewritten(led, marks), around, 'cch=2');
      for (const length of askingPoints(led)) {
        const before = promptOf(led.slice(0, length), around, 'cch=1');
        expect(whole.contents.startsWith(before.contents)).toBe(true);
        expect(whole.system).toBe(before.system);
      }
    }),
    { numRuns: 150 },
  );
});

test('tools that are loaded later come behind those that were there', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const whole = promptOf(messages, {}, '');
      for (const length of askingPoints(messages)) {
        const before = promptOf(messages.slice(0, length), {}, '').tools.replace(/\]\}\]$/, '');
        expect(whole.tools.startsWith(before)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test('one request is translated to the same bytes every time', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      expect(buildGemini({ messages, tools }).text).toBe(buildGemini({ messages, tools }).text);
    }),
    { numRuns: 50 },
  );
});
