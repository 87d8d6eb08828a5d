import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ServerProfile } from '../../src/config/config.ts';
import { buildChat } from '../build-chat-request.ts';
import { askingPoints, conversation, type Message, rewritten, tools } from './conversations.ts';

// Upstream caches prompts by their prefix. Whatever is sent now must begin with the very bytes that were sent before.

const system = [
  { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1' },
  { type: 'text', text: 'Be kind.' },
];

function partsOf(messages: readonly Message[], profile: ServerProfile, attribution: string) {
  const { body } = buildChat(
    {
      messages,
      tools,
      system: [{ type: 'text', text: `x-anthropic-billing-header: ${attribution}` }, ...system.slice(1)],
    },
    { profile, model: profile === 'openai' ? 'gpt-4.1' : 'model' },
  );
  return { tools: open(JSON.stringify(body.tools ?? [])), messages: open(JSON.stringify(body.messages)) };
}

/** A list without its closing bracket: what a longer list begins with. */
function open(list: string): string {
  return list.slice(0, -1);
}

const profiles: readonly ServerProfile[] = ['openai', 'openrouter', 'deepseek', 'mistral', 'ollama', 'vllm', 'generic'];

test.each(profiles)('each request to %s begins with the bytes of the one before it', (profile) => {
  fc.assert(
    fc.property(conversation, fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), (messages, marks) => {
      const whole = partsOf(rewritten(messages, marks), profile, 'cch=2');
      for (const length of askingPoints(messages)) {
        const before = partsOf(messages.slice(0, length), profile, 'cch=1');
        expect(whole.messages.startsWith(before.messages)).toBe(true);
        expect(whole.tools.startsWith(before.tools)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test('where neighbours stay apart, that holds after every single message of user and system', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const whole = partsOf(messages, 'openai', '');
      for (let length = 1; length < messages.length; length++) {
        if (messages[length - 1]?.role === 'assistant') continue;
        expect(whole.messages.startsWith(partsOf(messages.slice(0, length), 'openai', '').messages)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test('one request is translated to the same bytes every time', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      expect(buildChat({ messages, tools }).text).toBe(buildChat({ messages, tools }).text);
    }),
    { numRuns: 50 },
  );
});
