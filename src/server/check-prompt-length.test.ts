import { expect, test } from 'bun:test';
import type { Target } from '../providers/provider.ts';
import { LearnedRatios } from '../tokens/learned-ratio.ts';
import { TokenCounter } from '../tokens/token-counter.ts';
import { LearnedRepairs } from '../upstream/learned-repairs.ts';
import { checkPromptLength } from './check-prompt-length.ts';

const target: Target = {
  provider: 'openai',
  baseUrl: 'http://127.0.0.1/v1',
  model: 'gpt-4.1',
  apiKey: undefined,
  route: 'named',
};
const text = JSON.stringify({
  model: 'm',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'word '.repeat(2_000) }],
});

/** Whether the prompt is refused by a window of 10,000 tokens; `counted`: what a worker says, if one answers in time. */
async function isRefused(inputTokenEstimate: number, counted?: number): Promise<boolean> {
  const learned = new LearnedRepairs();
  learned.remember(target, { kind: 'limit-context', scope: 'model', maximum: 10_000 });
  let answer: (answer: { id: number; tokens: number }) => void = () => undefined;
  const counter = new TokenCounter({
    startWorker: () => ({
      ask: ({ id }) => counted !== undefined && answer({ id, tokens: counted }),
      onAnswer: (listener) => {
        answer = listener;
      },
      onFailure: () => undefined,
      end: () => undefined,
    }),
    startTimer: (_delayMs, then) => {
      if (counted === undefined) queueMicrotask(then);
      return () => undefined;
    },
  });
  const prompt = { text, target, inputTokenEstimate, learned, ratios: new LearnedRatios(), counter };
  return checkPromptLength(prompt).then(
    () => false,
    () => true,
  );
}

test.each([
  ['a count beyond the window', 12_000, 10_600, true],
  ['a count that is near to it', 12_000, 10_400, false],
  ['an estimate where nobody counts in time', 12_000, undefined, false],
  ['one far beyond', 14_000, undefined, true],
])('%s', async (_, estimate, counted, refused) => {
  expect(await isRefused(estimate, counted)).toBe(refused);
});
