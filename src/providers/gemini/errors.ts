import { baseUrlVariableFor, keyVariableFor } from '../../config/credentials.ts';
import { promptTooLongMessage } from '../../errors/prompt-too-long.ts';
import type { ErrorKind } from '../../errors/proxy-error.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { LossList } from '../../translation/losses.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { toolNameReader } from '../../translation/tool-names.ts';
import { callPlace } from '../error-text.ts';
import { failureMessage, sentence, type ToldFailure, usualAdvice, waitingHelps } from '../failure-message.ts';
import {
  type FailedAnswer,
  type Target,
  type TranslationContext,
  UpstreamFailure,
  type VertexPlace,
} from '../provider.ts';
import { unlessApplied } from '../repairs.ts';
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

interface Failure extends ToldFailure {
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
  const advise = (line: string) => withAdvice(kind, line, target, status);
  return new UpstreamFailure(kind, failureMessage(failure, request, target, advise), {
    repair,
    retryAfterSeconds: waitingHelps.has(kind) ? waitOf(failure) : undefined,
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

/** `RetryInfo` says it exactly; the headers and "Please retry in 34.4s" stand in for it. */
function waitOf({ headers, said }: Failure): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(said.retryDelay ?? '')?.[1];
  return seconds === undefined ? readRetryAfter(headers, said.message) : Math.ceil(Number(seconds));
}

/** What to do about it, behind the line that says what was wrong. */
function withAdvice(kind: ErrorKind, line: string, target: Target, status: number | undefined): string {
  const onVertex = target.vertex === undefined ? undefined : vertexAdvice(kind, line, target, target.vertex);
  if (onVertex !== undefined) return onVertex;
  switch (kind) {
    case 'upstream-misconfigured':
      return `base URL looks wrong: ${callPlace(target, '')} answered ${status ?? 'with an error'}. Check ${baseUrlVariableFor(target)}; it ends before the version (/v1beta). ${line}`;
    case 'quota-exhausted':
      return `${sentence(line)} The quota is used up, and no short wait brings it back: wait for the day to end, raise it, or choose another model.`;
    default:
      return usualAdvice(kind, line, target);
  }
}

/** Where credentials, roles and locations stand in the place of a key; undefined where that makes no difference. */
function vertexAdvice(kind: ErrorKind, line: string, target: Target, place: VertexPlace): string | undefined {
  const where = `project ${place.project}, location ${place.location}`;
  switch (kind) {
    case 'upstream-unauthenticated':
      return `${sentence(line)} It does not accept ${keyVariableFor(target)}: run \`gcloud auth application-default login\`, or check the file that GOOGLE_APPLICATION_CREDENTIALS names.`;
    case 'upstream-forbidden':
      return `${sentence(line)} The account behind ${keyVariableFor(target)} may not do this with ${target.model} in ${where}: it needs the role roles/aiplatform.user, and the project the Vertex AI API.`;
    case 'model-not-found':
      return `model: ${target.model} (${target.route}) is not available in ${where}; newer models are at VERTEX_LOCATION=global. ${line}`;
    default:
      return undefined;
  }
}
