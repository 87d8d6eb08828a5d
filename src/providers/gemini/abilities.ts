import type { MessagesRequest } from '../../messages/types.ts';
import { geminiModelOf } from '../../models/gemini-models.ts';
import { LossList } from '../../translation/losses.ts';
import { offeredTools } from '../../translation/offered-tools.ts';
import { type Abilities, hostedTools, type Target, type TranslationContext } from '../provider.ts';
import { hindranceOf, serverToolOf } from './server-tools.ts';
import { toolTypes } from './tool-types.ts';

/** What Google does by itself for a request. */
export function abilitiesOf(
  request: MessagesRequest,
  target: Target,
  context: Pick<TranslationContext, 'repairs'>,
): Abilities {
  const model = geminiModelOf(target);
  const offered = offeredTools(request, toolTypes, new LossList()).tools;
  const hasFunctions = offered.some(({ tool }) => serverToolOf(tool) === undefined);
  const runsThem = hindranceOf(hasFunctions, { model, context }) === undefined;
  const fetches = target.provider === 'vertex' || model.fetchesAddresses;
  return {
    hostedTools: new Set(runsThem ? hostedTools : []),
    pdf: model.documents,
    pdfAddresses: model.documents && fetches && !context.repairs.some(({ kind }) => kind === 'addresses-as-text'),
    images: true,
  };
}
