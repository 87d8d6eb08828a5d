import { expect, test } from 'bun:test';
import { readUsage } from './usage.ts';

test.each([
  [
    'all that OpenAI counts',
    {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 64, cache_write_tokens: 30 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 120,
    },
    { prompt: 100, cached: 64, written: 30, output: 20, thinking: 5 },
  ],
  [
    'no details',
    { input_tokens: 100, output_tokens: 20 },
    { prompt: 100, cached: 0, written: 0, output: 20, thinking: undefined },
  ],
  [
    'more from the cache than there is of the prompt',
    { input_tokens: 10, input_tokens_details: { cached_tokens: 64, cache_write_tokens: 30 }, output_tokens: 1 },
    { prompt: 10, cached: 10, written: 0, output: 1, thinking: undefined },
  ],
  [
    'reasoning beside the output',
    { input_tokens: 100, output_tokens: 20, output_tokens_details: { reasoning_tokens: 50 }, total_tokens: 170 },
    { prompt: 100, cached: 0, written: 0, output: 70, thinking: 50 },
  ],
  ['zeros', { input_tokens: 0, output_tokens: 0 }, undefined],
  ['no numbers', { input_tokens: 'many', output_tokens: -1 }, undefined],
  ['nothing', null, undefined],
])('%s', (_name, usage, counted) => {
  expect(readUsage(usage)).toEqual(counted);
});
