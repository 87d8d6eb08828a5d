import { expect, test } from 'bun:test';
import { buildChat, hello, type Surroundings } from '../../../test/build-chat-request.ts';

const inMessage = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] });
const image = (source: object) => ({ type: 'image', source });
const document = (source: object, more: object = {}) => ({ type: 'document', source, ...more });
const base64 = (media_type: string, data = 'AAAA') => ({ type: 'base64', media_type, data });
const text = (words: string) => ({ type: 'text', text: words });
const pdf = document(base64('application/pdf'), { title: 'Report', context: 'of May' });

const contentOf = (blocks: readonly unknown[], around?: Surroundings) => {
  const built = buildChat(inMessage(...blocks), around);
  const content: unknown = built.body.messages[0]?.content;
  return { content, lost: built.lost };
};

const parts: readonly (readonly [
  name: string,
  block: object,
  around: Surroundings,
  content: unknown,
  lost: readonly string[],
])[] = [
  [
    'an image as data',
    image(base64('image/webp')),
    {},
    [{ type: 'image_url', image_url: { url: 'data:image/webp;base64,AAAA', detail: 'auto' } }],
    [],
  ],
  [
    'an image by its address',
    image({ type: 'url', url: 'https://x/y.png' }),
    {},
    [{ type: 'image_url', image_url: { url: 'https://x/y.png', detail: 'auto' } }],
    [],
  ],
  [
    'no detail for other servers',
    image(base64('image/png')),
    { profile: 'vllm' },
    [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
    [],
  ],
  [
    'a model without eyes',
    image(base64('image/png')),
    { model: 'o3-mini' },
    '[image omitted: this model cannot see images]',
    ['messages.0.content.0'],
  ],
  [
    'a server without eyes',
    image(base64('image/png')),
    { profile: 'deepseek', model: 'x' },
    '[image omitted: this model cannot see images]',
    ['messages.0.content.0'],
  ],
  [
    'a kind of image the server does not take',
    image(base64('image/gif')),
    { profile: 'xai', model: 'grok-4' },
    '[image omitted: this server takes no image/gif]',
    ['messages.0.content.0'],
  ],
  [
    'a source nobody knows',
    image({ type: 'stream' }),
    {},
    '[image omitted: this version of the proxy does not know it]',
    ['messages.0.content.0'],
  ],
  [
    'a PDF',
    pdf,
    {},
    [text('of May'), { type: 'file', file: { filename: 'Report.pdf', file_data: 'data:application/pdf;base64,AAAA' } }],
    [],
  ],
  [
    'a PDF without a name',
    document(base64('application/pdf')),
    { profile: 'openrouter', model: 'x/y' },
    [{ type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,AAAA' } }],
    [],
  ],
  [
    'a PDF where none is read',
    pdf,
    { profile: 'ollama', model: 'x' },
    '[document omitted: this server or model reads no PDF files]',
    ['messages.0.content.0'],
  ],
  [
    'a PDF by its address',
    document({ type: 'url', url: 'https://x/y.pdf' }),
    {},
    '[document at https://x/y.pdf]',
    ['messages.0.content.0'],
  ],
  [
    'a text',
    document({ type: 'text', media_type: 'text/plain', data: 'words' }, { title: 'A "B"', context: 'c' }),
    {},
    '<document title="A \\"B\\"" context="c">\nwords\n</document>',
    [],
  ],
  ['a text in one block', document({ type: 'content', content: 'words' }), {}, '<document>\nwords\n</document>', []],
  [
    'a text in blocks',
    document({ type: 'content', content: [text('a'), text('b')] }, { title: 'T' }),
    {},
    '<document title="T">\na\n\nb\n</document>',
    [],
  ],
  [
    'a wish for citations',
    document({ type: 'content', content: 'x' }, { citations: { enabled: true } }),
    {},
    '<document>\nx\n</document>',
    ['messages.0.content.0.citations'],
  ],
  [
    'no wish for citations',
    document({ type: 'content', content: 'x' }, { citations: { enabled: false } }),
    {},
    '<document>\nx\n</document>',
    [],
  ],
  [
    'a search result',
    { type: 'search_result', title: 'T', source: 'S', content: [text('a'), text('b')] },
    {},
    '<search_result title="T" source="S">\na\n\nb\n</search_result>',
    [],
  ],
  [
    'a search result that holds what nobody knows',
    { type: 'search_result', title: 'T', source: 'S', content: [text('a'), { type: 'hologram' }] },
    {},
    '<search_result title="T" source="S">\na\n</search_result>',
    ['messages.0.content.0.content.1'],
  ],
];

test.each(parts)('%s', (_, block, around, content, lost) => {
  expect(contentOf([block], around)).toEqual({ content, lost: [...lost] });
});

test('an image inside a document keeps its place', () => {
  const source = { type: 'content', content: [text('a'), image(base64('image/png')), text('b')] };
  const { content } = contentOf([document(source)]);
  expect(content).toMatchObject([
    { text: '<document>' },
    { text: 'a' },
    { type: 'image_url' },
    { text: 'b' },
    { text: '</document>' },
  ]);
});

test('files that lie at Anthropic are refused, and the message says what to do', () => {
  const file = { type: 'file', file_id: 'file_1' };
  expect(() => contentOf([image(file)])).toThrow(
    'messages.0.content.0.source.file_id: the file lies at Anthropic; send its content as base64',
  );
  expect(() => contentOf([document(file)])).toThrow('messages.0.content.0.source.file_id');
  expect(() => contentOf([{ type: 'container_upload', file_id: 'x' }])).toThrow(
    'messages.0.content.0: the file lies at Anthropic',
  );
});

const call = { type: 'tool_use', id: 'A', name: 'Read', input: {} };
const resultOf = (content: unknown, around?: Surroundings) => {
  const messages = [
    ...hello,
    { role: 'assistant', content: [call] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'A', content }] },
  ];
  const built = buildChat({ messages }, around);
  return { messages: built.body.messages.slice(2), lost: built.lost };
};

test('a PDF inside a result follows it as a file', () => {
  const { messages, lost } = resultOf([text('read'), pdf]);
  expect<unknown>(messages).toEqual([
    { role: 'tool', tool_call_id: 'A', content: 'read\nof May\n[see document 1 below]' },
    {
      role: 'user',
      content: [
        text('document 1, from call A:'),
        { type: 'file', file: { filename: 'Report.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
      ],
    },
  ]);
  expect(lost).toEqual([]);
});

test('an image inside a result, where none can be seen, is a line of the result', () => {
  const { messages, lost } = resultOf([image(base64('image/png'))], { model: 'o3-mini' });
  expect<unknown>(messages).toEqual([
    { role: 'tool', tool_call_id: 'A', content: '[image omitted: this model cannot see images]' },
  ]);
  expect(lost).toEqual(['messages.2.content.0.content.0']);
});

test('other blocks of a result become text; unknown ones are listed', () => {
  const { messages, lost } = resultOf([
    { type: 'browser_state', tabs: [{ id: 1 }] },
    { type: 'search_result', title: 'T', source: 'S', content: [text('a')] },
    { type: 'hologram' },
  ]);
  expect(messages[0]?.content).toBe(
    '{"tabs":[{"id":1}],"state_changes":[]}\n<search_result title="T" source="S">\na\n</search_result>\n[unsupported block: hologram]',
  );
  expect(lost).toEqual(['messages.2.content.0.content.2']);
});

test('of more images than a server takes, the latest are sent, wherever they stand', () => {
  const numbered = (number: number) => image(base64('image/png', `AAA${number}`));
  const messages = [
    { role: 'user', content: [numbered(1), numbered(2)] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'A', name: 'Look', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'A', content: [numbered(3), numbered(4)] }] },
    { role: 'user', content: [document({ type: 'content', content: [numbered(5)] }), numbered(6), numbered(7)] },
  ];
  const built = buildChat({ messages }, { profile: 'groq', model: 'some-model' });
  const sent = [...JSON.stringify(built.body.messages).matchAll(/base64,AAA(\d)/g)].map(([, number]) => number);
  expect(sent).toEqual(['3', '4', '5', '6', '7']);
  expect(built.lost).toEqual(['messages.0.content.0', 'messages.0.content.1']);
  expect(buildChat({ messages }, { profile: 'openrouter', model: 'some/model' }).lost).toEqual([]);
});
