import { expect, test } from 'bun:test';
import type { DeltaUsage } from '../messages/types.ts';
import { costOfCalls, seenTokens, usedTokens } from './used-tokens.ts';

const usage: DeltaUsage = {
  input_tokens: 100,
  cache_creation_input_tokens: 20,
  cache_read_input_tokens: 300,
  output_tokens: 50,
  output_tokens_details: null,
  server_tool_use: null,
  iterations: null,
  fallback_credit: null,
};
const now = new Date('2026-11-23T12:00:00Z');
const seen = {
  inputTokens: 1_000,
  cachedTokens: 400,
  writtenTokens: 100,
  writtenForHourTokens: 60,
  outputTokens: 10,
  stopReason: 'end_turn',
  error: undefined,
  state: 'whole',
} as const;

test('a prompt is all that was read, from the cache or not', () => {
  expect(usedTokens(usage, 999)).toEqual({
    calls: [{ input: 420, cached: 300, written: 20, writtenForHour: 0, output: 50 }],
    prompt: 420,
    isCounted: true,
  });
});

test('where the vendor has searched, its count is not that of the prompt, yet it is paid', () => {
  const searched = { ...usage, server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } };
  const { prompt, calls, isCounted } = usedTokens(searched, 999);
  expect([prompt, calls[0]?.input, isCounted]).toEqual([undefined, 420, true]);
});

test('the estimate, come back as it was, is no count', () => {
  expect(usedTokens({ ...usage, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }, 100).isCounted).toBe(
    false,
  );
});

test('an answer of several calls is paid call by call: each prompt has its own length', () => {
  const call = (input_tokens: number) => ({
    type: 'message' as const,
    model: 'm',
    input_tokens,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_creation: null,
    output_tokens: 0,
  });
  const used = usedTokens({ ...usage, iterations: [call(150_000), call(150_000)] }, 1);
  const rate = { base: 10, tiers: [{ above: 200_000, rate: 20 }] };
  expect(costOfCalls(used, [{ rates: { input: rate, output: 0 } }], now)).toBeCloseTo(3, 9);
});

test('what a summary of the conversation has cost is paid too, and is not the prompt', () => {
  const tokens = {
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_creation: null,
    output_tokens: 100,
  };
  const used = usedTokens(
    {
      ...usage,
      iterations: [
        { ...tokens, type: 'compaction', input_tokens: 90_000 },
        { ...tokens, type: 'message', model: 'm', input_tokens: 3_000 },
      ],
    },
    2_500,
  );
  expect([used.prompt, used.calls.map(({ input }) => input)]).toEqual([3_000, [90_000, 3_000]]);
});

test('what passes through is paid with what Anthropic has written to its cache, and for how long', () => {
  const used = seenTokens(seen);
  const prices = [{ rates: { input: 1, cachedInput: 0.1, cacheWrite: 2, cacheWriteHour: 4, output: 5 } }];
  const dollars = used && costOfCalls(used, prices, now);
  expect(dollars).toBeCloseTo((500 * 1 + 400 * 0.1 + 40 * 2 + 60 * 4 + 10 * 5) / 1e6, 12);
  // A count of tokens is no answer.
  expect(seenTokens({ ...seen, outputTokens: undefined })).toBeUndefined();
});
