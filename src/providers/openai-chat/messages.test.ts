import { expect, test } from 'bun:test';
import { buildChat, hello, type Surroundings, turnsOf } from '../../../test/build-chat-request.ts';

const user = (...content: unknown[]) => ({ role: 'user', content });
const assistant = (...content: unknown[]) => ({ role: 'assistant', content });
const system = (...content: unknown[]) => ({ role: 'system', content });
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more });
const call = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'Bash', input });
const result = (id: string, content?: unknown, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
});
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const pngPart = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'auto' } };

const wireCall = (id: string, args = '{}') => ({ id, type: 'function', function: { name: 'Bash', arguments: args } });
const asked = (...ids: string[]) => ({ role: 'assistant', content: null, tool_calls: ids.map((id) => wireCall(id)) });
const answered = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content });
const said = (content: unknown) => ({ role: 'user', content });

const turns: readonly (readonly [name: string, messages: readonly object[], wire: readonly object[]])[] = [
  ['a string', [{ role: 'user', content: 'hi' }], [said('hi')]],
  ['one text block is as a string', [user(text('hi', { cache_control: { type: 'ephemeral' } }))], [said('hi')]],
  ['texts are joined by a blank line, empty ones left out', [user(text('a'), text(''), text('b'))], [said('a\n\nb')]],
  ['text and image keep their order', [user(text('a'), png, text('b'))], [said([text('a'), pngPart, text('b')])]],
  [
    "the assistant's texts are joined to what upstream wrote",
    [...hello, assistant(text('He'), text('y')), ...hello],
    [said('hello'), { role: 'assistant', content: 'Hey' }, said('hello')],
  ],
  [
    'two messages of the assistant are one',
    [...hello, { role: 'assistant', content: 'a' }, assistant(call('A')), user(result('A', 'x'))],
    [said('hello'), { ...asked('A'), content: 'a' }, answered('A', 'x')],
  ],
  [
    'arguments are the input in its own order',
    [...hello, assistant(call('A', { z: 1, a: [2] })), user(result('A', 'x'))],
    [
      said('hello'),
      { role: 'assistant', content: null, tool_calls: [wireCall('A', '{"z":1,"a":[2]}')] },
      answered('A', 'x'),
    ],
  ],
  [
    'no input is an empty object, any other value is put into one',
    [
      ...hello,
      assistant(call('A', null), call('B', undefined), call('C', [1])),
      user(result('A', 'x'), result('B', 'y'), result('C', 'z')),
    ],
    [
      said('hello'),
      { role: 'assistant', content: null, tool_calls: [wireCall('A'), wireCall('B'), wireCall('C', '{"input":[1]}')] },
      answered('A', 'x'),
      answered('B', 'y'),
      answered('C', 'z'),
    ],
  ],
  [
    'results come in the order of the calls, before everything else',
    [...hello, assistant(call('A'), call('B')), user(result('B', 'b'), text('and?'), result('A', 'a'))],
    [said('hello'), asked('A', 'B'), answered('A', 'a'), answered('B', 'b'), said('and?')],
  ],
  [
    'results of two messages belong to one turn',
    [
      ...hello,
      assistant(call('A'), call('B')),
      user(result('B', 'b')),
      system(text('note')),
      user(result('A', 'a'), text('t')),
    ],
    [
      said('hello'),
      asked('A', 'B'),
      answered('A', 'a'),
      answered('B', 'b'),
      { role: 'system', content: 'note' },
      said('t'),
    ],
  ],
  [
    'a result without content',
    [...hello, assistant(call('A')), user(result('A'))],
    [said('hello'), asked('A'), answered('A', '')],
  ],
  [
    'several texts of a result',
    [...hello, assistant(call('A')), user(result('A', [text('x'), text(''), text('y')]))],
    [said('hello'), asked('A'), answered('A', 'x\ny')],
  ],
  [
    'a failed tool says so',
    [
      ...hello,
      assistant(call('A'), call('B')),
      user(result('A', 'no such file', { is_error: true }), result('B', [], { is_error: true })),
    ],
    [
      said('hello'),
      asked('A', 'B'),
      answered('A', '[tool error] no such file'),
      answered('B', '[tool error] (no output)'),
    ],
  ],
  [
    'a call without a result was interrupted',
    [...hello, assistant(call('A'), call('B')), user(result('B', 'b'), text('stop'))],
    [
      said('hello'),
      asked('A', 'B'),
      answered('A', '[no result: the call was interrupted]'),
      answered('B', 'b'),
      said('stop'),
    ],
  ],
  [
    'a call at the very end, too',
    [...hello, assistant(call('A'))],
    [said('hello'), asked('A'), answered('A', '[no result: the call was interrupted]')],
  ],
  [
    'a result without a call is text',
    [user(result('A', 'old'), text('go'))],
    [said('[result of an earlier tool call, A]\nold\n\ngo')],
  ],
  [
    'a result of an earlier turn is no answer to this one',
    [
      ...hello,
      assistant(call('A')),
      user(result('A', 'a')),
      assistant(call('B')),
      user(result('A', 'late'), result('B', 'b')),
    ],
    [
      said('hello'),
      asked('A'),
      answered('A', 'a'),
      asked('B'),
      answered('B', 'b'),
      said('[result of an earlier tool call, A]\nlate'),
    ],
  ],
  [
    'one id in two turns is two calls',
    [...hello, assistant(call('A')), user(result('A', '1')), assistant(call('A')), user(result('A', '2'))],
    [said('hello'), asked('A'), answered('A', '1'), asked('A'), answered('A', '2')],
  ],
  [
    'images of results follow all results, numbered',
    [
      ...hello,
      assistant(call('A'), call('B')),
      user(result('B', [png]), result('A', [text('one'), png], { is_error: true }), text('see?')),
    ],
    [
      said('hello'),
      asked('A', 'B'),
      answered('A', '[tool error] one\n[see image 1 below]'),
      answered('B', '[see image 2 below]'),
      said([text('image 1, from call A:'), pngPart, text('image 2, from call B:'), pngPart, text('see?')]),
    ],
  ],
  [
    'system messages stay where they are',
    [...hello, system(text('a'), text('b')), assistant(text('ok')), { role: 'system', content: 'c' }, ...hello],
    [
      said('hello'),
      { role: 'system', content: 'a\n\nb' },
      { role: 'assistant', content: 'ok' },
      { role: 'system', content: 'c' },
      said('hello'),
    ],
  ],
  [
    'a system message of settings alone says nothing',
    [...hello, { role: 'system', output_config: {} }],
    [said('hello')],
  ],
  [
    'a system message for one turn goes when the next user message is there',
    [
      ...hello,
      { role: 'system', content: 'x', clear_at: 'next_user_message' },
      assistant(text('ok')),
      ...hello,
      { role: 'system', content: 'y', clear_at: 'next_user_message' },
    ],
    [said('hello'), { role: 'assistant', content: 'ok' }, said('hello'), { role: 'system', content: 'y' }],
  ],
  [
    'an assistant turn without words or calls is left out',
    [...hello, assistant(text('')), ...hello],
    [said('hello'), said('hello')],
  ],
  ['nothing at all is still a message', [user(text(''))], [said('')]],
  [
    'a summary of what was compacted is said by the user',
    [assistant({ type: 'compaction', content: 'they met' }), ...hello],
    [said('<conversation_summary>\nthey met\n</conversation_summary>'), said('hello')],
  ],
];

