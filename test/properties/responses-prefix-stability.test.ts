import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildResponses, type ResponsesSurroundings } from '../build-responses-request.ts';
import { askingPoints, conversation, type Message, rewritten, tools } from './conversations.ts';

// Upstream caches prompts by their prefix. Whatever is sent now must begin with the very bytes that were sent before.

function partsOf(messages: readonly Message[], around: ResponsesSurroundings, attribution: string) {
  const { body } = buildResponses(
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
  return { tools: open(JSON.stringify(body.tools ?? [])), input: open(JSON.stringify(body.input)) };
}

/** A list without its closing bracket: what a longer list begins with. */
function open(list: string): string {
  return list.slice(0, -1);
}

const places: readonly ResponsesSurroundings[] = [
  { model: 'gpt-5' },
  { model: 'gpt-4.1' },
  { profile: 'xai', model: 'grok-4' },
  { profile: 'generic', model: 'llama' },
];

test.each(places)('each request to %j begins with the bytes of the one before it', (around) => {
  fc.assert(
    fc.property(conversation, fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), (messages, marks) => {
      const whole = partsOf(rewritten(messages, marks), around, 'cch=2');
      for (const length of askingPoints(messages)) {
        const before = partsOf(messages.slice(0, length), around, 'cch=1');
        expect(whole.input.startsWith(before.input)).toBe(true);
        expect(whole.tools.startsWith(before.tools)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test('one request is translated to the same bytes every time', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      expect(buildResponses({ messages, tools }).text).toBe(buildResponses({ messages, tools }).text);
    }),
    { numRuns: 50 },
  );
});
