import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ownCompaction, sealEnvelope } from '../../messages/envelope.ts';
import { applyEdits } from './byte-edits.ts';
import { editsOfHistory } from './foreign-history.ts';
import { legalId } from './tool-ids.ts';

const sealed = sealEnvelope('gemini', { signature: 'x' });

function edited(text: string): { readonly text: string; readonly losses: readonly string[] } {
  const bytes = Buffer.from(text);
  const { edits, losses } = editsOfHistory(bytes);
  return { text: applyEdits(bytes, edits).toString(), losses: losses.map(({ field }) => field) };
}

const ours = (text = '') => `{"type":"thinking","thinking":"${text}","signature":"${sealed}"}`;
const theirs = '{"type":"thinking","thinking":"hm","signature":"EqQBCkYI"}';
const words = '{"type":"text", "text":"Hi"}';
const user = '{"role":"user","content":"go"}';
const answer = (...blocks: string[]) => `{ "role":"assistant","content":[ ${blocks.join(' , ')} ] }`;
const body = (...messages: string[]) =>
  `{"model":"m", "messages": [ ${messages.join(' , ')} ],"big":12345678901234567890}`;

describe('thinking that the proxy signed is cut out, and every other byte stays', () => {
  const cases: readonly [what: string, before: string, after: string, lost: readonly string[]][] = [
    [
      'first',
      body(user, answer(ours(), words), user),
      body(user, '{ "role":"assistant","content":[ {"type":"text", "text":"Hi"} ] }', user),
      ['messages.1.content.0'],
    ],
    [
      'last',
      body(answer(words, ours(String.raw`a \"quoted\" thought \\`))),
      body('{ "role":"assistant","content":[ {"type":"text", "text":"Hi"} ] }'),
      ['messages.0.content.1'],
    ],
    ['between', body(answer(words, ours(), words)), body(answer(words, words)), ['messages.0.content.1']],
    [
      'several in a row',
      body(answer(ours(), ours(), words, ours(), ours())),
      body(answer(words)),
      ['messages.0.content.0', 'messages.0.content.1', 'messages.0.content.3', 'messages.0.content.4'],
    ],
    [
      'beside Anthropic’s own',
      body(answer(theirs, ours(), words)),
      body(answer(theirs, words)),
      ['messages.0.content.1'],
    ],
    [
      'redacted',
      body(answer(`{"data":"${sealed}","type":"redacted_thinking"}`, words)),
      body(answer(words)),
      ['messages.0.content.0'],
    ],
    ['alone: its message goes', body(user, answer(ours()), user), body(user, user), ['messages.1.content.0']],
    [
      'alone in the last message',
      body(user, answer(ours(), ours())),
      body(user),
      ['messages.1.content.0', 'messages.1.content.1'],
    ],
    [
      'alone in the only message',
      '{"messages":[{"role":"assistant","content":[{"type":"thinking","signature":"ccp1.x"}]}]}',
      '{"messages":[]}',
      ['messages.0.content.0'],
    ],
  ];
  test.each(cases)('%s', (_what, before, after, lost) => {
    expect(edited(before)).toEqual({ text: after, losses: [...lost] });
  });
});

test.each([
  ['a text that speaks of it', body('{"role":"user","content":"what is ccp1.gemini.abc?"}')],
  ['a text that is nothing else', body('{"role":"user","content":[{"type":"text","text":"ccp1.gemini.abc"}]}')],
  ['a quoted body in a text', body(`{"role":"user","content":${JSON.stringify(body(answer(ours())))}}`)],
  [
    'a tool input',
    body(answer('{"type":"tool_use","id":"toolu_1","name":"x","input":{"signature":"ccp1.gemini","type":"thinking"}}')),
  ],
  ['the same block in a user message', body(`{"role":"user","content":[${ours()}]}`)],
  ['a field of its own', '{"signature":"ccp1.x","type":"thinking","data":"ccp1.x"}'],
  ['what is no JSON', '{"messages":[{"role":"assistant","content":["ccp1.'],
  [
    'shapes nobody knows',
    '{"messages":[5,null,"ccp1.",{"role":"assistant","content":[7,[],{"type":9,"signature":"ccp1.x"}]},{"content":{"a":1}}]}',
  ],
])('%s is not touched', (_what, text) => {
  expect(edited(text)).toEqual({ text, losses: [] });
});

