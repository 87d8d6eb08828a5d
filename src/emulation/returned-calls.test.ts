import { expect, test } from 'bun:test';
import { sealEnvelope } from '../messages/envelope.ts';
import type { Block, Message } from '../messages/types.ts';
import { turnsOf } from './returned-calls.ts';

const names = new Map([['web_search', 'web_search'] as const]);
const call = (id: string, extra: object = {}): Block => ({
  type: 'server_tool_use',
  id,
  name: 'web_search',
  input: { query: 'q' },
  ...extra,
});
const result = (id: string): Block => ({ type: 'web_search_tool_result', tool_use_id: id, content: [] });
const text = (words: string, marker?: string): Block => {
  if (marker === undefined) return { type: 'text', text: words };
  const location = {
    type: 'web_search_result_location',
    url: 'https://a.example',
    title: 'A',
    cited_text: 'x',
  } as const;
  return {
    type: 'text',
    text: words,
    citations: [{ ...location, encrypted_index: sealEnvelope('web', { w: 'cite', n: 1, m: marker }) }],
  };
};
const clientCall: Block = { type: 'tool_use', id: 'c', name: 'Read', input: {} };
const thinking: Block = { type: 'thinking', thinking: '', signature: 's' };

/** A turn in a word for each block. */
function told(messages: readonly Message[]): string[] {
  return messages.map(({ role, content }) => {
    const blocks = typeof content === 'string' ? [] : content;
    const words = blocks.map((block) => {
      if (block.type === 'text') return `"${block.text}"`;
      if (block.type === 'tool_use') return `call ${block.id}`;
      return block.type === 'tool_result' ? `result ${block.tool_use_id}` : block.type;
    });
    return `${role}: ${words.join(' ')}`;
  });
}

test.each<[name: string, content: readonly Block[], turns: string[]]>([
  [
    'one search and what was said',
    [text('I look.'), call('a'), result('a'), text('So.')],
    ['assistant: "I look." call a', 'user: result a', 'assistant: "So."'],
  ],
  [
    'two at once, as the proxy tells them',
    [thinking, call('a'), call('b'), result('a'), result('b'), thinking, text('So.')],
    ['assistant: thinking call a call b', 'user: result a result b', 'assistant: thinking "So."'],
  ],
  [
    'two one after the other, as Anthropic tells them',
    [call('a'), result('a'), call('b'), result('b')],
    ['assistant: call a', 'user: result a', 'assistant: call b', 'user: result b'],
  ],
  [
    'beside a call of the client, whose result comes with the next message',
    [call('a'), clientCall, result('a')],
    ['assistant: call a call c', 'user: result a'],
  ],
  ['an id of ours is that of the call again', [call('srvtoolu_ccp1_x')], ['assistant: call x']],
  ['a call that was interrupted', [text('I look.'), call('a')], ['assistant: "I look." call a']],
  [
    'a result whose call is gone stays what it is',
    [call('a'), result('b'), text('So.')],
    ['assistant: call a web_search_tool_result "So."'],
  ],
  [
    'the text that citations have cut is one again',
    [text('One', '[cite:1]'), text(' two', ' [cite:1]'), text(' three.')],
    ['assistant: "One[cite:1] two [cite:1] three."'],
  ],
])('%s', (_name, content, turns) => {
  expect(told(turnsOf({ role: 'assistant', content }, 'messages.1', names)?.messages ?? [])).toEqual(turns);
});

test.each<[name: string, message: Message]>([
  ['a message without such calls', { role: 'assistant', content: [text('Hi'), clientCall] }],
  ['a message of words alone', { role: 'assistant', content: 'Hi' }],
  ['a message of the user', { role: 'user', content: [call('a')] }],
  ['a call of a tool that is not the proxy’s', { role: 'assistant', content: [call('a', { name: 'web_fetch' })] }],
  [
    'a call by code',
    { role: 'assistant', content: [call('a', { caller: { type: 'code_execution_20260120', tool_id: 't' } })] },
  ],
])('%s stays as it is', (_name, message) => {
  expect(turnsOf(message, 'messages.1', names)).toBeUndefined();
});
