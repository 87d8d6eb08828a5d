import { expect, test } from 'bun:test';
import {
  buildGemini,
  contentsOf,
  contextFor,
  customTool,
  parsed,
  type Surroundings,
  targetFor,
} from '../../../test/build-gemini-request.ts';
import { openGeminiStream } from './stream.ts';

const call = (id: string, name = 'Read', input: object = {}) => ({ type: 'tool_use', id, name, input });
const result = (id: string, content: unknown = `of ${id}`, more: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
});
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const system = (content: unknown, more: object = {}) => ({ role: 'system', content, ...more });

/** Turns in one line each: `user: a | b`. */
function shape(messages: readonly object[], around: Surroundings = {}): readonly string[] {
  return contentsOf(messages, around).map(({ role, parts }) => {
    const words = parts.map(({ text, functionCall, functionResponse }) => {
      if (functionCall !== undefined) return `call ${functionCall.name}`;
      if (functionResponse !== undefined) return JSON.stringify(functionResponse.response);
      return text ?? 'media';
    });
    return `${role}: ${words.join(' | ')}`;
  });
}

test('turns alternate between user and model, and neighbours of one role are one turn', () => {
  const messages = [user('a'), user([{ type: 'text', text: 'b' }]), assistant('c'), assistant('d'), user('e')];
  expect(shape(messages)).toEqual(['user: a | b', 'model: c | d', 'user: e']);
});

test('no part and no turn is empty: Vertex AI refuses both', () => {
  const messages = [user('a'), assistant([{ type: 'text', text: '' }]), user(''), assistant('b'), user('c')];
  expect(shape(messages)).toEqual(['user: a', 'model: b', 'user: c']);
  expect(shape([user('')])).toEqual(['user: [no text]']);
});

test('a conversation that begins with the assistant gets a word of the user in front', () => {
  expect(shape([assistant('Hi.'), user('a')])).toEqual([
    'user: [the conversation begins with the assistant]',
    'model: Hi.',
    'user: a',
  ]);
});

test('results come first, in the order of their calls, before what the user says in between', () => {
  const messages = [
    user('go'),
    assistant([call('1', 'Read'), { type: 'text', text: 'and' }, call('2', 'Bash'), call('3', 'Read')]),
    user([{ type: 'text', text: 'wait' }, result('3'), result('1')]),
    user([{ type: 'text', text: 'now' }, result('2')]),
  ];
  expect(shape(messages)).toEqual([
    'user: go',
    'model: call Read | and | call Bash | call Read',
    'user: {"output":"of 1"} | {"output":"of 2"} | {"output":"of 3"} | wait | now',
  ]);
});

test('a call without a result gets one that says so, also at the very end', () => {
  const error = '{"error":"[no result: the call was interrupted]"}';
  const messages = [
    user('go'),
    assistant([call('1'), call('2')]),
    user([result('2'), { type: 'text', text: 'well?' }]),
  ];
  expect(shape(messages).at(-1)).toBe(`user: ${error} | {"output":"of 2"} | well?`);
  expect(shape([user('go'), assistant([call('1')])]).at(-1)).toBe(`user: ${error}`);
  expect(shape([user('go'), assistant([call('1')]), user('never mind')]).at(-1)).toBe(`user: ${error} | never mind`);
});

test('a result whose call is gone, or was answered before, is text', () => {
  const messages = [
    user([result('gone', 'old')]),
    assistant([call('1')]),
    user([result('1')]),
    assistant('ok'),
    user([result('1', 'again', { is_error: true })]),
  ];
  expect(shape(messages)).toEqual([
    'user: [result of an earlier tool call, gone]\nold',
    'model: call Read',
    'user: {"output":"of 1"}',
    'model: ok',
    'user: [result of an earlier tool call, 1, which failed]\nagain',
  ]);
});

