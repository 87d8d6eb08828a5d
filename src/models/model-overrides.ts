import { z } from 'zod';
import { effortWords, type ModelTraits } from './model-traits.ts';
import type { Prices } from './token-cost.ts';

const tokens = z.int('write a whole number of tokens').positive('write a whole number of tokens above 0');
const dollars = z.number('write US dollars as a number').nonnegative('write US dollars as a number, 0 or more');
const flag = z.boolean('write true or false');
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, `write ${words.map((word) => `"${word}"`).join(' or ')}`);

const price = z.strictObject({
  input: dollars.describe('For the prompt.'),
  cachedInput: dollars.optional().describe('For what of it came from a cache.'),
  cacheWrite: dollars.optional().describe('For what of it was written to a cache.'),
  cacheWriteHour: dollars.optional().describe('The same where it is kept for an hour.'),
  output: dollars.describe('For the answer.'),
});

/** What a user may say of a model; what is left out stays as it is known. */
const override = z
  .strictObject({
    like: z
      .string('write the name of a model')
      .min(1, 'write the name of a model')
      .describe('The model that it really is, where its name (a deployment, an alias) does not tell.'),
    contextWindow: tokens.describe('Tokens of prompt and answer together.'),
    maxInputTokens: tokens.describe('Tokens of the prompt, where it is limited apart.'),
    maxOutputTokens: tokens.describe('Tokens of an answer.'),
    efforts: z
      .array(oneOf(effortWords), 'write a list of effort words')
      .describe('The words of effort that it takes; an empty list: none may be sent.'),
    reasons: flag.describe('Whether it reasons, so that reasoning counts against the limit of its answers.'),
    sampling: oneOf(['accepted', 'with-effort-none', 'refused']).describe('Whether temperature and top_p may be sent.'),
    stop: flag.describe('Whether stop sequences may be sent.'),
    parallelToolCalls: flag.describe('Whether parallel_tool_calls may be sent.'),
    chatTools: oneOf(['accepted', 'with-effort-none', 'refused']).describe('Function tools on Chat Completions.'),
    onlyResponses: flag.describe('Whether it is served by the Responses API alone.'),
    webSearch: flag.describe("Whether OpenAI's web search runs for it."),
    images: flag.describe('Whether it sees images.'),
    files: flag.describe('Whether it reads PDF files.'),
    strength: oneOf(['strong', 'weak']).describe('Whether its calls of tools may be relied on.'),
    encoding: oneOf(['o200k_base', 'cl100k_base']).describe("The vocabulary that the proxy's own count takes."),
    price: price.describe('US dollars for a million tokens.'),
  })
  .partial();

type Override = z.output<typeof override>;

/** The whole of `MODEL_OVERRIDES`; its JSON Schema is docs/model-overrides.schema.json. */
export const overridesSchema = z
  .object({ $schema: z.string().optional() }, 'is no JSON object: write {"model": {"contextWindow": 32768}}')
  .catchall(override);

/** What the user has said of the models that a pattern is for. */
export interface ModelOverride {
  /** A model's name, with or without its provider in front; with `*` at its end: every name that begins so. */
  readonly pattern: string;
  readonly like: string | undefined;
  readonly traits: Partial<ModelTraits>;
  readonly prices: Prices | undefined;
}

/** In the order in which they are asked: the most exact pattern first. */
export type ModelOverrides = readonly ModelOverride[];

export type ReadOverrides = { readonly overrides: ModelOverrides } | { readonly problems: readonly string[] };

/** Checks the JSON text of `MODEL_OVERRIDES`; each problem begins with the path of the field that is wrong. */
export function readOverrides(text: string): ReadOverrides {
  const json = parsed(text);
  if (json === undefined) return { problems: ['is not JSON: write {"model": {"contextWindow": 32768}}'] };
  const result = overridesSchema.safeParse(json.value);
  if (!result.success) return { problems: result.error.issues.map(problemOf) };
  const { $schema: _, ...byPattern } = result.data;
  const misplaced = Object.keys(byPattern).find((pattern) => !/^[^*]*\*?$/.test(pattern));
  if (misplaced !== undefined) return { problems: [`"${misplaced}": a * may stand at the end only`] };
  const overrides = Object.entries(byPattern).map(([pattern, said]) => overrideOf(pattern.toLowerCase(), said));
  return { overrides: overrides.toSorted((a, b) => exactness(b.pattern) - exactness(a.pattern)) };
}

/** The ones that are for a model, the most exact first. `names`: all that it may be called. */
export function overridesFor(overrides: ModelOverrides, names: readonly string[]): ModelOverrides {
  if (overrides.length === 0) return overrides;
  const lower = names.map((name) => name.toLowerCase());
  return overrides.filter(({ pattern }) => {
    if (!pattern.endsWith('*')) return lower.includes(pattern);
    const beginning = pattern.slice(0, -1);
    return lower.some((name) => name.startsWith(beginning));
  });
}

function overrideOf(pattern: string, { like, price, efforts, ...traits }: Override): ModelOverride {
  const known = Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined));
  return {
    pattern,
    like,
    traits: efforts === undefined ? known : { ...known, efforts: effortWords.filter((word) => efforts.includes(word)) },
    prices: price === undefined ? undefined : [{ rates: price }],
  };
}

/** A whole name beats every beginning, a longer beginning a shorter one. */
function exactness(pattern: string): number {
  return pattern.endsWith('*') ? pattern.length : pattern.length + 1_000;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `"qwen3*".price.input: `. */
function pathText(path: readonly PropertyKey[]): string {
  const [pattern, ...rest] = path;
  if (pattern === undefined) return '';
  return `${[JSON.stringify(String(pattern)), ...rest.map(String)].join('.')}: `;
}

function problemOf({ path, ...issue }: z.core.$ZodIssue): string {
  const where = pathText(path);
  if (issue.code === 'unrecognized_keys') {
    const known = (path.length === 1 ? override : price).keyof().options;
    return `${where}there is no ${issue.keys.map((key) => `"${key}"`).join(', ')}, only ${known.join(', ')}`;
  }
  const isObject = issue.code === 'invalid_type' && issue.expected === 'object' && path.length > 0;
  return where + (isObject ? 'write an object, such as {"contextWindow": 32768}' : issue.message);
}
