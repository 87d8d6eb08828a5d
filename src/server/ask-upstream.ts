import type { EmulatedTool } from '../emulation/offer-hosted-tools.ts';
import type { Loss } from '../messages/types.ts';
import type { Repair, Target, TranslatingProvider, TranslationContext } from '../providers/provider.ts';
import { estimatePrompt } from '../tokens/estimate.ts';
import { type Answer, type Rebuilt, runAttempts } from '../upstream/run-attempts.ts';
import { longestPrompt } from './check-prompt-length.ts';
import { emptyAnswer } from './empty-answer.ts';
import type { Exchange } from './exchange.ts';
import { newId } from './new-id.ts';
import { inClientWords, offerTools, type Prepared, prepareTurn } from './prepare-request.ts';
import type { ServerParts } from './routes.ts';

export interface Asking {
  readonly provider: TranslatingProvider;
  readonly target: Target;
  readonly exchange: Exchange;
  readonly parts: ServerParts;
  /** Looks at the prompt before it goes out; throws where it had better not. */
  readonly checkPrompt: (prepared: Prepared, inputTokenEstimate: number) => Promise<void>;
  /** Throws where what got lost is too much. */
  readonly checkLosses: ((losses: readonly Loss[]) => void) | undefined;
}

/** Asks one upstream for the turns of the model that one answer is made of. */
export class UpstreamTurns {
  readonly #asking: Omit<Asking, 'checkPrompt'>;
  readonly #messageId = newId('msg_');
  /** With those that the turns so far have taught. */
  #repairs: readonly Repair[];
  #tools: readonly EmulatedTool[] = [];
  /** Of the same answer, before these. */
  readonly #before: Exchange['calls'];
  #tokensLeft: number | undefined;
  #turns = 0;
  #attempts = 0;
  /** Let go once it has been asked: it holds the body of the request. */
  #checkPrompt: Asking['checkPrompt'] | undefined;

  constructor({ checkPrompt, ...asking }: Asking) {
    this.#asking = asking;
    this.#checkPrompt = checkPrompt;
    this.#before = asking.exchange.calls;
    this.#repairs = asking.parts.learned.of(asking.target);
  }

  /** The tools that the proxy runs, as the upstream was offered them last. */
  readonly tools = (): readonly EmulatedTool[] => this.#tools;

  /** How many tokens fit behind the latest prompt; undefined where nobody knows. */
  readonly tokensLeft = (): number | undefined => this.#tokensLeft;

  /** Translates what was said so far, and calls the upstream once its answer is asked for. */
  async ask(conversation: Prepared): Promise<Answer> {
    const { provider, target, exchange, parts } = this.#asking;
    const { signal } = exchange;
    const isFirst = this.#turns === 0;
    this.#turns += 1;
    const turn = await prepareTurn(conversation, { provider, target, repairs: this.#repairs, parts, signal });
    const offered = offerTools(turn, { provider, target, repairs: this.#repairs });
    const estimate = estimatePrompt(offered.request);
    const inputTokenEstimate = parts.ratios.corrected(target, estimate);
    const longest = longestPrompt(target, parts.learned);
    this.#tokensLeft = longest === undefined ? undefined : longest - inputTokenEstimate;
    if (isFirst) {
      exchange.expectPrompt({ estimate, tokens: inputTokenEstimate, ratios: parts.ratios });
      const checkPrompt = this.#checkPrompt;
      this.#checkPrompt = undefined;
      await checkPrompt?.(offered, inputTokenEstimate);
    }
    const context: TranslationContext = {
      messageId: this.#messageId,
      newId,
      inputTokenEstimate,
      sessionId: exchange.sessionId,
      agentId: exchange.agentId,
      repairs: this.#repairs,
      calls: parts.calls,
      noteCallRepair: exchange.noteCallRepair,
      noteCost: exchange.noteCost,
    };
    const rebuild = (told: TranslationContext) => this.#build(turn, told, isFirst);
    const built = this.#build(turn, context, isFirst);
    if (offered.request.max_tokens === 0) return emptyAnswer(offered.request, context);
    const before = this.#attempts;
    return runAttempts({
      ...built,
      provider,
      target,
      context,
      rebuild,
      learned: parts.learned,
      limits: parts.limits,
      credentials: parts.credentials,
      signal,
      onAttempt: (attempts) => {
        this.#attempts = before + attempts;
        exchange.noteCall(this.#before.turns + this.#turns, this.#before.attempts + this.#attempts);
      },
      onOpen: (attempt) => {
        exchange.upstreamRequestId = attempt.upstreamRequestId;
      },
    });
  }

  #build(turn: Prepared, told: TranslationContext, isFirst: boolean): Rebuilt {
    const { provider, target, exchange, checkLosses } = this.#asking;
    const { request, losses, originalPath, tools } = offerTools(turn, { provider, target, repairs: told.repairs });
    const built = provider.buildRequest(request, target, told);
    this.#repairs = told.repairs;
    this.#tools = tools;
    // What later turns add is not the client's to lose.
    if (isFirst) {
      exchange.losses = [...losses, ...inClientWords(built.losses, originalPath)];
      checkLosses?.(exchange.losses);
    }
    return { request, built };
  }
}
