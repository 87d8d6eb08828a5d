import { expect, test } from 'bun:test';
import { buildChat, hello, type Surroundings, targetFor } from '../../../test/build-chat-request.ts';
import { reasoningMark } from '../openai/left-out-reasoning.ts';
import { sealReasoning } from './reasoning-envelope.ts';

interface Carried {
  readonly field?: string;
  readonly text?: string;
  readonly details?: readonly unknown[];
}
const seal = (around: Surroundings, { field, text, details }: Carried) =>
  sealReasoning({ field, text, details }, targetFor(around));
const thinking = (words: string, signature: string) => ({ type: 'thinking', thinking: words, signature });
const call = { type: 'tool_use', id: 'A', name: 'Bash', input: {} };
const answered = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'A', content: 'x' }] };

function backFrom(around: Surroundings, ...content: object[]) {
  const built = buildChat({ messages: [...hello, { role: 'assistant', content }, answered] }, around);
  const message = built.body.messages[1];
  if (message?.role !== 'assistant') throw new Error('no assistant message');
  const { reasoning, reasoning_content, reasoning_details } = message;
  return {
    back: {
      ...(reasoning === undefined ? {} : { reasoning }),
      ...(reasoning_content === undefined ? {} : { reasoning_content }),
      ...(reasoning_details === undefined ? {} : { reasoning_details }),
    },
    content: message.content,
    lost: built.lost,
  };
}

const ollama = { profile: 'ollama', model: 'qwen3' } as const;
const openrouter = { profile: 'openrouter', model: 'anthropic/claude-x' } as const;
const deepseek = { profile: 'deepseek', model: 'deepseek-v4' } as const;

test('the text goes back in the field it came in, from the block or from the envelope', () => {
  const shown = thinking('First this.', seal(ollama, { field: 'reasoning' }));
  const hidden = { type: 'redacted_thinking', data: seal(ollama, { field: 'reasoning', text: ' Then that.' }) };
  expect(backFrom(ollama, shown, { type: 'text', text: 'ok' }, hidden, call)).toEqual({
    back: { reasoning: 'First this. Then that.' },
    content: 'ok',
    lost: [],
  });
});

test('reasoning details go back as they came, to the model that wrote them', () => {
  const details = [
    { type: 'reasoning.text', text: 'x', signature: 's', index: 0 },
    { type: 'reasoning.encrypted', data: 'd' },
  ];
  const block = thinking('x', seal(openrouter, { field: 'reasoning', details }));
  expect(backFrom(openrouter, block, call).back).toEqual({ reasoning_details: details });
  const other = { ...openrouter, model: 'moonshotai/kimi' };
  expect(backFrom(other, block, call).back).toEqual({ reasoning: 'x' });
  expect(backFrom(other, thinking('', seal(openrouter, { details })), call)).toMatchObject({
    back: {},
    lost: ['messages.1.content.0'],
  });
});

test('an entry whose signature came behind other content is one entry again', () => {
  const said = { type: 'reasoning.text', text: 'x', format: 'anthropic-claude-v1', index: 0 };
  const first = thinking('x', seal(openrouter, { field: 'reasoning', details: [said] }));
  const late = thinking(
    '',
    seal(openrouter, {
      details: [{ type: 'reasoning.text', signature: 's', format: 'anthropic-claude-v1', index: 0 }],
    }),
  );
  const signed = { ...said, signature: 's' };
  const text = { type: 'text', text: 'ok' };
  expect(backFrom(openrouter, first, text, late, call).back).toEqual({ reasoning_details: [signed] });
  // What is signed is whole: more text under its number is another entry.
  const whole = thinking('x', seal(openrouter, { field: 'reasoning', details: [signed] }));
  expect(backFrom(openrouter, whole, text, whole, call).back).toEqual({ reasoning_details: [signed, signed] });
});

test('entries of two messages in a row are not taken for one', () => {
  const entry = { type: 'reasoning.summary', summary: 'x', index: 0 };
  const block = thinking('x', seal(openrouter, { field: 'reasoning', details: [entry] }));
  const turn = { role: 'assistant', content: [block, { type: 'text', text: 'ok' }] };
  const built = buildChat({ messages: [...hello, turn, turn, ...hello] }, openrouter);
  expect(built.body.messages[1]).toMatchObject({ reasoning_details: [entry, entry] });
});

