import type { MessagesRequest } from '../../messages/types.ts';
import { geminiModelOf, thinkingLevels } from '../../models/gemini-models.ts';
import type { Repair, Target, TranslationContext } from '../provider.ts';
import { unlessApplied } from '../repairs.ts';

/** The names of the tools, as far as a refusal may speak of them. */
export interface ToolNames {
  /** The client's name of a tool, from the name it had upstream. */
  readonly ofUpstreamName: (name: string) => string;
  /** The client's name of the tool at a place of `functionDeclarations`. */
  readonly at: (index: number) => string | undefined;
}

interface Refusal {
  readonly text: string;
  readonly request: MessagesRequest;
  readonly target: Target;
  readonly context: TranslationContext;
  readonly tools: ToolNames;
}

/**
 * The one thing to do differently that a refusal (its words are `text`) asks for, if it asks for one and it has not been
 * done yet. The words are Google's, as people quote them in public issue threads.
 */
export function repairFor(
  text: string,
  request: MessagesRequest,
  target: Target,
  context: TranslationContext,
  tools: ToolNames,
): Repair | undefined {
  for (const find of finders) {
    const repair = find({ text, request, target, context, tools });
    if (repair !== undefined) return unlessApplied(repair, context);
  }
  return undefined;
}

/** From the most specific sign to the least: the first that speaks decides. */
const finders: readonly ((refusal: Refusal) => Repair | undefined)[] = [
  unknownField,
  badSignature,
  unreachableAddress,
  tooManyStates,
  thinking,
  answerSchema,
  safety,
  outOfRange,
  callingMode,
  toolSchema,
];

