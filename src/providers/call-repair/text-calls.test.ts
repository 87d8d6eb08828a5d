import { expect, test } from 'bun:test';
import { nameRule } from '../openai/name-rule.ts';
import { OfferedCalls } from './offered-calls.ts';
import { TextCalls } from './text-calls.ts';

const tools = [{ name: 'Read', input_schema: { type: 'object' as const } }];
const offered = new OfferedCalls({ model: 'm', max_tokens: 1, messages: [], tools }, nameRule);

/** What goes on after each piece. */
function shown(pieces: readonly string[], mayBeBare = false): string[] {
  const calls = new TextCalls(offered, mayBeBare);
  return pieces.map((piece) =>
    calls
      .push(piece)
      .map((found) => ('text' in found ? found.text : '(call)'))
      .join(''),
  );
}

test('text goes on at once, but for what may be the beginning of a call', () => {
  expect(shown(['a', ' <', 'b', ' [TOOL', 'S]', ' ``', '`', ' <tool_call>'])).toEqual([
    'a',
    ' ',
    '<b',
    ' ',
    '[TOOLS]',
    ' ',
    '```',
    ' <tool_call>',
  ]);
});

test('a mark that goes on like no call is text as soon as that is seen', () => {
  expect(shown(['<tool_call>', '` is a tag', '.'])).toEqual(['', '<tool_call>` is a tag', '.']);
  expect(shown(['<|python_tag|>', 'import os'])).toEqual(['', '<|python_tag|>import os']);
});

test('a call is found as soon as it ends', () => {
  expect(shown(['<tool_call>{"name":"Read"}', '</tool_call', '>', '\n', 'So.'])).toEqual(['', '', '(call)', '', 'So.']);
});

test.each([1, 3, 1_000])('a call that is quoted is none, in pieces of %d letters', (size) => {
  const call = '<tool_call>{"name":"Read"}</tool_call>';
  for (const text of [`Write \`${call}\`, so.`, `\`\`\`\n${call}\n\`\`\``, `\`\`\`xml\n${call}`]) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, (at + 1) * size),
    );
    const calls = new TextCalls(offered, true);
    const found = [...pieces.flatMap((piece) => calls.push(piece)), ...calls.end()];
    expect(found.map((one) => ('text' in one ? one.text : '(call)')).join('')).toBe(text);
  }
});

test('a call nested to exhaust the stack is text', () => {
  const calls = new TextCalls(offered, true);
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const text = `<tool_call>{"name":"Read","arguments":{"a":${deep}}}</tool_call>`;
  const found = [...calls.push(text), ...calls.end()];
  expect(found.map((one) => ('text' in one ? one.text : '(call)')).join('')).toBe(text);
});

test('JSON that is no call goes on as soon as that is seen', () => {
  expect(shown(['{', '"name": "Bo', 'b", ', '"x": 1}'], true)).toEqual(['', '', '{"name": "Bob", ', '"x": 1}']);
  expect(shown(['{"na', 'mes'], true)).toEqual(['', '']);
  expect(shown(['{"title": ', '1'], true)).toEqual(['{"title": ', '1']);
  expect(shown(['{"name": "Read", ', '"parameters"'], true)).toEqual(['', '']);
});

test('a form without an end is not waited for for ever', () => {
  const calls = new TextCalls(offered, false);
  let length = calls.push('<tool_call>{"name":"').length;
  for (let piece = 0; piece < 20; piece++) {
    for (const found of calls.push('x'.repeat(100_000))) if ('text' in found) length += found.text.length;
  }
  expect(length).toBeGreaterThan(1_900_000);
});

test('trouble made on purpose takes no long time', () => {
  const startedAt = performance.now();
  for (const piece of [
    '<tool_call>',
    '<function=',
    '<tool_call>{',
    '[TOOL_CALLS]a',
    '```',
    '<｜tool▁calls▁begin｜><',
    `<tool_call>{"name":["${'x\n"'.repeat(5_000)}]}</tool_call>`,
  ]) {
    const calls = new TextCalls(offered, true);
    for (let count = 0; count < 20_000 && count * piece.length < 500_000; count++) calls.push(piece);
    calls.end();
  }
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

const blanks = ' '.repeat(400_000);

test.each<[where: string, text: string]>([
  ['before everything', `${blanks}x`],
  ['behind a fence', `\`\`\`${blanks}x`],
  ['inside of a call', `{"name": "Read"${blanks}x`],
  ['behind the mark of a call', `<tool_call>${blanks}x`],
  ['inside of a form', `<tool_call>{"name": "Read"${blanks}x}</tool_call>`],
  ['inside of a function', `<function=Read>{"a": 1${blanks}x</function>`],
  ['behind many objects', `<|python_tag|>${'{}'.repeat(50_000)}${blanks}`],
])('blanks without an end take no long time: %s', (_where, text) => {
  const startedAt = performance.now();
  const whole = new TextCalls(offered, true);
  whole.push(text);
  whole.end();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test.each(['', '{', '<tool_call>', '<tool_call>{"name":"Read"}</tool_call>'])(
  'blanks that come one by one behind %p take no long time',
  (before) => {
    const startedAt = performance.now();
    const calls = new TextCalls(offered, true);
    calls.push(before);
    for (let count = 0; count < 100_000; count++) calls.push('\n');
    calls.end();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  },
);