test.each(turns)('%s', (_, messages, wire) => {
  const built = buildChat({ messages });
  expect<unknown>(built.body.messages).toEqual(wire);
  expect(built.losses).toEqual([]);
});

test('the system text is one string: blocks joined, empty ones and the attribution line gone', () => {
  const blocks = [
    text('x-anthropic-billing-header: cc_version=2.1; cch=1f3a;'),
    text('Be kind.', { cache_control: { type: 'ephemeral' } }),
    text(''),
    text('Be brief.'),
  ];
  const head = (system: unknown) => buildChat({ system }).body.messages[0];
  expect(head(blocks)).toEqual({ role: 'system', content: 'Be kind.\n\nBe brief.' });
  expect(head('Be kind.')).toEqual(head([text('Be kind.')]));
  expect(head('x-anthropic-billing-header: cc_version=2.1;\nBe kind.')).toEqual({
    role: 'system',
    content: 'Be kind.',
  });
  expect(head([text('x-anthropic-billing-header: a')])).toEqual({ role: 'user', content: 'hello' });
  expect(buildChat({ system: blocks }).losses).toEqual([]);
});

test('of two results for one call the later one counts, and the other is listed', () => {
  const messages = [...hello, assistant(call('A')), user(result('A', 'first'), result('A', 'second'))];
  const built = buildChat({ messages });
  expect<unknown>(built.body.messages.slice(1)).toEqual([asked('A'), answered('A', 'second')]);
  expect(built.lost).toEqual(['messages.2.content.0']);
});

test('of two calls with one id in a turn the first counts, and the other is listed', () => {
  const built = buildChat({ messages: [...hello, assistant(call('A'), call('A', { b: 1 })), user(result('A', 'x'))] });
  expect<unknown>(built.body.messages.slice(1)).toEqual([asked('A'), answered('A', 'x')]);
  expect(built.lost).toEqual(['messages.1.content.1']);
});

