import { beforeAll, expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildResponses, type ResponsesSurroundings } from '../build-responses-request.ts';
import { type ShapeCheck, shapeCheck } from '../upstreams/openai/request-shape.ts';
import { ReasoningMemory } from '../upstreams/openai/responses/reasoning-memory.ts';
import { isResponsesRequest } from '../upstreams/openai/responses/responses-request.ts';
import { responsesSchema } from '../upstreams/openai/responses/responses-shape.ts';
import { judge } from '../upstreams/openai/responses/rules.ts';
import { openAiRules } from '../upstreams/openai/rules.ts';
import { conversation, tools } from './conversations.ts';
import { expectJsonOrRefusal } from './damaged-requests.ts';
import { markedRequest } from './marked-requests.ts';

let checkShape: ShapeCheck;
beforeAll(async () => {
  checkShape = await shapeCheck(responsesSchema, 'refuse');
});

const models = ['gpt-4o', 'gpt-4.1', 'o3', 'gpt-5', 'gpt-5-pro', 'gpt-5.2', 'gpt-5.4', 'gpt-5.3-codex', 'gpt-6-astra'];
const search = {
  type: 'web_search_20260318',
  name: 'web_search',
  max_uses: 3,
  allowed_domains: ['https://bun.com/docs', 'example.com'],
  user_location: { type: 'approximate', city: 'Oslo', country: 'NO' },
};
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
    tools: fc.constantFrom(
      tools,
      [],
      [...tools, search].filter(({ name }) => name !== 'ToolSearch'),
    ),
    service_tier: fc.constantFrom('auto', 'standard_only'),
    metadata: fc.constant({ user_id: 'x'.repeat(170) }),
    stop_sequences: fc.constant(['a', 'b']),
  },
  { requiredKeys: ['max_tokens', 'tools'] },
);

test.each(models)('%s takes every request that is built for it', (model) => {
  fc.assert(
    fc.property(conversation, settings, (messages, { tool_choice: choice, ...others }) => {
      const isMissing = choice?.type === 'tool' && others.tools.length === 0;
      // Some models take no force beside the search, which they have to say themselves.
      const isForced = choice?.type === 'any' && others.tools.some(({ name }) => name === 'web_search');
      const chosen = isMissing || isForced || choice === undefined ? {} : { tool_choice: choice };
      const { text } = buildResponses({ messages, system: 'Be kind.', ...others, ...chosen }, { model });
      const body: unknown = JSON.parse(text);
      expect(checkShape(body)).toBeUndefined();
      if (!isResponsesRequest(body)) throw new Error('not a request of the Responses API');
      expect(judge(body, openAiRules, new ReasoningMemory())).toBeUndefined();
    }),
    { numRuns: 120 },
  );
});

test('every body has the form that OpenAI publishes, whatever fields the request uses', () => {
  fc.assert(
    fc.property(markedRequest, fc.constantFrom(...models), (request, model) => {
      expect(checkShape(JSON.parse(buildResponses(request, { model }).text))).toBeUndefined();
    }),
    { numRuns: 250 },
  );
});

test('whatever a request holds, it is translated or refused as a mistake of the client', () => {
  const around: ResponsesSurroundings[] = [
    { model: 'gpt-4.1' },
    { model: 'gpt-5' },
    { model: 'gpt-5', repairs: [{ kind: 'drop-reasoning', scope: 'request' }] },
    { profile: 'xai', model: 'grok-4' },
    { profile: 'generic', model: 'llama' },
  ];
  expectJsonOrRefusal((request, where) => buildResponses(request, where).text, around, 3_000);
});
