import { expect, test } from 'bun:test';
import { buildGemini, customTool, type Surroundings } from '../../../test/build-gemini-request.ts';

const webSearch = (more: object = {}) => ({ type: 'web_search_20250305', name: 'web_search', ...more });
const webFetch = (more: object = {}) => ({ type: 'web_fetch_20250910', name: 'web_fetch', ...more });
const codeExecution = { type: 'code_execution_20250825', name: 'code_execution' };
const newer = { model: 'gemini-3.5-flash' };

function built(tools: readonly object[], around: Surroundings = {}, more: object = {}) {
  const { body, losses, lost } = buildGemini({ tools, ...more }, around);
  return { tools: body.tools, system: body.systemInstruction?.parts.map(({ text }) => text) ?? [], losses, lost };
}

test("each of Google's tools is an element of its own", () => {
  expect(built([webSearch(), webFetch(), codeExecution])).toEqual({
    tools: [{ googleSearch: {} }, { urlContext: {} }, { codeExecution: {} }],
    system: [],
    losses: [],
    lost: [],
  });
});

test('from generation 3 on they stand beside functions, behind them', () => {
  const { tools, lost } = built([webSearch(), customTool('Read')], newer);
  expect(tools).toMatchObject([{ functionDeclarations: [{ name: 'Read' }] }, { googleSearch: {} }]);
  expect(lost).toEqual([]);
});

test('before that, functions win: the loss is listed and the model is told', () => {
  const { tools, system, losses } = built([webSearch(), customTool('Read')], { model: 'gemini-2.5-pro' });
  expect(tools).toMatchObject([{ functionDeclarations: [{ name: 'Read' }] }]);
  expect(losses).toEqual([{ field: 'tools.0', why: 'this model cannot use it beside tools of the client' }]);
  expect(system.join()).toContain('Web search is not available in this conversation.');
});

test('a choice of no tool is one of none of them, too', () => {
  expect(built([webSearch()], {}, { tool_choice: { type: 'none' } }).tools).toBeUndefined();
});

test('a second tool for the same is listed', () => {
  const { tools, lost } = built([webSearch(), { type: 'web_search_20260318', name: 'other' }]);
  expect(tools).toEqual([{ googleSearch: {} }]);
  expect(lost).toEqual(['tools.1']);
});

test('domains that may not be searched: a field on Vertex AI, words elsewhere', () => {
  const blocked = [webSearch({ blocked_domains: ['a.example', 'b.example'] })];
  expect(built(blocked, { provider: 'vertex' })).toMatchObject({
    tools: [{ googleSearch: { excludeDomains: ['a.example', 'b.example'] } }],
    system: [],
  });
  expect(built(blocked)).toMatchObject({
    tools: [{ googleSearch: {} }],
    system: ['For web search, use none of these domains: a.example, b.example.'],
    lost: [],
  });
});

test('what Google has no field for is asked in words', () => {
  const location = { type: 'approximate', city: 'Delft', country: 'NL', region: null };
  const { system, lost } = built([
    webSearch({ allowed_domains: ['a.example'], user_location: location }),
    webFetch({ allowed_domains: ['b.example'], blocked_domains: ['c.example'] }),
  ]);
  expect(system).toEqual([
    'For web search, use only these domains: a.example.',
    'For web search, the user is near: Delft, NL.',
    'For fetching pages, use only these domains: b.example.',
    'For fetching pages, use none of these domains: c.example.',
  ]);
  expect(lost).toEqual([]);
});

test('what it can neither be told nor asked is listed', () => {
  const { lost } = built([
    webSearch({ max_uses: 8 }),
    webFetch({ max_content_tokens: 100, citations: { enabled: true } }),
  ]);
  expect(lost).toEqual(['tools.0.max_uses', 'tools.1.max_content_tokens', 'tools.1.citations']);
});
