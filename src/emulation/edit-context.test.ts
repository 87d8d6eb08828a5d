import { expect, test } from 'bun:test';
import { parseMessagesRequest } from '../messages/parse-request.ts';
import type { Block, Message, MessagesRequest } from '../messages/types.ts';
import { clearedText } from './cleared-tool-uses.ts';
import { editContext } from './edit-context.ts';

/** A token a character of JSON. */
const measure = (request: MessagesRequest) => JSON.stringify(request.messages).length;
const never = () => {
  throw new Error('measured');
};

const user = (content: string | readonly Block[]): Message => ({ role: 'user', content });
const assistant = (...content: Block[]): Message => ({ role: 'assistant', content });
const text = (words: string): Block => ({ type: 'text', text: words });
const thinking = (words: string): Block => ({ type: 'thinking', thinking: words, signature: 's' });
const use = (id: string, name = 'Read'): Block => ({ type: 'tool_use', id, name, input: { path: id } });
const result = (id: string, words = 'x'.repeat(1_000)): Block => ({
  type: 'tool_result',
  tool_use_id: id,
  content: words,
  is_error: true,
});

/** Loops of one call each: `a`, `b`, … */
const loops = (ids: string, name = 'Read'): Message[] => [
  user('Go.'),
  ...[...ids].flatMap((id) => [assistant(use(id, name)), user([result(id)])]),
];

function asking(messages: readonly Message[], ...edits: object[]): MessagesRequest {
  return parseMessagesRequest(JSON.stringify({ model: 'm', max_tokens: 1, messages, context_management: { edits } }));
}
const clearUses = (fields: object = {}) => ({
  type: 'clear_tool_uses_20250919',
  trigger: { type: 'input_tokens', value: 3_000 },
  keep: { type: 'tool_uses', value: 1 },
  ...fields,
});
const clearThinking = (value: number) => ({
  type: 'clear_thinking_20251015',
  keep: { type: 'thinking_turns', value },
});

/** The ids of the results that are cleared. */
function clearedIn({ messages }: MessagesRequest): string {
  return messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter((block) => 'content' in block && block.content === clearedText)
    .map((block) => ('tool_use_id' in block ? block.tool_use_id : ''))
    .join('');
}

test.each<[name: string, messages: readonly Message[], edits: object[]]>([
  ['no edits', loops('abcdefgh'), []],
  [
    'what Claude Code always sends',
    [user('Hi.'), assistant(thinking('hm'), text('Hi.')), user('So?')],
    [{ type: 'clear_thinking_20251015', keep: 'all' }],
  ],
])('%s: the request is the same object, and nothing is measured', (_name, messages, edits) => {
  const request = asking(messages, ...edits);
  expect(editContext(request, never)).toMatchObject({ request, applied: [], losses: [] });
  expect(editContext(request, never).request).toBe(request);
});

test.each<[name: string, messages: readonly Message[], edit: object, cleared: string]>([
  ['under the trigger nothing is cleared', loops('ab'), clearUses(), ''],
  ['over it all but the kept ones are', loops('abc'), clearUses(), 'ab'],
  [
    'what is cleared stays so, and no more is until the trigger is passed again',
    loops('abcd'),
    clearUses(),
    'abc'.slice(0, 2),
  ],
  [
    'with too little to gain nothing is',
    loops('abcde'),
    clearUses({ clear_at_least: { type: 'input_tokens', value: 9_000 } }),
    '',
  ],
  ['a trigger of uses', loops('abcd'), clearUses({ trigger: { type: 'tool_uses', value: 3 } }), 'abc'],
  ['to keep none', loops('abc'), clearUses({ keep: { type: 'tool_uses', value: 0 } }), 'abc'],
  ['tools that are left out', loops('abcde', 'Memory'), clearUses({ exclude_tools: ['Memory'] }), ''],
])('%s', (_name, messages, edit, cleared) => {
  const { request } = editContext(asking(messages, edit), measure);
  expect(clearedIn(request)).toBe(cleared);
});

test('a context that stays over its trigger is cleared again only for a tenth of it', () => {
  const many = clearUses({ keep: { type: 'tool_uses', value: 15 } });
  const clearedAfter = (uses: number) =>
    clearedIn(editContext(asking(loops('abcdefghijklmnopqrst'.slice(0, uses)), many), measure).request);
  expect([15, 16, 17, 18, 19, 20].map(clearedAfter)).toEqual(['', 'a', 'a', 'a', 'abcd', 'abcd']);
});

test('a cleared result keeps its block and its place; the reply tells what was cleared', () => {
  const { request, applied, originalPath } = editContext(asking(loops('abc'), clearUses()), measure);
  expect(request.messages[2]?.content).toEqual([
    { type: 'tool_result', tool_use_id: 'a', content: clearedText, is_error: true },
  ]);
  expect(request.messages[1]).toEqual(assistant(use('a')));
  expect(originalPath('messages.2.content.0')).toBe('messages.2.content.0');
  expect(applied).toEqual([
    {
      type: 'clear_tool_uses_20250919',
      cleared_tool_uses: 2,
      cleared_input_tokens: 2 * (1_000 - clearedText.length),
    },
  ]);
});

