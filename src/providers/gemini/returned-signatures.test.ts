import { expect, test } from 'bun:test';
import { buildGemini, type Surroundings, targetFor } from '../../../test/build-gemini-request.ts';
import type { Repair } from '../provider.ts';
import { type CarriedSignature, sealPart, sealSignature, sealUnsigned } from './signature-envelope.ts';

const third: Surroundings = { model: 'gemini-3.5-flash' };
const thirdOnVertex: Surroundings = { ...third, provider: 'vertex' };
const skip = 'skip_thought_signature_validator';

const thinking = (carried: CarriedSignature, around: Surroundings = third, words = '') => ({
  type: 'thinking',
  thinking: words,
  signature: sealSignature(carried, targetFor(around)),
});
const onCall = (signature: string, around: Surroundings = third) => thinking({ on: 'call', signature }, around, 'hm');
const onText = (signature: string, at: 'start' | 'end', length: number, around: Surroundings = third) =>
  thinking({ on: 'text', signature, at, length }, around);
const call = (id: string, name = 'Read') => ({ type: 'tool_use', id, name, input: {} });
const text = (words: string) => ({ type: 'text', text: words });

/** The parts of one turn of the model, and what of it is listed, by its places. */
function turn(content: readonly object[], around: Surroundings = third) {
  const messages = [
    { role: 'user', content: 'go' },
    { role: 'assistant', content },
    { role: 'user', content: 'on' },
  ];
  const { body, lost } = buildGemini({ messages }, around);
  const parts = body.contents.find(({ role }) => role === 'model')?.parts ?? [];
  return {
    parts: parts.map(({ functionCall, ...part }) => ({
      ...(functionCall ? { call: functionCall.name } : {}),
      ...part,
    })),
    lost: lost.map((field) => field.replace('messages.1.content.', '')),
  };
}

test('each call gets back its own signature, and later ones without stay without', () => {
  const content = [onCall('s1'), call('1', 'A'), call('2', 'B'), onCall('s3'), call('3', 'C')];
  expect(turn(content)).toEqual({
    parts: [{ call: 'A', thoughtSignature: 's1' }, { call: 'B' }, { call: 'C', thoughtSignature: 's3' }],
    lost: [],
  });
});

test('a client that makes a message of every block loses none', () => {
  const blocks = [onText('t', 'start', 4), text('look'), onCall('s1'), call('1', 'A'), onCall('s2')];
  const messages = [
    { role: 'user', content: 'go' },
    ...blocks.map((block) => ({ role: 'assistant', content: [block] })),
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'done' }] },
  ];
  const { body, lost } = buildGemini({ messages }, third);
  expect(body.contents[1]?.parts.map((part) => part.thoughtSignature)).toEqual(['t', 's1']);
  expect(lost).toEqual(['messages.5.content.0']);
});

test('a thought that was signed goes back itself, and its call needs no other signature', () => {
  expect(turn([thinking({ on: 'thought', signature: 's' }, third, 'hm'), call('1', 'A')])).toEqual({
    parts: [{ text: 'hm', thought: true, thoughtSignature: 's' }, { call: 'A' }],
    lost: [],
  });
});

const texts: readonly (readonly [string, readonly object[], readonly object[]])[] = [
  ['the whole text', [onText('s', 'start', 4), text('abcd')], [{ text: 'abcd', thoughtSignature: 's' }]],
  [
    'the beginning of the text',
    [onText('s', 'start', 2), text('abcd')],
    [{ text: 'ab', thoughtSignature: 's' }, { text: 'cd' }],
  ],
  [
    'the end of the text',
    [text('abcd'), onText('s', 'end', 1), text('e')],
    [{ text: 'abc' }, { text: 'd', thoughtSignature: 's' }, { text: 'e' }],
  ],
  [
    'more than the block before it, as where citations have cut the part',
    [text('intro '), text('one. '), text('two.'), onText('s', 'end', 9), text('e')],
    [{ text: 'intro ' }, { text: 'one. two.', thoughtSignature: 's' }, { text: 'e' }],
  ],
  [
    'a part without text behind the text',
    [text('abcd'), onText('s', 'end', 0), text('e')],
    [{ text: 'abcd' }, { text: '', thoughtSignature: 's' }, { text: 'e' }],
  ],
  [
    'a part without text before a call',
    [onText('s', 'start', 0), onCall('c'), call('1', 'A')],
    [
      { text: '', thoughtSignature: 's' },
      { call: 'A', thoughtSignature: 'c' },
    ],
  ],
  [
    'two parts of one text',
    [onText('s', 'start', 1), text('abcd'), onText('t', 'end', 2), text('e')],
    [{ text: 'a', thoughtSignature: 's' }, { text: 'b' }, { text: 'cd', thoughtSignature: 't' }, { text: 'e' }],
  ],
];

test.each(texts)('a signature goes back on %s', (_, content, parts) => {
  expect(turn(content)).toEqual({ parts: [...parts], lost: [] });
});

test('Vertex AI takes no empty part: there the signature goes on the text before', () => {
  const content = [text('abcd'), onText('s', 'end', 0, thirdOnVertex), text('e')];
  expect(turn(content, thirdOnVertex)).toEqual({
    parts: [{ text: 'abcd', thoughtSignature: 's' }, { text: 'e' }],
    lost: [],
  });
  expect(turn([onText('s', 'start', 0, thirdOnVertex), text('e')], thirdOnVertex)).toEqual({
    parts: [{ text: 'e' }],
    lost: ['0'],
  });
});

