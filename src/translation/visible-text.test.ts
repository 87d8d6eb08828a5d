import { expect, test } from 'bun:test';
import { buildChat, functionsIn, hello } from '../../test/build-chat-request.ts';
import { visibleText } from './visible-text.ts';

const result = (type: string, content: unknown) => ({ type, tool_use_id: 'srvtoolu_1', content });
const error = (error_code: string) => ({ type: 'x_error', error_code });

const shown: readonly (readonly [block: { type: string; [field: string]: unknown }, text: string])[] = [
  [{ type: 'server_tool_use', id: 'a', name: 'web_search', input: { query: 'bun' } }, '[web_search: {"query":"bun"}]'],
  [
    result('web_search_tool_result', [
      { type: 'web_search_result', title: 'A', url: 'https://a', encrypted_content: 'zzz' },
      { type: 'web_search_result', title: 'B', url: 'https://b', encrypted_content: 'zzz' },
    ]),
    '[web search results]\n- A: https://a\n- B: https://b',
  ],
  [
    result('web_search_tool_result', error('max_uses_exceeded')),
    '[web search gave no readable result: max_uses_exceeded]',
  ],
  [
    result('web_fetch_tool_result', { url: 'https://a', content: { source: { type: 'text', data: 'page' } } }),
    '[fetched https://a]\npage',
  ],
  [
    result('web_fetch_tool_result', { url: 'https://a', content: { source: { type: 'base64' } } }),
    '[fetched https://a]',
  ],
  [
    result('code_execution_tool_result', { return_code: 1, stdout: 'out', stderr: 'err', content: [] }),
    '[code execution, exit code 1]\nout\nerr',
  ],
  [
    result('bash_code_execution_tool_result', error('unavailable')),
    '[code execution gave no readable result: unavailable]',
  ],
  [result('text_editor_code_execution_tool_result', { content: 'line' }), '[file]\nline'],
  [result('text_editor_code_execution_tool_result', { lines: ['a', 'b'] }), '[edited]\na\nb'],
  [result('text_editor_code_execution_tool_result', { is_file_update: true }), '[file written]'],
  [
    result('tool_search_tool_result', {
      tool_references: [
        { type: 'tool_reference', tool_name: 'x' },
        { type: 'tool_reference', tool_name: 'y' },
      ],
    }),
    '[tools found: x, y]',
  ],
  [result('advisor_tool_result', { type: 'advisor_result', text: 'wait' }), 'wait'],
  [{ type: 'mcp_tool_use', id: 'a', name: 'list', server_name: 'git', input: null }, '[list on git: {}]'],
  [{ ...result('mcp_tool_result', [{ type: 'text', text: 'a' }]), is_error: true }, '[tool error] a'],
];

test.each(shown)('%j', (block, text) => {
  expect(visibleText(block)).toBe(text);
});

test('whatever form it has, nothing throws', () => {
  for (const [{ type }] of shown) {
    for (const content of [null, 3, 'x', [], [null], {}, { content: 3, tool_references: [3] }]) {
      expect(typeof visibleText(result(type, content))).toBe('string');
    }
  }
});

test("what Anthropic's servers did stands as text between the words of the turn", () => {
  const [use, search] = shown.map(([block]) => block);
  const messages = [
    ...hello,
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'Let me look.' }, use, search, { type: 'text', text: 'Found it.' }],
    },
    ...hello,
  ];
  const built = buildChat({ messages });
  expect(built.body.messages[1]?.content).toBe(
    'Let me look.\n\n[web_search: {"query":"bun"}]\n\n[web search results]\n- A: https://a\n- B: https://b\n\nFound it.',
  );
  expect(built.losses).toEqual([]);
});

test('what of it no text can show is listed', () => {
  const content = [
    result('web_fetch_tool_result', { url: 'https://a', content: { source: { type: 'base64', data: 'JVBE' } } }),
    result('web_fetch_tool_result', { url: 'https://a', content: { source: { type: 'text', data: 'page' } } }),
    result('code_execution_tool_result', { return_code: 0, stdout: 'o', content: [{ file_id: 'file_1' }] }),
    result('mcp_tool_result', [
      { type: 'text', text: 'a' },
      { type: 'image', source: { type: 'url', url: 'https://a' } },
    ]),
  ];
  const lost = [0, 2, 3].map((place) => `messages.1.content.${place}`);
  expect(buildChat({ messages: [...hello, { role: 'assistant', content }, ...hello] }).lost).toEqual(lost);
  expect(buildChat({ messages: [...hello, { role: 'user', content }] }).lost).toEqual(lost);
});

test('tools found by a search of the server are offered', () => {
  const tools = [
    { name: 'x', input_schema: {}, defer_loading: true },
    { name: 'z', input_schema: {}, defer_loading: true },
  ];
  const found = shown.map(([block]) => block).find(({ type }) => type === 'tool_search_tool_result');
  const built = buildChat({ tools, messages: [...hello, { role: 'assistant', content: [found] }, ...hello] });
  expect(functionsIn(built).map(({ name }) => name)).toEqual(['x']);
});