test('long ids are hashed, the same for call and result', () => {
  const id = `toolu_${'x'.repeat(200)}`;
  const messages = [...hello, assistant(call(id)), user(result(id, 'x'))];
  const idsFor = (around: Surroundings) => {
    const [, asking, answer] = buildChat({ messages }, around).body.messages;
    return [asking?.role === 'assistant' && asking.tool_calls?.[0]?.id, answer?.role === 'tool' && answer.tool_call_id];
  };
  const [hashed, again] = idsFor({});
  expect(hashed).toMatch(/^call_[0-9a-f]{32}$/);
  expect(again).toBe(hashed);
  expect(idsFor({ profile: 'mistral' })[0]).toMatch(/^[0-9A-Za-z]{9}$/);
  expect(idsFor({ profile: 'moonshot' })).toEqual([id, id]);
});

/** How servers with a chat template of their own want the same conversation. */
const conversation = [
  user(text('hi')),
  system(text('note')),
  assistant(call('aaaaaaaaa')),
  user(result('aaaaaaaaa'), text('go on')),
  { role: 'user', content: 'please' },
];

test('templates that want turns to alternate get one message a turn, and notes as text of the user', () => {
  expect<unknown>(buildChat({ system: 'S', messages: conversation }, { profile: 'generic' }).body.messages).toEqual([
    { role: 'system', content: 'S' },
    said('hi\n\n<system-reminder>\nnote\n</system-reminder>'),
    { ...asked('aaaaaaaaa'), content: '' },
    answered('aaaaaaaaa', '(no output)'),
    said('go on\n\nplease'),
  ]);
});

test('merging keeps parts, and a turn that was left out leaves no two of one role behind', () => {
  const messages = [
    user(png),
    assistant(text('')),
    user(text('b')),
    assistant(text('c')),
    user(text('')),
    assistant(text('d')),
    ...hello,
  ];
  expect<unknown>(buildChat({ messages }, { profile: 'generic' }).body.messages).toEqual([
    said([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }, text('b')]),
    { role: 'assistant', content: 'c\n\nd' },
    said('hello'),
  ]);
});

test('a server that refuses a user right after a tool gets a word in between', () => {
  const built = buildChat({ messages: conversation }, { profile: 'mistral' });
  expect(turnsOf(built).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
});

test('words for the model to go on from: continued where the server can, listed where it cannot', () => {
  const messages = [...hello, { role: 'assistant', content: 'Once' }];
  const onVllm = buildChat({ messages }, { profile: 'vllm' });
  expect([onVllm.body.add_generation_prompt, onVllm.body.continue_final_message]).toEqual([false, true]);
  expect<unknown>(buildChat({ messages }, { profile: 'mistral' }).body.messages.at(-1)).toEqual({
    role: 'assistant',
    content: 'Once',
    prefix: true,
  });
  const onOpenAi = buildChat({ messages });
  expect<unknown>(onOpenAi.body.messages.at(-1)).toEqual({ role: 'assistant', content: 'Once' });
  expect(onOpenAi.lost).toEqual(['messages.1']);
});

test('unknown blocks and blocks in the wrong place are listed; the user sees that something was there', () => {
  const messages = [
    user({ type: 'hologram', depth: 3 }, call('X')),
    assistant({ type: 'hologram' }, png, text('ok')),
    user({ type: 'thinking', thinking: 'x', signature: '' }, text('go')),
    system({ type: 'hologram' }, png, text('note')),
  ];
  const built = buildChat({ messages });
  expect<unknown>(built.body.messages).toEqual([
    said('[unsupported block: hologram]'),
    { role: 'assistant', content: 'ok' },
    said('go'),
    { role: 'system', content: 'note' },
  ]);
  expect(built.lost).toEqual([
    'messages.0.content.0',
    'messages.0.content.1',
    'messages.1.content.0',
    'messages.1.content.1',
    'messages.2.content.0',
    'messages.3.content.0',
    'messages.3.content.1',
  ]);
});

test('unknown fields of messages and blocks are listed with their path', () => {
  const messages = [
    user(
      text('a', { future: 1 }),
      result('A', [text('x'), { ...png, transformations: { crop: 1 } }], { toolset_name: 'computer' }),
    ),
    { role: 'system', content: 'x', future: 1, output_config: { effort: null } },
    assistant(
      { ...call('B'), caller: { type: 'direct' } },
      { ...call('C'), caller: { type: 'code_execution_20260120' } },
    ),
  ];
  expect(buildChat({ messages }).lost.toSorted()).toEqual([
    'messages.0.content.0.future',
    'messages.0.content.1.content.1.transformations',
    'messages.0.content.1.toolset_name',
    'messages.1.future',
    'messages.2.content.1.caller',
  ]);
});
