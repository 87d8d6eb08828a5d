import { expect, test } from 'bun:test';
import {
  buildResponses,
  hello,
  itemsOf,
  type ResponsesSurroundings,
  targetFor,
} from '../../../test/build-responses-request.ts';
import { sealEnvelope } from '../../messages/envelope.ts';
import { reasoningMark } from '../openai/left-out-reasoning.ts';
import { type CarriedItem, sealItem, serverToolUseId } from './reasoning-envelope.ts';

const nothing: CarriedItem = { encrypted: undefined, summary: undefined, phase: undefined, hosted: undefined };
const gpt5: ResponsesSurroundings = { model: 'gpt-5' };

function thinking(carried: Partial<CarriedItem>, words = '', around: ResponsesSurroundings = gpt5) {
  return { type: 'thinking', thinking: words, signature: sealItem({ ...nothing, ...carried }, targetFor(around)) };
}
const said = { type: 'text', text: 'So.' };
const search = {
  type: 'web_search_call',
  id: 'ws_1',
  status: 'completed',
  action: { type: 'search', query: 'bun' },
} as const;
const shown = [
  { type: 'server_tool_use', id: serverToolUseId(search), name: 'web_search', input: { query: 'bun' } },
  {
    type: 'web_search_tool_result',
    tool_use_id: serverToolUseId(search),
    content: [{ type: 'web_search_result', title: 'Bun', url: 'https://bun.com', encrypted_content: '' }],
  },
];

/** The items of a turn of the assistant, and what of it was lost. */
function turnOf(content: readonly object[], around: ResponsesSurroundings = gpt5) {
  const built = buildResponses({ messages: [...hello, { role: 'assistant', content }, ...hello] }, around);
  return { items: itemsOf(built).slice(1, -1), losses: built.losses };
}

const reasoning = (encrypted: string, ...summary: string[]) => ({
  type: 'reasoning',
  summary: summary.map((text) => ({ type: 'summary_text', text })),
  encrypted_content: encrypted,
});
const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'So.' }] };

test.each([
  ['no summary', thinking({ encrypted: 'e1' }), reasoning('e1')],
  ['the block shows its one part', thinking({ encrypted: 'e1' }, 'Hm.'), reasoning('e1', 'Hm.')],
  ['two parts', thinking({ encrypted: 'e1', summary: ['A', 'B'] }, 'A\n\nB'), reasoning('e1', 'A', 'B')],
  ['a part that was not shown', thinking({ encrypted: 'e1', summary: ['A'] }), reasoning('e1', 'A')],
  [
    'a block whose text is hidden',
    { type: 'redacted_thinking', data: thinking({ encrypted: 'e1' }).signature },
    reasoning('e1'),
  ],
])('reasoning goes back as it came: %s', (_, block, item) => {
  expect<unknown>(turnOf([block, said])).toEqual({ items: [item, message], losses: [] });
});

test('the phase goes to the message that follows, and to no later one', () => {
  const { items } = turnOf([
    thinking({ encrypted: 'e1', phase: 'commentary' }),
    said,
    thinking({ phase: 'final_answer' }),
    said,
    thinking({ encrypted: 'e2', phase: 'commentary' }),
    { type: 'tool_use', id: 'a', name: 'Bash', input: {} },
    said,
  ]);
  expect<unknown>(items.slice(0, 6)).toEqual([
    reasoning('e1'),
    { ...message, phase: 'commentary' },
    { ...message, phase: 'final_answer' },
    reasoning('e2'),
    { type: 'function_call', call_id: 'a', name: 'Bash', arguments: '{}' },
    message,
  ]);
});

test('a search goes back as the item it was, and its visible blocks say nothing twice', () => {
  const { id: _, ...item } = search;
  const turn = turnOf([thinking({ encrypted: 'e1', hosted: [search] }), ...shown, said]);
  expect<unknown>(turn).toEqual({ items: [reasoning('e1'), item, message], losses: [] });
  const alone = turnOf([thinking({ hosted: [search] }), ...shown, said], gpt5);
  expect<unknown>(alone.items).toEqual([item, message]);
});

const searchAsText = {
  ...message,
  content: [
    { type: 'output_text', text: '[web_search: {"query":"bun"}]' },
    { type: 'output_text', text: '[web search results]\n- Bun: https://bun.com' },
    { type: 'output_text', text: 'So.' },
  ],
};
test.each([
  ['of another vendor', undefined, [...shown, said]],
  [
    'whose reasoning was refused',
    [{ kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark('e1')] }] as const,
    [thinking({ encrypted: 'e1', hosted: [search] }), ...shown, said],
  ],
])('a search %s is told in words', (_, repairs, blocks) => {
  const { items } = turnOf(blocks, repairs === undefined ? gpt5 : { ...gpt5, repairs });
  expect<unknown>(items).toEqual([searchAsText]);
});

