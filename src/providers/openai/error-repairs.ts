import type { MessagesRequest } from '../../messages/types.ts';
import { effortWords, traitsOf } from '../../models/model-traits.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import { unlessApplied } from '../repairs.ts';
import { smallestUsefulAnswer } from './context-overflow.ts';
import type { SaidError } from './error-shapes.ts';

/** The one thing to do differently that a refusal asks for, if it asks for one and it has not been done yet. */
export function repairFor(
  said: SaidError,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
  toolNames: ToolNames,
): Repair | undefined {
  for (const find of finders) {
    const repair = find({ text: said.message ?? '', said, request, target, toolNames });
    if (repair !== undefined) return unlessApplied(repair, context);
  }
  return undefined;
}

/** The names of the tools, as far as a refusal may speak of them. */
export interface ToolNames {
  /** The client's name of a tool, from the name it had upstream. */
  readonly ofUpstreamName: (name: string) => string;
  /** The client's name of the tool at a place of the upstream request's `tools`. */
  readonly at: (index: number) => string | undefined;
}

interface Refusal {
  readonly text: string;
  readonly said: SaidError;
  readonly request: MessagesRequest;
  readonly target: Target;
  readonly toolNames: ToolNames;
}

/** From the most specific sign to the least: the first that speaks decides. */
const finders: readonly ((refusal: Refusal) => Repair | undefined)[] = [
  plainAnswer,
  badReasoning,
  reasoningWanted,
  affordableOutput,
  toolsRefuseEffort,
  outputLimit,
  effort,
  toolDescription,
  toolSchema,
  renamedParameter,
  refusedParameter,
];

function plainAnswer({ text, said }: Refusal): Repair | undefined {
  const refused = said.parameter === 'stream' || /\b(?:verified|verification)\b[^.]{0,60}\bstream/i.test(text);
  return refused ? { kind: 'plain-answer', scope: 'model' } : undefined;
}

