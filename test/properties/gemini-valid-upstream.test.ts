import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { tokenCount } from '../../src/providers/gemini/token-count.ts';
import { buildGemini, contextFor, parsed, type Surroundings, targetFor } from '../build-gemini-request.ts';
import { readCount } from '../upstreams/gemini/count-tokens.ts';
import { isGeminiRequest, type Method, type Platform } from '../upstreams/gemini/gemini-request.ts';
import { familyOf, type ModelFamily } from '../upstreams/gemini/models.ts';
import { googleRules, judge } from '../upstreams/gemini/rules.ts';
import { readMessage } from '../upstreams/gemini/shape.ts';
import { Signatures } from '../upstreams/gemini/signatures.ts';
import { conversation, tools } from './conversations.ts';
import { expectJsonOrRefusal } from './damaged-requests.ts';
import { signedBy } from './signed-conversations.ts';

const targets: readonly Required<Pick<Surroundings, 'model' | 'provider'>>[] = [
  { model: 'gemini-2.0-flash', provider: 'gemini' },
  { model: 'gemini-2.5-pro', provider: 'gemini' },
  { model: 'gemini-2.5-flash', provider: 'vertex' },
  { model: 'gemini-2.5-flash-lite', provider: 'gemini' },
  { model: 'gemini-3-pro-preview', provider: 'gemini' },
  { model: 'gemini-3.5-flash', provider: 'vertex' },
  { model: 'gemini-3.8-flash', provider: 'gemini' },
  { model: 'gemini-4-argon', provider: 'vertex' },
];

const settings = fc.record(
  {
    max_tokens: fc.constantFrom(1, 700, 64_000, 128_000),
    thinking: fc.constantFrom(
      { type: 'adaptive' },
      { type: 'disabled' },
      { type: 'enabled', budget_tokens: 31_999 },
      { type: 'enabled', budget_tokens: 1_024, display: 'omitted' },
    ),
    output_config: fc.constantFrom(
      { effort: 'low' },
      { effort: 'max' },
      { format: { type: 'json_schema', schema: { type: 'object' } } },
    ),
    temperature: fc.constantFrom(0, 0.5, 1),
    top_k: fc.constantFrom(5, 200),
    tool_choice: fc.constantFrom(
      { type: 'auto' },
      { type: 'any', disable_parallel_tool_use: true },
      { type: 'none' },
      { type: 'tool', name: 'WebFetch' },
    ),
    metadata: fc.constant({ user_id: 'x'.repeat(170) }),
    stop_sequences: fc.constant(['a', 'b', 'c', 'd', 'e', 'f']),
  },
  { requiredKeys: ['max_tokens'] },
);

function familyFor(model: string): ModelFamily {
  const family = familyOf(model);
  if (family === undefined) throw new Error(`the fake does not know ${model}`);
  return family;
}

/** What the fake would answer a body with: undefined where it takes it. */
function refusalOf(
  text: string,
  { model, provider }: (typeof targets)[number],
  method: Method,
  signatures = new Signatures(platformOf(provider)),
) {
  const given = JSON.parse(text);
  const platform = platformOf(provider);
  const read =
    method === 'countTokens'
      ? readCount(given, model, platform)
      : readMessage('GenerateContentRequest', given, platform);
  const request = { ...read.body, model, method };
  if (read.refusal !== undefined) return read.refusal;
  if (!isGeminiRequest(request)) return 'not a request';
  return judge({
    request,
    platform,
    family: familyFor(model),
    rules: { ...googleRules, signedSteps: 'all' },
    signatures,
  });
}

function platformOf(provider: 'gemini' | 'vertex'): Platform {
  return provider === 'vertex' ? 'vertex' : 'ai-studio';
}

test.each(targets)('%j takes every request that is built for it', (target) => {
  fc.assert(
    fc.property(conversation, settings, fc.boolean(), (messages, settings, isLedByGemini) => {
      const signatures = new Signatures(platformOf(target.provider));
      const led = isLedByGemini ? signedBy(signatures, familyFor(target.model), targetFor(target), messages) : messages;
      const { text } = buildGemini({ messages: led, tools, system: 'Be kind.', ...settings }, target);
      expect(refusalOf(text, target, 'streamGenerateContent', signatures)).toBeUndefined();
    }),
    { numRuns: 120 },
  );
});

test.each(targets)('%j counts every prompt', (target) => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const request = parsed({ messages, tools, system: 'Be kind.', max_tokens: 0 });
      const { body } = tokenCount.buildRequest(request, targetFor(target), contextFor(target));
      expect(refusalOf(body, target, 'countTokens')).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test('whatever a request holds, it is translated or refused as a mistake of the client', () => {
  expectJsonOrRefusal((request, target) => buildGemini(request, target).text, targets, 2_000);
});