test('searches and runs of another vendor go with their results, and their citations with them', () => {
  const search = '{"type":"server_tool_use","id":"srvtoolu_ccp1_a","name":"web_search","input":{}}';
  const found = '{"type":"web_search_tool_result","tool_use_id":"srvtoolu_ccp1_a","content":[]}';
  const real = '{"type":"server_tool_use","id":"srvtoolu_01","name":"web_search","input":{}}';
  const cited = (...indexes: string[]) =>
    `{"type":"text","text":"So.","citations":[${indexes.map((index) => `{"type":"web_search_result_location","encrypted_index":"${index}"}`).join(', ')}]}`;
  expect(edited(body(answer(search, found, cited('', 'Eo8B', 'ccp1.x'), real, cited(''))))).toEqual({
    text: body(answer(cited('Eo8B'), real, '{"type":"text","text":"So.","citations":[]}')),
    losses: [
      'messages.0.content.0',
      'messages.0.content.1',
      'messages.0.content.2.citations',
      'messages.0.content.4.citations',
    ],
  });
});

describe('what the proxy has compacted becomes words of the user', () => {
  const compaction = (more = '') =>
    `{"type":"compaction","content":"All \\"done\\".","encrypted_content":"${ownCompaction}"${more}}`;
  const summary =
    '{"role":"user","content":[{"type":"text","text":"<conversation_summary>\\nAll \\"done\\".\\n</conversation_summary>"}';
  const started = ',{"role":"assistant","content":[';
  const bad = '{"type":"tool_use","id":"a:b","name":"Bash","input":{}}';
  const cases: readonly [what: string, before: string, after: string, lost: readonly string[]][] = [
    ['alone', body(user, answer(bad), answer(compaction()), user), body(`${summary}]}`, user), []],
    ['at the end', body(user, answer(ours(), words), answer(compaction())), body(`${summary}]}`), []],
    [
      'with what was said behind it',
      body(user, answer(compaction(), words), user),
      body(`${summary}]}${started}${words} ] }`, user),
      [],
    ],
    [
      'with thoughts behind it, and nothing else',
      body(user, answer(words, compaction(), ours()), user),
      body(`${summary}]}`, user),
      ['messages.1.content.2'],
    ],
    [
      'with thoughts and words behind it',
      body(user, answer(compaction(), ours(), words), answer(ours()), user),
      body(`${summary}]}${started}${words} ] }`, user),
      ['messages.1.content.1', 'messages.2.content.0'],
    ],
    [
      'the last of several',
      body(answer(compaction(), words), user, answer(compaction()), user),
      body(`${summary}]}`, user),
      [],
    ],
    [
      'in a message of the user',
      body(`{"role":"user","content":[${compaction()}, ${words}]}`),
      body(`${summary},${words}]}`),
      [],
    ],
    [
      'with the tools that were loaded, which are lost',
      body(answer(compaction(',"tool_changes":[{"type":"tool_addition"}]')), user),
      body(`${summary}]}`, user),
      ['messages.0.content.0.tool_changes'],
    ],
    [
      'but not where it failed',
      body(user, answer(`{"type":"compaction","content":null,"encrypted_content":"${ownCompaction}"}`, words)),
      body(user, answer(words)),
      ['messages.1.content.0'],
    ],
  ];
  test.each(cases)('%s', (_what, before, after, lost) => {
    expect(edited(before)).toEqual({ text: after, losses: [...lost] });
    JSON.parse(after);
  });

  test("Anthropic's own is not touched", () => {
    const own = '{"type":"compaction","content":"All done.","signature":"Eo8B","encrypted_content":"Eo8B"}';
    expect(edited(body(user, answer(own, ours(), words))).text).toBe(body(user, answer(own, words)));
  });
});

