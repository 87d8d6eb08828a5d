import type { ModelTraits } from './model-traits.ts';
import { type NamedModel, vendorNameOf } from './named-model.ts';

/** How deep a model of generation 3 or later may be told to think, weakest first. */
export const thinkingLevels = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] as const;
export type GeminiThinkingLevel = (typeof thinkingLevels)[number];

export type GeminiThinking =
  /** Does not think, or cannot be told how much: nothing is sent. */
  | { readonly kind: 'none' }
  /** A number of tokens in this range, or -1 for as many as it wants. `canBeOff`: 0 switches it off. */
  | { readonly kind: 'budget'; readonly min: number; readonly max: number; readonly canBeOff: boolean }
  /** One of these words, weakest first; it cannot be switched off. */
  | { readonly kind: 'level'; readonly levels: readonly GeminiThinkingLevel[] };

/** What a Gemini model can do and refuses, as far as it changes a translation. */
export interface GeminiModel {
  /** 2, 2.5, 3.1 … */
  readonly generation: number;
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number;
  /** Tokens of the prompt alone, where that is limited apart. */
  readonly maxInputTokens: number | undefined;
  readonly maxOutputTokens: number;
  readonly thinking: GeminiThinking;
  /** Whether `temperature`, `topP` and `topK` do what they say. */
  readonly sampling: boolean;
  /** Whether a request may end with words of the model, to be continued. */
  readonly prefill: boolean;
  /** Whether the first call of each step must bring back its thought signature. */
  readonly checksSignatures: boolean;
  readonly functions: boolean;
  /** Whether a function's result may hold images and PDFs. */
  readonly functionResponseMedia: boolean;
  /** Whether tools that run at Google (search, pages, code) may stand beside functions. */
  readonly builtInWithFunctions: boolean;
  /** Whether functions and answers may be described in JSON Schema. */
  readonly jsonSchema: boolean;
  /** Whether an answer may be held to a schema while functions are offered. */
  readonly schemaWithFunctions: boolean;
  readonly systemInstruction: boolean;
  readonly documents: boolean;
  /** Whether the Gemini API fetches what an address names; Vertex AI does for all of them. */
  readonly fetchesAddresses: boolean;
  /** How many tokens an image is: one number for each, or so many for each tile of it. */
  readonly imageTokens: { readonly base: number; readonly perTile: number };
}

export interface GeminiFamily {
  readonly prefix: string;
  /** Where the row's facts come from, so that the next person knows where to look again. */
  readonly source: string;
  readonly model: GeminiModel;
}

const modelPages = "Google's model and thinking pages";

/** `budget` range of `gemini-2.5-pro`, `-flash` and `-flash-lite`. */
const budget = (min: number, max: number, canBeOff: boolean) => ({ kind: 'budget', min, max, canBeOff }) as const;
const levels = (...words: readonly GeminiThinkingLevel[]) => ({ kind: 'level', levels: words }) as const;

/** What is not known otherwise is taken for the newest; its lowest level is the one that every model has. */
const newest: GeminiModel = {
  generation: 4,
  contextWindow: 1_048_576,
  maxInputTokens: undefined,
  maxOutputTokens: 65_536,
  thinking: levels('LOW', 'MEDIUM', 'HIGH'),
  sampling: false,
  prefill: false,
  checksSignatures: true,
  functions: true,
  functionResponseMedia: true,
  builtInWithFunctions: true,
  jsonSchema: true,
  schemaWithFunctions: true,
  systemInstruction: true,
  documents: true,
  fetchesAddresses: true,
  imageTokens: { base: 1_120, perTile: 0 },
};

const allLevels = levels(...thinkingLevels);
/** Up to generation 3 the answer has room of its own beside a full prompt. */
const gemini3: GeminiModel = {
  ...newest,
  generation: 3,
  contextWindow: 1_048_576 + 65_536,
  maxInputTokens: 1_048_576,
};
const flash3: GeminiModel = { ...gemini3, thinking: allLevels };
const gemini25: GeminiModel = {
  ...gemini3,
  generation: 2.5,
  thinking: budget(128, 32_768, false),
  sampling: true,
  prefill: true,
  checksSignatures: false,
  functionResponseMedia: false,
  builtInWithFunctions: false,
  schemaWithFunctions: false,
  imageTokens: { base: 0, perTile: 258 },
};
const gemini2: GeminiModel = {
  ...gemini25,
  generation: 2,
  contextWindow: 1_048_576 + 8_192,
  maxOutputTokens: 8_192,
  thinking: { kind: 'none' },
  jsonSchema: false,
  fetchesAddresses: false,
};
const gemma4: GeminiModel = {
  ...gemini2,
  contextWindow: 131_072,
  maxInputTokens: undefined,
  documents: false,
};
/** Older Gemma knows neither a system's instruction nor functions. */
const gemma: GeminiModel = { ...gemma4, functions: false, systemInstruction: false };

