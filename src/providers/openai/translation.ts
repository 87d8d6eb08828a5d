import type { MessagesRequest } from '../../messages/types.ts';
import { type ModelTraits, traitsOf } from '../../models/model-traits.ts';
import type { BlockChecks } from '../../translation/block-rules.ts';
import { type FieldRule, LossList } from '../../translation/losses.ts';
import { type ToolNames, toolNamesOf } from '../../translation/tool-names.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import type { OpenaiApi } from './api.ts';
import { type ChatDialect, dialectOf, repairedDialect } from './dialect.ts';
import { nameRule } from './name-rule.ts';
import { olderImages } from './older-images.ts';
import { callIdWriter } from './tool-ids.ts';

/** One request on its way to one target: everything its parts are translated by. */
export interface Translation {
  readonly api: OpenaiApi;
  readonly tables: WireTables;
  readonly request: MessagesRequest;
  readonly target: Target;
  readonly context: TranslationContext;
  readonly dialect: ChatDialect;
  readonly traits: ModelTraits;
  readonly names: ToolNames;
  /** The client's id of a call → one that the server takes. */
  readonly callId: (id: string) => string;
  readonly losses: LossList;
  /** Image blocks that are too many for the server. */
  readonly olderImages: ReadonlySet<unknown>;
}

/** What one of the two APIs does with blocks, messages and tools. */
export interface WireTables extends BlockChecks {
  readonly messageRules: ReadonlyMap<string, FieldRule>;
  readonly toolFields: ReadonlyMap<string, FieldRule>;
}

export function startTranslation(
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
  { api, tables }: Pick<Translation, 'api' | 'tables'>,
): Translation {
  const dialect = repairedDialect(dialectOf(target), context.repairs);
  return {
    api,
    tables,
    request,
    target,
    context,
    dialect,
    traits: traitsOf(target),
    names: toolNamesOf(request, nameRule),
    callId: callIdWriter(api === 'responses' ? 'at-most-64' : dialect.toolIds),
    losses: new LossList(),
    olderImages: olderImages(request, dialect.maxImages),
  };
}

/** The latest repair of a kind: a later refusal knows better. */
export function lastRepair<K extends Repair['kind']>(
  { context }: Translation,
  kind: K,
): Extract<Repair, { kind: K }> | undefined {
  return context.repairs.findLast((repair): repair is Extract<Repair, { kind: K }> => repair.kind === kind);
}
