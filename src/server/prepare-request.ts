import { holdsDocuments, readDocuments } from '../documents/read-documents.ts';
import { type EditedContext, editContext } from '../emulation/edit-context.ts';
import { type OfferedHostedTools, offerHostedTools } from '../emulation/offer-hosted-tools.ts';
import { type OriginalPath, originalPathThrough, samePath } from '../emulation/original-paths.ts';
import type { Loss, MessagesRequest } from '../messages/types.ts';
import type { Repair, Target, TranslatingProvider } from '../providers/provider.ts';
import { estimateTokens } from '../tokens/estimate.ts';
import type { ServerParts } from './routes.ts';

/** A request on its way to its provider: what the provider cannot do is done before it is translated. */
export interface Prepared {
  readonly request: MessagesRequest;
  /** What of the client's request got lost on the way so far. */
  readonly losses: readonly Loss[];
  /** The client's word for a path of `request`. */
  readonly originalPath: OriginalPath;
}

/** What a step may look at. */
export interface PreparingFor {
  readonly provider: TranslatingProvider;
  readonly target: Target;
  readonly repairs: readonly Repair[];
  readonly parts: Pick<ServerParts, 'documents'>;
  readonly signal: AbortSignal;
}

/** What one step has done. Its losses name paths of the request that it was given. */
export interface StepOutcome {
  readonly request: MessagesRequest;
  readonly losses: readonly Loss[];
  readonly originalPath: OriginalPath;
}

/** A request as it holds for the whole answer: what is cleared away is gone for all of it. */
export interface EditedRequest extends Prepared, Pick<EditedContext, 'applied' | 'compact'> {}

/** One thing that is done for a provider; undefined where there is nothing to do. */
type Step = (
  request: MessagesRequest,
  surroundings: PreparingFor,
) => StepOutcome | undefined | Promise<StepOutcome | undefined>;

/** Done for each turn of the model within the answer: what tools have brought is in the conversation then. */
const turnSteps: readonly Step[] = [documentsStep];

async function documentsStep(
  request: MessagesRequest,
  { provider, target, repairs, parts, signal }: PreparingFor,
): Promise<StepOutcome | undefined> {
  if (!holdsDocuments(request)) return undefined;
  const reads = provider.abilitiesOf(request, target, { repairs });
  const outcome = await readDocuments(request, reads, parts.documents, signal);
  return outcome.request === request ? undefined : { ...outcome, originalPath: samePath };
}

/** Does what a request wants about its context. Throws `invalid-request` for wishes that the Messages API refuses. */
export function prepareRequest(request: MessagesRequest): EditedRequest {
  // By length alone: what is learned of a model's tokens changes from answer to answer, and what was cleared must not.
  return editContext(request, estimateTokens);
}

/** Does for one turn of the model what its provider cannot; the model sees all that was said before the turn. */
export function prepareTurn(conversation: Prepared, surroundings: PreparingFor): Promise<Prepared> {
  return inSteps(conversation, turnSteps, surroundings);
}

/** The last step, which may change while the upstream is tried: the tools that it does not run become functions. */
export function offerTools(
  turn: Prepared,
  { provider, target, repairs }: Pick<PreparingFor, 'provider' | 'target' | 'repairs'>,
): Prepared & Pick<OfferedHostedTools, 'tools'> {
  const offered = offerHostedTools(turn.request, (request) => provider.abilitiesOf(request, target, { repairs }));
  return offered.request === turn.request
    ? { ...turn, tools: [] }
    : { ...afterStep(turn, offered), tools: offered.tools };
}

async function inSteps(prepared: Prepared, steps: readonly Step[], surroundings: PreparingFor): Promise<Prepared> {
  let latest = prepared;
  for (const step of steps) {
    const outcome = await step(latest.request, surroundings);
    if (outcome !== undefined) latest = afterStep(latest, outcome);
  }
  return latest;
}

function afterStep(before: Prepared, { request, losses, originalPath }: StepOutcome): Prepared {
  return {
    request,
    losses: [...before.losses, ...inClientWords(losses, before.originalPath)],
    originalPath: originalPathThrough(before.originalPath, originalPath),
  };
}

/** Losses with the client's paths. */
export function inClientWords(losses: readonly Loss[], originalPath: OriginalPath): readonly Loss[] {
  if (originalPath === samePath) return losses;
  return losses.map(({ field, why }) => ({ field: originalPath(field), why }));
}
