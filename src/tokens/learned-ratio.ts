import type { PromptEstimate } from './estimate.ts';

/** Whose tokens are counted. A target is one. */
export interface CountedBy {
  readonly provider: string;
  readonly baseUrl: string;
  readonly model: string;
}

interface Sample {
  readonly ratio: number;
  /** Long prompts say more: what stands around the words of a short one is most of it. */
  readonly weight: number;
}

const maxModels = 500;
const keptSamples = 24;
const fewestSamples = 3;
/** In tokens. */
const shortestPrompt = 500;
/** Outside of this the upstream has counted something else: what its cache did not give, or what it has cut off. */
const smallest = 0.5;
const largest = 3;

/**
 * How many tokens each upstream really counts for one of the estimate's, learned from its answers. In memory only: a few
 * answers after a start it is known again.
 */
export class LearnedRatios {
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #ratios = new Map<string, number>();

  /** The prompt tokens to be expected. What images and documents cost is not learned, and stays as estimated. */
  corrected(model: CountedBy, { tokens, media }: PromptEstimate): number {
    const ratio = this.of(model);
    return ratio === undefined ? tokens : Math.ceil((tokens - media) * ratio + media);
  }

  /** Undefined while too few answers have come. */
  of(model: CountedBy): number | undefined {
    return this.#ratios.get(keyOf(model));
  }

  /** `promptTokens`: the upstream's own count of the prompt that was estimated, what came from its cache among them. */
  learn(model: CountedBy, { tokens, media }: PromptEstimate, promptTokens: number): void {
    if (media > 0 || tokens < shortestPrompt) return;
    const ratio = promptTokens / tokens;
    if (!(ratio >= smallest && ratio <= largest)) return;
    const key = keyOf(model);
    const samples = [...(this.#samples.get(key) ?? []), { ratio, weight: tokens }].slice(-keptSamples);
    // Taken out and put in again, so that the model heard of longest ago stands first.
    this.#samples.delete(key);
    this.#samples.set(key, samples);
    if (samples.length >= fewestSamples) this.#ratios.set(key, weightedMedian(samples));
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const oldest of this.#samples.keys()) {
      if (this.#samples.size <= maxModels) return;
      this.#samples.delete(oldest);
      this.#ratios.delete(oldest);
    }
  }
}

/** One odd answer does not move it, however odd. */
function weightedMedian(samples: readonly Sample[]): number {
  const sorted = samples.toSorted((a, b) => a.ratio - b.ratio);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let passed = 0;
  for (const { ratio, weight } of sorted) {
    passed += weight;
    if (passed >= half) return ratio;
  }
  return 1;
}

function keyOf({ provider, baseUrl, model }: CountedBy): string {
  return `${provider}\n${baseUrl}\n${model}`;
}
