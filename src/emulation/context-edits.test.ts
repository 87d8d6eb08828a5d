import { expect, test } from 'bun:test';
import { ProxyError } from '../errors/proxy-error.ts';
import { parseMessagesRequest } from '../messages/parse-request.ts';
import { readContextEdits } from './context-edits.ts';

const readFields = (fields: object) =>
  readContextEdits(
    parseMessagesRequest(
      JSON.stringify({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Go.' }], ...fields }),
    ),
  );
const read = (...edits: unknown[]) => readFields({ context_management: { edits } });
const clearUses = (fields: object) => ({ type: 'clear_tool_uses_20250919', ...fields });
const clearThinking = (keep: unknown) => ({ type: 'clear_thinking_20251015', keep });
const compact = (fields: object) => ({ type: 'compact_20260112', ...fields });

test('what is not said is as the Messages API has it', () => {
  const {
    clearThinking: thinking,
    clearToolUses: uses,
    compact: compaction,
  } = read({ type: 'clear_thinking_20251015' }, clearUses({}), compact({ trigger: null, instructions: null }));
  expect(thinking).toEqual({ keptTurns: 1 });
  expect(uses).toMatchObject({ trigger: { type: 'input_tokens', value: 100_000 }, keptUses: 3, clearAtLeast: 0 });
  expect([uses?.excludedTools.size, uses?.clearsInputOf('Read')]).toEqual([0, false]);
  expect(compaction).toEqual({ trigger: 150_000, endsAnswer: 'never', instructions: undefined });
});

test('what is said is read', () => {
  const {
    clearThinking: thinking,
    clearToolUses: uses,
    compact: compaction,
  } = read(
    clearThinking({ type: 'thinking_turns', value: 4 }),
    clearUses({
      trigger: { type: 'tool_uses', value: 9 },
      keep: { type: 'tool_uses', value: 0 },
      clear_at_least: { type: 'input_tokens', value: 5_000 },
      exclude_tools: ['web_search'],
      clear_tool_inputs: ['Write'],
    }),
    compact({
      trigger: { type: 'input_tokens', value: 50_000 },
      pause_after_compaction: true,
      instructions: 'Be brief.',
    }),
  );
  expect(thinking).toEqual({ keptTurns: 4 });
  expect(uses).toMatchObject({ trigger: { type: 'tool_uses', value: 9 }, keptUses: 0, clearAtLeast: 5_000 });
  expect([...(uses?.excludedTools ?? [])]).toEqual(['web_search']);
  expect(['Write', 'Read'].map((tool) => uses?.clearsInputOf(tool))).toEqual([true, false]);
  expect(compaction).toEqual({ trigger: 50_000, endsAnswer: 'when written', instructions: 'Be brief.' });
});

test.each([[undefined], [null], [{}], [{ edits: null }], [{ edits: [] }], [{ edits: [clearThinking('all')] }]])(
  '%j asks for nothing',
  (wish) => {
    const {
      clearThinking: thinking,
      clearToolUses: uses,
      compact: compaction,
      losses,
    } = readFields({ context_management: wish });
    expect([thinking, uses, compaction, losses.length]).toEqual([undefined, undefined, undefined, 0]);
  },
);

test('an edit of a type that nobody knows is listed as lost, and the others are read', () => {
  const { clearToolUses: uses, losses } = read({ type: 'clear_images_20270101' }, clearUses({}));
  expect(losses.map(({ field }) => field)).toEqual(['context_management.edits.0']);
  expect(uses).toBeDefined();
});

const path = 'context_management.edits';
test.each<[edits: unknown, message: string]>([
  ['none', `${path}: Input should be a valid array`],
  [[7], `${path}.0: Input should be an object`],
  [[{}], `${path}.0.type: Field required`],
  [[clearUses({}), clearUses({})], `${path}.1: \`clear_tool_uses_20250919\` may stand there only once`],
  [[clearUses({}), clearThinking('all')], `${path}.1: \`clear_thinking_20251015\` must be the first edit`],
  [[clearThinking('some')], `${path}.0.keep: Input should be an object`],
  [[clearThinking({ type: 'turns', value: 1 })], `${path}.0.keep.type: Input should be 'thinking_turns'`],
  [
    [clearThinking({ type: 'thinking_turns', value: 0 })],
    `${path}.0.keep.value: Input should be greater than or equal to 1`,
  ],
  [[clearUses({ trigger: { type: 'input_tokens' } })], `${path}.0.trigger.value: Input should be a valid integer`],
  [
    [clearUses({ trigger: { type: 'seconds', value: 1 } })],
    `${path}.0.trigger.type: Input should be 'input_tokens' or 'tool_uses'`,
  ],
  [
    [clearUses({ keep: { type: 'tool_uses', value: -1 } })],
    `${path}.0.keep.value: Input should be greater than or equal to 0`,
  ],
  [[clearUses({ exclude_tools: 'Read' })], `${path}.0.exclude_tools: Input should be a valid array`],
  [[clearUses({ clear_tool_inputs: [1] })], `${path}.0.clear_tool_inputs: Input should be an array of valid strings`],
  [
    [compact({ trigger: { type: 'input_tokens', value: 49_999 } })],
    `${path}.0.trigger.value: Input should be greater than or equal to 50000`,
  ],
  [
    [compact({ trigger: { type: 'tool_uses', value: 60_000 } })],
    `${path}.0.trigger.type: Input should be 'input_tokens'`,
  ],
  [[compact({ pause_after_compaction: 'yes' })], `${path}.0.pause_after_compaction: Input should be a valid boolean`],
  [[compact({ instructions: 7 })], `${path}.0.instructions: Input should be a valid string`],
])('%j is refused', (edits, message) => {
  const refused = () => readFields({ context_management: { edits } });
  expect(refused).toThrow(new ProxyError('invalid-request', message));
});

test('a request for a compaction is one whatever the length, and answers nothing else', () => {
  const asked = (instructions?: unknown) => readFields({ compaction: { type: 'summarize', instructions } }).compact;
  expect(asked()).toEqual({ trigger: 0, endsAnswer: 'always', instructions: undefined });
  expect(asked('Be brief.')).toMatchObject({ instructions: 'Be brief.' });
  expect(asked(' \n')).toMatchObject({ instructions: undefined });
});

test.each<[fields: object, message: string]>([
  [{ compaction: 'all' }, 'compaction: Input should be an object'],
  [{ compaction: { type: 'x' } }, "compaction.type: Input should be 'summarize'"],
  [{ compaction: { type: 'summarize', instructions: 7 } }, 'compaction.instructions: Input should be a valid string'],
  [
    { compaction: { type: 'summarize' }, context_management: {} },
    'compaction: cannot be combined with `context_management`',
  ],
])('%j is refused', (fields, message) => {
  expect(() => readFields(fields)).toThrow(new ProxyError('invalid-request', message));
});
