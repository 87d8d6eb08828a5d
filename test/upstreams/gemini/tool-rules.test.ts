import { test } from 'bun:test';
import {
  ask,
  type Body,
  declaring,
  expectRule,
  named,
  type RuleRow,
  withJsonSchema,
  withParameters,
} from './request-samples.ts';

const gemini3 = { model: 'gemini-3-flash-preview' };
const vertex = { platform: 'vertex' } as const;
const invalidName =
  'Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.';
const own = 'tools[0].function_declarations[0].parameters';
const json = 'tools[0].function_declarations[0].parameters_json_schema';
const string = { type: 'STRING' };

function choosing(functionCallingConfig: Body, declared = [named('f'), named('g')]): Body {
  return { ...declaring(...declared), toolConfig: { functionCallingConfig } };
}
function deep(levels: number): Body {
  return levels === 0 ? { type: 'string' } : { type: 'array', items: deep(levels - 1) };
}

const rules: readonly RuleRow[] = [
  {
    says: 'more than 512 functions',
    passes: declaring(...Array.from({ length: 512 }, (_none, index) => named(`f${index}`))),
    refused: declaring(...Array.from({ length: 513 }, (_none, index) => named(`f${index}`))),
    message: 'tools[0].function_declarations: at most 512 function declarations are supported, but got 513',
  },
  {
    says: 'a name that begins with a digit',
    passes: declaring(named('_2fa.get:all-of')),
    refused: declaring(named('2fa')),
    message: `tools[0].function_declarations[0].name: ${invalidName}`,
  },
  {
    says: 'a name of 129 characters',
    passes: declaring(named('x'.repeat(128))),
    refused: declaring(named('x'.repeat(129))),
    message: `tools[0].function_declarations[0].name: ${invalidName}`,
  },
  {
    says: 'one name for two functions',
    passes: declaring(named('f'), named('g')),
    refused: declaring(named('f'), named('f')),
    message: 'Duplicate function declaration found: f',
  },
  {
    says: 'parameters in both forms',
    passes: declaring({ name: 'f', parametersJsonSchema: { type: 'object' } }),
    refused: declaring({
      name: 'f',
      parametersJsonSchema: { type: 'object' },
      parameters: { type: 'OBJECT', properties: { a: string } },
    }),
    message: 'tools[0].function_declarations[0]: parameters_json_schema must not be set when parameters is set.',
  },
  {
    says: 'JSON Schema, by generation 2.0',
    model: 'gemini-2.0-flash',
    passes: withParameters(string),
    refused: withJsonSchema({ type: 'string' }),
    message:
      'Invalid JSON payload received. Unknown name "parameters_json_schema" at \'tools[0].function_declarations[0]\': Cannot find field.',
  },
  {
    says: 'a calling config without functions',
    passes: choosing({ mode: 'ANY' }),
    refused: ask({ tools: [{ googleSearch: {} }], toolConfig: { functionCallingConfig: { mode: 'AUTO' } } }),
    message: 'Function calling config is set without function_declarations.',
  },
  {
    says: 'allowed names in the mode AUTO',
    passes: choosing({ mode: 'VALIDATED', allowedFunctionNames: ['f'] }),
    refused: choosing({ mode: 'AUTO', allowedFunctionNames: ['f'] }),
    message: 'Allowed function names can only be set when the function calling mode is ANY or VALIDATED.',
  },
  {
    says: 'an allowed name that is not declared',
    passes: choosing({ mode: 'ANY', allowedFunctionNames: ['g'] }),
    refused: choosing({ mode: 'ANY', allowedFunctionNames: ['h'] }),
    message: 'Allowed function name `h` is not one of the function declarations.',
  },
  {
    says: 'schemas that calls cannot be held to',
    rules: { maxForcedSchemaLength: 50 },
    passes: choosing({ mode: 'AUTO' }),
    refused: choosing({ mode: 'ANY' }),
    message:
      'The specified schema produces a constraint that has too many states for serving. Typical causes of this error are schemas with lots of text (for example, very long property or enum names), schemas with long array length limits (especially when nested), or schemas using complex value matchers (for example, integers or numbers with minimum/maximum bounds or strings with complex formats like date-time)',
  },
  {
    says: 'a built-in tool beside functions, by generation 2.5',
    passes: ask({ tools: [{ googleSearch: {} }, { urlContext: {} }] }),
    refused: ask({ tools: [{ googleSearch: {} }, { functionDeclarations: [named('f')] }] }),
    message: 'Tool use with function calling is unsupported',
  },
  {
    ...gemini3,
    says: 'a built-in tool beside functions without the flag',
    passes: ask({
      tools: [{ googleSearch: {} }, { functionDeclarations: [named('f')] }],
      toolConfig: { includeServerSideToolInvocations: true },
    }),
    refused: ask({ tools: [{ googleSearch: {} }, { functionDeclarations: [named('f')] }] }),
    message:
      'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
  },
  {
    ...gemini3,
    says: 'a built-in tool beside functions in the mode AUTO',
    passes: ask({
      tools: [{ googleSearch: {} }, { functionDeclarations: [named('f')] }],
      toolConfig: { includeServerSideToolInvocations: true, functionCallingConfig: { mode: 'VALIDATED' } },
    }),
    refused: ask({
      tools: [{ googleSearch: {} }, { functionDeclarations: [named('f')] }],
      toolConfig: { includeServerSideToolInvocations: true, functionCallingConfig: { mode: 'AUTO' } },
    }),
    message: 'Function calling mode AUTO is not supported together with Built-in tools.',
  },
  {
    says: 'two tools in one element',
    passes: ask({ tools: [{ googleSearch: {} }, { codeExecution: {} }] }),
    refused: ask({ tools: [{ googleSearch: {}, codeExecution: {} }] }),
    message: "tools[0].tool_type: one_of 'tool_type' has more than one initialized field: googleSearch, codeExecution",
  },
  {
    says: 'an empty tool',
    passes: ask({ tools: [{ googleSearch: {} }] }),
    refused: ask({ tools: [{}] }),
    message: "tools[0].tool_type: required one_of 'tool_type' must have one initialized field",
  },
  {
    says: 'parameters that are no object',
    passes: withParameters(string),
    refused: declaring({ name: 'f', parameters: string }),
    message: `${own}.type: must be OBJECT`,
  },
  {
    says: 'an object without properties',
    passes: withParameters(string),
    refused: declaring({ name: 'f', parameters: { type: 'OBJECT', properties: {} } }),
    message: `${own}.properties: should be non-empty for OBJECT type`,
  },
  {
    says: 'an array without items',
    passes: withParameters({ type: 'ARRAY', items: string }),
    refused: withParameters({ type: 'ARRAY' }),
    message: `${own}.properties[a].items: missing field.`,
  },
  {
    says: 'an empty word in an enum',
    passes: withParameters({ ...string, enum: ['x'] }),
    refused: withParameters({ ...string, enum: ['x', ''] }),
    message: `${own}.properties[a].enum[1]: cannot be empty`,
  },
  {
    says: 'an enum of numbers',
    passes: withParameters({ type: 'INTEGER', format: 'enum', enum: ['1'] }),
    refused: withParameters({ type: 'INTEGER', enum: ['1'] }),
    message: `${own}.properties[a].enum: only allowed for STRING type`,
  },
  {
    says: 'a format of JSON Schema',
    passes: withParameters({ ...string, format: 'date-time' }),
    refused: withParameters({ ...string, format: 'uri' }),
    message: `${own}.properties[a].format: only 'enum' and 'date-time' are supported for STRING type`,
  },
  {
    says: 'a required property that is not there',
    passes: declaring({ name: 'f', parameters: { type: 'OBJECT', properties: { a: string }, required: ['a'] } }),
    refused: declaring({ name: 'f', parameters: { type: 'OBJECT', properties: { a: string }, required: ['b'] } }),
    message: `${own}.required[0]: property is not defined`,
  },
  {
    ...vertex,
    says: 'a schema without a type on Vertex AI',
    passes: withParameters({ anyOf: [string, { type: 'NUMBER' }] }),
    refused: withParameters({ description: 'anything' }),
    message: `\`${own}.properties[a]\` schema didn't specify the schema type field.`,
  },
  {
    ...vertex,
    says: 'anything beside any_of on Vertex AI',
    passes: withParameters({ anyOf: [string, { type: 'NUMBER' }] }),
    refused: withParameters({ anyOf: [string, { type: 'NUMBER' }], description: 'x' }),
    message: `\`${own}.properties[a]\` when using any_of, it must be the only field set.`,
  },
  {
    says: 'a keyword that JSON Schema has and Gemini has not',
    passes: withJsonSchema({ type: 'integer', minimum: 1 }),
    refused: withJsonSchema({ type: 'integer', exclusiveMinimum: 0 }),
    message: `${json}.properties[a].exclusiveMinimum: keyword is not supported`,
  },
  {
    says: 'a property called like a keyword as little as any other',
    passes: withJsonSchema({ type: 'object', properties: { const: { type: 'string' }, $schema: true } }),
    refused: withJsonSchema({ type: 'object', const: {}, properties: { a: { type: 'string' } } }),
    message: `${json}.properties[a].const: keyword is not supported`,
  },
  {
    says: 'words beside a $ref',
    passes: declaring({ name: 'f', parametersJsonSchema: { $ref: '#/$defs/A', $defs: { A: { type: 'object' } } } }),
    refused: declaring({
      name: 'f',
      parametersJsonSchema: { $ref: '#/$defs/A', description: 'x', $defs: { A: { type: 'object' } } },
    }),
    message: `${json}.description: may not stand beside $ref`,
  },
  {
    says: 'a $ref that leads nowhere',
    passes: withJsonSchema({ type: 'string' }),
    refused: withJsonSchema({ $ref: '#/$defs/B' }),
    message: `${json}.properties[a].$ref: reference to undefined schema at #/$defs/B`,
  },
  {
    says: 'an enum of booleans',
    passes: withJsonSchema({ enum: ['a', 1] }),
    refused: withJsonSchema({ enum: [true] }),
    message: `${json}.properties[a].enum: only strings and numbers are supported`,
  },
  {
    says: 'items as a list',
    passes: withJsonSchema({ type: 'array', prefixItems: [{ type: 'string' }] }),
    refused: withJsonSchema({ type: 'array', items: [{ type: 'string' }] }),
    message: `${json}.properties[a].items: must be a JSON Schema`,
  },
  {
    says: 'a type nobody has',
    passes: withJsonSchema({ type: ['string', 'null'] }),
    refused: withJsonSchema({ type: 'STRING' }),
    message: `${json}.properties[a].type: unknown type "STRING"`,
  },
  {
    says: 'a schema without end',
    passes: withJsonSchema(deep(20)),
    refused: withJsonSchema(deep(40)),
    message: `${json}.properties[a]${'.items'.repeat(32)}: maximum schema depth exceeded`,
  },
];

test.each(rules)('refuses $says', expectRule);
