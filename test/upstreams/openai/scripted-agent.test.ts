import { expect, test } from 'bun:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Step } from '../script.ts';
import { type ChatMessage, type ChatTool, isChatRequest } from './chat-request.ts';
import { scriptedAgent } from './scripted-agent.ts';

const claudeCodeTools = ['Bash', 'Edit', 'Glob', 'Read', 'Write'].map((name) => toolNamed(name));
const system = { role: 'system', content: 'You work here.\n - Primary working directory: /home/me/project\n' };

function toolNamed(name: string, parameters: Record<string, unknown> = { type: 'object', properties: {} }): ChatTool {
  return { function: { name, parameters } };
}

function ask(messages: readonly ChatMessage[], tools: readonly ChatTool[], more: Record<string, unknown> = {}) {
  const body = { model: 'gpt-4.1', messages: [system, ...messages], tools, ...more };
  if (!isChatRequest(body)) throw new Error('not a request');
  const reply = scriptedAgent({ body, text: '', headers: new Headers(), index: 0 });
  const said = reply.flatMap((step) => (step.type === 'say' ? step.pieces : [])).join('');
  return { said, types: reply.map((step) => step.type), calls: reply.flatMap(callOf) };
}

function callOf(step: Step): readonly { name: string; input: unknown }[] {
  return step.type === 'call-tool' ? [{ name: step.name, input: JSON.parse(step.argumentPieces.join('')) }] : [];
}

const user = (content: string): ChatMessage => ({ role: 'user', content });

test('a greeting is answered with thinking and with what this is', () => {
  const { said, types, calls } = ask([user('Hello')], claudeCodeTools);
  expect(types).toEqual(['think', 'pause', 'say']);
  expect(said).toContain('for the model gpt-4.1, with 5 tools and 2 messages');
  expect(calls).toEqual([]);
});

test.each([
  ['List the files here', [{ name: 'Bash', input: { command: 'ls', description: 'List the files' } }]],
  ['run rm -rf / please', [{ name: 'Bash', input: { command: 'ls', description: 'List the files' } }]],
  ['What is the date?', [{ name: 'Bash', input: { command: 'date', description: 'Show the date' } }]],
  ['read src/a.ts', [{ name: 'Read', input: { file_path: '/home/me/project/src/a.ts' } }]],
  ['show me the readme', [{ name: 'Read', input: { file_path: '/home/me/project/README.md' } }]],
  ['cat /etc/hosts.conf', [{ name: 'Read', input: { file_path: '/etc/hosts.conf' } }]],
  [
    'List the files and read README.md',
    [
      { name: 'Bash', input: { command: 'ls', description: 'List the files' } },
      { name: 'Read', input: { file_path: '/home/me/project/README.md' } },
    ],
  ],
])('"%s" is answered with harmless tool calls', (wish, calls) => {
  expect(ask([user(wish)], claudeCodeTools).calls).toEqual(calls);
});

test('only offered tools are called', () => {
  expect(ask([user('list the files')], [toolNamed('Glob')]).calls).toEqual([{ name: 'Glob', input: { pattern: '*' } }]);
  expect(ask([user('list the files')], [toolNamed('Write')]).calls).toEqual([]);
  expect(ask([user('list the files')], []).calls).toEqual([]);
});

test('words inside reminders of the client are no wish', () => {
  const reminder = '<system-reminder>\nList the files and read README.md\n</system-reminder>\n\nHello';
  expect(ask([user(reminder)], claudeCodeTools).calls).toEqual([]);
});

test("somebody's own tool is called with an input that fits its schema", () => {
  const parameters = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer', minimum: 2 },
      note: { type: 'string' },
      place: { $ref: '#/$defs/place' },
      hours: { type: 'array', minItems: 1, items: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
    },
    required: ['city', 'unit', 'days', 'place', 'hours'],
    $defs: { place: { type: 'object', properties: { kind: { const: 'town' } }, required: ['kind'] } },
  };
  const { calls } = ask([user('How is the weather in Paris?')], [toolNamed('get_weather', parameters)]);
  expect(calls).toEqual([
    { name: 'get_weather', input: { city: 'Paris', unit: 'celsius', days: 2, place: { kind: 'town' }, hours: [1] } },
  ]);
});

test('results are told, also that one failed', () => {
  const calls = ['Bash', 'Read'].map((name) => ({ id: `id-${name}`, function: { name, arguments: '{}' } }));
  const messages = [
    user('List the files and read README.md'),
    { role: 'assistant', content: null, tool_calls: calls },
    { role: 'tool', tool_call_id: 'id-Bash', content: 'a.ts\nb.ts' },
    { role: 'tool', tool_call_id: 'id-Read', content: '[tool error] File does not exist.' },
  ];
  const { said, calls: more } = ask(messages, claudeCodeTools);
  expect(said).toContain('Bash answered:\n\n```\na.ts\nb.ts\n```');
  expect(said).toContain('Read did not work: File does not exist.');
  expect(more).toEqual([]);
});

test('a wanted JSON form is kept', () => {
  const schema = {
    type: 'object',
    properties: { title: { type: 'string' }, isNewTopic: { type: 'boolean' } },
    required: ['title', 'isNewTopic'],
    additionalProperties: false,
  };
  const format = { type: 'json_schema', json_schema: { name: 'output', schema } };
  const { said } = ask([user('list the files')], [], { response_format: format });
  expect(new Ajv2020().validate(schema, JSON.parse(said))).toBe(true);
});

test('a whole conversation to be summarised is no wish for its words', () => {
  const long = `${'You worked on files and read README.md. '.repeat(40)}Now write a detailed summary.`;
  const call = { id: 'c', function: { name: 'Read', arguments: '{}' } };
  const history = [
    user('Hi'),
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: 'Notes' },
  ];
  const { said, calls } = ask([...history, user(long)], claudeCodeTools);
  expect(said).toContain('<summary>');
  expect(calls).toEqual([]);
});