function badReasoning({ text, said }: Refusal): Repair | undefined {
  if (
    said.codes.includes('invalid_encrypted_content') ||
    /(?:encrypted content|encrypted_content).{0,80}could not be (?:verified|decrypted|parsed)/i.test(text) ||
    /\bitem\b.{0,80}\brs_\w+.{0,40}not found/i.test(text) ||
    /(?:invalid|corrupted|missing)[^.]{0,20}(?:thought[ _]signature|signature[`'"]? in [`'"]?thinking)/i.test(text) ||
    /thought[ _]signature is not valid/i.test(text)
  ) {
    // Of this conversation only: the next one has reasoning of its own.
    return { kind: 'drop-reasoning', scope: 'request' };
  }
  const name = /\b(?:reasoning_content|reasoning_details|reasoning)\b/;
  const inMessage = name.test(said.parameter ?? '') && /^messages?\b/.test(said.parameter ?? '');
  const refused =
    /\bmessages?\b.{0,200}?\b(?:reasoning_content|reasoning_details|reasoning)\b.{0,40}(?:unsupported|not permitted)/i;
  return inMessage || refused.test(text) ? { kind: 'drop-reasoning', scope: 'model' } : undefined;
}

function reasoningWanted({ text }: Refusal): Repair | undefined {
  const found =
    /\b(reasoning_content|reasoning_details|reasoning)\b[`'"]?[^.]{0,80}(?:passed back|sent back|is missing|is required|must be (?:provided|included|present))/i.exec(
      text,
    ) ?? /(?:missing|must include|must return)[^.]{0,40}\b(reasoning_content|reasoning_details)\b/i.exec(text);
  const parameter = found?.[1]?.toLowerCase();
  return parameter === undefined ? undefined : { kind: 'return-reasoning', scope: 'model', parameter };
}

/** Newer OpenAI models take tools on Chat Completions only while they do not reason. */
function toolsRefuseEffort({ text, target }: Refusal): Repair | undefined {
  if (!isToolEffortConflict(text)) return undefined;
  const { efforts } = traitsOf(target);
  if (efforts !== undefined && !efforts.includes('none')) return undefined;
  return { kind: 'effort-words', scope: 'model', words: ['none'] };
}

export function isToolEffortConflict(text: string): boolean {
  return /function tools?\b[^.]{0,60}\breasoning[_. ]effort\b|\breasoning[_. ]effort\b[^.]{0,60}\bfunction tools?\b/i.test(
    text,
  );
}

/** A router with little credit left says how long an answer it would still pay for. */
function affordableOutput({ text, request }: Refusal): Repair | undefined {
  const maximum = Number(/can only afford (\d+)/i.exec(text)?.[1] ?? 0);
  if (maximum < smallestUsefulAnswer || maximum >= request.max_tokens) return undefined;
  return { kind: 'limit-output-tokens', scope: 'request', maximum };
}

const outputParameter = /\bmax_(?:completion_|output_|new_)?tokens\b/;

/** Asked for more than the model ever writes: ask for what it says is the most. */
function outputLimit({ text, said, request }: Refusal): Repair | undefined {
  const named = outputParameter.test(said.parameter ?? '') || outputParameter.test(text);
  if (!named || isParameterRefused(said, text)) return undefined;
  const tooLarge =
    /too (?:large|high|big)|at most|less than or equal|<=|maximum|exceed|above|valid range|greater than|must be (?:less|lower|smaller)|> \d/i;
  if (!tooLarge.test(text)) return undefined;
  const maximum = outputMaximum(text, request.max_tokens);
  return maximum === undefined ? undefined : { kind: 'limit-output-tokens', scope: 'model', maximum };
}

const limitWords =
  /(?:at most|less than or equal to|up to|no more than|<=|maximum (?:value |allowed value )?(?:of|is)|valid range[^[]{0,40}\[\s*\d+\s*,|\d+ >)\s*[`'"]?(\d[\d,]*)/i;

/** The limit told; where no word leads to it, the smallest number: the others are what was asked for. */
function outputMaximum(text: string, asked: number): number | undefined {
  const told = numberOf(limitWords.exec(text)?.[1]);
  if (told !== undefined && isLimit(told, asked)) return told;
  const numbers = [...text.matchAll(/\b\d[\d,]*\b/g)].map(([digits]) => numberOf(digits) ?? 0);
  const limits = numbers.filter((number) => isLimit(number, asked));
  return limits.length === 0 ? undefined : Math.min(...limits);
}

// Less is never a model's limit, but may well be a part of its name.
const smallestLimit = 256;

function isLimit(number: number, asked: number): boolean {
  return number >= smallestLimit && number < asked;
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits.replaceAll(',', ''));
}

function effort({ text, said }: Refusal): Repair | undefined {
  const aboutEffort = /reasoning[_. ]?effort|invalid think value|does(?: not|n't) support thinking/i;
  // No word and no omission helps there.
  if (isToolEffortConflict(text)) return undefined;
  if (!aboutEffort.test(said.parameter ?? '') && !aboutEffort.test(text)) return undefined;
  const list =
    /(?:supported values? (?:are|is)|must be (?:one of)?|expected one of|should be|allowed values?(?: are)?|\bvalid values?(?: are)?|one of):?\s*(.+)$/is;
  const offered = list.exec(text)?.[1] ?? '';
  const words = effortWords.filter((word) => new RegExp(String.raw`["'\x60]${word}["'\x60]`, 'i').test(offered));
  if (words.length > 0) return { kind: 'effort-words', scope: 'model', words };
  const wholly =
    /does(?: not|n't) support (?:thinking|reasoning)|not support(?:ed)?|unsupported|unknown|unrecognized|not permitted|invalid/i;
  return wholly.test(text) ? { kind: 'omit-parameter', scope: 'model', parameter: 'reasoning_effort' } : undefined;
}

function toolDescription({ text, said }: Refusal): Repair | undefined {
  const place = `${said.parameter ?? ''} ${text}`;
  if (!/(?:tools?|functions?)\b.*\bdescription\b/i.test(place)) return undefined;
  if (!/too long|maximum length|at most|exceed/i.test(text)) return undefined;
  const limit =
    /(?:maximum length|at most|max(?:imum)?(?: is| of)?|limit(?: is| of)?|less than or equal to)\D{0,20}(\d[\d,]*)/i.exec(
      text,
    );
  const told = numberOf(limit?.[1]) ?? 0;
  return { kind: 'shorten-tool-descriptions', scope: 'model', maximumLength: told >= 16 ? told : 1_024 };
}

function toolSchema({ text, said, toolNames }: Refusal): Repair | undefined {
  const index = /^tools[[.](\d+)\]?\.(?:function\.)?(?:parameters|name|strict)?/.exec(said.parameter ?? '')?.[1];
  const aboutSchema =
    said.codes.includes('invalid_function_parameters') ||
    /invalid schema for function|invalid (?:json )?schema[^.]{0,40}\b(?:tool|function)|(?:tool|function)\b[^.]{0,60}\b(?:invalid|unsupported) (?:json )?schema/i.test(
      text,
    ) ||
    /^tools[[.]\d+\]?\.(?:function\.)?parameters/.test(said.parameter ?? '');
  if (!aboutSchema) return undefined;
  const named = /(?:function|tool) ?(?:named )?[`'"]([\w.-]{1,128})[`'"]/i.exec(text)?.[1];
  const tool = named === undefined ? toolNames.at(Number(index ?? -1)) : toolNames.ofUpstreamName(named);
  return tool === undefined ? undefined : { kind: 'loosen-tool-schema', scope: 'model', tool };
}

function renamedParameter({ text, said }: Refusal): Repair | undefined {
  const to = /\buse [`'"]?(\w+)[`'"]? instead/i.exec(text)?.[1];
  const from = rootOf(said.parameter) ?? rootOf(refusedName(text));
  if (to === undefined || from === undefined || from === to || kept.has(from)) return undefined;
  return { kind: 'rename-parameter', scope: 'model', parameter: from, to };
}

const refusalCodes: ReadonlySet<string> = new Set([
  'unknown_parameter',
  'unsupported_parameter',
  'unsupported_value',
  'extra_forbidden',
  'string_above_max_length',
  'array_above_max_length',
  'object_above_max_properties',
]);

function refusedParameter({ text, said }: Refusal): Repair | undefined {
  if (!isParameterRefused(said, text)) return undefined;
  const parameter = rootOf(said.parameter) ?? rootOf(refusedName(text));
  if (parameter === undefined) return undefined;
  // Servers that know only one of the two names say no more than that they do not know the other.
  const to = otherName.get(parameter);
  if (to !== undefined) return { kind: 'rename-parameter', scope: 'model', parameter, to };
  return kept.has(parameter) ? undefined : { kind: 'omit-parameter', scope: 'model', parameter };
}

const otherName: ReadonlyMap<string, string> = new Map([
  ['max_tokens', 'max_completion_tokens'],
  ['max_completion_tokens', 'max_tokens'],
]);

function isParameterRefused(said: SaidError, text: string): boolean {
  return said.codes.some((code) => refusalCodes.has(code)) || refusedName(text) !== undefined;
}

/** Without these it would be another request. */
const kept: ReadonlySet<string> = new Set(['model', 'messages', 'tools', 'stream', 'body', 'input']);

const name = String.raw`[\x60'"]?([A-Za-z_][\w.[\]]*)[\x60'"]?`;
const refusals: readonly RegExp[] = [
  new RegExp(
    String.raw`(?:unrecognized|unknown|unsupported|unexpected) (?:request )?(?:argument|parameter|field|name)s?(?: supplied)?:? ${name}`,
    'i',
  ),
  new RegExp(String.raw`does(?: not|n't) support (?:the )?parameter:? ${name}`, 'i'),
  new RegExp(String.raw`(?:argument|parameter) not supported[^:]*: ${name}`, 'i'),
  /property [\x60'"]([\w.]+)[\x60'"] is unsupported/i,
  new RegExp(
    String.raw`(?:parameter|field|argument) ${name} (?:is|are) (?:not (?:supported|allowed|permitted|recognized)|unsupported|unknown)`,
    'i',
  ),
  /[\x60'"]([a-z_]+(?:\.[\w.]+)?)[\x60'"] (?:is|are) (?:not supported|unsupported|not allowed)/i,
  new RegExp(String.raw`^${name}: extra inputs are not permitted`, 'i'),
  /does(?: not|n't) support (?:this |the )?[\x60'"]?(tool_choice|parallel_tool_calls|response_format|stream_options)/i,
];

function refusedName(text: string): string | undefined {
  for (const refusal of refusals) {
    const found = refusal.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `stream_options.include_usage` → `stream_options`; `reasoningEffort`, as some servers call it → `reasoning_effort`. */
function rootOf(parameter: string | undefined): string | undefined {
  const root = /^[A-Za-z_]\w*/.exec(parameter ?? '')?.[0];
  return root?.replaceAll(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, capital: string) => `${before}_${capital.toLowerCase()}`,
  );
}