test.each([
  ["Anthropic's", { type: 'thinking', thinking: 'Hm.', signature: 'EqQBCgIYAhIM' }],
  ['with no signature', { type: 'thinking', thinking: 'Hm.', signature: '' }],
  [
    "Gemini's",
    { type: 'thinking', thinking: '', signature: sealEnvelope('gemini', { w: 'gemini', o: 'call', s: 's' }) },
  ],
  ['of another address', thinking({ encrypted: 'e1' }, 'Hm.', { ...gpt5, baseUrl: 'https://eu.api.openai.com/v1' })],
  ['cut', { type: 'thinking', thinking: 'Hm.', signature: thinking({ encrypted: 'e1' }).signature.slice(0, 60) }],
  ['of an API without encryption', thinking({}, 'Hm.')],
])('thinking that is %s is left out and listed, never sent as text', (_, block) => {
  const { items, losses } = turnOf([block, said]);
  expect<unknown>(items).toEqual([message]);
  expect(losses.map(({ field }) => field)).toEqual(['messages.1.content.0']);
});

const openWeights: ResponsesSurroundings = { model: 'gpt-oss-20b', profile: 'vllm' };
test.each<[string, object, { content?: string; summary?: string; encrypted?: string }]>([
  ['the block shows its words', thinking({ summary: [], words: [] }, 'Hm.', openWeights), { content: 'Hm.' }],
  ['the client wanted none shown', thinking({ words: ['Hm.'] }, '', openWeights), { content: 'Hm.' }],
  [
    'a summary beside its words',
    thinking({ words: ['Hm.'] }, 'In short.', openWeights),
    { content: 'Hm.', summary: 'In short.' },
  ],
  [
    'Ollama calls them encrypted',
    thinking({ encrypted: 'Hm.' }, 'Hm.', openWeights),
    { encrypted: 'Hm.', summary: 'Hm.' },
  ],
])('reasoning of a server that hides none goes back as it came: %s', (_, block, { content, summary, encrypted }) => {
  const { items, losses } = turnOf([block, said], openWeights);
  expect<unknown>(items[0]).toEqual({
    type: 'reasoning',
    id: `rs_${reasoningMark('Hm.')}`,
    summary: summary === undefined ? [] : [{ type: 'summary_text', text: summary }],
    ...(content === undefined ? {} : { content: [{ type: 'reasoning_text', text: content }] }),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  });
  expect(losses).toEqual([]);
  const repairs = [{ kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark('Hm.')] }] as const;
  expect(turnOf([block, said], { ...openWeights, repairs })).toMatchObject({
    items: [{ type: 'message' }],
    losses: [{ field: 'messages.1.content.0' }],
  });
});

test('another model of the same upstream reads it too, unless it never reasons', () => {
  const block = thinking({ encrypted: 'e1' }, 'Hm.');
  expect<unknown>(turnOf([block, said], { model: 'gpt-5.2' }).items).toEqual([reasoning('e1', 'Hm.'), message]);
  expect(turnOf([block, said], { model: 'gpt-4.1' })).toMatchObject({
    items: [message],
    losses: [{ field: 'messages.1.content.0', why: 'gpt-4.1 does not reason' }],
  });
});

test('reasoning that nothing follows is refused, so it is left out: at the end of a turn, and alone', () => {
  const block = thinking({ encrypted: 'e1' });
  expect<unknown>(turnOf([said, block, thinking({ encrypted: 'e2' })])).toEqual({
    items: [message],
    losses: [
      { field: 'messages.1.content.2', why: 'nothing follows the reasoning' },
      { field: 'messages.1.content.1', why: 'nothing follows the reasoning' },
    ],
  });
  expect(turnOf([block]).items).toEqual([]);
});

test('what the upstream has refused stays out, and only that', () => {
  const blocks = [thinking({ encrypted: 'e1' }), said, thinking({ encrypted: 'e2' }), said];
  const repairs = [{ kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark('e1')] }] as const;
  expect<unknown>(turnOf(blocks, { ...gpt5, repairs }).items).toEqual([message, reasoning('e2'), message]);
  const all = [{ kind: 'drop-reasoning', scope: 'request' }] as const;
  const dropped = turnOf(blocks, { ...gpt5, repairs: all });
  expect<unknown>(dropped.items).toEqual([message, message]);
  expect(dropped.losses).toHaveLength(2);
});

test('a client that throws thinking away gets the reasoning before a call remembered, and nothing twice', () => {
  const block = thinking({ encrypted: 'e1', summary: ['A'] });
  const calls = { recall: (id: string) => (id === 'a' ? block.signature : undefined), remember: () => undefined };
  const called = [{ type: 'tool_use', id: 'a', name: 'Bash', input: {} }];
  const types = (content: readonly object[], around: ResponsesSurroundings) =>
    turnOf(content, around).items.map(({ type }) => type);
  const around = { ...gpt5, calls };
  const expected = ['reasoning', 'function_call', 'function_call_output'] as const;
  expect(types(called, around)).toEqual([...expected]);
  expect(types([block, ...called], around)).toEqual([...expected]);
  expect(types(called, { model: 'gpt-4.1', calls })).toEqual(['function_call', 'function_call_output']);
});
