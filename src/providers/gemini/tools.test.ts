import { expect, test } from 'bun:test';
import { buildGemini, customTool, type Surroundings } from '../../../test/build-gemini-request.ts';
import { claudeCodeTools } from '../../../test/claude-code-tools.ts';
import { jsonSchemaFault, ownSchemaFault } from '../../../test/upstreams/gemini/schema-rules.ts';
import { argumentName } from './argument-names.ts';

const built = (tools: readonly object[], around: Surroundings = {}, more: object = {}) =>
  buildGemini({ tools, ...more }, around);
const declarations = (tools: readonly object[], around: Surroundings = {}) =>
  built(tools, around).body.tools?.[0]?.functionDeclarations ?? [];
const withSchema = (input_schema: object) => customTool('Read', { input_schema });

test('a tool is a function, described in JSON Schema', () => {
  expect(built([customTool('Read')]).body.tools).toEqual([
    {
      functionDeclarations: [
        {
          name: 'Read',
          description: 'does Read',
          parametersJsonSchema: { type: 'object', properties: { a: { type: 'string' } } },
        },
      ],
    },
  ]);
});

test("models without JSON Schema, and those that have refused it, get Gemini's own form", () => {
  const parameters = { type: 'OBJECT', properties: { a: { type: 'STRING' } } };
  const own = [{ name: 'Read', description: 'does Read', parameters }];
  expect(declarations([customTool('Read')], { model: 'gemini-2.0-flash' })).toMatchObject(own);
  const repairs = [{ kind: 'own-schema-form', scope: 'model' }] as const;
  expect(declarations([customTool('Read')], { repairs })).toMatchObject(own);
});

const nothing: readonly object[] = [
  {},
  { type: 'object' },
  { type: 'object', properties: {} },
  { type: 'object', properties: {}, additionalProperties: false },
];

test.each(nothing)('a tool that takes nothing says nothing of it: %j', (schema) => {
  expect(declarations([withSchema(schema)])).toEqual([{ name: 'Read', description: 'does Read' }]);
});

test('a tool that takes any arguments says so', () => {
  expect(declarations([withSchema({ type: 'object', additionalProperties: { type: 'string' } })])).toMatchObject([
    { parametersJsonSchema: { type: 'object', additionalProperties: { type: 'string' } } },
  ]);
});

test('alternatives at the root become one object that allows each, and that is listed', () => {
  const one = { type: 'object', properties: { kind: { const: 'a' }, x: {} }, required: ['kind', 'x'] };
  const other = { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'] };
  const closed = { additionalProperties: false };
  const { body, lost } = built([
    withSchema({
      anyOf: [
        { ...one, ...closed },
        { ...other, ...closed },
      ],
    }),
  ]);
  expect(body.tools?.[0]?.functionDeclarations?.[0]?.parametersJsonSchema).toEqual({
    type: 'object',
    properties: {
      kind: {
        anyOf: [
          { type: 'string', enum: ['a'] },
          { type: 'string', enum: ['b'] },
        ],
      },
      x: {},
    },
    required: ['kind'],
    additionalProperties: false,
    description: 'Takes one of these sets of properties: kind, x | kind.',
  });
  expect(lost).toEqual(['tools.0.input_schema']);
});

test('a description that stands at the root is kept beside that', () => {
  const alternatives = [{ properties: { a: {} } }, { properties: { b: {} } }];
  expect(declarations([withSchema({ description: 'Which.', oneOf: alternatives })])).toMatchObject([
    { parametersJsonSchema: { description: expect.stringMatching(/^Which\.\n(.|\n)*Takes one of/) } },
  ]);
});

test('what is cut off a schema is listed', () => {
  const { losses } = built([withSchema({ type: 'object', properties: { a: { $ref: 'https://a.example' } } })]);
  expect(losses).toEqual([
    { field: 'tools.0.input_schema', why: 'it refers to a schema that is not in it, or to too many' },
  ]);
});

test.each(['1st', '-dash', 'größe', 'n'.repeat(129)])('the name %s is written as Gemini takes it', (name) => {
  const [declaration] = declarations([customTool(name)]);
  expect(declaration?.name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_-]{0,127}$/);
});

test('examples of input stand in the description', () => {
  const [declaration] = declarations([customTool('Read', { input_examples: [{ a: 'b' }] })]);
  expect(declaration?.description).toBe('does Read\n\nExamples of input:\n{"a":"b"}');
});

