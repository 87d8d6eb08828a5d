import { expect, test } from 'bun:test';
import { type Built, buildGemini, type Surroundings } from '../../../test/build-gemini-request.ts';

const image = (media_type: string, data = 'AAAA') => ({ type: 'image', source: { type: 'base64', media_type, data } });
const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' } };

/** The request after one call of `Read` was answered like this. */
function answered(content: unknown, around: Surroundings = {}, more: object = {}): Built {
  const messages = [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'Read', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: '1', content, ...more },
        { type: 'text', text: 'so?' },
      ],
    },
  ];
  return buildGemini({ messages }, around);
}

function partsOf({ body }: Built) {
  return body.contents.at(-1)?.parts ?? [];
}

const text = (words: string) => ({ type: 'text', text: words });

const outputs: readonly (readonly [unknown, string])[] = [
  ['words', 'words'],
  [undefined, ''],
  ['', ''],
  [[], ''],
  [[text('a'), text(''), text('b')], 'a\nb'],
  // Gemini would take an object with a `$ref` for a pointer to one of its parts.
  ['{"$ref": "#/$defs/x"}', '{"$ref": "#/$defs/x"}'],
  ['[1, 2]', '[1, 2]'],
  [[{ type: 'tool_reference', tool_name: 'WebFetch' }], 'The tool WebFetch is now loaded and can be called.'],
  [
    [{ type: 'search_result', title: 'T', source: 'S', content: [text('found')] }],
    '<search_result title="T" source="S">\nfound\n</search_result>',
  ],
  [
    [{ type: 'document', title: 'D', source: { type: 'text', media_type: 'text/plain', data: 'read' } }],
    '<document title="D">\nread\n</document>',
  ],
  [[{ type: 'browser_state', tabs: [{ url: 'U' }] }], '{"tabs":[{"url":"U"}],"state_changes":[]}'],
];

test.each(outputs)('a result %j is the text %j', (content, output) => {
  const built = answered(content);
  expect(partsOf(built)).toEqual([{ functionResponse: { name: 'Read', response: { output } } }, { text: 'so?' }]);
  expect(built.losses).toEqual([]);
});

test('a failure is an error instead of an output', () => {
  const built = answered('no such file', {}, { is_error: true });
  expect(partsOf(built)[0]?.functionResponse?.response).toEqual({ error: 'no such file' });
});

test.each(['image/png', 'image/jpeg', 'image/webp'])('from generation 3 on %s stands inside the result', (type) => {
  const built = answered([text('a'), image(type), text('b')], { model: 'gemini-3.5-flash' });
  expect(partsOf(built)).toEqual([
    {
      functionResponse: {
        name: 'Read',
        response: { output: 'a\n[image 1: attached]\nb' },
        parts: [{ inlineData: { mimeType: type, data: 'AAAA' } }],
      },
    },
    { text: 'so?' },
  ]);
});

test('so does a PDF, on both platforms', () => {
  for (const provider of ['gemini', 'vertex'] as const) {
    const response = partsOf(answered([pdf], { model: 'gemini-3.5-flash', provider }))[0]?.functionResponse;
    expect(response?.response).toEqual({ output: '[document 1: attached]' });
    expect(response?.parts).toEqual([{ inlineData: { mimeType: 'application/pdf', data: 'JVBERi0x' } }]);
  }
});

test('before that it stands behind all results, by its number', () => {
  const messages = [
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: '1', name: 'Read', input: {} },
        { type: 'tool_use', id: '2', name: 'Shot', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: '2', content: [image('image/png', 'BBBB')] },
        { type: 'tool_result', tool_use_id: '1', content: [pdf] },
        text('so?'),
      ],
    },
  ];
  expect(buildGemini({ messages }, { model: 'gemini-2.5-pro' }).body.contents.at(-1)?.parts).toEqual([
    { functionResponse: { name: 'Read', response: { output: '[document 1: see below]' } } },
    { functionResponse: { name: 'Shot', response: { output: '[image 2: see below]' } } },
    { text: 'document 1:' },
    { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0x' } },
    { text: 'image 2:' },
    { inlineData: { mimeType: 'image/png', data: 'BBBB' } },
    { text: 'so?' },
  ]);
});

test('what Gemini reads but no result may hold stands behind it on every generation', () => {
  const parts = partsOf(answered([image('image/heic')], { model: 'gemini-3.5-flash' }));
  expect(parts[0]?.functionResponse).toEqual({ name: 'Read', response: { output: '[image 1: see below]' } });
  expect(parts[2]?.inlineData?.mimeType).toBe('image/heic');
});

test('what cannot be shown at all is a line in the output, and listed', () => {
  const { lost, ...built } = answered([text('a'), image('image/gif'), { type: 'hologram' }]);
  expect(partsOf({ lost, ...built })[0]?.functionResponse?.response).toEqual({
    output: 'a\n[image omitted: Gemini reads no image/gif]\n[unsupported block: hologram]',
  });
  expect(lost).toEqual(['messages.2.content.0.content.1', 'messages.2.content.0.content.2']);
});

test('the images of a result without its call are shown beside its text', () => {
  const content = [{ type: 'tool_result', tool_use_id: 'gone', content: [image('image/png')] }];
  const { body } = buildGemini({ messages: [{ role: 'user', content }] }, { model: 'gemini-3.5-flash' });
  expect(body.contents[0]?.parts).toEqual([
    { text: '[result of an earlier tool call, gone]\n[image 1: see below]' },
    { text: 'image 1:' },
    { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
  ]);
});
