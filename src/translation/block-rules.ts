import { ProxyError } from '../errors/proxy-error.ts';
import type { KnownBlock, KnownBlockOf } from '../messages/types.ts';
import { asksForSomething, type Fate, type FieldRule, type LossList, notKnown } from './losses.ts';

export interface BlockRule<Field extends PropertyKey> {
  readonly fate: Fate;
  readonly how: string;
  readonly fields: Readonly<Record<Exclude<Field, 'type'>, FieldRule>>;
}
/** One row for each block type and each of its fields that the SDK knows. */
export type BlockRules = { readonly [T in KnownBlock['type']]: BlockRule<keyof KnownBlockOf<T>> };

export interface BlockChecks {
  /**
   * Whether a block goes on at all. One that is lost as a whole is listed, one that must not be left out is refused, and
   * one that says nothing to a model is passed over.
   */
  readonly isCarried: (block: KnownBlock, losses: LossList, path: () => string) => boolean;
  /** Lists the fields of a block that are not carried, its type's and unknown ones. `path` is asked only where one is found. */
  readonly checkBlockFields: CheckBlockFields;
}
export type CheckBlockFields = (block: { readonly type: string }, losses: LossList, path: () => string) => void;

/** The checks that a dialect's table of blocks, and of those inside a `tool_result`, is read by. */
export function blockChecks(rules: BlockRules, innerRules: Readonly<Record<string, BlockRule<string>>>): BlockChecks {
  const fieldRules = new Map(
    [...Object.entries(rules), ...Object.entries(innerRules)].map(([type, rule]) => [
      type,
      new Map<string, FieldRule>(Object.entries(rule.fields)),
    ]),
  );
  return {
    isCarried(block, losses, path) {
      const { fate, how } = rules[block.type];
      if (fate === 'refused') throw new ProxyError('invalid-request', `${path()}: ${how}`);
      if (fate === 'lost') losses.add(path(), how);
      return fate !== 'lost' && fate !== 'without effect';
    },
    checkBlockFields(block, losses, path) {
      const ofType = fieldRules.get(block.type);
      if (ofType === undefined) return;
      for (const field in block) {
        if (field === 'type') continue;
        const rule = ofType.get(field);
        if (rule !== undefined && rule.fate !== 'lost') continue;
        const value: unknown = Reflect.get(block, field);
        if (rule === undefined) {
          if (value !== null) losses.add(`${path()}.${field}`, notKnown);
        } else if (asksForSomething(rule, value)) {
          losses.add(`${path()}.${field}`, rule.how);
        }
      }
    },
  };
}