test('ids that Anthropic refuses become legal ones, the same in call and result', () => {
  const call = (id: string) => `{"type":"tool_use","id":"${id}","name":"Bash","input":{"id":"a:b"}}`;
  const result = (id: string) => `{"role":"user","content":[{"tool_use_id" : "${id}","type":"tool_result"}]}`;
  const legal = legalId('functions.Bash:0');
  expect(legal).toMatch(/^functions_Bash_0_[0-9a-f]{12}$/);
  expect(
    edited(body(answer(call('functions.Bash:0'), call('toolu_1')), result('functions.Bash:0'), result('toolu_1'))),
  ).toEqual({
    text: body(answer(call(legal), call('toolu_1')), result(legal), result('toolu_1')),
    losses: [],
  });
  expect(edited(body(answer(call('a\\u003ab')), result('a:b'))).text).toBe(
    body(answer(call(legalId('a:b'))), result(legalId('a:b'))),
  );
  expect(new Set(['a:b', 'a.b', 'a_b', ''].map(legalId)).size).toBe(4);
  const long = `x:${'y'.repeat(300)}`;
  expect(legalId(long)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
});

describe('a turn of another vendor that Anthropic shall continue with thinking enabled', () => {
  const call = '{"type":"tool_use","id":"toolu_1","name":"Bash","input":{}}';
  const result = '{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"}]}';
  const asked = (history: string, settings: string) => `{"messages":[${history}],${settings}}`;
  const enabled = '"thinking": {"type":"enabled","budget_tokens":2000}';
  const disabled = '"thinking": {"type":"disabled"}';

  test('goes on without', () => {
    const { text, losses } = edited(asked(`${user},${answer(ours(), call)},${result}`, enabled));
    expect(text).toBe(asked(`${user},${answer(call)},${result}`, disabled));
    expect(losses).toEqual(['messages.1.content.0', 'thinking']);
  });

  test('and nothing is cleared that is not there', () => {
    const clearing =
      '"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"},{"type":"clear_tool_uses_20250919"}]}';
    expect(edited(asked(`${answer(ours(), call)},${result}`, `${enabled},${clearing}`)).text).toBe(
      asked(
        `${answer(call)},${result}`,
        `${disabled},"context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]}`,
      ),
    );
  });

  test.each([
    [
      'whose last turn begins with its own thinking',
      `${answer(ours(), words)},${user},${answer(theirs, call)},${result}`,
      enabled,
    ],
    ['whose user speaks next', `${answer(ours(), words)},${user}`, enabled],
    ['with adaptive thinking', `${answer(ours(), call)},${result}`, '"thinking":{"type":"adaptive"}'],
    ['that asks for none', `${answer(ours(), call)},${result}`, '"thinking":null'],
  ])('but not one %s', (_what, history, settings) => {
    expect(edited(asked(history, settings)).text).toEndWith(`,${settings}}`);
  });
});

test('the result is the same as cutting blocks out of the parsed body', () => {
  const block = fc.constantFrom(
    ours(),
    ours('x'),
    theirs,
    words,
    `{"type":"redacted_thinking","data":"${sealed}"}`,
    '{"type":"tool_use","id":"toolu_1","name":"a","input":{"b":[1,2]}}',
  );
  const message = fc.oneof(
    fc.constant(user),
    fc.array(block, { minLength: 1, maxLength: 5 }).map((blocks) => answer(...blocks)),
    fc.constant('{"role":"assistant","content":"plain"}'),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), (messages) => {
      const text = body(...messages);
      type Block = { readonly type: string; readonly signature?: string; readonly data?: string };
      const parsed: { messages: { role: string; content: string | Block[] }[]; big: number; model: string } =
        JSON.parse(text);
      const isOurs = ({ signature, data }: Block) => (signature ?? data ?? '').startsWith('ccp1.');
      const expected = parsed.messages
        .map((one) =>
          typeof one.content === 'string' ? one : { ...one, content: one.content.filter((part) => !isOurs(part)) },
        )
        .filter(({ content }) => content.length > 0);
      expect(JSON.parse(edited(text).text)).toEqual({ ...parsed, messages: expected });
    }),
  );
});
