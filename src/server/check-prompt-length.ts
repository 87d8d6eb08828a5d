import { promptTooLongMessage } from '../errors/prompt-too-long.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { traitsOf } from '../models/model-traits.ts';
import type { Target } from '../providers/provider.ts';
import type { LearnedRatios } from '../tokens/learned-ratio.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { LearnedRepairs } from '../upstream/learned-repairs.ts';
import { countsLearned } from './counts-learned.ts';

/** Where the estimate comes this near to the window, the tokens are counted. */
const worthCounting = 0.9;
/** A count may be this much too high: the upstream's own word is better where it is near. */
const surelyTooLong = 1.05;
/** An estimate, which leans high, by this much: Claude Code's own request for a summary must not be refused for nothing. */
const guessedTooLong = 1.3;

interface Prompt {
  /** The body of the request. */
  readonly text: string;
  readonly target: Target;
  readonly inputTokenEstimate: number;
  readonly learned: LearnedRepairs;
  readonly ratios: LearnedRatios;
  readonly counter: TokenCounter;
}

/** In tokens; undefined where nobody knows. */
export function longestPrompt(target: Target, learned: LearnedRepairs): number | undefined {
  const { maxInputTokens, contextWindow } = traitsOf(target);
  return learned.contextLimit(target) ?? maxInputTokens ?? contextWindow;
}

/**
 * Throws for a prompt that cannot fit, without asking the upstream: some servers cut it in silence instead of saying
 * so, and Claude Code compacts the conversation only when it reads these words.
 */
export async function checkPromptLength(prompt: Prompt): Promise<void> {
  const { text, target, inputTokenEstimate, learned, ratios, counter } = prompt;
  const maximum = longestPrompt(target, learned);
  if (maximum === undefined || inputTokenEstimate <= worthCounting * maximum) return;
  const counted = countsLearned(target, ratios) ? inputTokenEstimate : await counter.reallyCount(text, target);
  const tokens = counted ?? inputTokenEstimate;
  if (tokens <= (counted === undefined ? guessedTooLong : surelyTooLong) * maximum) return;
  throw new ProxyError('prompt-too-long', promptTooLongMessage(tokens, maximum));
}
