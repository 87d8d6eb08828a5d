import { promptTooLongMessage } from '../../errors/prompt-too-long.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { LossList } from '../../translation/losses.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { toolNameReader } from '../../translation/tool-names.ts';
import { baseUrlVariable, callPlace, keyVariable, safeText, upstreamName } from '../error-text.ts';
import { type FailedAnswer, type Target, type TranslationContext, UpstreamFailure } from '../provider.ts';
import { unlessApplied } from '../repairs.ts';
import { readRequestId } from '../request-id.ts';
import { readRetryAfter } from '../retry-after.ts';
import { readOverflow } from './context-overflow.ts';
import { codeOf, kindOf } from './error-kinds.ts';
import { repairFor, type ToolNames } from './error-repairs.ts';
import { readErrorBody, readErrorValue, type SaidError } from './error-shapes.ts';
import { nameRule } from './name-rule.ts';
import { serverToolOf } from './server-tools.ts';
import { toolTypes } from './tool-types.ts';

/** An answer that is no success, in our kinds, with the repair it asks for if there is one. */
export function readGeminiError(
  answer: FailedAnswer,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): UpstreamFailure {
  const said = readErrorBody(answer.body);
  return failureOf({ status: answer.status, headers: answer.headers, said }, request, target, context);
}

/** An error object inside a stream or a body that came with status 200. */
export function readGeminiStreamError(
  chunk: unknown,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): UpstreamFailure {
  const said = readErrorValue(chunk);
  return failureOf({ status: said.code, headers: new Headers(), said }, request, target, context);
}

interface Failure {
  /** Undefined for an error in a stream that does not tell one. */
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly said: SaidError;
}

function failureOf(
  failure: Failure,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): UpstreamFailure {
  const { said, status } = failure;
  const overflow = readOverflow(codeOf(status, said), said, target, context);
  if (overflow !== undefined) {
    const { promptTokens, maximum, told } = overflow;
    // Only what the upstream said is worth remembering; the rest we know already.
    const repair = told ? unlessApplied({ kind: 'limit-context', scope: 'model', maximum }, context) : undefined;
    return new UpstreamFailure('prompt-too-long', promptTooLongMessage(promptTokens, maximum), { repair });
  }
  const kind = kindOf(status, said);
  const isOurs = kind === 'invalid-request' || kind === 'upstream-forbidden';
  const repair = isOurs ? repairFor(said.message ?? '', request, target, context, toolNamesOf(request)) : undefined;
  return new UpstreamFailure(kind, messageOf(kind, failure, request, target), {
    repair,
    retryAfterSeconds: waiting.has(kind) ? waitOf(failure) : undefined,
  });
}

function toolNamesOf(request: MessagesRequest): ToolNames {
  return {
    ofUpstreamName: toolNameReader(request, nameRule),
    at: (index) => {
      const { tools } = offeredTools(request, toolTypes, new LossList());
      return tools.filter(({ tool }) => serverToolOf(tool) === undefined)[index]?.name;
    },
  };
}

/** Kinds after which waiting helps. */
const waiting: ReadonlySet<ErrorKind> = new Set([
  'rate-limited',
  'upstream-overloaded',
  'upstream-fault',
  'upstream-timeout',
]);

/** `RetryInfo` says it exactly; the headers and "Please retry in 34.4s" stand in for it. */
function waitOf({ headers, said }: Failure): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(said.retryDelay ?? '')?.[1];
  return seconds === undefined ? readRetryAfter(headers, said.message) : Math.ceil(Number(seconds));
}

/** What was wrong, where, and what to do. */
function messageOf(kind: ErrorKind, failure: Failure, request: MessagesRequest, target: Target): string {
  const { status, headers, said } = failure;
  const name = upstreamName(target);
  const words = said.message === undefined ? '' : safeText(said.message, request, target);
  const answered = status === undefined ? 'reported an error in its answer' : `answered ${status}`;
  const plain =
    said.format === 'html'
      ? `${name} ${answered} with a web page${words === '' ? '' : `: ${words}`}`
      : words === ''
        ? `${name} ${answered} without saying why`
        : `${name}: ${words}`;
  const text = withAdvice(kind, plain, target, status);
  const requestId = readRequestId(headers, target);
  return requestId === undefined ? text : `${text} (upstream request ${requestId})`;
}

function withAdvice(kind: ErrorKind, plain: string, target: Target, status: number | undefined): string {
  const isVertex = target.provider === 'vertex';
  switch (kind) {
    case 'upstream-unauthenticated':
      return isVertex
        ? `${sentence(plain)} It does not accept ${keyVariable.vertex}: run \`gcloud auth application-default login\`, or check the file that GOOGLE_APPLICATION_CREDENTIALS names.`
        : `${sentence(plain)} It does not accept the key: check ${keyVariable[target.provider]}.`;
    case 'upstream-billing':
      return `${sentence(plain)} Check the credit and the spending limit of the account behind ${keyVariable[target.provider]}.`;
    case 'upstream-forbidden':
      return isVertex
        ? `${sentence(plain)} The account behind ${keyVariable.vertex} may not do this with ${target.model} in ${projectOf(target)}: it needs the role roles/aiplatform.user, and the project the Vertex AI API.`
        : `${sentence(plain)} The account behind ${keyVariable[target.provider]} may not do this with ${target.model}.`;
    case 'model-not-found':
      return isVertex
        ? `model: ${target.model} (${target.route}) is not to be had in ${projectOf(target)}; newer models are at VERTEX_LOCATION=global. ${plain}`
        : `model: ${target.model} (${target.route}) is not to be had there. ${plain}`;
    case 'upstream-misconfigured':
      return `base URL looks wrong: ${callPlace(target, '')} answered ${status ?? 'with an error'}. Check ${baseUrlVariable[target.provider]}; it ends before the version (/v1beta). ${plain}`;
    case 'request-too-large':
      return `${sentence(plain)} Remove images or documents, or compact the conversation.`;
    case 'quota-exhausted':
      return `${sentence(plain)} The quota is used up, and no short wait brings it back: wait for the day to end, raise it, or choose another model.`;
    default:
      return plain;
  }
}

function projectOf({ vertex }: Target): string {
  return vertex === undefined ? 'this project' : `project ${vertex.project}, location ${vertex.location}`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
