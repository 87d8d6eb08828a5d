import { isRecord } from '../../messages/json.ts';
import type { MessagesRequest } from '../../messages/types.ts';
import { writeJson } from '../../translation/well-formed-json.ts';
import { headersOf, urlOf } from '../openai/call.ts';
import type { BuiltRequest, Target, TokenCount, TranslationContext } from '../provider.ts';
import { buildBody, repaired, startResponses } from './request.ts';

/** `POST /responses/input_tokens`: the prompt as it would be sent, without what makes no tokens of it. */
export const tokenCount = { buildRequest, readAnswer } satisfies TokenCount;

/** The fields of a request that the counter takes (source: `InputTokenCountParams` of OpenAI's SDK). */
const counted: ReadonlySet<string> = new Set([
  'model',
  'reasoning',
  'text',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'input',
]);

function buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest {
  const translation = startResponses(request, target, context);
  const fields = Object.entries(repaired(buildBody(translation), translation)).filter(([name]) => counted.has(name));
  return {
    url: urlOf(target.baseUrl, '/responses/input_tokens'),
    headers: { ...headersOf(translation), accept: 'application/json' },
    body: writeJson(Object.fromEntries(fields)),
    losses: translation.losses.all,
  };
}

/** The tokens of the prompt; undefined where the answer tells none. */
function readAnswer(body: string): number | undefined {
  const answer = parsed(body);
  const total = isRecord(answer) ? answer.input_tokens : undefined;
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
