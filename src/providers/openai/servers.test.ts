import { describe, expect, test } from 'bun:test';
import { buildChat, customTool, type Surroundings } from '../../../test/build-chat-request.ts';
import { serverNames } from '../../config/servers.ts';
import { dialectOf } from './dialect.ts';

// What Claude Code asks in every turn, and what of it each server gets in a form of its own.

const request = {
  max_tokens: 32_000,
  system: 'Be kind.',
  thinking: { type: 'adaptive' },
  output_config: { effort: 'high' },
  metadata: { user_id: 'user-1' },
  messages: [
    { role: 'user', content: 'Read a.' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_01A', name: 'Read', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01A', content: '' }] },
    { role: 'system', content: 'It is late.' },
  ],
  tools: [customTool('Read')],
};

/** The body without what is the same everywhere. */
function sent(around: Surroundings): Record<string, unknown> {
  const { messages, model: _model, stream: _stream, tools: _tools, ...fields } = buildChat(request, around).body;
  return { ...fields, roles: messages.map(({ role }) => role).join(' ') };
}

const usage = { stream_options: { include_usage: true } };
const inPlace = 'system user assistant tool system';
const asText = 'system user assistant tool user';

const bodies: readonly [around: Surroundings, expected: Record<string, unknown>][] = [
  [
    { profile: 'azure', model: 'gpt-5.2' },
    {
      ...usage,
      max_completion_tokens: 32_000,
      reasoning_effort: 'high',
      prompt_cache_key: expect.any(String),
      safety_identifier: expect.any(String),
      roles: inPlace,
    },
  ],
  [
    { profile: 'openrouter', model: 'qwen/qwen3-coder' },
    { ...usage, max_tokens: 32_000, reasoning: { effort: 'high' }, roles: asText },
  ],
  [
    { profile: 'deepseek', model: 'deepseek-v4-pro' },
    { ...usage, max_tokens: 32_000, thinking: { type: 'enabled' }, reasoning_effort: 'high', roles: inPlace },
  ],
  [
    { profile: 'groq', model: 'openai/gpt-oss-120b' },
    { ...usage, max_completion_tokens: 16_384, reasoning_effort: 'high', roles: inPlace },
  ],
  [
    { profile: 'groq', model: 'qwen/qwen3-32b' },
    {
      ...usage,
      max_completion_tokens: 16_384,
      reasoning_effort: 'default',
      reasoning_format: 'parsed',
      roles: inPlace,
    },
  ],
  [
    { profile: 'xai', model: 'grok-4.3' },
    {
      ...usage,
      max_completion_tokens: 32_000,
      reasoning_effort: 'high',
      prompt_cache_key: expect.any(String),
      roles: asText,
    },
  ],
  // No user message right after a tool's; no word on usage is needed.
  [
    { profile: 'mistral', model: 'devstral-medium-latest' },
    { max_tokens: 16_384, roles: 'system user assistant tool assistant user' },
  ],
  [
    { profile: 'mistral', model: 'mistral-small-latest' },
    { max_tokens: 16_384, reasoning_effort: 'high', roles: 'system user assistant tool assistant user' },
  ],
  [
    { profile: 'together', model: 'moonshotai/Kimi-K2-Thinking' },
    { ...usage, max_tokens: 16_384, reasoning: { enabled: true }, roles: asText },
  ],
  [
    { profile: 'together', model: 'openai/gpt-oss-120b' },
    { ...usage, max_tokens: 16_384, reasoning_effort: 'high', roles: asText },
  ],
  [
    { profile: 'fireworks', model: 'accounts/fireworks/models/some-model' },
    { ...usage, max_tokens: 16_384, reasoning_effort: 'high', roles: asText },
  ],
  [
    { profile: 'cerebras', model: 'gpt-oss-120b' },
    { ...usage, max_completion_tokens: 16_384, reasoning_effort: 'high', roles: asText },
  ],
  [
    { profile: 'dashscope', model: 'some-qwen' },
    { ...usage, max_tokens: 16_384, enable_thinking: true, roles: asText },
  ],
  [
    { profile: 'moonshot', model: 'some-kimi' },
    { ...usage, max_tokens: 16_384, roles: asText },
  ],
  [
    { profile: 'zai', model: 'some-glm' },
    { ...usage, max_tokens: 16_384, thinking: { type: 'enabled', clear_thinking: false }, roles: asText },
  ],
  [
    { profile: 'minimax', model: 'some-model' },
    { ...usage, max_tokens: 16_384, roles: asText },
  ],
  [
    { profile: 'ollama', model: 'some-model' },
    { ...usage, max_tokens: 32_000, reasoning_effort: 'high', roles: asText },
  ],
  [
    { profile: 'lmstudio', model: 'some-model' },
    { ...usage, max_tokens: 32_000, roles: asText },
  ],
  [
    { profile: 'llamacpp', model: 'qwen3-x' },
    { ...usage, max_tokens: 32_000, chat_template_kwargs: { enable_thinking: true }, roles: asText },
  ],
  [
    { profile: 'vllm', model: 'some-glm' },
    { ...usage, max_tokens: 16_384, chat_template_kwargs: { enable_thinking: true }, roles: asText },
  ],
  [
    { profile: 'sglang', model: 'some-model' },
    { ...usage, max_tokens: 16_384, roles: asText },
  ],
];

test.each(bodies)('%j', (around, expected) => {
  expect(sent(around)).toEqual(expected);
});

test('every server has a body in this table', () => {
  expect(new Set(bodies.map(([{ profile }]) => profile))).toEqual(new Set(serverNames));
});

describe("Azure's two kinds of addresses", () => {
  const at = (baseUrl: string) => dialectOf({ baseUrl });

  test('both have the key in a header of their own, and only one has the Responses API', () => {
    const v1 = at('https://me.openai.azure.com/openai/v1');
    const dated = at('https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21');
    expect([v1.auth, v1.responses, dated.auth, dated.responses]).toEqual(['api-key', true, 'api-key', false]);
  });

  test('the version stands behind the path', () => {
    const baseUrl = 'https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21';
    expect(buildChat({}, { baseUrl, apiKey: 'azure-key' })).toMatchObject({
      url: 'https://me.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21',
      headers: { 'api-key': 'azure-key' },
    });
  });
});
