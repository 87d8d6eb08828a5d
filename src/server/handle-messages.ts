import { ProxyError } from '../errors/proxy-error.ts';
import { parseMessagesRequest } from '../messages/parse-request.ts';
import { planTarget } from '../routing/plan-target.ts';
import { answerInContext } from './answer-in-context.ts';
import { checkPromptLength } from './check-prompt-length.ts';
import { foldAnswer } from './fold-answer.ts';
import { passThrough } from './pass-through.ts';
import { planPassThrough } from './plan-pass-through.ts';
import { prepareRequest } from './prepare-request.ts';
import { readBody, takeText } from './read-body.ts';
import { refuseLosses } from './refuse-losses.ts';
import { streamAnswer } from './relay-stream.ts';
import type { Visit } from './routes.ts';

/** `POST /v1/messages`, step by step. What fails on the way becomes an error response in `server.ts`. */
export async function handleMessages(visit: Visit): Promise<Response> {
  const { request, exchange, parts, withoutIdleLimit } = visit;
  const { config, limits, learned, ratios, counter } = parts;
  const body = await readBody(request);
  withoutIdleLimit();

  const checkLosses = config.strict ? refuseLosses : undefined;
  const asItIs = planPassThrough(body, exchange, parts);
  if (asItIs !== undefined) return passThrough(visit, asItIs, checkLosses);

  const text = takeText(body);
  const messages = parseMessagesRequest(text);
  exchange.noteRequest(messages);

  const planned = planTarget(messages.model, config);
  exchange.noteTarget(planned);
  const provider = parts.registry(planned, config);
  // The first one would be translated, and the last one, which JSON.parse takes, passes through.
  if (provider.form === 'verbatim') throw new ProxyError('invalid-request', 'model: stands twice in the body');

  const target = await parts.credentials.complete(planned, exchange.signal);
  const answer = await answerInContext(prepareRequest(messages), {
    provider,
    target,
    exchange,
    parts,
    checkLosses,
    checkPrompt: (prepared, inputTokenEstimate) => {
      // Rewritten, it is no longer the text that came.
      const asked = prepared.request === messages ? text : JSON.stringify(prepared.request);
      return checkPromptLength({ text: asked, target, inputTokenEstimate, learned, ratios, counter });
    },
  });
  return messages.stream === true ? streamAnswer(answer, exchange, limits) : foldAnswer(answer, exchange);
}
