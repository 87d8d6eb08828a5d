import { describe, expect, test } from 'bun:test';
import { FunctionCallReader, type ReadCall } from './function-calls.ts';
import { UnreadableArguments } from './streamed-arguments.ts';

type Part = Readonly<Record<string, unknown>>;

function read(...parts: readonly Part[]): readonly ReadCall[] {
  const reader = new FunctionCallReader();
  return [...parts.flatMap((part) => reader.read(part, undefined)), ...reader.end(false)];
}

const pieces = (jsonPath: string, stringValue: string, more: Part = { willContinue: true }): Part => ({
  partialArgs: [{ jsonPath, stringValue }],
  ...more,
});

/** Name and arguments of each call. */
const told = (calls: readonly ReadCall[]) => calls.map(({ name, json }) => `${name} ${json}`);

describe('which call a part belongs to', () => {
  test.each<[string, Part[], string[]]>([
    [
      'a name, pieces, and an end without anything',
      [{ name: 'Read', willContinue: true }, pieces('$.a', 'x'), pieces('$.b', 'y', {}), {}],
      ['Read {"a":"x","b":"y"}'],
    ],
    [
      'parts without anything that say that more comes',
      [{ name: 'Read', willContinue: true }, { willContinue: true }, pieces('$.a', 'x'), {}],
      ['Read {"a":"x"}'],
    ],
    [
      'the next name ends a call whose end never came',
      [
        { name: 'Read', willContinue: true },
        pieces('$.a', 'x', {}),
        { name: 'Read', willContinue: true },
        pieces('$.a', 'y'),
        {},
      ],
      ['Read {"a":"x"}', 'Read {"a":"y"}'],
    ],
    [
      'the name again with every piece',
      [
        { name: 'Read', willContinue: true },
        pieces('$.a', 'x', { name: 'Read', willContinue: true }),
        pieces('$.b', 'y', { name: 'Read' }),
      ],
      ['Read {"a":"x","b":"y"}'],
    ],
    [
      'name and id again with every piece',
      [
        pieces('$.a', 'x', { name: 'Read', id: '1', willContinue: true }),
        pieces('$.b', 'y', { name: 'Read', id: '1' }),
      ],
      ['Read {"a":"x","b":"y"}'],
    ],
    [
      'two calls of one tool, told apart by their ids',
      [
        pieces('$.a', 'x', { name: 'Read', id: '1', willContinue: true }),
        pieces('$.a', 'y', { name: 'Read', id: '2' }),
      ],
      ['Read {"a":"x"}', 'Read {"a":"y"}'],
    ],
    ['whole calls of one tool', [{ name: 'Read', args: { a: 1 } }, { name: 'Read' }], ['Read {"a":1}', 'Read {}']],
  ])('%s', (_name, parts, calls) => {
    expect(told(read(...parts))).toEqual(calls);
  });

  test('pieces of a call that is not the open one are put nowhere', () => {
    const first = pieces('$.a', 'x', { name: 'Read', id: '1', willContinue: true });
    const second = pieces('$.a', 'y', { name: 'Bash', id: '2', willContinue: true });
    expect(() => read(first, second, pieces('$.b', 'z', { id: '1' }))).toThrow(UnreadableArguments);
  });
});
