import { expect, test } from 'bun:test';
import { type Built, buildChat, customTool, functionsIn, hello } from '../../../test/build-chat-request.ts';
import { ProxyError } from '../../errors/proxy-error.ts';
import { toolTypes } from '../openai/tool-types.ts';

const namesIn = (built: Built) => functionsIn(built).map(({ name }) => name);
const named = (names: readonly string[], more: object = {}) => names.map((name) => customTool(name, more));
const call = (id: string, name: string) => ({ type: 'tool_use', id, name, input: {} });
const result = (id: string, content: unknown) => ({ type: 'tool_result', tool_use_id: id, content });
const reference = (tool_name: string) => ({ type: 'tool_reference', tool_name });

test('a custom tool becomes a function, its marks left behind', () => {
  const tool = {
    ...customTool('Read', {
      type: 'custom',
      cache_control: { type: 'ephemeral' },
      eager_input_streaming: true,
      strict: false,
    }),
    input_schema: { $schema: 'draft', type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  };
  const built = buildChat({ tools: [tool, { ...customTool('Bare'), description: undefined, type: null }] });
  expect(built.body.tools).toEqual([
    {
      type: 'function',
      function: {
        name: 'Read',
        description: 'does Read',
        parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      },
    },
    { type: 'function', function: { name: 'Bare', parameters: { type: 'object', properties: {} } } },
  ]);
  expect(built.losses).toEqual([]);
});

test('alternatives at the root of a schema are listed, as far as the one object does not say the same', () => {
  const schema = (more: object) => ({ type: 'object', properties: { a: { type: 'string' } }, ...more });
  const tools = [
    customTool('a', { input_schema: schema({ oneOf: [{ required: ['a'] }, { required: ['b'] }] }) }),
    customTool('b', { input_schema: schema({ allOf: [{ required: ['a'] }] }) }),
    customTool('c', { input_schema: schema({ not: { required: ['b'] } }) }),
    customTool('d', { input_schema: schema({}) }),
  ];
  expect(buildChat({ tools }).lost).toEqual(['tools.0.input_schema', 'tools.2.input_schema']);
});

test('strict is kept where the schema can be enforced, and listed where not', () => {
  const closed = { type: 'object', properties: {}, required: [], additionalProperties: false };
  const tools = [customTool('a', { strict: true, input_schema: closed }), customTool('b', { strict: true })];
  const built = buildChat({ tools });
  expect(functionsIn(built).map(({ strict }) => strict)).toEqual([true, undefined]);
  expect(built.lost).toEqual(['tools.1.strict']);
  expect(buildChat({ tools }, { profile: 'ollama' }).lost).toEqual(['tools.0.strict', 'tools.1.strict']);
});

test('examples of input stand in the description', () => {
  const built = buildChat({ tools: [customTool('a', { input_examples: [{ x: 1 }, { x: 2 }] })] });
  expect(functionsIn(built)[0]?.description).toBe('does a\n\nExamples of input:\n{"x":1}\n{"x":2}');
});

test('of two tools with one name the first stays', () => {
  const built = buildChat({ tools: [customTool('a'), customTool('b'), customTool('a', { description: 'other' })] });
  expect(namesIn(built)).toEqual(['a', 'b']);
  expect(built.lost).toEqual(['tools.2']);
});

test('tools beyond the most that OpenAI takes are left out and listed', () => {
  const tools = named(Array.from({ length: 130 }, (_, index) => `tool_${index}`));
  const built = buildChat({ tools });
  expect(namesIn(built)).toHaveLength(128);
  expect(built.lost).toEqual(['tools.128', 'tools.129']);
  expect(namesIn(buildChat({ tools }, { profile: 'vllm' }))).toHaveLength(130);
});

test('unknown fields of a tool are listed', () => {
  expect(buildChat({ tools: [customTool('a', { future: 1, other: null })] }).lost).toEqual(['tools.0.future']);
});

test('a tool that only code at Anthropic may call is not offered', () => {
  const tools = [
    customTool('a', { allowed_callers: ['code_execution_20260120'] }),
    customTool('b', { allowed_callers: ['direct', 'code_execution_20260120'] }),
  ];
  const built = buildChat({ tools });
  expect(namesIn(built)).toEqual(['b']);
  expect(built.lost).toEqual(['tools.0']);
});

test('long and odd names are shortened the same way in tools, choice and history', () => {
  const long = `mcp__${'x'.repeat(100)}`;
  const messages = [
    ...hello,
    { role: 'assistant', content: [call('a', long)] },
    { role: 'user', content: [result('a', 'done')] },
  ];
  const built = buildChat({
    tools: named([long], { description: 'd' }),
    tool_choice: { type: 'tool', name: long },
    messages,
  });
  const { body } = built;
  const written = functionsIn(built)[0]?.name ?? '';
  expect(written).toMatch(/^mcp__x{50}_[0-9a-f]{8}$/);
  expect(body.tool_choice).toEqual({ type: 'function', function: { name: written } });
  expect(JSON.stringify(body.messages)).toContain(`"name":"${written}"`);
  expect(JSON.stringify(body)).not.toContain(long);
});

const deferred = [
  ...named(['ToolSearch']),
  ...named(['Fetch', 'Glob', 'Placeholder'], { defer_loading: true }),
  ...named(['Bash']),
];
const loading = (...names: string[]) => [
  { role: 'assistant', content: [call(`search-${names.join()}`, 'ToolSearch')] },
  {
    role: 'user',
    content: [result(`search-${names.join()}`, [...names.map(reference), { type: 'text', text: 'Tool loaded.' }])],
  },
];

test('a deferred tool is offered once it is loaded, behind all others, in the order of loading', () => {
  const start = buildChat({ tools: deferred });
  const once = buildChat({ tools: deferred, messages: [...hello, ...loading('Glob')] });
  const twice = buildChat({ tools: deferred, messages: [...hello, ...loading('Glob'), ...loading('Fetch', 'Glob')] });
  expect(namesIn(start)).toEqual(['ToolSearch', 'Bash']);
  expect(namesIn(once)).toEqual(['ToolSearch', 'Bash', 'Glob']);
  expect(namesIn(twice)).toEqual(['ToolSearch', 'Bash', 'Glob', 'Fetch']);
  expect([...start.losses, ...twice.losses]).toEqual([]);
});

test('the result of a search says which tools are there now', () => {
  const { body } = buildChat({ tools: deferred, messages: [...hello, ...loading('Fetch')] });
  expect(body.messages.at(-1)).toEqual({
    role: 'tool',
    tool_call_id: 'search-Fetch',
    content: 'The tool Fetch is now loaded and can be called.\nTool loaded.',
  });
});

test('a loaded tool whose name had to be shortened is told by both names', () => {
  const name = `mcp__archive__${'look_up_'.repeat(8)}`;
  const built = buildChat({
    tools: [customTool('ToolSearch'), customTool(name, { defer_loading: true })],
    messages: [
      ...hello,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'A', name: 'ToolSearch', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'A', content: [reference(name)] }] },
    ],
  });
  const written = functionsIn(built)[1]?.name;
  expect(written).toMatch(/^.{64}$/);
  expect(built.body.messages.at(-1)?.content).toBe(
    `The tool ${written}, listed as ${name}, is now loaded and can be called.`,
  );
});

