import { expect, test } from 'bun:test';
import { buildChat, customTool, hello } from '../../../test/build-chat-request.ts';
import type { ServerProfile } from '../../config/config.ts';
import type { Repair } from '../provider.ts';

const adaptive = { thinking: { type: 'adaptive' } };
const disabled = { thinking: { type: 'disabled' } };
const budget = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } });
const effort = (word: string) => ({ output_config: { effort: word } });
const tools = { tools: [customTool('Bash')] };

const words: readonly (readonly [model: string, request: object, sent: string | undefined, lost: readonly string[]])[] =
  [
    // Nothing said.
    ['gpt-5', {}, undefined, []],
    ['gpt-5.4', {}, undefined, []],
    ['gpt-4.1', {}, undefined, []],
    // Effort, alone or with thinking.
    ['gpt-5', effort('medium'), 'medium', []],
    ['gpt-5', { ...adaptive, ...effort('low') }, 'low', []],
    ['gpt-5', adaptive, 'high', []],
    ['gpt-5', { thinking: { type: 'between_tools' } }, 'high', []],
    ['gpt-5', { thinking: { type: 'sideways' } }, 'high', []],
    // Efforts the model does not take: the nearest weaker one, else the nearest stronger.
    ['gpt-5', effort('max'), 'high', ['output_config.effort']],
    ['gpt-5.2', effort('max'), 'xhigh', ['output_config.effort']],
    ['gpt-5-pro', effort('low'), 'high', ['output_config.effort']],
    ['gpt-5.1-chat-latest', effort('low'), 'none', ['output_config.effort']],
    ['gpt-5.6-sol', effort('max'), 'max', []],
    ['gpt-5', effort('enormous'), undefined, ['output_config.effort']],
    // Budgets.
    ['gpt-5.2', budget(1_024), 'low', []],
    ['gpt-5.2', budget(8_192), 'medium', []],
    ['gpt-5.2', budget(24_576), 'high', []],
    ['gpt-5.2', budget(31_999), 'xhigh', []],
    ['gpt-5', budget(31_999), 'high', ['thinking']],
    ['gpt-5.2', { ...budget(31_999), ...effort('low') }, 'low', []],
    // Thinking disabled: as little as there is, except for an agent that also says how hard it wants to think.
    ['gpt-5.2', disabled, 'none', []],
    ['gpt-5', disabled, 'minimal', []],
    ['o3', { ...disabled, ...effort('high') }, 'low', []],
    ['gpt-5.2', { ...disabled, ...effort('high') }, 'none', []],
    ['gpt-5.2', { ...disabled, ...effort('high'), ...tools }, 'low', []],
    ['gpt-5.2', { ...disabled, ...tools }, 'none', []],
    // Models without reasoning.
    ['gpt-4.1', effort('medium'), undefined, ['output_config.effort']],
    ['gpt-4.1', budget(2_000), undefined, ['thinking']],
    ['gpt-4.1', adaptive, undefined, []],
    ['gpt-4.1', disabled, undefined, []],
    // Tools on Chat Completions only without reasoning.
    ['gpt-5.4', { ...effort('high'), ...tools }, 'none', ['output_config.effort']],
    ['gpt-5.6-luna', { ...adaptive, ...tools }, 'none', []],
    ['gpt-6-sol', tools, 'none', []],
    ['gpt-5.4', { ...disabled, ...tools }, 'none', []],
    ['gpt-5.4', effort('high'), 'high', []],
    ['gpt-5.2', { ...effort('high'), ...tools }, 'high', []],
    // Claude Code's probes and judges: an answer of a few tokens leaves no room for thought.
    ['gpt-5', { max_tokens: 64 }, 'minimal', []],
    ['gpt-5.2', { max_tokens: 64, stop_sequences: ['</block>'], ...disabled }, 'none', []],
    ['o3', { max_tokens: 64, ...disabled }, 'low', []],
    ['gpt-4.1', { max_tokens: 64 }, undefined, []],
    ['o4-mini', { ...effort('high'), max_tokens: 1 }, 'low', []],
    ['gpt-5.2', { ...effort('high'), max_tokens: 500 }, 'none', []],
    // Nobody knows the model.
    ['some-model', effort('high'), undefined, ['output_config.effort']],
    ['some-model', adaptive, undefined, []],
  ];

test.each(words)('%s, %j: %p', (model, request, sent, lost) => {
  const built = buildChat(request, { model });
  expect(built.body.reasoning_effort).toBe(sent);
  expect(built.lost).toEqual([...lost]);
});

test('the effort on the latest system message wins over the top-level one', () => {
  const system = (effort: string | null) => ({ role: 'system', content: 'x', output_config: { effort } });
  const messages = [...hello, system('low'), ...hello, system('medium'), ...hello, system(null)];
  const built = buildChat({ ...effort('high'), messages }, { model: 'gpt-5' });
  expect(built.body.reasoning_effort).toBe('medium');
  expect(buildChat({ messages }, { model: 'gpt-4.1' }).lost).toEqual(['messages.3.output_config.effort']);
});

