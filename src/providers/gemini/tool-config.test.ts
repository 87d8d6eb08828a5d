import { expect, test } from 'bun:test';
import { buildGemini, customTool, hello, type Surroundings } from '../../../test/build-gemini-request.ts';
import type { Repair } from '../provider.ts';

const webSearch = { type: 'web_search_20250305', name: 'web_search' };
const newer = { model: 'gemini-3.5-flash' };
const validate: Repair = { kind: 'validate-calls', scope: 'request' };
const unforce: Repair = { kind: 'unforced-calls', scope: 'request' };

function configOf(request: object, around: Surroundings = {}) {
  const { body, losses } = buildGemini({ tools: [customTool('Read'), customTool('1st')], ...request }, around);
  const last = body.contents.at(-1)?.parts ?? [];
  return { config: body.toolConfig, lines: last.slice(1).map(({ text }) => text), losses, body };
}

const choices: readonly (readonly [
  name: string,
  request: object,
  config: object | undefined,
  around?: Surroundings,
])[] = [
  ['no choice needs no words', {}, undefined],
  ['auto is what Gemini does by itself', { tool_choice: { type: 'auto' } }, undefined],
  ['any', { tool_choice: { type: 'any' } }, { functionCallingConfig: { mode: 'ANY' } }],
  ['none', { tool_choice: { type: 'none' } }, { functionCallingConfig: { mode: 'NONE' } }],
  [
    'a tool, by the name it has upstream',
    { tool_choice: { type: 'tool', name: '1st' } },
    { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [expect.stringMatching(/^_st_[0-9a-f]{8}$/)] } },
  ],
  [
    'a strict tool holds all calls to their schemas',
    { tools: [customTool('Read', { strict: true })] },
    { functionCallingConfig: { mode: 'VALIDATED' } },
  ],
  [
    'so does a call that could not be read',
    {},
    { functionCallingConfig: { mode: 'VALIDATED' } },
    { repairs: [validate] },
  ],
  [
    'a forced call is held anyway',
    { tool_choice: { type: 'any' } },
    { functionCallingConfig: { mode: 'ANY' } },
    { repairs: [validate] },
  ],
  [
    'schemas that are too much to hold calls to',
    { tools: [customTool('Read', { strict: true })] },
    { functionCallingConfig: { mode: 'AUTO' } },
    { repairs: [validate, unforce] },
  ],
  [
    'calls can still be forbidden then',
    { tool_choice: { type: 'none' } },
    { functionCallingConfig: { mode: 'NONE' } },
    { repairs: [unforce] },
  ],
  [
    "Google's own tools beside functions",
    { tools: [customTool('Read'), webSearch] },
    { functionCallingConfig: { mode: 'VALIDATED' }, includeServerSideToolInvocations: true },
    newer,
  ],
  [
    'the same on Vertex AI, which does not know the flag',
    { tools: [customTool('Read'), webSearch] },
    { functionCallingConfig: { mode: 'VALIDATED' } },
    { ...newer, provider: 'vertex' },
  ],
  ["Google's own tools alone have no configuration", { tools: [webSearch] }, undefined],
  ['what is not there cannot be configured', { tools: [], tool_choice: { type: 'any' } }, undefined],
];

test.each(choices)('%s', (...[, request, config, around]) => {
  const { config: built }: { config: object | undefined } = configOf(request, around);
  expect(built).toEqual(config);
});

test('a forbidden tool stays declared', () => {
  const { body } = configOf({ tool_choice: { type: 'none' } });
  expect(body.tools?.[0]?.functionDeclarations).toHaveLength(2);
});

const asked: readonly (readonly [name: string, request: object, line: string, around?: Surroundings])[] = [
  ['any', { tool_choice: { type: 'any' } }, 'Answer by calling one of the tools.', { repairs: [unforce] }],
  [
    'a tool',
    { tool_choice: { type: 'tool', name: 'Read' } },
    'Answer by calling the tool Read.',
    { repairs: [unforce] },
  ],
  [
    "a tool of Google's",
    { tools: [webSearch], tool_choice: { type: 'tool', name: 'web_search' } },
    'Use web search to answer.',
  ],
  ["any of Google's", { tools: [webSearch], tool_choice: { type: 'any' } }, 'Use your tools to answer.'],
];

test.each(asked)('where it cannot be configured, the model is asked: %s', (...[, request, line, around]) => {
  const { lines, losses } = configOf(request, around);
  expect(lines.join()).toContain(line);
  expect(losses).toEqual([]);
});

test('nothing is asked where it is configured', () => {
  expect(configOf({ tool_choice: { type: 'any' } }).lines).toEqual([]);
});

const lost: readonly (readonly [name: string, request: object, why: string, around?: Surroundings])[] = [
  ['no tool is there', { tools: [], tool_choice: { type: 'any' } }, 'no tool of the request is available here'],
  [
    'the tool is not there',
    { tools: [customTool('Read'), webSearch], tool_choice: { type: 'tool', name: 'web_search' } },
    'the tool is not available here',
  ],
];

test.each(lost)('a choice that cannot be made is listed: %s', (...[, request, why, around]) => {
  const { config, losses } = configOf(request, around);
  expect(config).toBeUndefined();
  expect(losses).toContainEqual({ field: 'tool_choice', why });
});

test('a choice of a tool that nobody has declared is refused', () => {
  expect(() => configOf({ tool_choice: { type: 'tool', name: 'Nope' } })).toThrow('no tool of this name');
});

test('a tool that the conversation took away can neither be called nor is it declared', () => {
  const removal = { type: 'tool_removal', tool: { type: 'tool_reference', name: '1st' } };
  const { body, config } = configOf({ messages: [...hello, { role: 'system', content: [removal] }] });
  expect(body.tools?.[0]?.functionDeclarations?.map(({ name }) => name)).toEqual(['Read']);
  expect(config).toBeUndefined();
});
