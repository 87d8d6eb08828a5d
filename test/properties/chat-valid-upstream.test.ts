import { beforeAll, expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildChat, type Surroundings } from '../build-chat-request.ts';
import { chatSchema } from '../upstreams/openai/chat-shape.ts';
import { chatPrompt, PromptCache } from '../upstreams/openai/prompt-cache.ts';
import { type ShapeCheck, shapeCheck } from '../upstreams/openai/request-shape.ts';
import { compatibleRules, judge, openAiRules, type Rules } from '../upstreams/openai/rules.ts';
import { conversation, tools } from './conversations.ts';
import { expectJsonOrRefusal } from './damaged-requests.ts';
import { markedRequest } from './marked-requests.ts';

let checkShape: ShapeCheck;
beforeAll(async () => {
  checkShape = await shapeCheck(chatSchema, 'refuse');
});

const openAiModels = ['gpt-4o', 'gpt-4.1-mini', 'o3', 'gpt-5', 'gpt-5.2', 'gpt-5.4', 'gpt-6-sol'];
const settings = fc.record(
  {
    max_tokens: fc.constantFrom(0, 1, 700, 64_000, 128_000),
    thinking: fc.constantFrom({ type: 'adaptive' }, { type: 'disabled' }, { type: 'enabled', budget_tokens: 31_999 }),
    output_config: fc.constantFrom(
      { effort: 'low' },
      { effort: 'max' },
      { format: { type: 'json_schema', schema: { type: 'object' } } },
    ),
    temperature: fc.constantFrom(0, 0.5, 1),
    top_k: fc.constant(5),
    tool_choice: fc.constantFrom(
      { type: 'auto' },
      { type: 'any', disable_parallel_tool_use: true },
      { type: 'none' },
      { type: 'tool', name: 'WebFetch' },
    ),
    service_tier: fc.constantFrom('auto', 'standard_only'),
    metadata: fc.constant({ user_id: 'x'.repeat(170) }),
    stop_sequences: fc.constant(['a', 'b', 'c', 'd', 'e']),
  },
  { requiredKeys: ['max_tokens'] },
);

test.each(openAiModels)('%s takes every request that is built for it', (model) => {
  fc.assert(
    fc.property(conversation, settings, (messages, settings) => {
      const { body, text } = buildChat({ messages, tools, system: 'Be kind.', ...settings }, { model });
      expect(checkShape(JSON.parse(text))).toBeUndefined();
      expect(judge(JSON.parse(text), openAiRules, new PromptCache(chatPrompt))).toBeUndefined();
      expect(body.model).toBe(model);
    }),
    { numRuns: 120 },
  );
});

test('every body has the form that OpenAI publishes, whatever fields the request uses', () => {
  fc.assert(
    fc.property(markedRequest, fc.constantFrom(...openAiModels), (request, model) => {
      expect(checkShape(JSON.parse(buildChat(request, { model }).text))).toBeUndefined();
    }),
    { numRuns: 250 },
  );
});

/** Servers on one's own machine cut an answer short rather than refuse the wish. */
const roomy = { contextWindow: 1_000_000, maxOutputTokens: 1_000_000 };
const servers: readonly (readonly [Surroundings, Partial<Rules>])[] = [
  [
    { profile: 'deepseek', model: 'deepseek-v4' },
    { ...compatibleRules.deepSeek, toolChoice: 'all' },
  ],
  [
    { profile: 'lmstudio', model: 'mistralai/devstral-small' },
    { ...compatibleRules.lmStudio, ...roomy },
  ],
  [
    { profile: 'vllm', model: 'mistralai/Mistral-Nemo-Instruct' },
    { ...compatibleRules.vllm, alternation: 'strict' },
  ],
  [
    { profile: 'ollama', model: 'qwen3' },
    { ...compatibleRules.ollama, ...roomy, toolChoice: 'auto-only' },
  ],
];

test.each(servers)('%j takes every request that is built for it', (around, rules) => {
  fc.assert(
    fc.property(conversation, settings, (messages, settings) => {
      const { text } = buildChat({ messages, tools, system: 'Be kind.', ...settings }, around);
      expect(judge(JSON.parse(text), { ...openAiRules, ...rules }, new PromptCache(chatPrompt))).toBeUndefined();
    }),
    { numRuns: 120 },
  );
});

test('whatever a request holds, it is translated or refused as a mistake of the client', () => {
  const around: Surroundings[] = [
    { model: 'gpt-4.1' },
    { profile: 'deepseek', model: 'deepseek-v4' },
    { profile: 'ollama', model: 'x' },
    { profile: 'mistral', model: 'x' },
  ];
  expectJsonOrRefusal((request, where) => buildChat(request, where).text, around, 3_000);
});
