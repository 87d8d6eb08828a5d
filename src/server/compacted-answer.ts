import {
  afterCompaction,
  compactedRequest,
  readSummary,
  type Summary,
  summaryRequest,
} from '../emulation/compaction.ts';
import type { Compact } from '../emulation/context-edits.ts';
import { MessageFold } from '../messages/fold-events.ts';
import type { DeltaUsage, MessageEvent } from '../messages/types.ts';
import type { Answer } from '../upstream/run-attempts.ts';
import { nothingUsed, wordlessAnswer } from './empty-answer.ts';
import type { Exchange } from './exchange.ts';
import { newId } from './new-id.ts';
import type { Prepared } from './prepare-request.ts';

export interface CompactedAnswerJob {
  readonly conversation: Prepared;
  readonly compact: Compact;
  readonly ask: (conversation: Prepared) => Promise<Answer>;
  readonly exchange: Pick<Exchange, 'losses'>;
}

/**
 * An answer before which the conversation is compacted: the model is asked for a summary of it, and then goes on with
 * nothing but that, or stops where the client wants to look at it first. Where it writes none it goes on with the whole
 * conversation. Nothing is told before it goes on, so that until then every failure is a clean one.
 */
export class CompactedAnswer implements Answer {
  /** Let go once the model goes on: it holds the whole conversation. */
  #job: CompactedAnswerJob | undefined;
  readonly #model: string;
  #goesOn: { readonly summary: Summary; readonly answer: Answer } | undefined;

  constructor(job: CompactedAnswerJob) {
    this.#job = job;
    this.#model = job.conversation.request.model;
  }

  async next(): Promise<readonly MessageEvent[] | undefined> {
    const { summary, answer } = this.#goesOn ?? (await this.#compact());
    const said = await answer.next();
    return said?.flatMap((event) => afterCompaction(event, summary, this.#model));
  }

  async #compact(): Promise<{ readonly summary: Summary; readonly answer: Answer }> {
    const job = this.#job;
    this.#job = undefined;
    if (job === undefined) throw new Error('An answer that failed has nothing more to give.');
    const { conversation, compact, ask, exchange } = job;
    const { request } = conversation;
    const summary = await summaryOf(await ask({ ...conversation, request: summaryRequest(request, compact) }), compact);
    const { losses } = exchange;
    const answer = compact.pauses
      ? wordlessAnswer(request, newId('msg_'), 'compaction', { ...nothingUsed, iterations: [] })
      : await ask(compacted(conversation, summary));
    // What the summary was written without is missing from it.
    exchange.losses = [
      ...losses,
      ...exchange.losses.filter(({ field }) => losses.every((loss) => loss.field !== field)),
    ];
    this.#goesOn = { summary, answer };
    return this.#goesOn;
  }
}

function compacted(conversation: Prepared, { text }: Summary): Prepared {
  if (text === undefined) return conversation;
  return { ...conversation, request: compactedRequest(conversation.request, text), originalPath: () => 'messages' };
}

async function summaryOf(answer: Answer, compact: Compact): Promise<Summary> {
  const fold = new MessageFold();
  let usage: DeltaUsage = { ...nothingUsed, iterations: null };
  for (let said = await answer.next(); said !== undefined; said = await answer.next()) {
    for (const event of said) {
      fold.add(event);
      if (event.type === 'message_delta') usage = event.usage;
    }
  }
  return readSummary(fold.message(), compact, usage);
}