test('a model that cannot use tools here is refused with what to do; without tools it answers', () => {
  expect(() => buildChat(tools, { model: 'gpt-6-astra' })).toThrow(/gpt-6-astra cannot use tools.*BIG_MODEL/);
  expect(buildChat(effort('low'), { model: 'gpt-6-astra' }).body.reasoning_effort).toBe('low');
  expect(buildChat(tools, { model: 'openai/gpt-6-astra', profile: 'openrouter' }).body.tools).toHaveLength(1);
});

test('words learned from a refusal replace what is known of the model', () => {
  const learned = (...list: string[]): readonly Repair[] => [{ kind: 'effort-words', scope: 'model', words: list }];
  const sent = (model: string, repairs: readonly Repair[]) =>
    buildChat(effort('high'), { model, repairs }).body.reasoning_effort;
  expect(sent('gpt-5', learned('low', 'medium'))).toBe('medium');
  expect(sent('new-model', learned('none', 'high'))).toBe('high');
  expect(sent('gpt-5', [...learned('low'), ...learned('none')])).toBe('none');
});

type Fields = Readonly<Record<string, unknown>>;
const places: readonly (readonly [ServerProfile, model: string, on: Fields, off: Fields])[] = [
  ['openrouter', 'qwen/qwen3-max', { reasoning: { effort: 'high' } }, { reasoning: { enabled: false } }],
  ['openrouter', 'openai/gpt-5', { reasoning: { effort: 'high' } }, { reasoning: { effort: 'minimal' } }],
  [
    'deepseek',
    'deepseek-v4',
    { thinking: { type: 'enabled' }, reasoning_effort: 'high' },
    { thinking: { type: 'disabled' } },
  ],
  ['deepseek', 'deepseek-chat', { thinking: { type: 'enabled' } }, { thinking: { type: 'disabled' } }],
  ['vllm', 'openai/gpt-oss-120b', { reasoning_effort: 'high' }, { reasoning_effort: 'low' }],
  [
    'vllm',
    'Qwen/Qwen3-32B',
    { chat_template_kwargs: { enable_thinking: true } },
    { chat_template_kwargs: { enable_thinking: false } },
  ],
  [
    'vllm',
    'deepseek-ai/DeepSeek-V3.1',
    { chat_template_kwargs: { thinking: true } },
    { chat_template_kwargs: { thinking: false } },
  ],
  ['vllm', 'meta-llama/Llama-3.3', {}, {}],
  ['ollama', 'qwen3:30b', { reasoning_effort: 'high' }, { reasoning_effort: 'none' }],
  ['ollama', 'gpt-oss:20b', { reasoning_effort: 'high' }, { reasoning_effort: 'low' }],
  ['lmstudio', 'qwen3', {}, {}],
  ['groq', 'openai/gpt-oss-20b', { reasoning_effort: 'high' }, { reasoning_effort: 'low' }],
  ['groq', 'qwen/qwen3-32b', { reasoning_effort: 'default', reasoning_format: 'parsed' }, { reasoning_effort: 'none' }],
  ['zai', 'glm-4.7', { thinking: { type: 'enabled', clear_thinking: false } }, { thinking: { type: 'disabled' } }],
  ['xai', 'grok-4.3', { reasoning_effort: 'high' }, { reasoning_effort: 'none' }],
  ['xai', 'grok-4', {}, {}],
  ['dashscope', 'qwen3-max', { enable_thinking: true }, { enable_thinking: false }],
  ['moonshot', 'kimi-k2-thinking', {}, {}],
  ['generic', 'llama', {}, {}],
];
const effortFields = [
  'reasoning_effort',
  'reasoning',
  'reasoning_format',
  'thinking',
  'enable_thinking',
  'chat_template_kwargs',
] as const;

test.each(places)('%s tells %s in its own way', (profile, model, on, off) => {
  const fieldsFor = (request: object): Fields => {
    const { body } = buildChat(request, { profile, model });
    return Object.fromEntries(
      effortFields.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])),
    );
  };
  expect(fieldsFor({ ...adaptive, ...effort('high') })).toEqual(on);
  expect(fieldsFor(disabled)).toEqual(off);
  expect(fieldsFor({})).toEqual({});
});

test('a model that thinks by itself is told not to where a refusal has taught that nothing else helps', () => {
  const repairs = [{ kind: 'effort-words', scope: 'request', words: ['none'] }] as const;
  const body = (request: object) => buildChat(request, { profile: 'deepseek', model: 'deepseek-chat', repairs }).body;
  expect(body({}).thinking).toEqual({ type: 'disabled' });
  expect(body({ ...adaptive, ...effort('high') }).thinking).toEqual({ type: 'disabled' });
});

test('a switch that knows no steps loses the step, and says so', () => {
  const request = { ...adaptive, ...effort('low') };
  expect(buildChat(request, { profile: 'vllm', model: 'qwen3' }).lost).toEqual(['output_config.effort']);
  expect(buildChat(request, { profile: 'deepseek', model: 'deepseek-v4' }).lost).toEqual([]);
  expect(buildChat(adaptive, { profile: 'vllm', model: 'qwen3' }).lost).toEqual([]);
});
