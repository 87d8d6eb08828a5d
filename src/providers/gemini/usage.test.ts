import { expect, test } from 'bun:test';
import type { CountedUsage } from '../../translation/answer-usage.ts';
import { UsageReader } from './usage.ts';

function read(...chunks: readonly unknown[]): CountedUsage | undefined {
  const reader = new UsageReader();
  for (const chunk of chunks) reader.read(chunk);
  return reader.counted;
}

const nothing = { prompt: 0, cached: 0, written: 0, output: 0, thinking: undefined };

test.each<[string, unknown[], CountedUsage | undefined]>([
  ['nothing counted', [undefined, null, 'x', {}, { trafficType: 'ON_DEMAND' }], undefined],
  ['zeros are no count', [{ promptTokenCount: 0, candidatesTokenCount: 0 }], undefined],
  [
    'thoughts are beside the answer',
    [{ promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 7, totalTokenCount: 22 }],
    { ...nothing, prompt: 10, output: 12, thinking: 7 },
  ],
  [
    'the cached part is inside the prompt',
    [{ promptTokenCount: 100, cachedContentTokenCount: 64, candidatesTokenCount: 1 }],
    { ...nothing, prompt: 100, cached: 64, output: 1 },
  ],
  [
    'what tools have put in is beside the prompt',
    [{ promptTokenCount: 100, toolUsePromptTokenCount: 900, candidatesTokenCount: 1 }],
    { ...nothing, prompt: 1_000, output: 1 },
  ],
  [
    'chunks are running totals, not parts',
    [
      { promptTokenCount: 10, candidatesTokenCount: 2 },
      { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 1 },
      { promptTokenCount: 10, candidatesTokenCount: 9 },
    ],
    { ...nothing, prompt: 10, output: 10, thinking: 1 },
  ],
  [
    'more in the cache than in the prompt cannot be',
    [{ promptTokenCount: 10, cachedContentTokenCount: 64 }],
    { ...nothing, prompt: 10, cached: 10 },
  ],
  [
    'what tools have put in was in no cache',
    [{ promptTokenCount: 10, cachedContentTokenCount: 64, toolUsePromptTokenCount: 5 }],
    { ...nothing, prompt: 15, cached: 10 },
  ],
  [
    'what is no count is none',
    [{ promptTokenCount: 10, candidatesTokenCount: -5, thoughtsTokenCount: '7', cachedContentTokenCount: Number.NaN }],
    { ...nothing, prompt: 10 },
  ],
])('%s', (_name, chunks, counted) => {
  expect(read(...chunks)).toEqual(counted);
});
