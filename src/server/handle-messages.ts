import { ProxyError } from '../errors/proxy-error.ts';
import { parseMessagesRequest } from '../messages/parse-request.ts';
import type { TranslationContext } from '../providers/provider.ts';
import { planTarget } from '../routing/plan-target.ts';
import { estimateTokens } from '../tokens/estimate.ts';
import { runAttempts } from '../upstream/run-attempts.ts';
import { checkPromptLength } from './check-prompt-length.ts';
import { emptyAnswer } from './empty-answer.ts';
import { foldAnswer } from './fold-answer.ts';
import { newId } from './new-id.ts';
import { passThrough } from './pass-through.ts';
import { planPassThrough } from './plan-pass-through.ts';
import { inClientWords, prepareRequest } from './prepare-request.ts';
import { readBody, takeText } from './read-body.ts';
import { refuseLosses } from './refuse-losses.ts';
import { streamAnswer } from './relay-stream.ts';
import type { Visit } from './routes.ts';

/** `POST /v1/messages`, step by step. What fails on the way becomes an error response in `server.ts`. */
export async function handleMessages(visit: Visit): Promise<Response> {
  const { request, exchange, parts, withoutIdleLimit } = visit;
  const { config, limits, learned, counter } = parts;
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
  const { signal } = exchange;
  const repairs = learned.of(target);
  const prepared = await prepareRequest(messages, { provider, target, repairs, parts, signal });
  const inputTokenEstimate = estimateTokens(prepared.request);
  await checkPromptLength({ text, target, inputTokenEstimate, learned, counter });

  const context: TranslationContext = {
    messageId: newId('msg_'),
    newId,
    inputTokenEstimate,
    sessionId: exchange.sessionId,
    agentId: exchange.agentId,
    repairs,
    calls: parts.calls,
  };
  const build = (told: TranslationContext) => {
    const built = provider.buildRequest(prepared.request, target, told);
    exchange.losses = [...prepared.losses, ...inClientWords(built.losses, prepared.originalPath)];
    checkLosses?.(exchange.losses);
    return built;
  };
  const built = build(context);

  const answer =
    messages.max_tokens === 0
      ? emptyAnswer(messages, context)
      : runAttempts({
          provider,
          request: prepared.request,
          target,
          context,
          built,
          rebuild: build,
          learned,
          limits,
          credentials: parts.credentials,
          signal,
          onAttempt: (attempts) => {
            exchange.attempts = attempts;
          },
          onOpen: (attempt) => {
            exchange.upstreamRequestId = attempt.upstreamRequestId;
          },
        });
  return messages.stream === true ? streamAnswer(answer, exchange, limits) : foldAnswer(answer, exchange);
}
