import { baseUrlVariableFor } from '../../config/credentials.ts';
import { promptTooLongMessage } from '../../errors/prompt-too-long.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import type { ToolRules } from '../../translation/field-rules.ts';
import { LossList } from '../../translation/losses.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { toolNameReader } from '../../translation/tool-names.ts';
import { callPlace } from '../error-text.ts';
import { failureMessage, sentence, type ToldFailure, usualAdvice, waitingHelps } from '../failure-message.ts';
import { type FailedAnswer, type Repair, type Target, type TranslationContext, UpstreamFailure } from '../provider.ts';
import { unlessApplied } from '../repairs.ts';
import { readRetryAfter } from '../retry-after.ts';
import type { OpenaiApi } from './api.ts';
import { answerTooLongMessage, type Overflow, readOverflow } from './context-overflow.ts';
import { kindOf } from './error-kinds.ts';
import { repairFor } from './error-repairs.ts';
import { readErrorBody, readErrorValue, type SaidError } from './error-shapes.ts';
import { nameRule } from './name-rule.ts';
import { isToolEffortConflict } from './reasoning-repairs.ts';
import type { Refusal, ToolNames } from './refusal.ts';

/** What the errors of OpenAI's two APIs do not share. */
export interface ErrorApi {
  readonly name: OpenaiApi;
  /** Behind the base URL. */
  readonly path: '/chat/completions' | '/responses';
  /** Which tools are offered upstream, and so which one its number in `tools` means. */
  readonly toolTypes: ToolRules;
  /** What to do where reasoning is refused that the request gave back. */
  readonly withoutReasoning: (
    request: MessagesRequest,
    target: Target,
    context: TranslationContext,
  ) => Repair | undefined;
}

/** What one answer is read with. */
type Asked = readonly [request: MessagesRequest, target: Target, context: TranslationContext];

export interface ErrorReader {
  /** An answer that is no success, in our kinds, with the repair it asks for if there is one. */
  readonly readError: (answer: FailedAnswer, ...asked: Asked) => UpstreamFailure;
  /** An error object inside a stream or a body that came with status 200. */
  readonly readStreamError: (event: unknown, ...asked: Asked) => UpstreamFailure;
}

/** Reads the errors of one of the two APIs; they come in the same shapes and words. */
export function errorReader(api: ErrorApi): ErrorReader {
  return {
    readError: ({ status, headers, body }, ...asked) =>
      failureOf({ status, headers, said: readErrorBody(body) }, api, ...asked),
    readStreamError: (event, ...asked) => {
      const said = readErrorValue(event);
      return failureOf({ status: said.status, headers: new Headers(), said }, api, ...asked);
    },
  };
}

interface Failure extends ToldFailure {
  readonly said: SaidError;
}

function failureOf(failure: Failure, api: ErrorApi, ...[request, target, context]: Asked): UpstreamFailure {
  const { said, status } = failure;
  const overflow = readOverflow(status, said, request, target, context);
  if (overflow !== undefined) return overflowFailure(overflow, context);

  const kind = kindOf(status, said);
  const refusal: Refusal = {
    text: said.message ?? '',
    said,
    status,
    kind,
    api: api.name,
    request,
    target,
    context,
    toolNames: toolNamesOf(request, api),
    withoutReasoning: () => api.withoutReasoning(request, target, context),
  };
  const advise = (line: string, words: string) => withAdvice(kind, line, words, target, api, status);
  return new UpstreamFailure(kind, failureMessage(failure, request, target, advise), {
    repair: repairable.has(kind) ? repairFor(refusal) : undefined,
    retryAfterSeconds: waitingHelps.has(kind) ? waitOf(failure) : undefined,
  });
}

function overflowFailure(overflow: Overflow, context: TranslationContext): UpstreamFailure {
  if (overflow.cause === 'prompt') {
    const { promptTokens, maximum, told } = overflow;
    // Only what the upstream said is worth remembering; the rest we know already.
    const repair = told ? unlessApplied({ kind: 'limit-context', scope: 'model', maximum }, context) : undefined;
    return new UpstreamFailure('prompt-too-long', promptTooLongMessage(promptTokens, maximum), { repair });
  }
  const { promptTokens, answerTokens, maximum, room } = overflow;
  // For this request only: the next prompt leaves another room. The window stays, so that the next one asks for no more.
  const repair = unlessApplied(
    { kind: 'limit-output-tokens', scope: 'request', maximum: room, window: maximum },
    context,
  );
  return new UpstreamFailure('prompt-too-long', answerTooLongMessage(promptTokens, answerTokens, maximum), { repair });
}

/** Kinds that may say our request is at fault: only these are worth a changed one. */
const repairable: ReadonlySet<ErrorKind> = new Set([
  'invalid-request',
  'upstream-billing',
  'upstream-forbidden',
  'model-not-found',
  // A path that is missing, or an item that nobody has stored.
  'upstream-misconfigured',
  'upstream-fault',
]);

function toolNamesOf(request: MessagesRequest, { toolTypes }: ErrorApi): ToolNames {
  return {
    ofUpstreamName: toolNameReader(request, nameRule),
    at: (index) => offeredTools(request, toolTypes, new LossList()).tools[index]?.name,
  };
}

const modelLoadingSeconds = 5;

function waitOf({ headers, said }: Failure): number | undefined {
  const told = readRetryAfter(headers, said.message);
  return told ?? (/loading model/i.test(said.message ?? '') ? modelLoadingSeconds : undefined);
}

/** What to do about it, behind the line that says what was wrong; `words` are the upstream's alone. */
function withAdvice(
  kind: ErrorKind,
  line: string,
  words: string,
  target: Target,
  { path }: ErrorApi,
  status: number | undefined,
): string {
  switch (kind) {
    case 'upstream-misconfigured':
      return `base URL looks wrong: ${callPlace(target, path)} answered ${status ?? 'with an error'}. Check ${baseUrlVariableFor(target)}; it usually ends in /v1. ${line}`;
    case 'content-refused':
      return `${sentence(line)} Its content filter refused the prompt.`;
    case 'invalid-request':
      return isToolEffortConflict(words)
        ? `${sentence(line)} ${target.model} takes no tools on Chat Completions; choose another model.`
        : line;
    default:
      return usualAdvice(kind, line, target);
  }
}
