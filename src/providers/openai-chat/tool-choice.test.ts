import { expect, test } from 'bun:test';
import { buildChat, customTool, functionsIn } from '../../../test/build-chat-request.ts';
import type { ServerProfile } from '../../config/config.ts';

const tools = [customTool('Bash'), customTool('Read')];
const named = { type: 'function', function: { name: 'Read' } };
const read = { type: 'tool', name: 'Read' };

const choices: readonly (readonly [choice: object | undefined, sent: unknown, parallel: boolean | undefined])[] = [
  [undefined, undefined, undefined],
  [{ type: 'auto' }, undefined, undefined],
  [{ type: 'auto', disable_parallel_tool_use: false }, undefined, undefined],
  [{ type: 'auto', disable_parallel_tool_use: true }, undefined, false],
  [{ type: 'any' }, 'required', undefined],
  [{ type: 'any', disable_parallel_tool_use: true }, 'required', false],
  [read, named, undefined],
  [{ type: 'none' }, 'none', undefined],
];

test.each(choices)('%j is sent as %j', (tool_choice, sent, parallel) => {
  const built = buildChat({ tools, tool_choice });
  expect<unknown>(built.body.tool_choice).toEqual(sent);
  expect(built.body.parallel_tool_calls).toBe(parallel);
  // Without them the prefix that upstream has cached would change.
  expect(built.body.tools).toHaveLength(2);
  expect(built.losses).toEqual([]);
});

test('without tools neither field is sent, and a force is listed as lost', () => {
  const built = buildChat({ tool_choice: { type: 'any', disable_parallel_tool_use: true } });
  expect([built.body.tool_choice, built.body.parallel_tool_calls]).toEqual([undefined, undefined]);
  expect(built.lost).toEqual(['tool_choice']);
  expect(buildChat({ tools: [], tool_choice: { type: 'auto' } }).lost).toEqual([]);
});

test('parallel_tool_calls is left out where it is refused or not obeyed', () => {
  const choice = { tools, tool_choice: { type: 'auto', disable_parallel_tool_use: true } };
  const sent = (around: object) => buildChat(choice, around).body.parallel_tool_calls;
  expect(sent({ model: 'o3' })).toBeUndefined();
  expect(sent({ profile: 'vllm' })).toBeUndefined();
  expect(
    sent({ repairs: [{ kind: 'omit-parameter', scope: 'model', parameter: 'parallel_tool_calls' }] }),
  ).toBeUndefined();
  expect(sent({ profile: 'groq' })).toBe(false);
});

test('a forced tool that nobody declared is a mistake of the client', () => {
  expect(() => buildChat({ tools, tool_choice: { type: 'tool', name: 'Write' } })).toThrow(
    'tool_choice.name: no tool of this name is in tools',
  );
});

function sentTo(profile: ServerProfile, model: string, tool_choice: object, more: object = {}) {
  const built = buildChat({ tools, tool_choice, ...more }, { profile, model });
  return {
    choice: built.body.tool_choice,
    tools: functionsIn(built).map(({ name }) => name),
    last: built.body.messages.at(-1)?.content,
    lost: built.lost,
    body: built.body,
  };
}
const both = ['Bash', 'Read'];

test('LM Studio takes words only: one wanted tool is offered alone', () => {
  expect(sentTo('lmstudio', 'qwen3', read)).toMatchObject({ choice: 'required', tools: ['Read'] });
  expect(sentTo('lmstudio', 'qwen3', { type: 'any' })).toMatchObject({ choice: 'required', tools: both });
  expect(sentTo('lmstudio', 'qwen3', { type: 'none' })).toMatchObject({ choice: 'none', tools: both });
});

test('Ollama does not look at the field: it is steered by what it is shown and told', () => {
  expect(sentTo('ollama', 'qwen3', { type: 'none' })).toMatchObject({
    choice: undefined,
    tools: [],
    last: 'hello',
  });
  const forced = sentTo('ollama', 'qwen3', read);
  expect(forced).toMatchObject({ choice: undefined, tools: ['Read'] });
  expect(forced.last).toBe('hello\n\n<system-reminder>\nAnswer by calling the tool Read.\n</system-reminder>');
  expect(sentTo('ollama', 'qwen3', { type: 'any' })).toMatchObject({ choice: undefined, tools: both });
});

test('where force and reasoning exclude each other, reasoning gives way for this request', () => {
  const effort = { output_config: { effort: 'high' } };
  const forced = sentTo('deepseek', 'deepseek-v4', read, effort);
  expect(forced).toMatchObject({ choice: named, lost: ['output_config.effort'] });
  expect(forced.body.thinking).toEqual({ type: 'disabled' });
  expect(sentTo('deepseek', 'deepseek-v4', { type: 'none' }, effort)).toMatchObject({ choice: 'none', lost: [] });
  expect(sentTo('deepseek', 'deepseek-v4', { type: 'auto' }, effort).body.thinking).toEqual({ type: 'enabled' });
  expect(sentTo('dashscope', 'qwen3-max', { type: 'any' }).body.enable_thinking).toBe(false);
});

test('where it cannot give way, the force does, and that is listed', () => {
  expect(sentTo('moonshot', 'kimi-k2-thinking', read)).toMatchObject({
    choice: undefined,
    tools: both,
    lost: ['tool_choice'],
  });
});
