import { expect, test } from 'bun:test';
import { ownSchemaForm } from './own-schema-form.ts';

const any = expect.objectContaining({ anyOf: expect.arrayContaining([{ type: 'OBJECT', nullable: true }]) });

const written: readonly (readonly [name: string, before: unknown, after: unknown])[] = [
  ['types are in capitals', { type: 'integer' }, { type: 'INTEGER' }],
  ['null is a mark', { type: ['string', 'null'] }, { type: 'STRING', nullable: true }],
  ['also among alternatives', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'STRING', nullable: true }],
  [
    'several types are alternatives',
    { type: ['string', 'number'] },
    { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] },
  ],
  [
    'of alternatives nothing else is read, so the first tells for all',
    {
      description: 'what',
      title: 'x',
      anyOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'string' } } }],
    },
    {
      anyOf: [
        { type: 'STRING', description: 'what' },
        { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
      ],
    },
  ],
  [
    'an object with alternatives is told them',
    { type: 'object', properties: { a: {} }, anyOf: [{ required: ['a'] }, { properties: { b: { type: 'string' } } }] },
    { type: 'OBJECT', properties: { a: any }, description: expect.stringContaining('One of these holds') },
  ],
  ['any value is one of each type', {}, any],
  ['a title stands for a description', { type: 'string', title: 'Name' }, { type: 'STRING', description: 'Name' }],
  ['defaults are told', { type: 'string', default: 'a' }, { type: 'STRING', description: 'Default: "a".' }],
  ['numbers are listed as text', { enum: [1, 2] }, { type: 'INTEGER', format: 'enum', enum: ['1', '2'] }],
  [
    'an empty text cannot be listed',
    { enum: ['', 'a'] },
    { type: 'STRING', description: 'Or an empty text. One of: "a".' },
  ],
  ['a time is a format', { type: 'string', format: 'date-time' }, { type: 'STRING', format: 'date-time' }],
  ['others are told', { type: 'string', format: 'uri' }, { type: 'STRING', description: 'Format: uri.' }],
  ['formats of numbers', { type: 'integer', format: 'int64' }, { type: 'INTEGER', format: 'int64' }],
  [
    'whole numbers have no double',
    { type: 'integer', format: 'double' },
    { type: 'INTEGER', description: 'Format: double.' },
  ],
  [
    'bounds of lists are text',
    { type: 'array', items: { type: 'string' }, maxItems: 3 },
    { type: 'ARRAY', items: { type: 'STRING' }, maxItems: '3' },
  ],
  ['a list without items has any', { type: 'array' }, { type: 'ARRAY', items: any }],
  [
    'a list of places has one kind of item',
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
    {
      type: 'ARRAY',
      items: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] },
      maxItems: '2',
      description: 'The items in their order: {"type":"string"}, {"type":"number"}.',
    },
  ],
  ['an object that lists nothing', { type: 'object' }, { type: 'OBJECT' }],
  [
    'a map is told',
    { type: 'object', additionalProperties: { type: 'number' } },
    { type: 'OBJECT', description: 'The values of other properties: {"type":"number"}.' },
  ],
  ['null alone', { type: 'null' }, { type: 'STRING', nullable: true, description: 'Always null.' }],
];

test.each(written)('%s', (_, before, after) => {
  const { schema } = ownSchemaForm({ type: 'object', properties: { it: before } });
  const it: unknown = schema.properties?.it;
  expect(it).toEqual(after);
});

test('names of arguments that the form does not take are written otherwise, also where they are required', () => {
  const { schema } = ownSchemaForm({ type: 'object', properties: { 'x-y': { type: 'string' } }, required: ['x-y'] });
  const [name = ''] = Object.keys(schema.properties ?? {});
  expect(name).toMatch(/^x_y_[0-9a-f]{8}$/);
  expect(schema.required).toEqual([name]);
});

test('a schema that holds itself is cut', () => {
  const { schema, cuts } = ownSchemaForm({ type: 'object', properties: { again: { $ref: '#' } } });
  expect(JSON.stringify(schema)).not.toContain('$');
  expect(cuts).toEqual(['it holds itself, and is cut after 3 times']);
});
