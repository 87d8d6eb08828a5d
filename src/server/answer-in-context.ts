import { type AppliedEdit, editsReported } from '../emulation/edit-context.ts';
import { hostedKindOf } from '../emulation/hosted-kinds.ts';
import type { MessageEvent, MessagesRequest } from '../messages/types.ts';
import { estimatePrompt } from '../tokens/estimate.ts';
import type { Answer } from '../upstream/run-attempts.ts';
import { type Asking, UpstreamTurns } from './ask-upstream.ts';
import { CompactedAnswer } from './compacted-answer.ts';
import { AnswerWithTools } from './hosted-answer.ts';
import { newId } from './new-id.ts';
import type { EditedRequest, Prepared } from './prepare-request.ts';

/** The answer to a conversation whose context is looked after: compacted first where it has to be, and told what was cleared. */
export async function answerInContext(conversation: EditedRequest, asking: Asking): Promise<Answer> {
  const { applied, compact } = conversation;
  const ask = (asked: Prepared) => askModel(asked, asking);
  const answer =
    compact !== undefined && isOver(compact.trigger, conversation, asking)
      ? new CompactedAnswer({ conversation, compact, ask, exchange: asking.exchange })
      : await ask(conversation);
  return applied.length === 0 ? answer : new ReportedAnswer(answer, applied);
}

/** Of the trigger: where the messages take less, the prompt is its system and tools, and no summary makes it shorter. */
const worthwhileShare = 0.1;

function isOver(trigger: number, { request }: Prepared, { parts, target }: Asking): boolean {
  if (request.max_tokens === 0) return false;
  const tokensOf = (one: MessagesRequest) => parts.ratios.corrected(target, estimatePrompt(one));
  const tokens = tokensOf(request);
  return tokens > trigger && tokens - tokensOf({ ...request, messages: [] }) > trigger * worthwhileShare;
}

/** The model's answer, with the uses in it of tools that the proxy runs. */
async function askModel(conversation: Prepared, asking: Asking): Promise<Answer> {
  const { exchange, parts } = asking;
  const turns = new UpstreamTurns(asking);
  const first = await turns.ask(conversation);
  if (!conversation.request.tools?.some((tool) => hostedKindOf(tool) !== undefined)) return first;
  return new AnswerWithTools({
    request: conversation.request,
    first,
    ask: (request) => turns.ask({ ...conversation, request }),
    tools: turns.tools,
    tokensLeft: turns.tokensLeft,
    newId,
    web: parts.web,
    signal: exchange.signal,
    onFault: (error) => parts.log.error('A fault of the proxy', { requestId: exchange.requestId, error }),
  });
}

class ReportedAnswer implements Answer {
  readonly #answer: Answer;
  readonly #applied: readonly AppliedEdit[];

  constructor(answer: Answer, applied: readonly AppliedEdit[]) {
    this.#answer = answer;
    this.#applied = applied;
  }

  async next(): Promise<readonly MessageEvent[] | undefined> {
    const said = await this.#answer.next();
    return said?.map((event) => editsReported(event, this.#applied));
  }
}
