import { expect, test } from 'bun:test';
import { buildChat } from '../../../test/build-chat-request.ts';

const mark = { cache_control: { type: 'ephemeral' } };
const claude = { profile: 'openrouter', model: 'anthropic/claude-sonnet-4.5' } as const;
const text = (words: string, more: object = {}) => ({ type: 'text' as const, text: words, ...more });

const conversation = (last: object = mark) => ({
  system: [text('Be kind.'), text('Be brief.', mark)],
  messages: [
    { role: 'user', content: 'Read a.' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'A', name: 'Read', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'A', content: 'of a', ...last }] },
  ],
});

test('what a client wants cached is marked for models that cache nothing else, behind the system text and the last two turns', () => {
  const { messages } = buildChat(conversation(), claude).body;
  expect(messages.filter(({ role }) => role !== 'assistant')).toEqual([
    { role: 'system', content: [text('Be kind.\n\nBe brief.', mark)] },
    { role: 'user', content: [text('Read a.', mark)] },
    { role: 'tool', tool_call_id: 'A', content: [text('of a', mark)] },
  ]);
});

test('the messages of an earlier turn differ by their marks alone', () => {
  const { messages: earlier } = buildChat(conversation(), claude).body;
  const more = [
    { role: 'assistant', content: 'Done.' },
    { role: 'user', content: [text('Go on.'), text('Quickly.', mark)] },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: [text('Thanks.', mark)] },
  ];
  const whole = conversation({});
  const { messages } = buildChat({ ...whole, messages: [...whole.messages, ...more] }, claude).body;
  const unmarked = (list: readonly object[]) =>
    JSON.stringify(list).replaceAll(',"cache_control":{"type":"ephemeral"}', '');
  expect(unmarked(messages)).toStartWith(unmarked(earlier).slice(0, -1));
  expect(JSON.stringify(messages).match(/cache_control/g)).toHaveLength(3);
});

test('an hour stays an hour', () => {
  const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  const { messages } = buildChat({ system: [text('Be kind.', hour)] }, claude).body;
  expect(messages[0]?.content).toEqual([text('Be kind.', hour)]);
});

const unmarked: readonly [what: string, request: object, around: object][] = [
  ['a client that wants nothing cached', { system: 'Be kind.' }, claude],
  ['a model that caches by itself', conversation(), { profile: 'openrouter', model: 'openai/gpt-5.2' }],
  ['another server', conversation(), { profile: 'groq', model: 'anthropic/claude-sonnet-4.5' }],
];
test.each(unmarked)('%s: no marks, and plain texts', (_, request, around) => {
  const { messages } = buildChat(request, around).body;
  expect(JSON.stringify(messages)).not.toContain('cache_control');
  expect(messages.every(({ content }) => content === null || typeof content === 'string')).toBe(true);
});

test('an image at the end and an empty result are left unmarked', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
  const { messages } = buildChat({ messages: [{ role: 'user', content: [text('Look.', mark), image] }] }, claude).body;
  expect(JSON.stringify(messages)).not.toContain('cache_control');
});