test('a reference to a tool that is not declared offers nothing', () => {
  expect(namesIn(buildChat({ tools: deferred, messages: [...hello, ...loading('Gone')] }))).toEqual([
    'ToolSearch',
    'Bash',
  ]);
});

test("with a search that Anthropic's servers would run, every deferred tool is offered at once", () => {
  for (const type of ['tool_search_tool_bm25_20251119', 'tool_search_tool_regex']) {
    const built = buildChat({ tools: [{ type, name: 'search' }, ...deferred] });
    expect(namesIn(built)).toEqual(['ToolSearch', 'Bash', 'Fetch', 'Glob', 'Placeholder']);
    expect(built.losses).toEqual([]);
  }
});

test('a deferred tool that the client forces is offered', () => {
  const built = buildChat({ tools: deferred, tool_choice: { type: 'tool', name: 'Glob' } });
  expect(namesIn(built)).toEqual(['ToolSearch', 'Bash', 'Glob']);
});

test('system messages add and take away tools', () => {
  const change = (type: string, tool: object) => ({ role: 'system', content: [{ type, tool }] });
  const named = (name: string) => ({ type: 'tool_reference', name });
  const define = (definition: object) => ({ type: 'tool_definition', definition });
  const messages = [
    ...hello,
    change('tool_removal', named('ToolSearch')),
    change('tool_addition', named('Glob')),
    change('tool_addition', define(customTool('New'))),
    change('tool_addition', named('ToolSearch')),
    change('tool_removal', named('Glob')),
  ];
  const built = buildChat({ tools: deferred, messages });
  expect(namesIn(built)).toEqual(['Bash', 'New', 'ToolSearch']);
  expect(built.body.messages).toEqual([{ role: 'user', content: 'hello' }]);
  expect(built.losses).toEqual([]);
  const mcp = buildChat({
    messages: [...hello, change('tool_addition', { type: 'mcp_toolset_reference', server_name: 'x' })],
  });
  expect(mcp.lost).toEqual(['messages.1.content.0']);
});