/** Rows in the order of the models' age; `geminiModelOf` looks for the longest prefix. */
export const geminiFamilies: readonly GeminiFamily[] = [
  { prefix: 'gemini-', source: modelPages, model: newest },
  { prefix: 'gemini-1.', source: modelPages, model: { ...gemini2, generation: 1.5 } },
  { prefix: 'gemini-2.0', source: modelPages, model: gemini2 },
  { prefix: 'gemini-2.5', source: modelPages, model: gemini25 },
  { prefix: 'gemini-2.5-flash', source: modelPages, model: { ...gemini25, thinking: budget(1, 24_576, true) } },
  { prefix: 'gemini-2.5-flash-lite', source: modelPages, model: { ...gemini25, thinking: budget(512, 24_576, true) } },

  { prefix: 'gemini-3-', source: modelPages, model: gemini3 },
  { prefix: 'gemini-3-pro', source: modelPages, model: { ...gemini3, thinking: levels('LOW', 'HIGH') } },
  { prefix: 'gemini-3-flash', source: modelPages, model: flash3 },
  { prefix: 'gemini-3.', source: modelPages, model: { ...gemini3, generation: 3.8 } },
  { prefix: 'gemini-3.1-', source: modelPages, model: { ...gemini3, generation: 3.1 } },
  { prefix: 'gemini-3.1-flash-lite', source: modelPages, model: { ...flash3, generation: 3.1 } },
  { prefix: 'gemini-3.5-flash', source: modelPages, model: { ...flash3, generation: 3.5 } },
  { prefix: 'gemini-3.6-flash', source: modelPages, model: { ...flash3, generation: 3.6 } },
  { prefix: 'gemini-3.7-flash', source: modelPages, model: { ...gemini3, generation: 3.7 } },
  { prefix: 'gemini-3.8-flash', source: modelPages, model: { ...gemini3, generation: 3.8 } },
  { prefix: 'gemini-4', source: modelPages, model: newest },

  { prefix: 'gemma-', source: "Google's Gemma pages", model: gemma },
  { prefix: 'gemma-4', source: "Google's Gemma pages", model: gemma4 },
  { prefix: 'gemma-4-26b', source: "Google's Gemma pages", model: { ...gemma4, contextWindow: 262_144 } },
  { prefix: 'gemma-4-31b', source: "Google's Gemma pages", model: { ...gemma4, contextWindow: 262_144 } },
];

/** A name that says nothing (a tuned model's endpoint): what every generation since 2.5 takes. */
const unnamed: GeminiModel = { ...gemini25, thinking: { kind: 'none' } };

/**
 * What is known of a model: the row of the longest prefix in the table that its name begins with, and the limits that the
 * user has set. What stands in front (`models/`, `publishers/google/models/`) and letter case make no difference.
 */
export function geminiModelOf(target: NamedModel): GeminiModel {
  const row = rowOf(vendorNameOf(target));
  return target.known === undefined ? row : withLimits(row, target.known.traits);
}

function rowOf(model: string): GeminiModel {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return longestFirst.find(({ prefix }) => name.startsWith(prefix))?.model ?? unnamed;
}

const longestFirst: readonly GeminiFamily[] = geminiFamilies.toSorted((a, b) => b.prefix.length - a.prefix.length);

function withLimits(row: GeminiModel, { contextWindow, maxInputTokens, maxOutputTokens }: ModelTraits): GeminiModel {
  const isSame =
    row.contextWindow === contextWindow &&
    row.maxInputTokens === maxInputTokens &&
    row.maxOutputTokens === maxOutputTokens;
  if (isSame) return row;
  return {
    ...row,
    contextWindow: contextWindow ?? row.contextWindow,
    maxInputTokens: maxInputTokens ?? row.maxInputTokens,
    maxOutputTokens: maxOutputTokens ?? row.maxOutputTokens,
  };
}
