import type { MessageEvent, MessagesRequest } from '../../messages/types.ts';
import { upstreamName } from '../error-text.ts';
import { type Target, type TranslationContext, UpstreamFailure } from '../provider.ts';
import { openResponsesStream } from './stream.ts';

/** A whole response that came as one JSON body, as the events its stream would have been. */
export function readResponsesAnswer(
  body: string,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
): readonly MessageEvent[] {
  const stream = openResponsesStream(request, target, context);
  const events = stream.read(parseBody(body, target));
  // A body that is no response at all.
  return stream.state === 'open' ? stream.end() : events;
}

function parseBody(body: string, target: Target): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UpstreamFailure('upstream-malformed', `${upstreamName(target)} answered with a body that is no JSON.`);
  }
}
