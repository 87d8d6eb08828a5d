import { describe, expect, test } from 'bun:test';
import { parseDotenv } from './dotenv.ts';

function valuesOf(text: string): Record<string, string> {
  const { values, problems } = parseDotenv(text);
  expect(problems).toEqual([]);
  return Object.fromEntries([...values].map(([name, { text: value }]) => [name, value]));
}

describe('what a line sets', () => {
  const cases: readonly [what: string, text: string, expected: Record<string, string>][] = [
    ['a plain value', 'A=1', { A: '1' }],
    ['spaces around everything', '  A =  1 2  ', { A: '1 2' }],
    ['an export', 'export A=1\n\texport\tB=2', { A: '1', B: '2' }],
    ['an empty value', 'A=\nB=""\nC= # nothing', { A: '', B: '', C: '' }],
    ['comments and empty lines', '# one\n\n  # two\nA=1 # three', { A: '1' }],
    ['a # inside a value', 'A=sk-a#b\nB=#c', { A: 'sk-a#b', B: '#c' }],
    ['an equals sign inside a value', 'A=b=c==', { A: 'b=c==' }],
    ['single quotes, taken as they are', String.raw`A='a\n"b" # c $D'`, { A: String.raw`a\n"b" # c $D` }],
    ['backticks, taken as they are', 'A=`it\'s "b"`', { A: 'it\'s "b"' }],
    ['double quotes with escapes', String.raw`A="a\nb\t\"c\" \\ \$D \x # e" # f`, { A: 'a\nb\t"c" \\ $D \\x # e' }],
    ['quotes inside an unquoted value', `A=it's "here"`, { A: `it's "here"` }],
    ['a value over several lines', 'A="one\ntwo\n"\nB=\'x\ny\'\nC=3', { A: 'one\ntwo\n', B: 'x\ny', C: '3' }],
    ['CRLF', 'A=1\r\nB="x\r\ny"\r\n# c\r\nC=3\r\n', { A: '1', B: 'x\ny', C: '3' }],
    ['old Mac line ends', 'A=1\rB=2', { A: '1', B: '2' }],
    ['a byte order mark', '\uFEFFA=1', { A: '1' }],
    ['a dollar sign, not expanded', 'A=1\nB=$A', { A: '1', B: '$A' }],
    ['nothing at all', '', {}],
  ];
  test.each(cases)('%s', (_, text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });
});

describe('what cannot be read is a problem that names the line', () => {
  const cases: readonly [text: string, expected: RegExp][] = [
    ['A=1\nsk-secret', /^\.env:2: this line is not NAME=value/],
    ['A: 1', /^\.env:1: /],
    ['1A=1', /^\.env:1: /],
    ['A B=1', /^\.env:1: /],
    ['=1', /^\.env:1: /],
    ['A="sk-secret', /^\.env:1: A: the " that opens the value is never closed$/],
    ["\n\nA='x\nB=1", /^\.env:3: A: the ' /],
    ['A="sk-secret" tail', /^\.env:1: A: something stands after the closing "/],
  ];
  test.each(cases)('%j', (text, expected) => {
    const { problems } = parseDotenv(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
    expect(problems[0]).not.toContain('sk-secret');
  });

  test('one bad line does not hide the next one', () => {
    const { problems, values } = parseDotenv('oops\nA="open\nB=2\nC 3');
    expect(problems.map((line) => line.slice(0, 7))).toEqual(['.env:1:', '.env:2:', '.env:4:']);
    expect(values.get('B')).toEqual({ text: '2', line: 3 });
  });
});

test('a name set twice is told, and the last one counts', () => {
  const { values, warnings } = parseDotenv('A=1\nB=2\nA=3');
  expect(values.get('A')).toEqual({ text: '3', line: 3 });
  expect(warnings).toEqual(['.env sets A on line 1 and again on line 3; the last one counts']);
});
