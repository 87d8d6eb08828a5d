import { expect, test } from 'bun:test';
import { buildResponses, customTool, type ResponsesSurroundings } from '../../../test/build-responses-request.ts';

const search = (more: object = {}) => ({ type: 'web_search_20260318', name: 'web_search', ...more });
const closed = { type: 'object', properties: {}, required: [], additionalProperties: false };

test('functions are flat, and always say whether they are strict', () => {
  const { body } = buildResponses({
    tools: [
      customTool('plain'),
      customTool('asked', { strict: true, input_schema: closed }),
      customTool('open', { strict: true, input_schema: { type: 'object', properties: { a: {} } } }),
    ],
  });
  expect(body.tools).toMatchObject([
    { type: 'function', name: 'plain', strict: false },
    { type: 'function', name: 'asked', strict: true },
    { type: 'function', name: 'open', strict: false },
  ]);
});

test('names are at most 64 characters, the same in tools, history and choice', () => {
  const name = `mcp__${'server'.repeat(12)}__tool`;
  const { body } = buildResponses({
    tools: [customTool(name)],
    tool_choice: { type: 'tool', name },
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name, input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
    ],
  });
  const [tool] = body.tools ?? [];
  const written = tool !== undefined && 'name' in tool ? tool.name : '';
  expect(written).toMatch(/^[\w-]{64}$/);
  expect(body.tool_choice).toEqual({ type: 'function', name: written });
  expect(body.input[1]).toMatchObject({ type: 'function_call', name: written });
});

test.each([
  [undefined, undefined],
  [{ type: 'auto' }, undefined],
  [{ type: 'any' }, 'required'],
  [{ type: 'none' }, 'none'],
  [
    { type: 'tool', name: 'Bash' },
    { type: 'function', name: 'Bash' },
  ],
])('the choice %j is %j, and the tools stay', (choice, written) => {
  const { body } = buildResponses({ tools: [customTool('Bash'), customTool('Read')], tool_choice: choice });
  expect<unknown>(body.tool_choice).toEqual(written);
  expect(body.tools).toHaveLength(2);
});

test('without tools there is no word of choice, nor of parallel calls', () => {
  const { body, lost } = buildResponses({ tool_choice: { type: 'any', disable_parallel_tool_use: true } });
  expect(body).not.toHaveProperty('tool_choice');
  expect(body).not.toHaveProperty('parallel_tool_calls');
  expect(lost).toEqual(['tool_choice']);
});

test('one call at a time, where the model can be told so', () => {
  const choice = { tools: [customTool('Bash')], tool_choice: { type: 'auto', disable_parallel_tool_use: true } };
  expect(buildResponses(choice, { model: 'gpt-5' }).body.parallel_tool_calls).toBe(false);
  expect(buildResponses(choice, { model: 'o3' }).body).not.toHaveProperty('parallel_tool_calls');
  expect(buildResponses({ tools: [customTool('Bash')] }).body).not.toHaveProperty('parallel_tool_calls');
});

test("the vendor's search, with what the client wishes of it", () => {
  const { body, losses } = buildResponses({
    tools: [
      customTool('Bash'),
      search({
        max_uses: 8,
        allowed_domains: ['https://bun.com/docs', 'example.com'],
        user_location: { type: 'approximate', city: 'Oslo', country: 'NO' },
      }),
    ],
  });
  expect(body.tools).toMatchObject([
    { type: 'function', name: 'Bash' },
    {
      type: 'web_search',
      filters: { allowed_domains: ['bun.com', 'example.com'] },
      user_location: { type: 'approximate', city: 'Oslo', country: 'NO' },
    },
  ]);
  expect(body.max_tool_calls).toBe(8);
  expect(body.include).toEqual(['reasoning.encrypted_content', 'web_search_call.action.sources']);
  expect(losses).toEqual([]);
});

