import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { readModel } from './body-model.ts';

const read = (text: string) => readModel(Buffer.from(text));

/** A key that is `model` for JSON.parse, however it is written. */
const modelKey = fc
  .array(fc.boolean(), { minLength: 5, maxLength: 5 })
  .map(
    (escaped) => `"${[...'model'].map((l, i) => (escaped[i] ? `\\u00${l.charCodeAt(0).toString(16)}` : l)).join('')}"`,
  );
const anyKey = fc.oneof(
  fc.constantFrom('"models"', '"mode"', '"Model"', '""', '"messages"'),
  fc.string().map((key) => JSON.stringify(key)),
);
const anyValue = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '{"model":"nested"}',
    '[{"model" : "nested"}]',
    '"\\"model\\":\\"in a text\\""',
    '"model"',
    '{"model":{"model":5}}',
  ),
);
const member = fc.tuple(fc.oneof(modelKey, anyKey), anyValue).map(([key, value]) => `${key} : ${value}`);
const members = fc.array(member, { maxLength: 8 });
const bodyOf = (parts: readonly string[]) => `{ ${parts.join(' ,\n')} }`;
/** What JSON.parse makes of the `model` in each of the members that has one. */
const modelsIn = (parts: readonly string[]) =>
  parts
    .map((part): { model?: unknown } => JSON.parse(`{${part}}`))
    .flatMap((one) => ('model' in one ? [one.model] : []));

test('the model is the one that JSON.parse finds in the first member of this name that is a string', () => {
  fc.assert(
    fc.property(members, (parts) => {
      const model = modelsIn(parts).find((value) => typeof value === 'string');
      const text = bodyOf(parts);
      const found = read(text);
      expect(found?.name).toBe(model);
      if (found === undefined) return;
      const bytes = Buffer.from(text);
      expect(JSON.parse(bytes.toString('utf8', found.place.start, found.place.end))).toBe(model);
    }),
    { numRuns: 2000 },
  );
});

test('replacing its place replaces the model, and nothing else', () => {
  fc.assert(
    fc.property(members, (parts) => {
      const text = bodyOf(parts);
      const found = read(text);
      if (found === undefined || modelsIn(parts).length !== 1) return;
      const bytes = Buffer.from(text);
      const changed = Buffer.concat([
        bytes.subarray(0, found.place.start),
        Buffer.from('"other"'),
        bytes.subarray(found.place.end),
      ]);
      expect(JSON.parse(changed.toString())).toEqual({ ...JSON.parse(text), model: 'other' });
    }),
  );
});

test.each([
  ['{"model":"claude-opus-5"}', 'claude-opus-5'],
  ['\uFEFF{"model":"a"}', 'a'],
  ['{"stream":true,"messages":[{"model":"no"}],"model":"yes"}', 'yes'],
  ['{"model":"first","x":1,"model":"last"}', 'first'],
  ['{"x":1,"m\\u006fdel":"first","model":"last"}', 'first'],
  ['{"model":"claude-\\u006fpus"}', 'claude-opus'],
  ['{"model":"päär \\ud83d\\ude00"}', 'päär 😀'],
  ['{"model":5,"x":{},"model":"last"}', 'last'],
])('%s names %s', (text, name) => {
  expect(read(text)?.name).toBe(name);
});

test.each([
  '',
  ' ',
  'null',
  '[]',
  '"model"',
  '{}',
  '{"model":5}',
  '{"model":null}',
  '{"model":',
  '{"mod',
  'not json',
  '{"model":"a\\x"}',
])('%p names none', (text) => {
  expect(read(text)).toBeUndefined();
});

test('a body that is cut off behind its model still says where it wanted to go', () => {
  expect(read('{"model":"claude-opus-5","messages":[{')?.name).toBe('claude-opus-5');
});