const unknownName = /unknown name [\\"'\x60]+([\w$]+)[\\"'\x60]+(?: at [\\"'\x60]+([^"'\x60]*?)[\\"'\x60]+)?/i;

/** `Unknown name "x" at 'generation_config': Cannot find field.` */
function unknownField(refusal: Refusal): Repair | undefined {
  const found = unknownName.exec(refusal.text);
  if (found === null) return undefined;
  const name = camelCase(found[1] ?? '');
  const place = (found[2] ?? '').split('.').map(camelCase);
  const [root = ''] = place;
  if (root.startsWith('contents')) {
    if (name === 'id') return { kind: 'omit-call-ids', scope: 'model' };
    return name === 'thoughtSignature' ? { kind: 'drop-reasoning', scope: 'model' } : undefined;
  }
  if (root.startsWith('tools')) {
    if (name === 'parametersJsonSchema') return { kind: 'own-schema-form', scope: 'model' };
    return place.length > 1 && place[1]?.startsWith('functionDeclarations') === true ? schemaOf(refusal) : undefined;
  }
  if (name === 'responseJsonSchema') return { kind: 'own-schema-form', scope: 'model' };
  if (name === 'responseSchema' || place.some((step) => step.startsWith('response'))) {
    return { kind: 'plain-answer', scope: 'model' };
  }
  if (kept.has(name)) return undefined;
  return {
    kind: 'omit-parameter',
    scope: 'model',
    parameter: [...place, name].filter((step) => step !== '').join('.'),
  };
}

/** Without these it would be another request. */
const kept: ReadonlySet<string> = new Set(['contents', 'systemInstruction', 'tools', 'generationConfig', 'toolConfig']);

/** Of this conversation only: the next one has signatures of its own. */
function badSignature({ text }: Refusal): Repair | undefined {
  return /thought[ _]?signature/i.test(text) ? { kind: 'skip-signatures', scope: 'request' } : undefined;
}

/** `Cannot fetch content from the provided URL.` The address is a part of the conversation, and would end it for good. */
function unreachableAddress({ text }: Refusal): Repair | undefined {
  return /cannot fetch content|\bURL_(?:ROBOTED|REJECTED|UNREACHABLE|ERROR|TIMEOUT)\w*/i.test(text)
    ? { kind: 'addresses-as-text', scope: 'request' }
    : undefined;
}

function tooManyStates({ text, request }: Refusal): Repair | undefined {
  if (!/too many states/i.test(text)) return undefined;
  const forced = request.tool_choice?.type === 'any' || request.tool_choice?.type === 'tool';
  const wantsSchema = (request.output_config?.format ?? request.output_format ?? undefined) !== undefined;
  return { kind: wantsSchema && !forced ? 'plain-answer' : 'unforced-calls', scope: 'request' };
}

const thinkingConfig = 'generationConfig.thinkingConfig';

function thinking({ text, target, context }: Refusal): Repair | undefined {
  if (/thinking[ _]?level/i.test(text) && !/thinking[ _]?budget/i.test(text)) {
    const words = levelsLeft(text, target, context);
    if (words.length > 0) return { kind: 'effort-words', scope: 'model', words };
    return { kind: 'omit-parameter', scope: 'model', parameter: `${thinkingConfig}.thinkingLevel` };
  }
  const omit = (parameter: string): Repair => ({ kind: 'omit-parameter', scope: 'model', parameter });
  // Also where both are there: of the two it is the one that newer models do not want.
  if (/thinking[ _]?budget|\bbudget \d+ is invalid/i.test(text)) return omit(`${thinkingConfig}.thinkingBudget`);
  const unthinking =
    /include[ _]?thoughts|thinking[ _]?config|(?:thinking|does(?: not|n't) support thinking)[^.]{0,40}(?:is )?not (?:supported|enabled|available)|not support thinking/i;
  return unthinking.test(text) ? omit(thinkingConfig) : undefined;
}

/**
 * `Thinking level MEDIUM is not supported for this model.` The levels that are told, else those that were thought to be
 * taken without the one that is refused; none where it is not said which.
 */
function levelsLeft(text: string, target: Target, { repairs }: TranslationContext): readonly string[] {
  const listed =
    /(?:supported|allowed|valid) (?:thinking )?(?:levels?|values?)[^:.]{0,20}(?::|are|is)\s*([^.]*)|one of:?\s*([^.]*)/i.exec(
      text,
    );
  const told = levelsIn(listed?.[1] ?? listed?.[2] ?? '');
  if (told.length > 0) return told;
  const refused = levelsIn(text);
  if (refused.length !== 1) return [];
  const learned = repairs.findLast((repair) => repair.kind === 'effort-words');
  const { thinking: known } = geminiModelOf(target);
  const taken =
    learned?.words ?? (known.kind === 'level' ? known.levels : thinkingLevels).map((level) => level.toLowerCase());
  return taken.filter((word) => !refused.includes(word));
}

function levelsIn(text: string): readonly string[] {
  const words = thinkingLevels.map((level) => level.toLowerCase());
  return words.filter((word) => new RegExp(`\\b${word}\\b`, 'i').test(text));
}

function answerSchema({ text }: Refusal): Repair | undefined {
  // Beside tools only: without them the model may well take a schema.
  if (/function calling with (?:a )?response mime type/i.test(text)) return { kind: 'plain-answer', scope: 'request' };
  if (/JSON mode is not (?:enabled|supported)|response[ _]?mime[ _]?type[^.]{0,80}not supported/i.test(text)) {
    return { kind: 'plain-answer', scope: 'model' };
  }
  return /response[ _]?(?:json[ _]?)?schema|schema in GenerationConfig/i.test(text)
    ? { kind: 'plain-answer', scope: 'request' }
    : undefined;
}

function safety({ text }: Refusal): Repair | undefined {
  return /safety[ _]?settings?|HarmBlockThreshold|HarmCategory|HARM_CATEGORY_/i.test(text)
    ? { kind: 'omit-parameter', scope: 'model', parameter: 'safetySettings' }
    : undefined;
}

const range =
  /(?:supported|valid|allowed) range[^\d]{0,20}(?:from )?\[?\s*(-?[\d.]+)\s*(?:\(inclusive\))?\s*(?:to|,|-|and)\s*(-?[\d.]*\d)\s*(\(exclusive\)|\))?/i;
const numbers = ['maxOutputTokens', 'topK', 'topP', 'temperature', 'seed'] as const;

/** `… it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 65537 (exclusive).` */
function outOfRange({ text, request }: Refusal): Repair | undefined {
  const spoken = camelCase(text);
  const name = numbers.find((number) => new RegExp(`\\b${number}\\b`, 'i').test(spoken));
  if (
    name === undefined ||
    !/range|at most|less than|exceed|must be|not supported|unsupported|too (?:large|high)/i.test(text)
  ) {
    return undefined;
  }
  if (name !== 'maxOutputTokens') {
    return { kind: 'omit-parameter', scope: 'request', parameter: `generationConfig.${name}` };
  }
  const maximum = outputMaximum(text);
  if (maximum === undefined || maximum < 1) return undefined;
  return maximum < request.max_tokens || maximum >= smallestLimit
    ? { kind: 'limit-output-tokens', scope: 'model', maximum }
    : undefined;
}

// Less is never a model's limit, but may well be a part of its name.
const smallestLimit = 256;

function outputMaximum(text: string): number | undefined {
  const found = range.exec(text);
  if (found !== null) return Number(found[2]) - (found[3] === undefined ? 0 : 1);
  const told =
    /(?:at most|less than or equal to|up to|maximum(?: (?:value|allowed))?(?: (?:of|is))?|<=)\s*(\d[\d,]*)/i.exec(text);
  return told === null ? undefined : Number((told[1] ?? '').replaceAll(',', ''));
}

/** Older models do not know the mode that holds calls to their schemas. */
function callingMode({ text }: Refusal): Repair | undefined {
  return /function_?calling_?config[^.]{0,10}\.mode|\bVALIDATED\b/i.test(text)
    ? { kind: 'unforced-calls', scope: 'model' }
    : undefined;
}

function toolSchema(refusal: Refusal): Repair | undefined {
  const aboutSchema =
    /function_?declarations?\[\d+\]\.?[^ ]*parameters|functionDeclaration\b[^.]{0,20}\bparameters|\bparameters(?:_?json_?schema)?\b[^.]{0,80}\b(?:schema|type|properties|items|enum)|schema[^.]{0,60}\b(?:nesting|depth|type field)|function_?declarations?\[\d+\]/i;
  return aboutSchema.test(refusal.text) ? schemaOf(refusal) : undefined;
}

/**
 * The tool that is named gets a looser schema. Where none is named, or more are wrong than can be loosened one by one,
 * all of them change to Gemini's own form.
 */
function schemaOf({ text, context, tools }: Refusal): Repair | undefined {
  const ownForm: Repair = { kind: 'own-schema-form', scope: 'model' };
  const name = complainedTools(text, tools);
  const [tool] = name;
  const usesOwnForm = context.repairs.some(({ kind }) => kind === ownForm.kind);
  if (tool === undefined || (name.size > 1 && !usesOwnForm)) return ownForm;
  return { kind: 'loosen-tool-schema', scope: 'model', tool };
}

function complainedTools(text: string, tools: ToolNames): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, index] of text.matchAll(/function_?declarations?\[(\d+)\]/gi)) {
    const name = tools.at(Number(index));
    if (name !== undefined) names.add(name);
  }
  // Vertex AI: "Unable to submit request because `Read` functionDeclaration `parameters.path` schema didn't specify …"
  for (const [, written = ''] of text.matchAll(/[\x60'"]([\w.:-]{1,128})[\x60'"] function_?declaration/gi)) {
    names.add(tools.ofUpstreamName(written));
  }
  return names;
}

/** `generation_config` → `generationConfig`: Google names fields as its servers know them. */
function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