test('inputs are cleared where that is wanted, of all tools or of those named', () => {
  const inputs = (clear: unknown) =>
    editContext(asking([...loops('ab', 'Write'), ...loops('cde')], clearUses({ clear_tool_inputs: clear })), measure)
      .request.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content))
      .flatMap((block) => ('input' in block ? [JSON.stringify(block.input) === '{}' ? '-' : '+'] : []))
      .join('');
  expect([inputs(true), inputs(['Write']), inputs(false)]).toEqual(['----+', '--+++', '+++++']);
});

test('results of server tools are cleared in their own forms', () => {
  const found = { type: 'web_search_result', url: 'https://a.test', title: 'A', encrypted_content: 'x'.repeat(2_000) };
  const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x'.repeat(2_000) } };
  const page = { type: 'web_fetch_result', url: 'https://a.test', content: document };
  const messages = [
    user('Go.'),
    assistant(
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 's1', content: [found] },
      { type: 'server_tool_use', id: 's2', name: 'web_fetch', input: {} },
      { type: 'web_fetch_tool_result', tool_use_id: 's2', content: page },
      text('So it is.'),
    ),
    user('And?'),
  ];
  const { request, applied } = editContext(
    asking(messages, clearUses({ keep: { type: 'tool_uses', value: 0 } })),
    measure,
  );
  expect(request.messages[1]?.content).toMatchObject([
    { id: 's1' },
    { type: 'web_search_tool_result', content: [] },
    { id: 's2' },
    { type: 'web_fetch_tool_result', content: { url: 'https://a.test', content: { source: { data: clearedText } } } },
    { text: 'So it is.' },
  ]);
  expect(applied).toMatchObject([{ cleared_tool_uses: 2 }]);
});

const turns: readonly Message[] = [
  user('One?'),
  assistant(thinking('1a'), use('a')),
  user([result('a', 'ok')]),
  assistant(thinking('1b'), text('One.')),
  user('Two?'),
  assistant(text('Two.')),
  user('Three?'),
  assistant(thinking('3'), text('Three.')),
  user('Four?'),
  assistant(thinking('4'), use('d')),
  user([result('d', 'ok'), text('a reminder')]),
];
const thoughtsIn = ({ messages }: MessagesRequest) =>
  messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .flatMap((block) => (block.type === 'thinking' && 'thinking' in block ? [block.thinking] : []));

test.each([
  [1, ['4'], 2],
  [2, ['3', '4'], 1],
  [3, ['1a', '1b', '3', '4'], 0],
  [9, ['1a', '1b', '3', '4'], 0],
])('of the latest turns with thinking, %p keep theirs', (keep, thoughts, cleared) => {
  const { request, applied } = editContext(asking(turns, clearThinking(keep)), measure);
  expect(thoughtsIn(request)).toEqual(thoughts);
  expect(applied.map((edit) => 'cleared_thinking_turns' in edit && edit.cleared_thinking_turns)).toEqual(
    cleared === 0 ? [] : [cleared],
  );
});

test('where thinking is gone, what is left is still named as the client knows it', () => {
  const onlyThought = [user('Zero?'), assistant(thinking('0')), ...turns];
  const { request, originalPath } = editContext(asking(onlyThought, clearThinking(1)), measure);
  expect(request.messages.slice(0, 3)).toEqual([user('Zero?'), user('One?'), assistant(use('a'))]);
  expect(originalPath('messages.2.content.0.input')).toBe('messages.3.content.1.input');
  expect(originalPath('messages.3.content.0')).toBe('messages.4.content.0');
});

const summary = (content: string | null): Block => ({ type: 'compaction', content });

test('what stands in front of the last compaction is gone; a compaction that failed is none', () => {
  const messages = [
    ...loops('ab'),
    assistant(summary('first'), text('On.')),
    user('More?'),
    assistant(text('before'), summary('second'), text('after')),
    user('Yet more?'),
    assistant(summary(null), summary(''), text('end')),
  ];
  const { request, originalPath } = editContext(asking(messages), never);
  expect(request.messages).toEqual([
    assistant(summary('second'), text('after')),
    user('Yet more?'),
    assistant(summary(null), summary(''), text('end')),
  ]);
  expect(originalPath('messages.0.content.1')).toBe('messages.7.content.2');
  expect(originalPath('messages.1.content')).toBe('messages.8.content');
});

test('both are told, thinking first; clearing begins behind a compaction', () => {
  const messages = [...loops('wxyz'), assistant(summary('so far')), ...turns, ...loops('efghi').slice(1)];
  const { request, applied } = editContext(asking(messages, clearThinking(1), clearUses()), measure);
  expect(clearedIn(request)).toBe('adefgh');
  expect(applied.map(({ type }) => type)).toEqual(['clear_thinking_20251015', 'clear_tool_uses_20250919']);
});
