import { upstreamName } from './error-text.ts';
import { type SseEvent, type Target, UpstreamFailure } from './provider.ts';

/**
 * The JSON of one event of a stream. An `error` event may also hold plain words. Throws UpstreamFailure for anything else
 * that is no JSON: a last event that stops in the middle is what a cut connection leaves.
 */
export function readEventData(
  { event, data }: SseEvent,
  target: Target,
  parse: (json: string) => unknown = JSON.parse,
): unknown {
  try {
    return parse(data);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (event === 'error') return { error: data };
    const name = upstreamName(target);
    if (data.trimEnd().endsWith('}')) {
      throw new UpstreamFailure('upstream-malformed', `${name} sent an event that is no JSON.`);
    }
    throw new UpstreamFailure('upstream-truncated', `${name} broke off in the middle of an event.`);
  }
}
