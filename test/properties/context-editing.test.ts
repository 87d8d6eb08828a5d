import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { summaryRequest } from '../../src/emulation/compaction.ts';
import { editContext } from '../../src/emulation/edit-context.ts';
import { parseMessagesRequest } from '../../src/messages/parse-request.ts';
import type { MessagesRequest } from '../../src/messages/types.ts';
import { estimateTokens } from '../../src/tokens/estimate.ts';
import { buildChat } from '../build-chat-request.ts';
import { buildGemini } from '../build-gemini-request.ts';
import { buildResponses } from '../build-responses-request.ts';
import { askingPoints, conversation, type Message, tools as offered } from './conversations.ts';

// Clearing a context takes things out of what upstream has in its cache. It may do so in few steps only, and between two
// of them each request must begin with the bytes of the one before it.

/** Long enough that clearing is worth something. */
const long: fc.Arbitrary<readonly Message[]> = fc.array(conversation, { minLength: 1, maxLength: 4 }).map((parts) =>
  parts.flatMap((messages, part) =>
    messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? content : content.map((block) => renamed(block, part)),
    })),
  ),
);

function renamed(block: { readonly type: string; readonly [field: string]: unknown }, part: number) {
  const { id, tool_use_id: answered } = block;
  return {
    ...block,
    ...(typeof id === 'string' ? { id: `${part}_${id}` } : {}),
    ...(typeof answered === 'string' ? { tool_use_id: `${part}_${answered}`, content: 'result '.repeat(60) } : {}),
  };
}

const trigger = fc.oneof(
  fc.record({ type: fc.constant('input_tokens'), value: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ type: fc.constant('tool_uses'), value: fc.integer({ min: 1, max: 6 }) }),
);
const edits = fc.record({
  thinking: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  trigger,
  keep: fc.nat(3),
  atLeast: fc.nat(800),
  inputs: fc.boolean(),
});
type Edits = typeof edits extends fc.Arbitrary<infer T> ? T : never;

function requestOf(messages: readonly Message[], wish: Edits): MessagesRequest {
  const thinking = { type: 'clear_thinking_20251015', keep: { type: 'thinking_turns', value: wish.thinking } };
  const uses = {
    type: 'clear_tool_uses_20250919',
    trigger: wish.trigger,
    keep: { type: 'tool_uses', value: wish.keep },
    clear_at_least: { type: 'input_tokens', value: wish.atLeast },
    clear_tool_inputs: wish.inputs,
  };
  const list = wish.thinking === undefined ? [uses] : [thinking, uses];
  return parseMessagesRequest(
    JSON.stringify({ model: 'm', max_tokens: 9, messages, tools: offered, context_management: { edits: list } }),
  );
}

const dialects = [
  [
    'Chat Completions',
    (request: MessagesRequest) => JSON.stringify(buildChat(request).body.messages),
    (request: MessagesRequest) => JSON.stringify(buildChat(request).body.tools),
  ],
  [
    'the Responses API',
    (request: MessagesRequest) => JSON.stringify(buildResponses(request).body.input),
    (request: MessagesRequest) => JSON.stringify(buildResponses(request).body.tools),
  ],
  [
    'Gemini',
    (request: MessagesRequest) => JSON.stringify(buildGemini(request).body.contents),
    (request: MessagesRequest) => JSON.stringify(buildGemini(request).body.tools),
  ],
] as const;

test.each(dialects)('between two steps of clearing, each request to %s begins as the one before it', (_name, build) => {
  fc.assert(
    fc.property(long, edits, (messages, wish) => {
      let before: { readonly applied: string; readonly sent: string } | undefined;
      for (const length of askingPoints(messages)) {
        const edited = editContext(requestOf(messages.slice(0, length), wish), estimateTokens);
        const now = { applied: JSON.stringify(edited.applied), sent: build(edited.request) };
        if (before?.applied === now.applied) expect(now.sent.startsWith(before.sent.slice(0, -1))).toBe(true);
        before = now;
      }
    }),
    { numRuns: 100 },
  );
});

test.each(dialects)(
  'a request for a summary to %s begins as the conversation did, with its tools',
  (_name, build, tools) => {
    fc.assert(
      fc.property(conversation, (messages) => {
        for (const length of askingPoints(messages)) {
          const asked = parseMessagesRequest(
            JSON.stringify({ model: 'm', max_tokens: 9, messages: messages.slice(0, length), tools: offered }),
          );
          const forSummary = summaryRequest(asked, { trigger: 0, endsAnswer: 'never', instructions: undefined });
          // Gemini has one turn for what users say in a row.
          expect(build(forSummary)).toStartWith(build(asked).replace(/[\]}]+$/, ''));
          expect(tools(forSummary)).toBe(tools(asked));
        }
      }),
      { numRuns: 100 },
    );
  },
);

test('what was cleared for one request is cleared for every later one', () => {
  fc.assert(
    fc.property(long, edits, (messages, wish) => {
      let before = 0;
      for (const length of askingPoints(messages)) {
        const { applied } = editContext(requestOf(messages.slice(0, length), wish), estimateTokens);
        const cleared =
          applied.flatMap((edit) => ('cleared_tool_uses' in edit ? [edit.cleared_tool_uses] : []))[0] ?? 0;
        expect(cleared).toBeGreaterThanOrEqual(before);
        before = cleared;
      }
    }),
    { numRuns: 100 },
  );
});

test('a context that grows by one use a turn is cleared in steps, not in every turn', () => {
  const turn = (index: number): readonly Message[] => [
    { role: 'assistant', content: [{ type: 'tool_use', id: `t${index}`, name: 'Read', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${index}`, content: 'word '.repeat(400) }] },
  ];
  const messages: Message[] = [{ role: 'user', content: 'Go.' }];
  const steps = new Set<string>();
  for (let index = 0; index < 60; index++) {
    messages.push(...turn(index));
    const wish = {
      thinking: undefined,
      trigger: { type: 'input_tokens', value: 6_000 } as const,
      keep: 3,
      atLeast: 0,
      inputs: false,
    };
    const { applied } = editContext(requestOf(messages, wish), estimateTokens);
    steps.add(JSON.stringify(applied));
  }
  // Ten results fit under the trigger and three are kept.
  expect(steps.size).toBeLessThan(15);
  expect(steps.size).toBeGreaterThan(4);
});
