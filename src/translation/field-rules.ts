import { ProxyError } from '../errors/proxy-error.ts';
import type { KnownTool, MessagesRequest } from '../messages/types.ts';
import { asksForSomething, type Fate, type FieldRule, type LossList, notKnown } from './losses.ts';

// Each dialect has tables of what becomes of each field and tool; these are the checks that such tables are read by.

export interface ToolRule {
  readonly fate: Fate;
  readonly how: string;
}
/** What becomes of each tool type the SDK knows. */
export type ToolRules = Readonly<Record<NonNullable<KnownTool['type']>, ToolRule>>;

type FieldTable = Readonly<Record<string, FieldRule>>;

export interface RequestTables {
  readonly request: FieldTable;
  readonly thinking: FieldTable;
  readonly outputConfig: FieldTable;
  readonly toolChoice: FieldTable;
  readonly metadata: FieldTable;
}

/** A check that refuses what must not be left out, and lists what is left out, as far as that depends on the field alone. */
export function requestFieldCheck(tables: RequestTables): (request: MessagesRequest, losses: LossList) => void {
  const topLevel = rulesOf(tables.request);
  const nested = [
    ['thinking', rulesOf(tables.thinking)],
    ['output_config', rulesOf(tables.outputConfig)],
    ['tool_choice', rulesOf(tables.toolChoice)],
    ['metadata', rulesOf(tables.metadata)],
  ] as const;
  return (request, losses) => {
    checkFieldsOf(request, topLevel, '', losses);
    for (const [field, rules] of nested) checkFieldsOf(request[field], rules, `${field}.`, losses);
  };
}

export function rulesOf(table: FieldTable): ReadonlyMap<string, FieldRule> {
  return new Map(Object.entries(table));
}

/** The check of one object; `prefix` is its path with a dot behind. */
export function checkFieldsOf(
  record: object | undefined,
  rules: ReadonlyMap<string, FieldRule>,
  prefix: string,
  losses: LossList,
): void {
  if (record === undefined) return;
  for (const [field, value] of Object.entries(record)) {
    const rule = rules.get(field);
    if (rule === undefined) {
      if (value !== null) losses.add(prefix + field, notKnown);
    } else if (rule.fate === 'lost') {
      if (asksForSomething(rule, value)) losses.add(prefix + field, rule.how);
    } else if (rule.fate === 'refused' && asksForSomething(rule, value)) {
      throw new ProxyError('invalid-request', `${prefix}${field}: ${rule.how}`);
    }
  }
}