test('of two results for one call the later one counts, and the earlier one is listed', () => {
  const { lost, body } = buildGemini({
    messages: [user('go'), assistant([call('1')]), user([result('1', 'a'), result('1', 'b')])],
  });
  expect(body.contents.at(-1)?.parts).toEqual([{ functionResponse: { name: 'Read', response: { output: 'b' } } }]);
  expect(lost).toEqual(['messages.2.content.0']);
});

test('two calls of one turn with one id cannot both be answered: the second is listed', () => {
  const { lost } = buildGemini({ messages: [user('go'), assistant([call('1'), call('1')]), user([result('1')])] });
  expect(lost).toEqual(['messages.1.content.1']);
});

test('a system message stays in its place, marked, and behind the results', () => {
  const messages = [
    user('a'),
    system('be brief'),
    assistant([call('1')]),
    user([result('1')]),
    system([
      { type: 'text', text: 'x' },
      { type: 'text', text: 'y' },
    ]),
  ];
  expect(shape(messages)).toEqual([
    'user: a | <system-reminder>\nbe brief\n</system-reminder>',
    'model: call Read',
    'user: {"output":"of 1"} | <system-reminder>\nx\n\ny\n</system-reminder>',
  ]);
});

test('a system message for one answer is gone once the user speaks again', () => {
  const note = system('just now', { clear_at: 'next_user_message' });
  expect(shape([user('a'), note]).join()).toContain('just now');
  expect(shape([user('a'), note, assistant('b'), user('c')]).join()).not.toContain('just now');
});

test('what was compacted away is told by the user, before the turn that holds it', () => {
  const messages = [
    assistant([
      { type: 'compaction', content: 'all of it' },
      { type: 'text', text: 'Go on?' },
    ]),
    user('y'),
  ];
  expect(shape(messages)).toEqual([
    'user: <conversation_summary>\nall of it\n</conversation_summary>',
    'model: Go on?',
    'user: y',
  ]);
});

