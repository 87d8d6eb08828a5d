import {
  afterCompaction,
  type Compaction,
  compactedRequest,
  readCompaction,
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

interface GoingOn {
  readonly compaction: Compaction;
  readonly answer: Answer;
}

/**
 * An answer before which the conversation is compacted: the model is asked for a summary of it, and then goes on with
 * nothing but that, or stops where the client wants to look at it first. Where it writes none it goes on with the whole
 * conversation, and does not stop: a client that goes on with what it has got would have nothing. Nothing is told before
 * it goes on, so that until then every failure is a clean one.
 */
export class CompactedAnswer implements Answer {
  /** Let go once the model goes on: it holds the whole conversation. */
  #job: CompactedAnswerJob | undefined;
  readonly #model: string;
  #goingOn: GoingOn | undefined;

  constructor(job: CompactedAnswerJob) {
    this.#job = job;
    this.#model = job.conversation.request.model;
  }

  async next(): Promise<readonly MessageEvent[] | undefined> {
    const { compaction, answer } = this.#goingOn ?? (await this.#compact());
    const said = await answer.next();
    return said?.flatMap((event) => afterCompaction(event, compaction, this.#model));
  }

  async #compact(): Promise<GoingOn> {
    const job = this.#job;
    this.#job = undefined;
    if (job === undefined) throw new Error('An answer that failed has nothing more to give.');
    const { exchange } = job;
    const compaction = await compactionOf(job);
    const { losses } = exchange;
    const answer = await goOn(job, compaction);
    // What the summary was written without is missing from it.
    exchange.losses = [
      ...losses,
      ...exchange.losses.filter(({ field }) => losses.every((loss) => loss.field !== field)),
    ];
    this.#goingOn = { compaction, answer };
    return this.#goingOn;
  }
}

async function compactionOf({ conversation, compact, ask }: CompactedAnswerJob): Promise<Compaction> {
  const { request } = conversation;
  const answer = await ask({ ...conversation, request: summaryRequest(request, compact) });
  const fold = new MessageFold();
  let usage: DeltaUsage = { ...nothingUsed, iterations: null };
  for (let said = await answer.next(); said !== undefined; said = await answer.next()) {
    for (const event of said) {
      fold.add(event);
      if (event.type === 'message_delta') usage = event.usage;
    }
  }
  return { block: readCompaction(fold.message(), compact, request), usage };
}

async function goOn({ conversation, compact, ask }: CompactedAnswerJob, { block }: Compaction): Promise<Answer> {
  const { request } = conversation;
  const ends = compact.endsAnswer === 'always' || (compact.endsAnswer === 'when written' && block.content !== null);
  if (!ends && block.content === null) return ask(conversation);
  if (ends) {
    return wordlessAnswer(request, newId('msg_'), 'compaction', { ...nothingUsed, iterations: [] });
  }
  return ask({ ...conversation, request: compactedRequest(request, block), originalPath: () => 'messages' });
}
