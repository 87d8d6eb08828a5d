import { expect, test } from 'bun:test';
import { functionParameters } from './function-parameters.ts';
import { effortForRequest } from './json-schema-form.ts';

const schemaOf = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string', minLength: 1 } } });
const enough = () => ({ left: effortForRequest });

test('a schema that comes again is not translated again', () => {
  const first = functionParameters(schemaOf('path'), 'json-schema', enough());
  expect(first?.jsonSchema.properties).toEqual({ path: { type: 'string', description: 'At least 1 character.' } });
  expect(functionParameters(schemaOf('path'), 'json-schema', enough())).toBe(first);
  expect(functionParameters(schemaOf('other'), 'json-schema', enough())).not.toEqual(first);
});

test('each form is known for itself', () => {
  expect(functionParameters(schemaOf('path'), 'json-schema', enough())?.ownSchema).toBeUndefined();
  expect(functionParameters(schemaOf('path'), 'own', enough())?.ownSchema).toMatchObject({ type: 'OBJECT' });
});

test('that a function takes no arguments is known as well', () => {
  const none = { type: 'object', properties: {} };
  expect(functionParameters(none, 'json-schema', enough())).toBeUndefined();
  expect(functionParameters(none, 'json-schema', enough())).toBeUndefined();
});

test('what a schema costs does not depend on whether it is known', () => {
  const schema = schemaOf('costly');
  const spent = [enough(), enough()].map((effort) => {
    functionParameters(schema, 'json-schema', effort);
    return effortForRequest - effort.left;
  });
  expect(spent[0]).toBeGreaterThan(0);
  expect(spent[1]).toBe(spent[0] ?? 0);
});

test('what comes out with too little effort does not depend on whether it is known, and is not kept', () => {
  const deep = { type: 'object', properties: { a: { type: 'object', properties: { b: schemaOf('c') } } } };
  const short = functionParameters(deep, 'json-schema', { left: 0 });
  const whole = functionParameters(deep, 'json-schema', enough());
  expect(short?.cuts).not.toEqual([]);
  expect(whole?.cuts).toEqual([]);
  expect(functionParameters(deep, 'json-schema', { left: 0 })).toEqual(short);
});

test('only so many are kept, those that are used the longest', () => {
  const used = functionParameters(schemaOf('used'), 'json-schema', enough());
  const unused = functionParameters(schemaOf('unused'), 'json-schema', enough());
  for (let at = 0; at < 600; at += 1) {
    functionParameters(schemaOf(`p${at}`), 'json-schema', enough());
    functionParameters(schemaOf('used'), 'json-schema', enough());
  }
  expect(functionParameters(schemaOf('used'), 'json-schema', enough())).toBe(used);
  const again = functionParameters(schemaOf('unused'), 'json-schema', enough());
  expect(again).toEqual(unused);
  expect(again).not.toBe(unused);
});

test('what is kept is limited in size as well', () => {
  const small = functionParameters(schemaOf('small'), 'own', enough());
  for (let at = 0; at < 150; at += 1) {
    const large = { type: 'object', properties: { [`p${at}`]: { type: 'string', description: 'x'.repeat(15_000) } } };
    functionParameters(large, 'own', enough());
  }
  expect(functionParameters(schemaOf('small'), 'own', enough())).not.toBe(small);
});
