import { check, refuse } from '../messages/field-checks.ts';
import { isRecord } from '../messages/json.ts';
import type { Loss, MessagesRequest } from '../messages/types.ts';
import { notKnown } from '../translation/losses.ts';

/** What a client wants to be done about a context that grows, as far as the proxy knows how to. */
export interface ContextEdits {
  readonly clearThinking: ClearThinking | undefined;
  readonly clearToolUses: ClearToolUses | undefined;
  readonly compact: Compact | undefined;
  /** Edits of a type that nobody knows yet. */
  readonly losses: readonly Loss[];
}

/** `clear_thinking_20251015`: so many of the latest turns keep their thinking. */
export interface ClearThinking {
  readonly keptTurns: number;
}

/** `clear_tool_uses_20250919`. */
export interface ClearToolUses {
  readonly trigger: { readonly type: 'input_tokens' | 'tool_uses'; readonly value: number };
  /** So many of the latest uses keep their results. */
  readonly keptUses: number;
  /** In tokens: with less to gain nothing is cleared. */
  readonly clearAtLeast: number;
  readonly excludedTools: ReadonlySet<string>;
  /** Whether the input of a use is cleared with its result. */
  readonly clearsInputOf: (tool: string) => boolean;
}

/** `compact_20260112`, or `compaction`. */
export interface Compact {
  /** In tokens of the prompt. */
  readonly trigger: number;
  /** The answer is the compaction: always, where it was written (`pause_after_compaction`), or never. */
  readonly endsAnswer: 'always' | 'when written' | 'never';
  /** What to ask for instead of the usual summary. */
  readonly instructions: string | undefined;
}

// Source: Anthropic's pages on context editing and on compaction.
const defaultToolTrigger = { type: 'input_tokens', value: 100_000 } as const;
const defaultKeptUses = 3;
const defaultKeptTurns = 1;
const defaultCompactTrigger = 150_000;
const leastCompactTrigger = 50_000;

const noEdits: ContextEdits = { clearThinking: undefined, clearToolUses: undefined, compact: undefined, losses: [] };

/** Reads `context_management` and `compaction`. Throws `invalid-request` for what the Messages API refuses, in its manner. */
export function readContextEdits(request: Pick<MessagesRequest, 'context_management' | 'compaction'>): ContextEdits {
  const { context_management: wish, compaction } = request;
  if (compaction !== undefined && compaction !== null) {
    if (wish) refuse('compaction', 'cannot be combined with `context_management`');
    return { ...noEdits, compact: readCompactionWish(compaction) };
  }
  const edits: unknown = isRecord(wish) ? wish.edits : undefined;
  if (edits === undefined || edits === null) return noEdits;
  const path = 'context_management.edits';
  check(edits, 'array', path);
  let read = noEdits;
  if (!Array.isArray(edits)) return read;
  const types = new Set<string>();
  edits.forEach((edit: unknown, index) => {
    const place = `${path}.${index}`;
    if (!isRecord(edit)) refuse(place, 'Input should be an object');
    const { type } = edit;
    if (typeof type !== 'string') refuse(`${place}.type`, 'Field required');
    if (types.has(type)) refuse(place, `\`${type}\` may stand there only once`);
    types.add(type);
    read = { ...read, ...readEdit(type, edit, index, place, read) };
  });
  return read;
}

type Fields = Readonly<Record<string, unknown>>;

function readEdit(
  type: string,
  edit: Fields,
  index: number,
  path: string,
  before: ContextEdits,
): Partial<ContextEdits> {
  switch (type) {
    case 'clear_thinking_20251015': {
      if (index > 0) refuse(path, '`clear_thinking_20251015` must be the first edit');
      const keptTurns = keptTurnsOf(edit.keep, `${path}.keep`);
      return { clearThinking: keptTurns === 'all' ? undefined : { keptTurns } };
    }
    case 'clear_tool_uses_20250919':
      return { clearToolUses: readClearToolUses(edit, path) };
    case 'compact_20260112':
      return { compact: readCompact(edit, path) };
    default:
      return { losses: [...before.losses, { field: path, why: notKnown }] };
  }
}

function keptTurnsOf(keep: unknown, path: string): number | 'all' {
  if (keep === undefined || keep === null) return defaultKeptTurns;
  if (keep === 'all' || (isRecord(keep) && keep.type === 'all')) return 'all';
  return readAmount(keep, ['thinking_turns'], 1, path).value;
}

function readClearToolUses(edit: Fields, path: string): ClearToolUses {
  const { trigger, keep, clear_at_least: atLeast, exclude_tools: excluded, clear_tool_inputs: inputs } = edit;
  const cleared = typeof inputs === 'boolean' ? inputs : namesOf(inputs, `${path}.clear_tool_inputs`);
  return {
    trigger: isGiven(trigger)
      ? readAmount(trigger, ['input_tokens', 'tool_uses'], 1, `${path}.trigger`)
      : defaultToolTrigger,
    keptUses: isGiven(keep) ? readAmount(keep, ['tool_uses'], 0, `${path}.keep`).value : defaultKeptUses,
    clearAtLeast: isGiven(atLeast) ? readAmount(atLeast, ['input_tokens'], 0, `${path}.clear_at_least`).value : 0,
    excludedTools: namesOf(excluded, `${path}.exclude_tools`),
    clearsInputOf: (tool) => (typeof cleared === 'boolean' ? cleared : cleared.has(tool)),
  };
}

/** `compaction`: the answer to such a request is the summary, and nothing else. */
function readCompactionWish(compaction: unknown): Compact {
  if (!isRecord(compaction)) refuse('compaction', 'Input should be an object');
  const { type, instructions } = compaction;
  if (type !== 'summarize') refuse('compaction.type', "Input should be 'summarize'");
  return { trigger: 0, endsAnswer: 'always', instructions: readInstructions(instructions, 'compaction.instructions') };
}

function readCompact({ trigger, pause_after_compaction: pauses, instructions }: Fields, path: string): Compact {
  if (isGiven(pauses)) check(pauses, 'boolean', `${path}.pause_after_compaction`);
  return {
    trigger: isGiven(trigger)
      ? readAmount(trigger, ['input_tokens'], leastCompactTrigger, `${path}.trigger`).value
      : defaultCompactTrigger,
    endsAnswer: pauses === true ? 'when written' : 'never',
    instructions: readInstructions(instructions, `${path}.instructions`),
  };
}

/** Undefined where nothing is said, or only blanks. */
function readInstructions(instructions: unknown, path: string): string | undefined {
  if (isGiven(instructions)) check(instructions, 'string', path);
  return typeof instructions === 'string' && instructions.trim() !== '' ? instructions : undefined;
}

function readAmount<T extends string>(value: unknown, types: readonly T[], least: number, path: string) {
  if (!isRecord(value)) refuse(path, 'Input should be an object');
  const type = types.find((one) => one === value.type);
  if (type === undefined) refuse(`${path}.type`, `Input should be ${types.map((one) => `'${one}'`).join(' or ')}`);
  const amount = value.value;
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) {
    refuse(`${path}.value`, 'Input should be a valid integer');
  }
  if (amount < least) refuse(`${path}.value`, `Input should be greater than or equal to ${least}`);
  return { type, value: amount };
}

function namesOf(value: unknown, path: string): ReadonlySet<string> {
  if (!isGiven(value)) return new Set();
  if (!Array.isArray(value)) refuse(path, 'Input should be a valid array');
  const names = value.filter((name) => typeof name === 'string');
  if (names.length < value.length) refuse(path, 'Input should be an array of valid strings');
  return new Set(names);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
