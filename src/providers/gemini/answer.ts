import type { MessageEvent, MessagesRequest } from '../../messages/types.ts';
import { upstreamName } from '../error-text.ts';
import { type Target, type TranslationContext, UpstreamFailure } from '../provider.ts';
import { openGeminiStream } from './stream.ts';

/** A whole answer that came as one JSON body, or as a list of chunks, as the events its stream would have been. */
export function readGeminiAnswer(
  body: string,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): readonly MessageEvent[] {
  const answer = parseBody(body, target);
  const stream = openGeminiStream(request, target, context);
  const events = stream.read(answer);
  return [...events, ...stream.end()];
}

function parseBody(body: string, target: Target): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const name = upstreamName(target);
    // A list that comes piece by piece and never ends was cut.
    if (/^\s*[[{]/.test(body) && !/[\]}]\s*$/.test(body)) {
      throw new UpstreamFailure('upstream-truncated', `${name} broke off in the middle of its answer.`);
    }
    throw new UpstreamFailure('upstream-malformed', `${name} answered with a body that is no JSON.`);
  }
}
