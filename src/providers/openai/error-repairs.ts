import type { Repair } from '../provider.ts';
import { unlessApplied } from '../repairs.ts';
import { smallestUsefulAnswer } from './context-overflow.ts';
import { otherApi } from './other-api.ts';
import {
  badReasoning,
  effort,
  reasoningSummary,
  reasoningWanted,
  refusedReasoningItem,
  searchRefusesEffort,
  toolsRefuseEffort,
} from './reasoning-repairs.ts';
import { isParameterRefused, type Refusal, refusedName, rootOf } from './refusal.ts';

/** The one thing to do differently that a refusal asks for, if it asks for one and it has not been done yet. */
export function repairFor(refusal: Refusal): Repair | undefined {
  for (const find of finders) {
    const repair = find(refusal);
    if (repair !== undefined) return unlessApplied(repair, refusal.context);
  }
  return undefined;
}

/** From the most specific sign to the least: the first that speaks decides. */
const finders: readonly ((refusal: Refusal) => Repair | undefined)[] = [
  plainAnswer,
  alternateRoles,
  badReasoning,
  reasoningWanted,
  affordableOutput,
  toolsRefuseEffort,
  otherApi,
  searchRefusesEffort,
  hostedSearch,
  forcedSearch,
  reasoningSummary,
  includedParts,
  outputMinimum,
  outputLimit,
  effort,
  itemField,
  toolDescription,
  toolSchema,
  renamedParameter,
  refusedParameter,
  refusedReasoningItem,
];

function plainAnswer({ text, said }: Refusal): Repair | undefined {
  const refused = said.parameter === 'stream' || /\b(?:verified|verification)\b[^.]{0,60}\bstream/i.test(text);
  return refused ? { kind: 'plain-answer', scope: 'model' } : undefined;
}

/** Chat templates of open models count who speaks, and see no turn in the results of tools. */
function alternateRoles({ text, api }: Refusal): Repair | undefined {
  const refused = /roles must alternate|unexpected role [`'"]?user[`'"]? after role [`'"]?tool/i.test(text);
  return refused && api === 'chat' ? { kind: 'alternate-roles', scope: 'model' } : undefined;
}

/** A router with little credit left says how long an answer it would still pay for. */
function affordableOutput({ text, request }: Refusal): Repair | undefined {
  const maximum = Number(/can only afford (\d+)/i.exec(text)?.[1] ?? 0);
  if (maximum < smallestUsefulAnswer || maximum >= request.max_tokens) return undefined;
  return { kind: 'limit-output-tokens', scope: 'request', maximum };
}

/** The model searches the web only where the proxy does it for it. */
function hostedSearch({ text }: Refusal): Repair | undefined {
  const refused =
    /(?:hosted )?tools? (?:type )?[`'"]?web_search\w*[`'"]?[^.]{0,20}(?:is|are) not supported|unsupported tool type:? [`'"]?web_search/i;
  return refused.test(text) ? { kind: 'omit-parameter', scope: 'model', parameter: 'web_search' } : undefined;
}

/** The vendor's search is there, and the model decides whether it searches. */
function forcedSearch({ text, said, api }: Refusal): Repair | undefined {
  if (api !== 'responses' || said.parameter !== 'tool_choice' || !/web_search/i.test(text)) return undefined;
  return { kind: 'omit-parameter', scope: 'model', parameter: 'tool_choice.web_search' };
}

/** One of the parts that Responses adds to an answer on demand, by its name in `include`. */
function includedParts({ text, said, api }: Refusal): Repair | undefined {
  if (api !== 'responses' || !/^include\b/.test(said.parameter ?? '')) return undefined;
  const [refused = ''] = text.split(/supported values/i);
  const parameter = /encrypted/i.test(refused)
    ? 'reasoning.encrypted_content'
    : /\bsources\b/i.test(refused)
      ? 'web_search_call.action.sources'
      : 'include';
  return { kind: 'omit-parameter', scope: 'model', parameter };
}

/** A field of single items that gateways in front of OpenAI learn of late. */
function itemField({ said, api }: Refusal): Repair | undefined {
  const isPhase = api === 'responses' && /^input\b.*\bphase$/.test(said.parameter ?? '');
  return isPhase ? { kind: 'omit-parameter', scope: 'model', parameter: 'phase' } : undefined;
}

const outputParameter = /\bmax_(?:completion_|output_|new_)?tokens\b/;

/** Asked for less than it ever begins with. */
function outputMinimum({ text, said }: Refusal): Repair | undefined {
  if (!outputParameter.test(`${said.parameter ?? ''} ${text}`)) return undefined;
  const told = /(?:below minimum|too (?:small|low)|at least|greater than or equal|>=)[^\d]*?(\d[\d,]*)/i.exec(
    text,
  )?.[1];
  const minimum = numberOf(told);
  return minimum === undefined || minimum > largestMinimum
    ? undefined
    : { kind: 'raise-output-tokens', scope: 'model', minimum };
}

// A number beyond it is another limit.
const largestMinimum = 4_096;

/** Asked for more than the model ever writes: ask for what it says is the most. */
function outputLimit(refusal: Refusal): Repair | undefined {
  const { text, said, request } = refusal;
  const named = outputParameter.test(said.parameter ?? '') || outputParameter.test(text);
  if (!named || isParameterRefused(refusal)) return undefined;
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

function refusedParameter(refusal: Refusal): Repair | undefined {
  const { text, said } = refusal;
  if (!isParameterRefused(refusal)) return undefined;
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

/** Without these it would be another request. */
const kept: ReadonlySet<string> = new Set(['model', 'messages', 'tools', 'stream', 'body', 'input']);
