import { expect, test } from 'bun:test';
import { foldAll, openAi, testContext } from '../../../test/replay.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { UpstreamFailure } from '../provider.ts';
import { readChatAnswer } from './answer.ts';

const request: MessagesRequest = {
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Go on.' }],
  tools: [{ name: 'Read', input_schema: { type: 'object' } }],
};
const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

function read(body: unknown) {
  return readChatAnswer(typeof body === 'string' ? body : JSON.stringify(body), request, openAi, testContext());
}

function answerOf(message: object, finish: string | null = 'stop') {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finish }],
    usage,
  };
}

const callOf = (args: unknown, name = 'Read') => ({
  id: 'call_1',
  type: 'function',
  function: { name, arguments: args },
});

test('a plain answer is the message its stream would have been', () => {
  const message = foldAll(
    read(
      answerOf(
        { role: 'assistant', content: 'Hello.', refusal: null, tool_calls: [callOf('{"path":"a"}')] },
        'tool_calls',
      ),
    ),
  );
  expect(message).toMatchObject({
    model: 'claude-sonnet-4-5',
    content: [
      { type: 'text', text: 'Hello.' },
      { type: 'tool_use', id: 'call_1', name: 'Read', input: { path: 'a' } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 100, output_tokens: 20 },
  });
});

test('several calls stay apart, though nothing numbers them', () => {
  const calls = [
    callOf('{"path":"a"}'),
    { ...callOf('{"path":"a"}'), id: 'call_2' },
    { ...callOf('{}'), id: undefined },
  ];
  const { content } = foldAll(read(answerOf({ role: 'assistant', content: null, tool_calls: calls }, null)));
  expect(content).toMatchObject([{ id: 'call_1' }, { id: 'call_2' }, { id: 'toolu_000000000000000000000001' }]);
});

const repairs: readonly [string, unknown, object][] = [
  ['an object', { path: 'a' }, { path: 'a' }],
  ['empty', '', {}],
  ['text after the closing brace', '{"path":"a"}\n</tool_call>', { path: 'a' }],
  ['a trailing comma', '{"path":"a",}', { path: 'a' }],
  ['encoded twice', '"{\\"path\\":\\"a\\"}"', { path: 'a' }],
];

for (const [name, args, input] of repairs) {
  test(`arguments: ${name}`, () => {
    const events = read(answerOf({ role: 'assistant', content: null, tool_calls: [callOf(args)] }));
    expect(foldAll(events).content).toMatchObject([{ type: 'tool_use', input }]);
    // A client that streams gets whole JSON too.
    const json = events.map((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'input_json_delta' ? event.delta.partial_json : '',
    );
    expect(JSON.parse(json.join(''))).toEqual(input);
  });
}

test('arguments that nobody can read fail the folded answer', () => {
  const events = read(answerOf({ role: 'assistant', content: null, tool_calls: [callOf('ls -l')] }));
  expect(() => foldAll(events)).toThrow('Read');
});

test('cut by length, a call whose arguments are missing or half is left out', () => {
  for (const args of ['', '{"path":"a']) {
    const { content, stop_reason } = foldAll(
      read(answerOf({ role: 'assistant', content: 'Reading.', tool_calls: [callOf(args)] }, 'length')),
    );
    expect(content).toMatchObject([{ type: 'text', text: 'Reading.' }]);
    expect(stop_reason).toBe('max_tokens');
  }
});

const failures: readonly [string, unknown, string][] = [
  ['no JSON', 'Bad gateway', 'upstream-malformed'],
  ['no answer in it', { id: 'x' }, 'upstream-malformed'],
  ['no choices', { choices: [], usage }, 'upstream-malformed'],
  [
    'an error with status 200',
    { error: { message: 'Too many requests', type: 'rate_limit_error', code: 429 } },
    'rate-limited',
  ],
  ['a list', [], 'upstream-malformed'],
];

for (const [name, body, kind] of failures) {
  test(`a body with ${name} is a failure`, () => {
    let thrown: unknown;
    try {
      read(body);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UpstreamFailure);
    expect(thrown).toMatchObject({ kind });
  });
}
