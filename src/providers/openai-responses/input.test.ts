import { expect, test } from 'bun:test';
import { buildResponses, hello, itemsOf, type ResponsesSurroundings } from '../../../test/build-responses-request.ts';

const png = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' };
const text = (text: string) => ({ type: 'text', text });
const call = (id: string, name = 'Bash') => ({ type: 'tool_use', id, name, input: { id } });
const result = (id: string, content: unknown, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
});

/** The items of a conversation, each in a few words. */
function told(messages: readonly object[], around: ResponsesSurroundings = {}): readonly string[] {
  return itemsOf(buildResponses({ messages: [...hello, ...messages] }, around))
    .slice(1)
    .map((item) => {
      switch (item.type) {
        case 'message':
          return `${item.role}: ${Array.isArray(item.content) ? item.content.map(wordsOf).join(' | ') : item.content}`;
        case 'function_call':
          return `call ${item.call_id} ${item.arguments}`;
        case 'function_call_output':
          return `output ${item.call_id}: ${Array.isArray(item.output) ? item.output.map(wordsOf).join(' | ') : item.output}`;
        default:
          return item.type;
      }
    });
}

function wordsOf(part: { type: string; text?: string }): string {
  return part.text ?? part.type;
}

test('the blocks of a turn keep their places; results follow in the order of the calls', () => {
  expect(
    told([
      { role: 'assistant', content: [text('First.'), call('a'), text('Then.'), call('b')] },
      { role: 'user', content: [result('b', 'B'), result('a', 'A'), text('Go on.')] },
    ]),
  ).toEqual([
    'assistant: First.',
    'call a {"id":"a"}',
    'assistant: Then.',
    'call b {"id":"b"}',
    'output a: A',
    'output b: B',
    'user: Go on.',
  ]);
});

test('texts that stand together are parts of one message; another message of the client is another one', () => {
  const built = buildResponses({
    messages: [
      ...hello,
      { role: 'assistant', content: [text('One.'), text(''), text('Two.')] },
      { role: 'assistant', content: 'Three.' },
      ...hello,
    ],
  });
  expect(itemsOf(built).slice(1, 3)).toEqual([
    {
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'One.' },
        { type: 'output_text', text: 'Two.' },
      ],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Three.' }] },
  ]);
});

test('servers that check items more strictly get words of the assistant as a plain string', () => {
  const messages = [...hello, { role: 'assistant', content: [text('One.'), text('Two.')] }, ...hello];
  expect(itemsOf(buildResponses({ messages }, { profile: 'generic', model: 'llama' }))[1]).toEqual({
    type: 'message',
    role: 'assistant',
    content: 'One.Two.',
  });
});

test('a system text keeps its place, but never between calls and their results', () => {
  expect(
    told([
      { role: 'assistant', content: [call('a')] },
      { role: 'system', content: 'A note.' },
      { role: 'user', content: [result('a', 'A')] },
      { role: 'system', content: [text('Another.')] },
    ]),
  ).toEqual(['call a {"id":"a"}', 'output a: A', 'developer: A note.', 'developer: Another.']);
});

test('calls without a result get one that says so, results without a call are words of the user', () => {
  expect(
    told([
      { role: 'assistant', content: [call('a')] },
      { role: 'user', content: [result('gone', 'G')] },
      { role: 'assistant', content: [call('b'), call('b')] },
    ]),
  ).toEqual([
    'call a {"id":"a"}',
    'output a: [no result: the call was interrupted]',
    'user: [result of an earlier tool call, gone]\nG',
    'call b {"id":"b"}',
    'output b: [no result: the call was interrupted]',
  ]);
});

test('ids of calls are at most 64 characters, the same in call and result', () => {
  const long = 'x'.repeat(65);
  const kept = 'y'.repeat(64);
  const [, second, third, , fifth] = told([
    { role: 'assistant', content: [text('.'), call(kept), call(long)] },
    { role: 'user', content: [result(long, 'L')] },
  ]);
  expect(second).toStartWith(`call ${kept} `);
  const id = third?.split(' ')[1] ?? '';
  expect(id).toMatch(/^call_[0-9a-f]{32}$/);
  expect(fifth).toBe(`output ${id}: L`);
});

const seen = [text('Look:'), { type: 'image', source: png }];
test('what a result shows stays in it', () => {
  expect(
    told([
      { role: 'assistant', content: [call('a'), call('b'), call('c')] },
      {
        role: 'user',
        content: [
          result('a', seen),
          result('b', [{ type: 'image', source: png }], { is_error: true }),
          result('c', seen, { is_error: true }),
        ],
      },
    ]).slice(3),
  ).toEqual([
    'output a: Look: | input_image',
    'output b: [tool error] | input_image',
    'output c: [tool error] Look: | input_image',
  ]);
});

test('where a result is text only, the user shows it behind all results', () => {
  expect(
    told(
      [
        { role: 'assistant', content: [call('a'), call('b')] },
        { role: 'user', content: [result('a', seen), result('b', 'B'), text('And?')] },
      ],
      { profile: 'xai', model: 'grok-4' },
    ).slice(2),
  ).toEqual([
    'output a: Look:\n[see image 1 below]',
    'output b: B',
    'user: image 1, from call a: | input_image | And?',
  ]);
});

test.each([
  [result('a', undefined), ''],
  [result('a', []), ''],
  [result('a', 'A'), 'A'],
  [result('a', [text('A')]), 'A'],
  [result('a', [text('A'), text('B')]), 'A\nB'],
  [result('a', 'A', { is_error: true }), '[tool error] A'],
  [result('a', undefined, { is_error: true }), '[tool error] (no output)'],
])('%j is the string %j', (block, output) => {
  const messages = [...hello, { role: 'assistant', content: [call('a')] }, { role: 'user', content: [block] }];
  expect(itemsOf(buildResponses({ messages }))[2]).toEqual({ type: 'function_call_output', call_id: 'a', output });
});

test('images and PDFs of the user', () => {
  const { body, losses } = buildResponses({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: png },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'document', source: pdf, title: 'Report' },
          { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' }, context: 'Read this.' },
        ],
      },
    ],
  });
  expect(body.input).toEqual([
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'auto' },
        { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
        { type: 'input_file', filename: 'Report.pdf', file_data: 'data:application/pdf;base64,JVBERi0x' },
        { type: 'input_text', text: 'Read this.' },
        { type: 'input_file', file_url: 'https://example.com/a.pdf' },
      ],
    },
  ]);
  expect(losses).toEqual([]);
});

test('what the server could not fetch goes out as an address', () => {
  const content = [
    { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
  ];
  const { body, lost } = buildResponses(
    { messages: [{ role: 'user', content }] },
    { repairs: [{ kind: 'addresses-as-text', scope: 'request' }] },
  );
  expect(body.input).toMatchObject([
    {
      content: [{ text: '[image at https://example.com/a.png]' }, { text: '[document at https://example.com/a.pdf]' }],
    },
  ]);
  expect(lost).toEqual(['messages.0.content.0', 'messages.0.content.1']);
});

test('a string and one block of text are the same bytes', () => {
  const built = (content: unknown) => buildResponses({ messages: [{ role: 'user', content }] }).text;
  expect(built([text('hello')])).toBe(built('hello'));
});

test('a conversation of nothing is still one', () => {
  expect(buildResponses({ system: 'Be kind.', messages: [{ role: 'user', content: '' }] }).body.input).toHaveLength(2);
});