test('what ran at Anthropic stands in the text of the turn', () => {
  const search = [
    { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
    {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', title: 'T', url: 'U' }],
    },
    { type: 'text', text: 'So.' },
  ];
  expect(shape([user('a'), assistant(search), user('b')])[1]).toBe(
    'model: \n[web_search: {"query":"q"}]\n | \n[web search results]\n- T: U\n | So.',
  );
});

test('what of it is no text is listed', () => {
  const content = [
    { type: 'text', text: 'seen' },
    { type: 'image', source: { type: 'url', url: 'https://x.test' } },
  ];
  const block = { type: 'mcp_tool_result', tool_use_id: 'm', content };
  const { body, lost } = buildGemini({ messages: [user('a'), assistant([block]), user([block])] });
  expect(lost).toEqual(['messages.1.content.0', 'messages.2.content.0']);
  expect(body.contents.map(({ parts }) => parts.at(-1)?.text?.trim())).toEqual(['a', 'seen', 'seen']);
});

test('a model that continues its own words gets them last; another is asked to, and that is listed', () => {
  const messages = [user('a'), assistant('The answer is')];
  expect(shape(messages, { model: 'gemini-2.5-pro' })).toEqual(['user: a', 'model: The answer is']);
  const { body, lost } = buildGemini({ messages }, { model: 'gemini-3.8-flash' });
  expect(body.contents).toHaveLength(3);
  expect(body.contents.at(-1)?.parts[0]?.text).toContain('Continue your last message');
  expect(lost).toEqual(['messages.1']);
});

test('arguments are an object whatever the client sent', () => {
  const inputs = [null, {}, { a: 1 }, [1], 'x'];
  const messages = [
    user('go'),
    assistant(inputs.map((input, index) => call(String(index), 'Read', Object(input) && input))),
  ];
  const args = contentsOf(messages)[1]?.parts.map(({ functionCall }) => functionCall?.args);
  expect(args).toEqual([{}, {}, { a: 1 }, { input: [1] }, { input: 'x' }]);
});

test('Gemini gets back the ids it gave, on AI Studio only, and not once it has refused them', () => {
  const messages = [user('go'), assistant([call('toolu_g_abc'), call('toolu_01'), call('toolu_h_YS5i')])];
  const idsOf = (around: Surroundings) =>
    contentsOf(messages, around)
      .slice(1)
      .map(({ parts }) => parts.map(({ functionCall, functionResponse }) => (functionCall ?? functionResponse)?.id));
  const ids = ['abc', undefined, 'a.b'];
  expect(idsOf({})).toEqual([ids, ids]);
  const none = [undefined, undefined, undefined];
  expect(idsOf({ provider: 'vertex' })).toEqual([none, none]);
  expect(idsOf({ repairs: [{ kind: 'omit-call-ids', scope: 'model' }] })).toEqual([none, none]);
});

test('a name that Gemini does not take is written alike in call, result and declaration', () => {
  const name = '1st.tool/with spaces';
  const { body } = buildGemini({
    messages: [user('go'), assistant([call('1', name)]), user([result('1')])],
    tools: [customTool(name)],
  });
  const written = body.tools?.[0]?.functionDeclarations?.[0]?.name ?? '';
  expect(written).toMatch(/^[a-zA-Z_][\w-]*$/);
  expect(body.contents[1]?.parts[0]?.functionCall?.name).toBe(written);
  expect(body.contents[2]?.parts[0]?.functionResponse?.name).toBe(written);
});

const pathTool = customTool('Read', {
  input_schema: { type: 'object', properties: { 'file-path': { type: 'string' } }, required: ['file-path'] },
});

test('arguments that own schemas cannot name are renamed in the history as in the declaration, and read back', () => {
  const around: Surroundings = { repairs: [{ kind: 'own-schema-form', scope: 'model' }] };
  const request = { messages: [user('go'), assistant([call('1', 'Read', { 'file-path': 'a' })])], tools: [pathTool] };
  const { body } = buildGemini(request, around);
  const parameters = body.tools?.[0]?.functionDeclarations?.[0]?.parameters;
  const [written = ''] = Object.keys(parameters?.properties ?? {});
  expect(written).toMatch(/^file_path_\w+$/);
  expect(body.contents[1]?.parts[0]?.functionCall?.args).toEqual({ [written]: 'a' });

  const stream = openGeminiStream(parsed(request), targetFor(around), contextFor(around));
  const parts = [{ functionCall: { name: 'Read', args: { [written]: 'b' } } }];
  const chunk = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] };
  const events = [...stream.push({ event: undefined, data: JSON.stringify(chunk) }), ...stream.end()];
  expect(JSON.stringify(events)).toContain(JSON.stringify(JSON.stringify({ 'file-path': 'b' })));
});

test('older Gemma has neither system instruction nor functions: both are text', () => {
  const { body } = buildGemini(
    { system: 'Be kind.', messages: [user('a'), assistant([call('1', 'Read', { p: 1 })]), user([result('1')])] },
    { model: 'gemma-3-27b-it' },
  );
  expect(body.systemInstruction).toBeUndefined();
  expect(body.contents).toEqual([
    { role: 'user', parts: [{ text: 'Be kind.' }, { text: 'a' }] },
    { role: 'model', parts: [{ text: '\n[Read: {"p":1}]\n' }] },
    { role: 'user', parts: [{ text: '[result of an earlier tool call, 1]\nof 1' }] },
  ]);
});

test('what a turn cannot hold is listed, and the conversation goes on', () => {
  const { lost, body } = buildGemini({
    messages: [
      user([{ type: 'tool_use', id: 'x', name: 'Read', input: {} }, { type: 'hologram' }]),
      assistant([{ type: 'image', source: { type: 'url', url: 'https://x.test' } }, { type: 'hologram' }]),
      user('b'),
    ],
  });
  expect(lost).toEqual([
    'messages.0.content.0',
    'messages.0.content.1',
    'messages.1.content.0',
    'messages.1.content.1',
  ]);
  expect(body.contents).toEqual([{ role: 'user', parts: [{ text: '[unsupported block: hologram]' }, { text: 'b' }] }]);
});