test('xAI searches, in five domains at most', () => {
  const domains = ['a.com', 'b.com', 'c.com', 'd.com', 'e.com', 'f.com'];
  const search = { type: 'web_search_20250305', name: 'web_search', allowed_domains: domains };
  const { body, losses } = buildResponses({ tools: [search] }, { model: 'grok-4.3', profile: 'xai' });
  expect(body.tools).toEqual([{ type: 'web_search', filters: { allowed_domains: domains.slice(0, 5) } }]);
  expect(losses.map(({ field }) => field)).toEqual(['tools.0.allowed_domains']);
  const older = buildResponses({ tools: [search] }, { model: 'grok-3', profile: 'xai' });
  expect(older.body.tools).toBeUndefined();
});

test('domains that are not wanted are told in words, for which the search has no field', () => {
  const { body } = buildResponses({
    system: 'Be kind.',
    tools: [search({ blocked_domains: ['a.example', 'b.example'] })],
  });
  expect(body.input[0]).toMatchObject({
    role: 'developer',
    content: [{ text: 'Be kind.' }, { text: 'For web search, use none of these domains: a.example, b.example.' }],
  });
});

test('the search does not run at the lowest effort', () => {
  const fields = { thinking: { type: 'disabled' }, tools: [search()] };
  expect(buildResponses(fields, { model: 'gpt-5' }).body.reasoning).toEqual({ effort: 'low' });
  expect(buildResponses({ ...fields, tools: [] }, { model: 'gpt-5' }).body.reasoning).toEqual({ effort: 'minimal' });
});

test.each([
  [[], 'required'],
  [[customTool('Bash')], { type: 'allowed_tools', mode: 'required', tools: [{ type: 'web_search' }] }],
])('a search that is wanted beside %j is forced in the words the API has for it', (others, choice) => {
  const { body } = buildResponses({
    tools: [...others, search()],
    tool_choice: { type: 'tool', name: 'web_search' },
  });
  expect<unknown>(body.tool_choice).toEqual(choice);
});

test('a model that wants to decide itself about the search is not forced again, but to functions it is', () => {
  const around: ResponsesSurroundings = {
    repairs: [{ kind: 'omit-parameter', scope: 'model', parameter: 'tool_choice.web_search' }],
  };
  const wanted = buildResponses({ tools: [search()], tool_choice: { type: 'tool', name: 'web_search' } }, around);
  expect(wanted.body).not.toHaveProperty('tool_choice');
  expect(wanted.lost).toEqual(['tool_choice']);
  const any = { tool_choice: { type: 'any' } };
  expect(buildResponses({ ...any, tools: [search(), customTool('a')] }, around).body).not.toHaveProperty('tool_choice');
  expect(buildResponses({ ...any, tools: [customTool('a')] }, around).body.tool_choice).toBe('required');
});

test('a model without search is told that there is none', () => {
  const { body, lost } = buildResponses({ tools: [search()] }, { model: 'gpt-3.5-turbo' });
  expect(body).not.toHaveProperty('tools');
  expect(JSON.stringify(body.input[0])).toContain('Web search is not available');
  expect(lost).toEqual(['tools.0']);
});

test('a schema that was refused stands in words, and descriptions that were too long in the system text', () => {
  const { body, lost } = buildResponses(
    { tools: [customTool('Bash', { description: 'long '.repeat(100), input_schema: closed })] },
    {
      repairs: [
        { kind: 'loosen-tool-schema', scope: 'model', tool: 'Bash' },
        { kind: 'shorten-tool-descriptions', scope: 'model', maximumLength: 100 },
      ],
    },
  );
  const [tool] = body.tools ?? [];
  expect(tool).toMatchObject({ parameters: { type: 'object', properties: {}, additionalProperties: true } });
  expect(tool !== undefined && 'description' in tool ? tool.description?.length : 0).toBe(100);
  expect(JSON.stringify(body.input[0])).toContain('The input follows this JSON Schema');
  expect(lost).toEqual(['tools.0.input_schema']);
});
