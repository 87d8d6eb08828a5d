import { citesIn, type EmulatedTool } from '../emulation/offer-hosted-tools.ts';
import { numberedResultsIn } from '../emulation/search-results.ts';
import { continuedRequest, type Found, outcomeOf, UseCount } from '../emulation/tool-use.ts';
import { type HostedCall, WovenMessage } from '../emulation/woven-message.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import type { MessageEvent, MessagesRequest } from '../messages/types.ts';
import { FewAtOnce } from '../upstream/few-at-once.ts';
import type { Answer } from '../upstream/run-attempts.ts';
import { runWebTool, type WebToolJob } from './run-web-tool.ts';

export interface HostedAnswerJob extends Omit<WebToolJob, 'messages' | 'maxPageTokens'> {
  /** The client's conversation. */
  readonly request: MessagesRequest;
  /** The model's first turn. */
  readonly first: Answer;
  /** Asks the upstream for another one. */
  readonly ask: (request: MessagesRequest) => Promise<Answer>;
  /** The tools that the proxy runs, as the upstream was offered them last. */
  readonly tools: () => readonly EmulatedTool[];
  /** How many tokens fit behind the prompt of the latest turn; undefined where nobody knows. */
  readonly tokensLeft: () => number | undefined;
  readonly newId: (prefix: string) => string;
}

/** So often the upstream is called for one answer; the last time without tools. */
const mostTurns = 16;
/** A turn may call for a hundred pages, each of which takes its room while it is read. */
const mostAtOnce = 5;
/** A page is worth reading from here on. */
const fewestPageTokens = 500;

interface Run {
  readonly call: HostedCall;
  readonly found: Promise<Found | Thrown>;
}

class Thrown {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** The model's answer, with the uses in it of tools that the proxy runs. */
export class AnswerWithTools implements Answer {
  /** Let go once the upstream answers: it holds the conversation, which only further turns need. */
  #job: HostedAnswerJob | undefined;
  #answer: Answer | undefined;

  constructor(job: HostedAnswerJob) {
    this.#job = job;
  }

  next(): Promise<readonly MessageEvent[] | undefined> {
    return this.#answer === undefined ? this.#begin() : this.#answer.next();
  }

  async #begin(): Promise<readonly MessageEvent[] | undefined> {
    const job = this.#job;
    this.#job = undefined;
    if (job === undefined) throw new Error('An answer that failed has nothing more to give.');
    const said = await job.first.next();
    // Only now is it sure who runs the tools: until then a refusal may change it.
    const isPlain = job.tools().length === 0 || said === undefined;
    this.#answer = isPlain ? job.first : new HostedAnswer(job, said);
    return isPlain ? said : this.#answer.next();
  }
}

/**
 * An answer in which the proxy runs tools that the model's vendor does not: calls of them are run as soon as they are
 * whole, some beside each other, and their results shown; then the upstream goes on with them, in the same message.
 */
class HostedAnswer implements Answer {
  readonly #job: HostedAnswerJob;
  readonly #message: WovenMessage;
  readonly #uses = new UseCount();
  readonly #workers = new FewAtOnce(mostAtOnce);
  #turn: Answer;
  /** What the model's first turn begins with. */
  #beginning: readonly MessageEvent[] | undefined;
  #turns = 1;
  #phase: 'answering' | 'bringing results' | 'ended' = 'answering';
  #runs: Run[] = [];
  /** Of the model's window, for what the pages of this turn bring. */
  #room: number | undefined;

  constructor(job: HostedAnswerJob, beginning: readonly MessageEvent[]) {
    this.#job = job;
    this.#turn = job.first;
    this.#beginning = beginning;
    const { request, newId } = job;
    const results = numberedResultsIn(request.messages);
    this.#message = new WovenMessage({ model: request.model, results, cites: citesIn(request), newId });
    this.#message.beginTurn();
    this.#room = job.tokensLeft();
  }

  async next(): Promise<readonly MessageEvent[] | undefined> {
    while (this.#phase !== 'ended') {
      const events = this.#phase === 'answering' ? await this.#hear() : await this.#bringResult();
      if (events.length > 0) return events;
    }
    return undefined;
  }

  async #hear(): Promise<readonly MessageEvent[]> {
    const said = this.#beginning ?? (await this.#turn.next());
    this.#beginning = undefined;
    if (said === undefined) {
      this.#phase = 'bringing results';
      return [];
    }
    const events = this.#message.translate(said, this.#job.tools());
    for (const call of this.#message.takeCalls()) this.#runs.push({ call, found: this.#run(call) });
    return events;
  }

  /** Never rejects: a failure is nobody's until its turn comes. */
  #run(call: HostedCall): Promise<Found | Thrown> {
    if (!this.#uses.take(call.tool)) return Promise.resolve({ kind: 'failure', code: 'max_uses_exceeded' });
    const messages = [...this.#job.request.messages, { role: 'assistant', content: this.#message.content } as const];
    const maxPageTokens = call.tool.kind === 'web_fetch' ? this.#takeRoom() : undefined;
    const job = { ...this.#job, messages, maxPageTokens };
    return this.#workers.run(() => runWebTool(call, job)).catch((reason: unknown) => new Thrown(reason));
  }

  /** Half of what is left, so that the model can go on behind the page; the next one gets half of the rest. */
  #takeRoom(): number | undefined {
    if (this.#room === undefined) return undefined;
    this.#room = Math.floor(this.#room / 2);
    return Math.max(fewestPageTokens, this.#room);
  }

  /** The results in the order of their calls; behind the last one the upstream goes on, or the answer ends. */
  async #bringResult(): Promise<readonly MessageEvent[]> {
    const run = this.#runs.shift();
    if (run !== undefined) {
      const found = await run.found;
      if (found instanceof Thrown) throw found.reason;
      return this.#message.addOutcome(run.call, outcomeOf(run.call, found, this.#message.nextNumber));
    }
    return this.#message.turnEnd === 'is over' ? this.#end() : this.#goOn();
  }

  async #goOn(): Promise<readonly MessageEvent[]> {
    const { request, ask } = this.#job;
    const { content, outputTokens } = this.#message;
    if (outputTokens >= request.max_tokens) return this.#end('max_tokens');
    if (this.#turns >= mostTurns) {
      throw new ProxyError('upstream-malformed', 'The model goes on calling tools although it was told not to.');
    }
    this.#turns += 1;
    const isLast = this.#turns === mostTurns;
    this.#turn = await ask(continuedRequest({ request, tools: this.#job.tools(), content, outputTokens, isLast }));
    this.#message.beginTurn();
    this.#room = this.#job.tokensLeft();
    this.#phase = 'answering';
    return [];
  }

  #end(stopReason?: 'max_tokens'): readonly MessageEvent[] {
    this.#phase = 'ended';
    return this.#message.finish(stopReason);
  }
}