test('a tool that Anthropic knows by heart is described', () => {
  expect(declarations([{ type: 'bash_20250124', name: 'bash' }])).toMatchObject([
    {
      name: 'bash',
      parametersJsonSchema: { properties: { command: { type: 'string' }, restart: { type: 'boolean' } } },
    },
  ]);
});

test('more tools than Gemini takes are cut, and each is listed', () => {
  const tools = Array.from({ length: 514 }, (_, at) => customTool(`t${at}`));
  const { body, losses } = built(tools);
  expect(body.tools?.[0]?.functionDeclarations).toHaveLength(512);
  expect(losses).toEqual([
    { field: 'tools.512', why: 'Gemini takes at most 512 tools' },
    { field: 'tools.513', why: 'Gemini takes at most 512 tools' },
  ]);
});

test('a model that calls no tools is offered none', () => {
  const { body, lost } = built([customTool('Read')], { model: 'gemma-3-27b-it' });
  expect(body.tools).toBeUndefined();
  expect(lost).toEqual(['tools.0']);
});

const loosened = [{ kind: 'loosen-tool-schema', scope: 'model', tool: 'Read' }] as const;

test('a schema that was refused stands in the description, and only this one', () => {
  const { body, losses } = built([customTool('Read'), customTool('Write')], { repairs: loosened });
  expect(body.tools?.[0]?.functionDeclarations).toMatchObject([
    {
      description:
        'does Read\n\nThe arguments follow this JSON Schema:\n{"type":"object","properties":{"a":{"type":"string"}}}',
      parametersJsonSchema: { type: 'object' },
    },
    { description: 'does Write', parametersJsonSchema: { properties: {} } },
  ]);
  expect(losses).toEqual([
    {
      field: 'tools.0.input_schema',
      why: 'Gemini cannot read it: it stands in the description and is not enforced',
    },
  ]);
});

test('what nobody knows of a tool is listed', () => {
  expect(built([customTool('Read', { colour: 'red', defer_loading: false })]).lost).toEqual(['tools.0.colour']);
});

test('the tools of Claude Code reach Gemini in both forms, with nothing lost', () => {
  for (const around of [
    {},
    { model: 'gemini-2.0-flash' },
    { provider: 'vertex', model: 'gemini-2.0-flash' },
  ] as const) {
    const { body, losses } = built(claudeCodeTools, around);
    expect(losses).toEqual([]);
    const functions = body.tools?.[0]?.functionDeclarations ?? [];
    expect(functions.map(({ name }) => name)).toEqual(claudeCodeTools.map(({ name }) => name));
    for (const { parameters, parametersJsonSchema } of functions) {
      if (parametersJsonSchema !== undefined)
        expect(jsonSchemaFault(parametersJsonSchema, 'it', 'subset')).toBeUndefined();
      if (parameters !== undefined) expect(ownSchemaFault(parameters, 'it', 'vertex')).toBeUndefined();
    }
  }
});

test('every condition of a tool of Claude Code is said, in a keyword or in words', () => {
  const text = JSON.stringify(built(claudeCodeTools).body.tools);
  for (const said of [
    '"minimum":1',
    '"format":"uri"',
    'At most 524288 characters.',
    'Must match the pattern',
    '"default":',
  ]) {
    expect(text).toContain(said);
  }
  expect(text).not.toMatch(/\$schema|propertyNames|"const"|exclusiveMinimum/);
});

test('of many tools that are made to cost much, the later ones are told in short', () => {
  const names = Array.from({ length: 30 }, (_, at) => `d${at}`);
  const properties = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
  const $defs = Object.fromEntries(names.map((name) => [name, { properties, required: names }]));
  const tools = Array.from({ length: 40 }, (_, at) => customTool(`t${at}`, { input_schema: { properties, $defs } }));
  const functions = declarations(tools);
  for (const { parametersJsonSchema } of functions) {
    expect(parametersJsonSchema).toMatchObject({ properties: { d0: { type: 'object' }, d29: { type: 'object' } } });
  }
  const length = (at: number) => JSON.stringify(functions[at]).length;
  expect(length(39)).toBeLessThan(length(0) / 2);
});

test('arguments whose names the own form does not take are declared by another', () => {
  const schema = { type: 'object', properties: { 'x-y': { type: 'string' } }, required: ['x-y'] };
  expect(declarations([withSchema(schema)], { model: 'gemini-2.0-flash' })).toMatchObject([
    { parameters: { properties: { [argumentName('x-y')]: { type: 'STRING' } }, required: [argumentName('x-y')] } },
  ]);
  expect(declarations([withSchema(schema)])).toMatchObject([{ parametersJsonSchema: { required: ['x-y'] } }]);
});
