import { editContext } from '../emulation/edit-context.ts';
import { samePath } from '../emulation/original-paths.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { parseCountTokensRequest } from '../messages/parse-request.ts';
import type { MessagesRequest } from '../messages/types.ts';
import type { Target } from '../providers/provider.ts';
import { planTarget } from '../routing/plan-target.ts';
import { estimatePrompt, estimateTokens } from '../tokens/estimate.ts';
import { countsLearned } from './counts-learned.ts';
import type { Exchange } from './exchange.ts';
import { newId } from './new-id.ts';
import { offerTools, prepareTurn } from './prepare-request.ts';
import type { ServerParts } from './routes.ts';

export interface CountTokensAnswer {
  readonly input_tokens: number;
  readonly context_management?: { readonly original_input_tokens: number };
}

/** What counting uses of the server and of the request's exchange. */
export type CountParts = Pick<
  ServerParts,
  'config' | 'counter' | 'ratios' | 'vendorCounter' | 'registry' | 'credentials' | 'learned' | 'calls' | 'documents'
>;
export type CountingExchange = Pick<Exchange, 'signal' | 'sessionId' | 'agentId'>;

/**
 * Answers `POST /v1/messages/count_tokens`: how long the prompt is for the model it would go to, in the vendor's own
 * count where it has a counter and answers in time, else in ours. Once the body parses there is always an answer.
 */
export async function answerCountTokens(
  text: string,
  exchange: CountingExchange,
  parts: CountParts,
): Promise<CountTokensAnswer> {
  const request = parseCountTokensRequest(text);
  const target = planTarget(request.model, parts.config);
  const count = async (counted: MessagesRequest) => {
    const sent = await asSent(counted, target, exchange, parts);
    const body = sent === request ? text : JSON.stringify(sent);
    return (await vendorCount(sent, target, exchange, parts)) ?? (await ownCount(body, sent, target, parts));
  };
  // What the model would see. Nothing is compacted for a count.
  const { request: edited } = editContext(request, estimateTokens);
  const tokens = await count(edited);
  if (!request.context_management) return { input_tokens: tokens };
  const original = edited === request ? tokens : await count(request);
  return { input_tokens: tokens, context_management: { original_input_tokens: original } };
}

/**
 * With its documents as the model would read them, and the functions in it that stand for tools which the proxy runs. As
 * it came where that takes longer than a count may.
 */
async function asSent(
  request: MessagesRequest,
  target: Target,
  { signal }: CountingExchange,
  { registry, config, learned, vendorCounter, documents }: CountParts,
): Promise<MessagesRequest> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(vendorCounter.limitMs)]);
  try {
    const provider = registry(target, config);
    if (provider.form !== 'translated') return request;
    const surroundings = { provider, target, repairs: learned.of(target), parts: { documents }, signal: inTime };
    const turn = await prepareTurn({ request, losses: [], originalPath: samePath }, surroundings);
    return offerTools(turn, surroundings).request;
  } catch (error) {
    // Without its key a model is not asked; a count of its prompt is.
    if (error instanceof ProxyError || inTime.aborted) return request;
    throw error;
  }
}

function ownCount(text: string, request: MessagesRequest, target: Target, { counter, ratios }: CountParts) {
  return countsLearned(target, ratios)
    ? ratios.corrected(target, estimatePrompt(request))
    : counter.count(text, target);
}

/** Undefined where the vendor has no counter, cannot be reached, or could not be asked such a thing. */
async function vendorCount(
  request: MessagesRequest,
  planned: Target,
  { signal, sessionId, agentId }: CountingExchange,
  { config, registry, credentials, learned, calls, vendorCounter }: CountParts,
): Promise<number | undefined> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(vendorCounter.limitMs)]);
  try {
    const provider = registry(planned, config);
    if (provider.form !== 'translated') return undefined;
    const counter = provider.tokenCounter?.(planned);
    if (counter === undefined) return undefined;
    const target = await credentials.complete(planned, inTime);
    const built = counter.buildRequest(request, target, {
      messageId: newId('msg_'),
      newId,
      inputTokenEstimate: estimateTokens(request),
      sessionId,
      agentId,
      repairs: learned.of(target),
      calls,
    });
    return await vendorCounter.count({ counter, built, target, credentials, signal: inTime });
  } catch (error) {
    // A missing key, or a prompt the vendor has no form for: the count is asked for all the same.
    if (error instanceof ProxyError || inTime.aborted) return undefined;
    throw error;
  }
}
