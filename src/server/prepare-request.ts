import { holdsDocuments, readDocuments } from '../documents/read-documents.ts';
import { type OriginalPath, originalPathThrough, samePath } from '../emulation/original-paths.ts';
import type { Loss, MessagesRequest } from '../messages/types.ts';
import type { Repair, Target, TranslatingProvider } from '../providers/provider.ts';
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
  readonly parts: ServerParts;
  readonly signal: AbortSignal;
}

/** What one step has done. Its losses name paths of the request that it was given. */
export interface StepOutcome {
  readonly request: MessagesRequest;
  readonly losses: readonly Loss[];
  readonly originalPath: OriginalPath;
}

/** One thing that is done for a provider; undefined where there is nothing to do. */
type Step = (
  request: MessagesRequest,
  surroundings: PreparingFor,
) => StepOutcome | undefined | Promise<StepOutcome | undefined>;

/** In this order: what is cleared away is not read, and what is read is not cut into turns before. */
const steps: readonly Step[] = [documentsStep];

async function documentsStep(
  request: MessagesRequest,
  { provider, target, repairs, parts, signal }: PreparingFor,
): Promise<StepOutcome | undefined> {
  if (!holdsDocuments(request)) return undefined;
  const reads = provider.abilitiesOf(request, target, { repairs });
  const outcome = await readDocuments(request, reads, parts.documents, signal);
  return outcome.request === request ? undefined : { ...outcome, originalPath: samePath };
}

/** Does for a request what its provider cannot, as far as it can be done before the answer. */
export async function prepareRequest(request: MessagesRequest, surroundings: PreparingFor): Promise<Prepared> {
  let prepared: Prepared = { request, losses: [], originalPath: samePath };
  for (const step of steps) {
    const outcome = await step(prepared.request, surroundings);
    if (outcome !== undefined) prepared = afterStep(prepared, outcome);
  }
  return prepared;
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
