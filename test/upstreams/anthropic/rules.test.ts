import { afterAll, beforeAll, expect, test } from 'bun:test';
import { say } from '../script.ts';
import { type FakeAnthropic, startFakeAnthropic } from './fake-anthropic.ts';
import {
  answers,
  type Body,
  call,
  earlier,
  expectRefusal,
  type Headed,
  image,
  plain,
  png,
  post,
  result,
  says,
  talk,
  text,
  tool,
  user,
} from './request-samples.ts';
import { seal } from './seals.ts';
import { redacted } from './thinking-rules.ts';

const thinking = { type: 'thinking', thinking: 'Hm.', signature: seal('Hm.') };
const marked = { cache_control: { type: 'ephemeral' } };
const system = { role: 'system', content: 'Mind the date.' };
const found = { type: 'web_search_result', title: 'A', url: 'https://a.example', page_age: null };

const taken: readonly (Headed & { readonly says: string; readonly body: Body })[] = [
  { says: 'a plain call', body: plain },
  { says: 'an assistant in between', body: talk(user, answers(text('Hi')), user) },
  {
    says: 'parallel calls answered in another order',
    body: talk(user, answers(call('a'), call('b')), says(result('b'), result('a'))),
  },
  {
    says: 'results in two messages of the user',
    body: talk(user, answers(call('a'), call('b')), says(result('a')), says(result('b'))),
  },
  { says: 'text behind the results', body: talk(user, answers(call('a')), says(result('a'), text('And?'))) },
  {
    says: 'an image in a tool result',
    body: talk(user, answers(call('a')), says(result('a', { content: [image(png)] }))),
  },
  {
    says: 'a result that is an error, and one without content',
    body: talk(
      user,
      answers(call('a'), call('b')),
      says(result('a', { is_error: true }), { type: 'tool_result', tool_use_id: 'b' }),
    ),
  },
  {
    says: 'thinking it has signed, and redacted thinking of its own',
    body: talk(user, answers(thinking, { type: 'redacted_thinking', data: seal(redacted) }, text('Hi')), user),
  },
  {
    says: 'a caller on a call',
    body: talk(user, answers(call('a', { caller: { type: 'direct' } })), says(result('a'))),
  },
  {
    says: 'a system message behind the user, with an effort of its own',
    body: talk(user, { ...system, output_config: { effort: 'low' } }),
    betas: 'per-turn-control-2026-07-01',
  },
  {
    says: 'adaptive thinking and an effort',
    body: { ...plain, thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'high' } },
  },
  {
    says: 'thinking by budget',
    body: { ...earlier, max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 } },
  },
  { says: 'a prefill, on a model that takes one', body: { ...earlier, messages: [user, answers(text('{'))] } },
  {
    says: 'context_management with its beta',
    body: { ...plain, context_management: { edits: [] } },
    betas: 'context-management-2025-06-27',
  },
  { says: 'temperature with the older version', body: { ...plain, temperature: 0.5 } },
  { says: 'four marks for the cache', body: talk(says(...'abcd'.split('').map((word) => text(word, marked)))) },
  {
    says: 'its own web search, and what it found',
    body: {
      ...talk(
        user,
        answers(
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'a' } },
          {
            type: 'web_search_tool_result',
            tool_use_id: 'srvtoolu_1',
            content: [{ ...found, encrypted_content: seal(found.url) }],
          },
          text('A.'),
        ),
        user,
      ),
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    },
  },
  {
    says: 'a compaction of its own, and one that failed',
    body: talk(
      user,
      answers({ type: 'compaction', content: 'It rains.', encrypted_content: seal('It rains.') }),
      answers({ type: 'compaction', content: null }),
      user,
    ),
  },
  {
    says: 'a found tool that is offered',
    body: {
      ...talk(
        user,
        answers(call('a')),
        says(result('a', { content: [{ type: 'tool_reference', tool_name: 'Late' }] })),
      ),
      tools: [tool('Late', { defer_loading: true })],
    },
  },
  { says: 'an output limit of none', body: { ...plain, max_tokens: 0 } },
];