test('reasoning that came inside the text is listed for what it is', () => {
  const built = buildChat(
    {
      messages: [
        ...hello,
        { role: 'assistant', content: [thinking('x', seal(ollama, {})), { type: 'text', text: 'ok' }] },
        ...hello,
      ],
    },
    ollama,
  );
  expect(built.losses).toEqual([
    { field: 'messages.1.content.0', why: 'it came as part of the text, and no field takes it back' },
  ]);
});

const foreign: readonly (readonly [string, object])[] = [
  ['a signature of Anthropic', thinking('secret thought', 'ErUBCkYIBxgCKkDx')],
  ['an empty signature', thinking('secret thought', '')],
  ['redacted thinking of Anthropic', { type: 'redacted_thinking', data: 'EmwKAhgB' }],
  [
    'an envelope of another upstream',
    thinking(
      'secret thought',
      seal({ baseUrl: 'https://elsewhere.example/v1' }, { field: 'reasoning', text: 'secret thought' }),
    ),
  ],
  ['a cut envelope', thinking('secret thought', seal(ollama, { field: 'reasoning' }).slice(0, -3))],
  [
    'an envelope that names another field of a message',
    thinking('secret thought', seal(ollama, { field: 'tool_calls', text: 'secret thought' })),
  ],
];

test.each(foreign)('%s is left out, listed, and never becomes text', (_, block) => {
  const result = backFrom(ollama, block, { type: 'text', text: 'ok' }, call);
  expect(result).toEqual({ back: {}, content: 'ok', lost: ['messages.1.content.0'] });
});

test('servers that take no reasoning back get none', () => {
  for (const profile of ['openai', 'groq', 'generic'] as const) {
    const around = { profile, model: 'gpt-oss' };
    const result = backFrom(around, thinking('x', seal(around, { field: 'reasoning' })), call);
    expect(result).toMatchObject({ back: {}, lost: ['messages.1.content.0'] });
  }
});

test('DeepSeek demands the field beside calls: with our text, with any text, or empty', () => {
  expect(backFrom(deepseek, thinking('ours', seal(deepseek, { field: 'reasoning_content' })), call).back).toEqual({
    reasoning_content: 'ours',
  });
  expect(backFrom(deepseek, thinking('theirs', 'ErUBCkY'), call)).toEqual({
    back: { reasoning_content: 'theirs' },
    content: '',
    lost: [],
  });
  expect(backFrom(deepseek, call).back).toEqual({ reasoning_content: '' });
  const plain = buildChat({ messages: [...hello, { role: 'assistant', content: 'hi' }, ...hello] }, deepseek);
  expect<unknown>(plain.body.messages[1]).toEqual({ role: 'assistant', content: 'hi' });
});

test('what a server refuses or demands is learned', () => {
  const generic = { profile: 'generic', model: 'x' } as const;
  const block = thinking('x', seal(generic, { field: 'reasoning' }));
  const demand = {
    ...generic,
    repairs: [{ kind: 'return-reasoning', scope: 'model', parameter: 'reasoning_content' }],
  } as const;
  expect(backFrom(demand, block, call).back).toEqual({ reasoning_content: 'x' });
  const refuse = { ...ollama, repairs: [{ kind: 'drop-reasoning', scope: 'request' }] } as const;
  expect(backFrom(refuse, thinking('x', seal(ollama, { field: 'reasoning' })), call)).toMatchObject({
    back: {},
    lost: ['messages.1.content.0'],
  });
});

test('what the server has refused stays out, and only that', () => {
  const [old, later] = ['old', 'later'].map((text) => {
    const details = [{ type: 'reasoning.text', text, signature: `of ${text}`, index: 0 }];
    return { block: thinking(text, seal(openrouter, { details })), details };
  });
  if (old === undefined || later === undefined) throw new Error('no blocks');
  const repairs = [
    { kind: 'leave-out-reasoning', scope: 'model', items: [reasoningMark(old.block.signature)] },
  ] as const;
  expect(backFrom({ ...openrouter, repairs }, old.block, call)).toMatchObject({
    back: {},
    lost: ['messages.1.content.0'],
  });
  expect(backFrom({ ...openrouter, repairs }, later.block, call)).toMatchObject({
    back: { reasoning_details: later.details },
    lost: [],
  });
});

test('reasoning with nothing behind it is left out with its turn, and listed', () => {
  const messages = [
    ...hello,
    { role: 'assistant', content: [thinking('x', seal(ollama, { field: 'reasoning' }))] },
    ...hello,
  ];
  const built = buildChat({ messages }, ollama);
  expect<unknown>(built.body.messages).toEqual([{ role: 'user', content: 'hello\n\nhello' }]);
  expect(built.lost).toEqual(['messages.1']);
});
