import { expect, test } from 'bun:test';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { isRecord } from '../../src/messages/json.ts';
import { RepairedArguments } from '../../src/providers/call-repair/repaired-arguments.ts';
import { randomOf, sampleValue } from './sample-values.ts';
import { toolSchema } from './schemas.ts';

const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });

interface Repaired {
  readonly json: string;
  readonly notes: readonly string[];
}

/** The arguments in pieces of these lengths, again and again. */
function repaired(text: string, schema: unknown, lengths: readonly number[]): Repaired {
  const notes: string[] = [];
  const one = new RepairedArguments({ schema, root: schema }, (repair) => notes.push(repair));
  let json = '';
  let piece = 0;
  for (let at = 0; at < text.length; piece += 1) {
    const length = lengths[piece % lengths.length] ?? 1;
    json += one.push(text.slice(at, at + length));
    at += length;
  }
  return { json: json + one.end(), notes };
}

/** Formats as far as they are looked at: none of these is an empty text. */
function validatorOf(schema: unknown): ((value: unknown) => boolean) | undefined {
  if (!isRecord(schema)) return undefined;
  const ajv = new Ajv({ strict: false, logger: false });
  for (const format of ['uri', 'date-time', 'uuid']) ajv.addFormat(format, (text: string) => text !== '');
  for (const format of ['int32', 'double']) ajv.addFormat(format, { type: 'number', validate: () => true });
  try {
    return ajv.compile(schema);
  } catch {
    // No schema at all, or one that never ends.
    return undefined;
  }
}

function isValid(validate: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return validate(value);
  } catch {
    return false;
  }
}

/** JSON with blanks wherever they may stand, as models write it. */
function spaced(value: unknown, blanks: () => string): string {
  const json = (inner: unknown): string => {
    if (Array.isArray(inner)) return `[${inner.map((item) => blanks() + json(item) + blanks()).join(',') || blanks()}]`;
    if (!isRecord(inner)) return JSON.stringify(inner);
    const members = Object.entries(inner).map(
      ([name, member]) => `${blanks()}${JSON.stringify(name)}${blanks()}:${blanks()}${json(member)}${blanks()}`,
    );
    return `{${members.join(',') || blanks()}}`;
  };
  return blanks() + json(value) + blanks();
}

test('arguments that fit their schema go through byte by byte, whatever the schema and however they are cut', () => {
  let looked = 0;
  fc.assert(
    fc.property(toolSchema, fc.nat(), cuts, fc.boolean(), (schema, seed, lengths, isSpaced) => {
      const validate = validatorOf(schema);
      if (validate === undefined) return;
      const random = randomOf(seed);
      for (let tries = 0; tries < 4; tries++) {
        const value = sampleValue(schema, schema, random);
        if (!isRecord(value) || !isValid(validate, value)) continue;
        // The validator passes over this name.
        if (JSON.stringify([schema, value]).includes('__proto__')) continue;
        looked += 1;
        const blanks = () => (isSpaced ? (['', ' ', '\n', '\t  '][random(4)] ?? '') : '');
        const text = spaced(value, blanks);
        expect(repaired(text, schema, lengths)).toEqual({ json: text, notes: [] });
      }
    }),
    { numRuns: 300 },
  );
  expect(looked).toBeGreaterThan(100);
}, 30_000);

const plain = {
  type: 'object',
  required: ['text', 'count'],
  additionalProperties: false,
  properties: {
    text: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    flag: { type: 'boolean' },
    mode: { enum: ['fast', 'slow'] },
    tags: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
    place: {
      type: 'object',
      required: ['line'],
      additionalProperties: false,
      properties: { line: { type: 'integer' }, column: { type: 'integer' } },
    },
  },
} as const;

const place = fc.record({ line: fc.integer(), column: fc.integer() }, { requiredKeys: ['line'] });
const value = fc.record(
  {
    text: fc.string(),
    count: fc.integer(),
    ratio: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    flag: fc.boolean(),
    mode: fc.constantFrom('fast', 'slow'),
    tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
    place,
  },
  { requiredKeys: ['text', 'count'] },
);
type Value = typeof value extends fc.Arbitrary<infer T> ? T : never;

/** As weak models write it: numbers, switches and objects as texts, and an empty text for what is left out. */
function spoiled(right: Value, random: (below: number) => number): string {
  const members: [string, unknown][] = Object.entries(right).map(([name, member]) => {
    if (typeof member === 'string' || random(2) === 0) return [name, member];
    return [name, Array.isArray(member) && member.length === 1 && random(2) === 0 ? member[0] : JSON.stringify(member)];
  });
  for (const name of Object.keys(plain.properties)) {
    if (Object.hasOwn(right, name) || random(2) === 0) continue;
    members.splice(random(members.length + 1), 0, [name, random(2) === 0 ? '' : null]);
  }
  const json = members.map(([name, member]) => `${JSON.stringify(name)}: ${JSON.stringify(member)}`).join(', ');
  return `{${json}${['}', ',}', ' }', '} '][random(4)]}`;
}

test('what a weak model has spoiled becomes what it meant, and fits the schema', () => {
  const validate = validatorOf(plain);
  let repairs = 0;
  fc.assert(
    fc.property(value, fc.nat(), cuts, (right, seed, lengths) => {
      const text = spoiled(right, randomOf(seed));
      const { json, notes } = repaired(text, plain, lengths);
      repairs += notes.length;
      const read: unknown = JSON.parse(json);
      expect(read).toEqual(right);
      expect(validate?.(read)).toBe(true);
    }),
    { numRuns: 1_500 },
  );
  expect(repairs).toBeGreaterThan(1_000);
});

test('nothing that comes makes it fail, and what it cannot read is not lost', () => {
  const anything = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      "'",
      ' ',
      '\n',
      'a',
      '1',
      '-',
      'true',
      'null',
      '"a":',
      '""',
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(anything, cuts, (pieces, lengths) => {
      const text = pieces.join('');
      const { json, notes } = repaired(text, plain, lengths);
      if (notes.length === 0) expect(json).toBe(text);
      expect(repaired(text, plain, [1])).toEqual({ json, notes });
    }),
    { numRuns: 5_000 },
  );
});
