import { expect, test } from 'bun:test';
import type { AnswerMessage, MessagesRequest } from '../messages/types.ts';
import { compactedRequest, readCompaction, summaryRequest } from './compaction.ts';
import type { Compact } from './context-edits.ts';

const usual: Compact = { trigger: 50_000, endsAnswer: 'never', instructions: undefined };
const own: Compact = { ...usual, instructions: 'One word, please.' };
const hello = { role: 'user', content: 'Hello!' } as const;
const request = (more: Partial<MessagesRequest> = {}): MessagesRequest => ({
  model: 'm',
  max_tokens: 100,
  messages: [hello],
  ...more,
});

test('a summary is asked for behind the conversation, with room, and without what belongs to the answer alone', () => {
  const tools = [{ name: 'Read', input_schema: { type: 'object' as const } }];
  const format = { type: 'json_schema' as const, schema: {} };
  const asked = request({
    system: 'Be kind.',
    tools,
    tool_choice: { type: 'any' },
    stop_sequences: ['}'],
    output_config: { effort: 'high', format },
    output_format: format,
  });
  const { messages, max_tokens, ...rest } = summaryRequest(asked, usual);
  expect(rest).toEqual({
    model: 'm',
    system: 'Be kind.',
    tools,
    tool_choice: { type: 'none' },
    output_config: { effort: 'high' },
  });
  expect(max_tokens).toBeGreaterThan(10_000);
  expect(summaryRequest(request({ max_tokens: 64_000 }), usual).max_tokens).toBe(64_000);
  expect(messages).toEqual([hello, { role: 'user', content: expect.stringContaining('<summary>') }]);
  expect(summaryRequest(request(), own)).toMatchObject({ messages: [hello, { content: 'One word, please.' }] });
  expect('tool_choice' in summaryRequest(request(), usual)).toBe(false);
});

const said = (
  words: string,
  reason: AnswerMessage['stop_reason'] = 'end_turn',
): Pick<AnswerMessage, 'content' | 'stop_reason'> => ({
  content: [{ type: 'text', text: words, citations: null }],
  stop_reason: reason,
});

test.each<[words: string, reason: AnswerMessage['stop_reason'], compact: Compact, content: string | null]>([
  ['Here: <summary>\nAll done.\n</summary> So.', 'end_turn', usual, 'All done.'],
  ['<summary>All done.</summary> and', 'max_tokens', usual, 'All done.'],
  ['<summary>All do', 'max_tokens', usual, null],
  ['<summary> \n</summary>', 'end_turn', usual, null],
  ['I would rather not.', 'end_turn', usual, null],
  ['', 'end_turn', usual, null],
  ['Done.', 'end_turn', own, 'Done.'],
  ['<summary>Done.</summary>', 'end_turn', own, 'Done.'],
  ['Don', 'max_tokens', own, null],
  ['No.', 'refusal', own, null],
])('%j, ended by %s', (words, reason, compact, content) => {
  expect(readCompaction(said(words, reason), compact, request()).content).toBe(content);
});

test('what stood in front of a compaction is gone', () => {
  const block = readCompaction(said('<summary>Hello was said.</summary>'), usual, request());
  expect(compactedRequest(request({ system: 'Be kind.' }), block)).toEqual(
    request({ system: 'Be kind.', messages: [{ role: 'assistant', content: [block] }] }),
  );
});
