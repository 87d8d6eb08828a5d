import { isRecord } from '../../messages/json.ts';
import { readToolInput, repairToolInput } from '../../messages/tool-input.ts';
import type { MessageEvent, MessagesRequest } from '../../messages/types.ts';
import { upstreamName } from '../error-text.ts';
import { type Target, type TranslationContext, UpstreamFailure } from '../provider.ts';
import { openChatStream } from './stream.ts';

/** A whole answer that came as one JSON body, as the events its stream would have been. */
export function readChatAnswer(
  body: string,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): readonly MessageEvent[] {
  const answer = parseBody(body, target);
  const translator = openChatStream(request, target, context);
  const events = translator.push({ event: undefined, data: JSON.stringify(asChunk(answer)) });
  // A body is whole by being valid JSON, whether or not it names a finish reason.
  return [...events, ...translator.push({ event: undefined, data: '[DONE]' })];
}

function parseBody(body: string, target: Target): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UpstreamFailure('upstream-malformed', `${upstreamName(target)} answered with a body that is no JSON.`);
  }
}

/** The one chunk that holds the whole answer: the message as a delta, its calls numbered. */
function asChunk(answer: unknown): unknown {
  if (!isRecord(answer) || !Array.isArray(answer.choices) || !isRecord(answer.choices[0])) return answer;
  const { message, ...choice } = answer.choices[0];
  if (!isRecord(message)) return answer;
  const { tool_calls: calls, ...rest } = message;
  const delta = Array.isArray(calls) ? { ...rest, tool_calls: calls.map(numbered) } : rest;
  return { ...answer, choices: [{ ...choice, delta }] };
}

function numbered(call: unknown, index: number): unknown {
  if (!isRecord(call)) return call;
  const { function: called } = call;
  if (!isRecord(called) || typeof called.arguments !== 'string') return { ...call, index };
  return { ...call, index, function: { ...called, arguments: repaired(called.arguments) } };
}

/** Seen whole, broken arguments can often be repaired; what cannot goes on as it is, and its reader says so. */
function repaired(json: string): unknown {
  if (json.trim() === '' || readToolInput(json) !== undefined) return json;
  return repairToolInput(json) ?? json;
}
