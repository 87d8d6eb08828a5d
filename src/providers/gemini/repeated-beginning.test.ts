import { expect, test } from 'bun:test';
import { parsed, targetFor } from '../../../test/build-gemini-request.ts';
import { givenBeginning, RepeatedBeginning } from './repeated-beginning.ts';

const user = { role: 'user', content: 'List them.' };
const call = { type: 'tool_use', id: 'toolu_1', name: 'Read', input: {} };

const requests: readonly (readonly [string, readonly object[], string, string | undefined])[] = [
  ['words at the end', [user, { role: 'assistant', content: 'Sure: [' }], 'gemini-3.5-flash', 'Sure: ['],
  ['blocks at the end', [user, { role: 'assistant', content: [{ type: 'text', text: ' A' }] }], 'gemini-4-argon', 'A'],
  ['a model that goes on by itself', [user, { role: 'assistant', content: 'A' }], 'gemini-2.5-pro', undefined],
  ['the user at the end', [user], 'gemini-3.5-flash', undefined],
  ['blanks at the end', [user, { role: 'assistant', content: ' \n' }], 'gemini-3.5-flash', undefined],
  [
    'a call at the end',
    [user, { role: 'assistant', content: [{ type: 'text', text: 'A' }, call] }],
    'gemini-3.5-flash',
    undefined,
  ],
];

test.each(requests)('%s', (_, messages, model, given) => {
  expect(givenBeginning(parsed({ messages }), targetFor({ model }))).toBe(given);
});

function reader(given: string) {
  const said: [string, string | undefined][] = [];
  return { said, beginning: new RepeatedBeginning(given, (text, signature) => said.push([text, signature])) };
}

test('a repetition is left out however it comes, letter by letter or with what follows', () => {
  const whole = '\nOnce upon a time there was';
  for (const size of [1, 2, 7, 100]) {
    const { said, beginning } = reader('Once upon');
    for (let at = 0; at < whole.length; at += size) beginning.text(whole.slice(at, at + size), undefined);
    beginning.release();
    expect(said.map(([text]) => text).join('')).toBe(' a time there was');
  }
});

test('what was held back comes piece by piece, each with its signature', () => {
  const { said, beginning } = reader('Once upon a time');
  beginning.text('Once ', 'first');
  beginning.text('upon', undefined);
  expect(said).toEqual([]);
  beginning.text(' my word', 'last');
  beginning.text('Once upon a time', undefined);
  expect(said).toEqual([
    ['Once ', 'first'],
    ['upon', undefined],
    [' my word', 'last'],
    ['Once upon a time', undefined],
  ]);
});

test('what is held back has an end', () => {
  const { said, beginning } = reader('Once upon a time');
  for (let count = 0; count < 40 && said.length === 0; count += 1) beginning.text(' '.repeat(64 * 1024), undefined);
  expect(said.length).toBeGreaterThan(0);
  expect(said.length).toBeLessThan(20);
});
