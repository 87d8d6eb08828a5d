import type { MessagesRequest } from '../../messages/types.ts';
import { type GeminiModel, geminiModelOf } from '../../models/gemini-models.ts';
import { LossList } from '../../translation/losses.ts';
import { type ToolNames, toolNamesOf } from '../../translation/tool-names.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import { type ArgumentNames, argumentNamesOf, sameNames } from './argument-names.ts';
import { nameRule } from './name-rule.ts';

/** The Gemini API with a key, or Vertex AI: one wire form with few differences. */
export type Platform = 'ai-studio' | 'vertex';

/** One request on its way to one target: everything its parts are translated by. */
export interface Translation {
  readonly request: MessagesRequest;
  readonly target: Target;
  readonly context: TranslationContext;
  readonly platform: Platform;
  readonly model: GeminiModel;
  readonly names: ToolNames;
  readonly argumentNames: ArgumentNames;
  readonly losses: LossList;
}

export function startTranslation(request: MessagesRequest, target: Target, context: TranslationContext): Translation {
  return {
    request,
    target,
    context,
    platform: target.provider === 'vertex' ? 'vertex' : 'ai-studio',
    model: geminiModelOf(target),
    names: toolNamesOf(request, nameRule),
    argumentNames: argumentNamesFor(request, target, context),
    losses: new LossList(),
  };
}

/** The latest repair of a kind: a later refusal knows better. */
export function lastRepair<K extends Repair['kind']>(
  { context }: Translation,
  kind: K,
): Extract<Repair, { kind: K }> | undefined {
  return context.repairs.findLast((repair): repair is Extract<Repair, { kind: K }> => repair.kind === kind);
}

/** What the arguments of calls are named upstream: as the schemas say by which the tools are declared there. */
export function argumentNamesFor(
  { tools = [] }: MessagesRequest,
  target: Target,
  context: TranslationContext,
): ArgumentNames {
  if (readsJsonSchema({ model: geminiModelOf(target), context })) return sameNames;
  return argumentNamesOf(tools.map((tool) => ('input_schema' in tool ? tool.input_schema : undefined)));
}

/** Whether tools may be described in JSON Schema; else they are in Gemini's own form of schemas. */
export function readsJsonSchema(translation: Pick<Translation, 'model' | 'context'>): boolean {
  const { model, context } = translation;
  return model.jsonSchema && !context.repairs.some(({ kind }) => kind === 'own-schema-form');
}
