import { describe, expect, test } from 'bun:test';
import { RepairedArguments } from './repaired-arguments.ts';

const schema = {
  type: 'object',
  required: ['path'],
  properties: {
    path: { type: 'string' },
    limit: { type: 'integer' },
    ratio: { type: 'number' },
    flag: { type: 'boolean' },
    either: { type: ['boolean', 'integer'] },
    nullable: { type: ['string', 'null'] },
    mode: { enum: ['a', 'b'] },
    digits: { type: 'string', enum: ['1', '2'] },
    url: { type: 'string', format: 'uri' },
    long: { type: 'string', minLength: 1 },
    list: { type: 'array', items: { type: 'string' } },
    numbers: { type: 'array', items: { type: 'number' } },
    todos: {
      type: 'array',
      items: { $ref: '#/$defs/todo' },
    },
    options: { type: 'object', properties: { depth: { type: 'integer' } } },
    any: {},
    some: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    free: { anyOf: [{ type: 'integer' }, {}] },
    choice: {
      oneOf: [
        { type: 'object', properties: { v: { type: 'integer' } } },
        { type: 'object', properties: { v: { type: 'string' } } },
      ],
    },
    tuple: { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' } },
    byPattern: { patternProperties: { '^x': { type: 'string' } }, additionalProperties: { type: 'integer' } },
    merged: { allOf: [{ properties: { v: { type: 'integer' } } }, { required: ['v'] }] },
  },
  $defs: {
    todo: {
      type: 'object',
      required: ['content'],
      properties: { content: { type: 'string' }, status: { enum: ['open', 'done'] }, weight: { type: 'number' } },
    },
  },
};

/** What becomes of arguments in pieces of each of these sizes, which must make no difference. */
function repaired(text: string, end: 'whole' | 'cut' = 'whole'): { readonly json: string; readonly notes: string } {
  const results = [1, 2, 3, 5, text.length + 1].map((size) => {
    const notes: string[] = [];
    const one = new RepairedArguments({ schema, root: schema }, (repair) => notes.push(repair));
    let json = '';
    for (let at = 0; at < text.length; at += size) json += one.push(text.slice(at, at + size));
    return { json: json + (end === 'whole' ? one.end() : one.rest()), notes: notes.join(' ') };
  });
  for (const result of results) expect(result).toEqual(results[0] ?? result);
  return results[0] ?? { json: '', notes: '' };
}

describe('what is valid, and what nobody knows better, goes through as it is', () => {
  test.each([
    '{"path":"x"}',
    ' {\t"path" : "a\\nb\\u00e9\\"\\\\" ,\n"limit" : 3e0 , "list":[ ], "options" : { } } \n',
    '{"path":"","nullable":null,"some":null,"any":"","either":true,"digits":"1","ratio":-0.5e-3}',
    '{"todos":[{"content":"","status":"open","weight":1}],"any":{"limit":"5","list":"x"},"unknown":"5"}',
    '{"free":"5","choice":{"v":"5"},"tuple":["5"],"byPattern":{"x1":"5"},"digits":7,"merged":{"v":""}}',
    '{"flag":"yes","path":"x"}',
    '{"limit":"4.5","path":"x"}',
    '{"limit":true}',
    '{"list":"a, b","path":"x"}',
    '{"path":{"a":1}}',
    '{"mode":"c"}',
    '{"path":null}',
    '{"options":[{"depth":1}]}',
    '{"path":"x"}{"path":"y"}',
    '{"path":"echo "hi""}',
    '[1]',
    'nothing of JSON',
    '{"path":"not closed',
    '{"path":',
    '{"a":tru',
    "{'path':'not closed",
  ])('%s', (text) => {
    expect(repaired(text)).toEqual({ json: text, notes: '' });
  });
});

describe('repairs', () => {
  const cases: readonly [text: string, json: string, notes: string][] = [
    ['{"limit": "", "path": "x"}', '{ "path": "x"}', 'empty'],
    ['{"path": "x", "limit": null, "flag": ""}', '{"path": "x"}', 'empty empty'],
    ['{"limit":null,"flag":null,"path":"x","mode":""}', '{"path":"x"}', 'empty empty empty'],
    ['{"url":"","long":"","path":""}', '{"path":""}', 'empty empty'],
    [
      '{"limit":"42","ratio":" 1.5 ","flag":"True","path":"x"}',
      '{"limit":42,"ratio":1.5,"flag":true,"path":"x"}',
      'type type type',
    ],
    ['{"either":"true"}', '{"either":true}', 'type'],
    ['{"either":"7"}', '{"either":7}', 'type'],
    ['{"some":"null"}', '{"some":null}', 'type'],
    ['{"merged":{"v":"5"},"byPattern":{"y":"5"}}', '{"merged":{"v":5},"byPattern":{"y":"5"}}', 'type'],
    ['{"path":5,"digits":2}', '{"path":"5","digits":"2"}', 'type type'],
    ['{"list":"a","numbers":1}', '{"list":["a"],"numbers":[1]}', 'type type'],
    ['{"list":"[\\"a\\", \\"b\\"]"}', '{"list":["a", "b"]}', 'type'],
    ['{"options":"{\\"depth\\": \\"2\\"}"}', '{"options":{"depth": 2}}', 'type type'],
    ['{"todos":{"content":"x","status":""}}', '{"todos":[{"content":"x"}]}', 'type empty'],
    [
      '{"todos":"[{\\"content\\":1,\\"weight\\":\\"2\\"}]"}',
      '{"todos":[{"content":"1","weight":2}]}',
      'type type type',
    ],
    ['{"todos":[{"status":"","content":"x"}]}', '{"todos":[{"content":"x"}]}', 'empty'],
    ['{"path":"x",}', '{"path":"x"}', 'json'],
    ['{"path":"x","list":["a",],}', '{"path":"x","list":["a"]}', 'json json'],
    ['{"path":"x","limit":3', '{"path":"x","limit":3}', 'json'],
    ['{"todos":[{"content":"x"', '{"todos":[{"content":"x"}]}', 'json'],
    ['{"list":["a",', '{"list":["a"]}', 'json'],
    ['{"path":"a\nb\\d\\\'c"}', '{"path":"a\\nb\\\\d\'c"}', 'json json json'],
    ["{'path': 'x', 'limit': '4'}", '{"path": "x", "limit": 4}', 'json type'],
    ['{"path": "x", limit: 3}', '{"path": "x", "limit": 3}', 'json'],
    ['{"path": "x" "limit": 3}', '{"path": "x", "limit": 3}', 'json'],
    ['{"flag": True, "nullable": None}', '{"flag": true, "nullable": null}', 'json'],
    ['```json\n{"path":"x"}\n```', '\n{"path":"x"}\n', 'json'],
    ['{"path":"x"}}', '{"path":"x"}', 'json'],
    ['{"path":"x"} {"path":"x"}', '{"path":"x"}', 'json'],
    ['{"path":"x"}\nThat is all.', '{"path":"x"}', 'json'],
  ];
  test.each(cases)('%s', (text, json, notes) => {
    expect(repaired(text)).toEqual({ json, notes });
  });
});

test('what was cut off is not closed', () => {
  for (const text of ['{"path":"x"', '{"path":"x","limit":4', '{"path":"x",', '{"todos":[{"content":"x"}']) {
    expect(repaired(text, 'cut')).toEqual({ json: text, notes: '' });
  }
});

test('a long text goes on at once, and a name waits for no more than the beginning of its value', () => {
  const one = new RepairedArguments({ schema, root: schema }, () => undefined);
  expect([one.push('{"pa'), one.push('th":'), one.push(' "'), one.push('line'), one.push(' two')]).toEqual([
    '{',
    '',
    '"path": "',
    'line',
    ' two',
  ]);
});

test('trouble made on purpose takes no long time', () => {
  const startedAt = performance.now();
  for (const text of [
    '['.repeat(200_000),
    `{"a":${'['.repeat(200_000)}}`,
    `{"list":"${'['.repeat(200_000)}"}`,
    `{${"'a':1,".repeat(50_000)}}`,
  ]) {
    repaired(text);
  }
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
