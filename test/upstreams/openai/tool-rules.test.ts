import { afterAll, beforeAll, test } from 'bun:test';
import { say } from '../script.ts';
import { type FakeOpenAi, startFakeOpenAi } from './fake-openai.ts';
import {
  badParameters,
  expectRefusal,
  noParameters,
  plain,
  type RefusedRequest,
  result,
  strictObject,
  talk,
  tool,
  user,
  withParameters,
} from './request-samples.ts';

const refused: readonly RefusedRequest[] = [
  {
    says: 'parallel_tool_calls without tools',
    body: { ...plain, parallel_tool_calls: false },
    code: null,
    param: 'parallel_tool_calls',
  },
  { says: 'tool_choice without tools', body: { ...plain, tool_choice: 'auto' }, code: null, param: 'tool_choice' },
  {
    says: 'parallel_tool_calls on an o-model',
    body: { ...plain, model: 'o3', tools: [tool('Read')], parallel_tool_calls: false },
    code: 'unsupported_parameter',
    param: 'parallel_tool_calls',
  },
  {
    says: 'a choice of a tool that is not there',
    body: { ...plain, tools: [tool('Read')], tool_choice: { type: 'function', function: { name: 'Write' } } },
    code: 'invalid_value',
    param: 'tool_choice',
  },
  { says: 'an empty list of tools', body: { ...plain, tools: [] }, code: 'empty_array', param: 'tools' },
  {
    says: '129 tools',
    body: { ...plain, tools: Array.from({ length: 129 }, (_, index) => tool(`t${index}`)) },
    code: 'array_above_max_length',
    param: 'tools',
  },
  {
    says: 'a tool name of 65 characters',
    body: { ...plain, tools: [tool('x'.repeat(65))] },
    code: 'string_above_max_length',
    param: 'tools[0].function.name',
  },
  {
    says: 'a tool name with a dot',
    body: { ...plain, tools: [tool('a.b')] },
    code: 'invalid_value',
    param: 'tools[0].function.name',
  },
  {
    says: 'a tool name with a dot in the history',
    body: talk(
      user,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'a.b', arguments: '{}' } }],
      },
      result('c'),
    ),
    code: 'invalid_value',
    param: 'messages[1].tool_calls[0].function.name',
  },
  {
    says: 'a tool twice',
    body: { ...plain, tools: [tool('Read'), tool('Read')] },
    code: 'invalid_value',
    param: 'tools[1].function.name',
  },
  { says: 'parameters without a type', body: withParameters({ properties: {} }), ...badParameters },
  { says: 'parameters that are an array', body: withParameters({ type: 'array', items: {} }), ...badParameters },
  { says: 'alternatives at the root', body: withParameters({ ...noParameters, anyOf: [{}] }), ...badParameters },
  { says: 'an object without properties', body: withParameters({ type: 'object' }), ...badParameters },
  {
    says: 'an array without items, deep inside',
    body: withParameters({ type: 'object', properties: { a: { anyOf: [{ type: 'array' }] } } }),
    ...badParameters,
    message:
      "Invalid schema for function 'Fetch': In context=('properties', 'a', 'anyOf', '0'), array schema missing items.",
  },
  {
    says: 'a property that is no schema',
    body: withParameters({ type: 'object', properties: { a: true } }),
    ...badParameters,
  },
  {
    says: 'a type nobody knows',
    body: withParameters({ type: 'object', properties: { a: { type: 'any' } } }),
    ...badParameters,
  },
  {
    says: 'a reference to nothing',
    body: withParameters({ type: 'object', properties: { a: { $ref: '#/$defs/gone' } } }),
    ...badParameters,
  },
  {
    says: 'a strict tool with an optional property',
    body: withParameters({ ...strictObject, required: [] }, true),
    ...badParameters,
    message: "Missing 'a'",
  },
  {
    says: 'a strict tool with an open object',
    body: withParameters({ ...strictObject, additionalProperties: true }, true),
    ...badParameters,
  },
  {
    says: 'a strict tool with a keyword outside the subset',
    body: withParameters({ ...strictObject, properties: { a: { type: 'string', minLength: 1 } } }, true),
    ...badParameters,
    message: "'minLength' is not permitted",
  },
];

let fake: FakeOpenAi;
beforeAll(async () => {
  fake = await startFakeOpenAi({ model: () => [say('Hi')] });
});
afterAll(() => fake.stop());

test.each(refused)('refuses $says', async (request) => {
  await expectRefusal(fake, request);
});