const foreign: readonly (readonly [string, string])[] = [
  ['Claude', 'ErUBCkYIBxgC'],
  ['the other platform', sealSignature({ on: 'call', signature: 's' }, targetFor(thirdOnVertex))],
  ['another generation', sealSignature({ on: 'call', signature: 's' }, targetFor({ model: 'gemini-4-argon' }))],
  ['nobody we can read', 'ccp1.gemini.AAAA.BBBB'],
];

test.each(foreign)('the signature of %s never goes to Gemini: the first call skips the check', (_, signature) => {
  expect(turn([{ type: 'thinking', thinking: 'hm', signature }, call('1', 'A'), call('2', 'B')])).toEqual({
    parts: [{ call: 'A', thoughtSignature: skip }, { call: 'B' }],
    lost: ['0', '1'],
  });
});

test('another model of the same generation reads it', () => {
  const carried = onCall('s', { model: 'gemini-3-pro-preview' });
  expect(turn([carried, call('1', 'A')]).parts).toEqual([{ call: 'A', thoughtSignature: 's' }]);
});

test('a client that has dropped the block: what is remembered of the call, else the value that skips the check', () => {
  const envelope = sealSignature({ on: 'call', signature: 's' }, targetFor(third));
  const calls = { recall: (id: string) => (id === '1' ? envelope : undefined), remember: () => undefined };
  expect(turn([call('1', 'A')], { ...third, calls })).toEqual({
    parts: [{ call: 'A', thoughtSignature: 's' }],
    lost: [],
  });
  expect(turn([call('2', 'A')], { ...third, calls })).toEqual({
    parts: [{ call: 'A', thoughtSignature: skip }],
    lost: ['0'],
  });
});

test('every turn of the model begins anew', () => {
  const messages = ['1', '2'].flatMap((id) => [
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'y' }] },
    { role: 'assistant', content: [call(id)] },
  ]);
  const { body } = buildGemini({ messages }, third);
  const signed = body.contents
    .flatMap(({ parts }) => parts)
    .filter(({ thoughtSignature }) => thoughtSignature === skip);
  expect(signed).toHaveLength(2);
});

test('generation 2.5 checks nothing, so nothing is made up for it', () => {
  const older: Surroundings = { model: 'gemini-2.5-pro' };
  expect(turn([call('1', 'A')], older)).toEqual({ parts: [{ call: 'A' }], lost: [] });
  expect(turn([onCall('s', older), call('1', 'A')], older).parts).toEqual([{ call: 'A', thoughtSignature: 's' }]);
});

test('a thought that Gemini has not signed says nothing to it', () => {
  const unsigned = { type: 'thinking', thinking: 'hm', signature: sealUnsigned(targetFor(third)) };
  expect(turn([unsigned, text('a')])).toEqual({ parts: [{ text: 'a' }], lost: [] });
});

const misplaced: readonly (readonly [string, readonly object[], readonly string[]])[] = [
  ['its call is gone', [onCall('s'), text('a')], ['0']],
  ['nothing follows', [text('a'), onCall('s')], ['1']],
  ['its text is gone', [onText('s', 'start', 3), call('1')], ['0', '1']],
  ['its text was cut', [onText('s', 'start', 3), text('ab')], ['0']],
  ['the text before it was cut', [text('ab'), onText('s', 'end', 3)], ['1']],
  ['another one stands between', [onCall('s'), onCall('t'), call('1')], ['0']],
];

test.each(misplaced)('a signature that finds its part no more is listed: %s', (_, content, lost) => {
  expect(turn(content).lost).toEqual([...lost]);
});

test('a turn that is a thought alone is left out, and listed', () => {
  const messages = [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: [thinking({ on: 'thought', signature: 's' }, third, 'hm')] },
    { role: 'user', content: 'on' },
  ];
  const { body, lost } = buildGemini({ messages }, third);
  expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'go' }, { text: 'on' }] }]);
  expect(lost).toEqual(['messages.1']);
});

const content = [thinking({ on: 'thought', signature: 'r' }, third, 'hm'), onCall('s'), call('1', 'A'), call('2', 'B')];

test('once Gemini has refused a signature, none of the conversation goes back', () => {
  const repairs: readonly Repair[] = [{ kind: 'skip-signatures', scope: 'request' }];
  expect(turn(content, { ...third, repairs })).toEqual({
    parts: [{ call: 'A', thoughtSignature: skip }, { call: 'B' }],
    lost: ['0', '1', '2'],
  });
});

test('a server that knows no signatures gets none at all', () => {
  const repairs: readonly Repair[] = [{ kind: 'drop-reasoning', scope: 'model' }];
  expect(turn(content, { ...third, repairs }).parts).toEqual([{ call: 'A' }, { call: 'B' }]);
});

test.each([
  [{ toolCall: { toolType: 'GOOGLE_SEARCH_WEB' }, thoughtSignature: 's' }, true],
  [{ toolResponse: {} }, true],
  // Anybody can write an envelope; only what Gemini itself puts into one goes back.
  [{ fileData: { fileUri: 'https://generativelanguage.test/v1beta/files/of-somebody' } }, false],
  [{ text: 'anything' }, false],
])('a part that comes back as it was: %j', (part, isReturned) => {
  const carried = { type: 'thinking', thinking: '', signature: sealPart(part, targetFor(third)) };
  expect<unknown>(turn([carried, text('So.')])).toEqual({
    parts: [...(isReturned ? [part] : []), { text: 'So.' }],
    lost: isReturned ? [] : ['0'],
  });
});