const typed: readonly (readonly [type: string, name: string, more: object, words: string])[] = [
  ['bash_20250124', 'bash', {}, '"command"'],
  ['text_editor_20250124', 'str_replace_editor', {}, '"undo_edit"'],
  ['text_editor_20250728', 'str_replace_based_edit_tool', { max_characters: 77 }, 'at most 77 characters'],
  ['memory_20250818', 'memory', {}, '"rename"'],
  ['computer_20251124', 'computer', { display_width_px: 800, display_height_px: 600, enable_zoom: true }, '"zoom"'],
  [
    'computer_20241022',
    'computer',
    { display_width_px: 800, display_height_px: 600, display_number: 2 },
    '800 x 600 pixels, display 2',
  ],
];

test.each(typed)('%s is a function %s that says what it takes', (type, name, more, words) => {
  const built = buildChat({ tools: [{ type, name, ...more }] });
  expect(namesIn(built)).toEqual([name]);
  expect(JSON.stringify(built.body.tools)).toContain(words);
  expect(built.losses).toEqual([]);
});

test('the older editor can undo, the newer cannot', () => {
  const text = (type: string) => JSON.stringify(buildChat({ tools: [{ type, name: 'e' }] }).body.tools);
  expect(text('text_editor_20241022')).toContain('undo_edit');
  expect(text('text_editor_20250429')).not.toContain('undo_edit');
});

test('every tool type does what the table says: offered, left out with a loss, emulated, or refused', () => {
  for (const [type, { fate }] of Object.entries(toolTypes)) {
    const tool = { ...customTool('it'), type, display_width_px: 1, display_height_px: 1 };
    const build = () => buildChat({ tools: [tool] });
    if (fate === 'refused') expect(build).toThrow(ProxyError);
    else {
      // OpenAI has no such tools on this API; where the proxy runs them, they are functions by now.
      const isLost = fate === 'lost' || type.startsWith('web_');
      expect([type, namesIn(build()), build().lost]).toEqual([
        type,
        fate === 'translated' && !isLost ? ['it'] : [],
        isLost ? ['tools.0'] : [],
      ]);
    }
  }
});

test('a tool of an unknown type is offered if it says what it takes', () => {
  const built = buildChat({
    tools: [customTool('a', { type: 'future_1' }), { type: 'future_2', name: 'b' }, { type: 'future_3' }],
  });
  expect(namesIn(built)).toEqual(['a']);
  expect(built.lost).toEqual(['tools.1', 'tools.2', 'tools.0.type']);
});

test("Claude Code's web search request: the loss is listed, the model is told, and nothing is forced", () => {
  const tools = [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }];
  for (const tool_choice of [undefined, { type: 'auto' }, { type: 'tool', name: 'web_search' }]) {
    const built = buildChat({ tools, tool_choice, system: 'You search the web.', thinking: { type: 'disabled' } });
    expect(built.body.tools).toBeUndefined();
    expect(built.body.tool_choice).toBeUndefined();
    expect(built.body.messages[0]?.content).toMatch(/^You search the web\.\n\nWeb search is not available/);
    expect(built.lost).toEqual(tool_choice?.type === 'tool' ? ['tools.0', 'tool_choice'] : ['tools.0']);
  }
});

test('a description that the server finds too long is cut, and stands whole in the system text', () => {
  const long = `Start. ${'word '.repeat(400)}end.`;
  const repairs = [{ kind: 'shorten-tool-descriptions', scope: 'model', maximumLength: 1_024 }] as const;
  const built = buildChat(
    { system: 'Be.', tools: [customTool('a', { description: long }), customTool('b')] },
    { repairs },
  );
  const cut = functionsIn(built)[0]?.description ?? '';
  expect(cut.length).toBe(1_024);
  expect(cut.startsWith('Start. word')).toBe(true);
  expect(functionsIn(built)[1]?.description).toBe('does b');
  expect(built.body.messages[0]).toEqual({
    role: 'system',
    content: `Be.\n\nFull description of the tool a:\n${long}`,
  });
  expect(built.losses).toEqual([]);
});

test('a schema that the server cannot read moves into the description of that one tool', () => {
  const repairs = [{ kind: 'loosen-tool-schema', scope: 'model', tool: 'a' }] as const;
  const schema = { type: 'object', properties: { x: { type: 'string' } } };
  const built = buildChat(
    { tools: [customTool('a', { input_schema: schema }), customTool('b', { input_schema: schema })] },
    { repairs },
  );
  expect(functionsIn(built)[0]).toEqual({
    name: 'a',
    description: `does a\n\nThe input follows this JSON Schema:\n${JSON.stringify(schema)}`,
    parameters: { type: 'object', properties: {}, additionalProperties: true },
  });
  expect(functionsIn(built)[1]?.parameters).toEqual(schema);
  expect(built.lost).toEqual(['tools.0.input_schema']);
});
