// Documents and search results are the same for a model whoever serves it: in a message and in the result of a call, with
// their titles and sources, and with a wish for citations listed, for no vendor but Anthropic cites what it was sent.
import { expect, test } from 'bun:test';
import { buildChat } from './build-chat-request.ts';
import { buildGemini } from './build-gemini-request.ts';
import { buildResponses } from './build-responses-request.ts';

const text = (words: string) => ({ type: 'text', text: words });
const source = { type: 'text', media_type: 'text/plain', data: 'of old mills' };

const blocks: readonly (readonly [name: string, block: object, words: string])[] = [
  [
    'a search result',
    { type: 'search_result', title: 'Mills', source: 'https://mills.test', content: [text('of old mills')] },
    '<search_result title="Mills" source="https://mills.test">\nof old mills\n</search_result>',
  ],
  [
    'a document of text',
    { type: 'document', title: 'Mills', context: 'a draft', source },
    '<document title="Mills" context="a draft">\nof old mills\n</document>',
  ],
  [
    'a document of blocks',
    { type: 'document', title: 'Mills', source: { type: 'content', content: [text('of old'), text('mills')] } },
    '<document title="Mills">\nof old\n\nmills\n</document>',
  ],
];
const dialects = [
  ['Chat Completions', buildChat],
  ['the Responses API', buildResponses],
  ['Gemini', buildGemini],
] as const;
const places: readonly (readonly [name: string, path: string, messages: (block: object) => readonly object[]])[] = [
  ['a message', 'messages.0.content.0', (block) => [{ role: 'user', content: [block] }]],
  [
    'the result of a call',
    'messages.2.content.0.content.0',
    (block) => [
      { role: 'user', content: 'Read.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'Read', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [block] }] },
    ],
  ],
];
const cases = dialects.flatMap(([dialect, build]) =>
  places.flatMap(([place, path, messages]) =>
    blocks.map(([name, block, words]) => ({ dialect, build, place, path, messages, name, block, words })),
  ),
);

test.each(cases)('$dialect: $name in $place', ({ build, messages, block, words }) => {
  const built = build({ messages: messages(block) });
  expect(built.text).toContain(JSON.stringify(words).slice(1, -1));
  expect(built.lost).toEqual([]);
});

test.each(cases)('$dialect: a wish for citations of $name in $place is listed', ({ build, messages, path, block }) => {
  const asking = (enabled: boolean) => build({ messages: messages({ ...block, citations: { enabled } }) });
  expect(asking(true).lost).toEqual([`${path}.citations`]);
  expect(asking(false).lost).toEqual([]);
  expect(asking(true).text).toBe(asking(false).text);
});