const forced = { tools: [tool('Read')], tool_choice: { type: 'any' } };
const refused: readonly (Headed & {
  readonly body: Body;
  readonly message: string;
  readonly status?: number;
  readonly type?: string;
})[] = [
  // Shape
  { body: { model: 'claude-opus-5-5', messages: [user] }, message: 'max_tokens: Field required' },
  { body: { ...plain, top_q: 1 }, message: 'top_q: Extra inputs are not permitted' },
  {
    body: { ...plain, context_management: { edits: [] } },
    message: 'context_management: Extra inputs are not permitted',
  },
  { body: { ...plain, metadata: { user: 'x' } }, message: 'metadata.user: Extra inputs are not permitted' },
  { body: { ...plain, messages: 'Hello' }, message: 'messages: Input should be a valid list' },
  { body: { ...plain, stream: 'yes' }, message: 'stream: Input should be a valid boolean' },
  {
    body: { ...plain, output_config: { effort: 'huge' } },
    message: "output_config.effort: Input should be 'low', 'medium'",
  },
  // Model and parameters
  { body: { ...plain, model: 'gpt-4.1' }, message: 'model: gpt-4.1', status: 404, type: 'not_found_error' },
  {
    body: { ...plain, max_tokens: 128_001 },
    message: 'max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-opus-5-5',
  },
  { body: { ...plain, max_tokens: 1.5 }, message: 'max_tokens: Input should be' },
  { body: { ...plain, temperature: 1.5 }, message: 'temperature: Input should be less than or equal to 1' },
  { body: { ...plain, temperature: 0.5 }, version: '2026-10-21', message: 'temperature' },
  { body: { ...plain, top_k: 5 }, version: '2026-10-21', message: 'top_k' },
  {
    body: { ...plain, stop_sequences: [' '] },
    message: 'stop_sequences.0: each stop sequence must contain non-whitespace',
  },
  {
    body: { ...plain, thinking: { type: 'enabled', budget_tokens: 2000 } },
    message: 'thinking.type.enabled is not supported for this model',
  },
  {
    body: { ...earlier, thinking: { type: 'adaptive' } },
    message: 'thinking.type.adaptive is not supported for this model',
  },
  { body: { ...earlier, thinking: { type: 'enabled', budget_tokens: 100 } }, message: 'greater than or equal to 1024' },
  {
    body: { ...earlier, thinking: { type: 'enabled', budget_tokens: 2000 } },
    message: '`max_tokens` must be greater than `thinking.budget_tokens`',
  },
  { body: { ...plain, thinking: { type: 'adaptive' }, temperature: 0 }, message: '`temperature` may only be set to 1' },
  { body: { ...plain, thinking: { type: 'adaptive' }, top_k: 3 }, message: '`top_k` must be unset' },
  {
    body: { ...plain, thinking: { type: 'adaptive' }, ...forced },
    message: 'Thinking may not be enabled when tool_choice forces tool use.',
  },
  { body: { ...earlier, output_config: { effort: 'low' } }, message: 'does not support the effort parameter' },
  // Headers
  { body: plain, version: '2024-01-01', message: 'anthropic-version: "2024-01-01" is not a valid version' },
  {
    body: plain,
    betas: 'effort-2025-11-24, telepathy-2026-01-01',
    message: 'Unexpected value(s) `telepathy-2026-01-01` for the `anthropic-beta` header',
  },
  // Tools
  { body: { ...plain, tools: [tool('Read'), tool('Read')] }, message: 'tools: Tool names must be unique.' },
  {
    body: { ...plain, tools: [tool('a tool')] },
    message: "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  },
  {
    body: { ...plain, tools: [tool('Read', { parameters: {} })] },
    message: 'tools.0.custom.parameters: Extra inputs are not permitted',
  },
  { body: { ...plain, tools: [{ name: 'Read' }] }, message: 'tools.0.custom.input_schema: Field required' },
  {
    body: { ...plain, tools: [tool('Read', { input_schema: { type: 'array' } })] },
    message: "tools.0.custom.input_schema.type: Input should be 'object'",
  },
  {
    body: { ...plain, tools: [{ type: 'telepathy_20300101', name: 't' }] },
    message: "tools.0: Input tag 'telepathy_20300101' found using 'type'",
  },
  {
    body: { ...plain, tool_choice: { type: 'auto' } },
    message: 'tool_choice may only be specified while providing tools.',
  },
  {
    body: { ...plain, tools: [tool('Read')], tool_choice: { type: 'tool', name: 'Write' } },
    message: "tool_choice: Tool 'Write' not found in provided tools",
  },
  {
    body: talk(
      user,
      answers(call('a')),
      says(result('a', { content: [{ type: 'tool_reference', tool_name: 'Late' }] })),
    ),
    message: "Tool reference 'Late' not found in available tools",
  },
  // Roles and contents
  { body: talk(), message: 'messages: at least one message is required' },
  { body: talk(answers(text('Hi')), user), message: 'messages: first message must use the "user" role' },
  { body: talk({ role: 'tool', content: 'x' }), message: 'messages: Unexpected role "tool"' },
  { body: talk({ ...user, name: 'Ada' }), message: 'messages.0.name: Extra inputs are not permitted' },
  { body: { ...earlier, messages: [user, system] }, message: "role 'system' is not supported on this model" },
  {
    body: talk(user, answers(text('Hi')), system, user),
    message: "messages.2: role 'system' must directly follow a user message",
  },
  {
    body: talk(user, { ...system, output_config: { effort: 'low' } }),
    message: 'messages.1.output_config: Extra inputs are not permitted',
  },
  { body: talk(user, answers(text('Hi'))), message: 'This model does not support assistant message prefill' },
  {
    body: { ...earlier, messages: [user, answers(text('Hi '))] },
    message: 'final assistant content cannot end with trailing whitespace',
  },
  { body: talk(says(text(''))), message: 'messages: text content blocks must be non-empty' },
  { body: talk(says(text(' \n'))), message: 'messages: text content blocks must contain non-whitespace text' },
  { body: talk(user, answers(), user), message: 'messages.1: all messages must have non-empty content' },
  { body: { ...plain, system: [text('')] }, message: 'system: text content blocks must be non-empty' },
  // Calls and their results
  {
    body: talk(user, answers(call('a')), user),
    message: 'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a.',
  },
  { body: talk(user, answers(call('a'), call('b')), says(result('a'))), message: 'immediately after: b.' },
  { body: talk(user, answers(call('a')), says(text('Here:'), result('a'))), message: 'immediately after: a.' },
  {
    body: talk(says(result('a'))),
    message: 'messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: a.',
  },
  {
    body: talk(user, answers(call('a')), says(result('a'), result('b'))),
    message: 'messages.2.content.1: unexpected `tool_use_id`',
  },
  {
    body: talk(user, answers(call('a')), says(result('a'), result('a'))),
    message: 'each tool_use must have a single result',
  },
  { body: talk(user, answers(call('a'), call('a')), says(result('a'))), message: '`tool_use` ids must be unique' },
  {
    body: talk(user, answers(call('a')), says(result('a')), answers(call('a')), says(result('a'))),
    message: '`tool_use` ids must be unique',
  },
  {
    body: talk(user, answers(call('call:1')), says(result('call:1'))),
    message: "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  },
  {
    body: talk(user, answers(call('a', { input: '{}' })), says(result('a'))),
    message: 'messages.1.content.0.tool_use.input: Input should be a valid dictionary',
  },
  {
    body: talk(user, answers(call('a', { name: 'a.b' })), says(result('a'))),
    message: 'messages.1.content.0.tool_use.name: String should match',
  },
  // Blocks
  {
    body: talk(says({ type: 'video', source: {} })),
    message:
      "messages.0.content.0: Input tag 'video' found using 'type' does not match any of the expected tags: 'text'",
  },
  { body: talk(says(call('a'))), message: '`tool_use` blocks can only be in `assistant` messages' },
  { body: talk(user, answers(result('a')), user), message: '`tool_result` blocks can only be in `user` messages' },
  { body: talk(user, answers(image(png)), user), message: '`image` blocks can only be in' },
  { body: talk(says(text('Hi', { id: 1 }))), message: 'messages.0.content.0.text.id: Extra inputs are not permitted' },
  {
    body: talk(user, answers({ type: 'tool_use', id: 'a', input: {} }), says(result('a'))),
    message: 'messages.1.content.0.tool_use.name: Field required',
  },
  {
    body: talk(user, answers(call('a')), says(result('a', { content: [call('b')] }))),
    message: '`tool_use` blocks can only be in',
  },
  { body: talk(says(image('bm8gaW1hZ2U='))), message: 'image/png media type, but does not appear to be one' },
  { body: talk(says(image(png, 'image/bmp'))), message: "media_type: Input should be 'image/jpeg'" },
  {
    body: talk(says({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'bm8gcGRm' } })),
    message: 'The PDF specified was not valid',
  },
  {
    body: talk(
      user,
      answers({
        type: 'web_search_tool_result',
        tool_use_id: 's',
        content: [{ ...found, encrypted_content: 'made up' }],
      }),
      user,
    ),
    message: 'messages.1.content.0: Invalid `encrypted_content` in `search_result` block',
  },
  {
    body: talk(
      user,
      answers({ type: 'compaction', content: 'It rains.', encrypted_content: 'ccp1.proxy.e30.00000000' }),
      user,
    ),
    message: 'messages.1.content.0: Invalid `encrypted_content` in `compaction` block',
  },
  // Thinking
  {
    body: talk(user, answers({ ...thinking, thinking: 'Ha.' }, text('Hi')), user),
    message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
  },
  {
    body: talk(user, answers({ ...thinking, signature: 'ccp1.gemini.e30.00000000' }, text('Hi')), user),
    message: 'Invalid `signature` in `thinking` block',
  },
  {
    body: talk(user, answers({ type: 'thinking', thinking: 'Hm.' }, text('Hi')), user),
    message: 'messages.1.content.0.thinking.signature: Field required',
  },
  {
    body: talk(user, answers({ type: 'redacted_thinking', data: 'ccp1.x' }, text('Hi')), user),
    message: 'Invalid `data` in `redacted_thinking` block',
  },
  {
    body: {
      ...earlier,
      max_tokens: 4000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [user, answers(call('a')), says(result('a'))],
    },
    message: 'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
  },
  // The cache
  {
    body: talk(says(...'abcde'.split('').map((word) => text(word, marked)))),
    message: 'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  },
  {
    body: talk(says(text('a', marked), text('b', { cache_control: { type: 'ephemeral', ttl: '1h' } }))),
    message: "must not come after a ttl='5m' cache_control block",
  },
  {
    body: talk(says(text('a', { cache_control: { type: 'ephemeral', scope: 'global' } }))),
    message: 'cache_control.scope: Extra inputs are not permitted',
  },
  {
    body: talk(user, answers({ ...thinking, ...marked }, text('Hi')), user),
    message: 'cache_control: Extra inputs are not permitted',
  },
  // Length
  { body: talk(says(text('word '.repeat(900_000)))), message: 'prompt is too long: 1125' },
];

let fake: FakeAnthropic;
beforeAll(async () => {
  fake = await startFakeAnthropic({ model: () => [say('Hi')] });
});
afterAll(() => fake.stop());

test.each(taken)('takes $says', async ({ body, ...headed }) => {
  const answer = await post(fake.url, body, headed);
  expect([answer.status, await answer.json()]).toMatchObject([200, { type: 'message' }]);
});

test.each(refused)('refuses: $message', (row) => expectRefusal(fake, row));
