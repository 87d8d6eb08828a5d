import { type GeminiModel, geminiFamilies } from './gemini-models.ts';
import type { ModelTraits } from './model-traits.ts';

export interface Family {
  readonly prefix: string;
  /** Where the row's facts come from, so that the next person knows where to look again. */
  readonly source: string;
  readonly traits: ModelTraits;
}

/** Nothing is assumed that would narrow a request: what such a model refuses is learned from its refusals. */
export const unknownModel: ModelTraits = {
  contextWindow: undefined,
  maxInputTokens: undefined,
  maxOutputTokens: undefined,
  efforts: undefined,
  reasons: false,
  sampling: 'accepted',
  stop: true,
  parallelToolCalls: true,
  chatTools: 'accepted',
  onlyResponses: false,
  webSearch: false,
  images: true,
  files: true,
  strength: undefined,
  encoding: 'o200k_base',
  imageTokens: { kind: 'tiles', base: 85, perTile: 170 },
};

const openaiModels = "OpenAI's model pages";
const openaiReasoning = "OpenAI's model pages and reasoning guide";
const openaiRefusals = "OpenAI's model pages; what its API refused, in public issue threads";

const tiles = (base: number, perTile: number) => ({ kind: 'tiles', base, perTile }) as const;
const patches = (factor: number) => ({ kind: 'patches', factor, maxPatches: 1_536 }) as const;

const gpt4: ModelTraits = {
  ...unknownModel,
  contextWindow: 8_192,
  maxOutputTokens: 8_192,
  efforts: [],
  images: false,
  files: false,
  encoding: 'cl100k_base',
};
const gpt4o: ModelTraits = {
  ...unknownModel,
  contextWindow: 128_000,
  maxOutputTokens: 16_384,
  efforts: [],
  webSearch: true,
};
const gpt41: ModelTraits = { ...gpt4o, contextWindow: 1_047_576, maxOutputTokens: 32_768 };

/** Everything of OpenAI's that reasons, from o1 to the newest: one sampling, no `stop`. */
const reasoning: ModelTraits = { ...unknownModel, reasons: true, sampling: 'refused', stop: false, webSearch: true };
const oSeries: ModelTraits = {
  ...reasoning,
  contextWindow: 200_000,
  maxOutputTokens: 100_000,
  efforts: ['low', 'medium', 'high'],
  parallelToolCalls: false,
  imageTokens: tiles(75, 150),
};
const gpt5: ModelTraits = {
  ...reasoning,
  contextWindow: 400_000,
  maxInputTokens: 272_000,
  maxOutputTokens: 128_000,
  efforts: ['minimal', 'low', 'medium', 'high'],
  imageTokens: tiles(70, 140),
};
/** The models behind ChatGPT: no reasoning to set, one sampling. */
const gpt5Chat: ModelTraits = {
  ...gpt5,
  contextWindow: 128_000,
  maxInputTokens: undefined,
  maxOutputTokens: 16_384,
  efforts: [],
  reasons: false,
};
const gpt51: ModelTraits = { ...gpt5, efforts: ['none', 'low', 'medium', 'high'], sampling: 'with-effort-none' };
const gpt51Chat: ModelTraits = { ...gpt5Chat, efforts: ['none', 'medium'], reasons: true };
const gpt52: ModelTraits = {
  ...gpt51,
  efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
  imageTokens: patches(1.2),
};
const gpt54: ModelTraits = {
  ...gpt52,
  contextWindow: 1_050_000,
  maxInputTokens: 922_000,
  chatTools: 'with-effort-none',
};
const smallGpt54: ModelTraits = { ...gpt54, contextWindow: 400_000, maxInputTokens: 272_000 };
const gpt56: ModelTraits = { ...gpt54, efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'] };
/** The ones that cannot stop reasoning, and so cannot use function tools on Chat Completions at all. */
const gpt6Astra: ModelTraits = {
  ...gpt56,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  sampling: 'refused',
  chatTools: 'refused',
};

const gptOss: ModelTraits = {
  ...unknownModel,
  contextWindow: 131_072,
  efforts: ['low', 'medium', 'high'],
  reasons: true,
  images: false,
  files: false,
};
const deepseek: ModelTraits = { ...unknownModel, reasons: true, images: false, files: false };
const grok: ModelTraits = { ...unknownModel, reasons: true, stop: false, efforts: [], files: false };

/** What Chat Completions servers in front of Gemini and everybody else needs to know of it; gemini-models.ts knows all. */
function geminiTraits(model: GeminiModel): ModelTraits {
  return {
    ...unknownModel,
    contextWindow: model.contextWindow,
    maxInputTokens: model.maxInputTokens,
    maxOutputTokens: model.maxOutputTokens,
    reasons: model.thinking.kind !== 'none',
    files: model.documents,
    imageTokens: { kind: 'tiles', ...model.imageTokens },
  };
}

/** Rows in the order of the models' age; `traitsOf` looks for the longest prefix. */
export const families: readonly Family[] = [
  {
    prefix: 'gpt-3.5',
    source: openaiModels,
    traits: { ...gpt4, contextWindow: 16_385, maxOutputTokens: 4_096 },
  },
  { prefix: 'gpt-4', source: openaiModels, traits: gpt4 },
  {
    prefix: 'gpt-4-turbo',
    source: openaiModels,
    traits: { ...gpt4, contextWindow: 128_000, maxOutputTokens: 4_096, images: true },
  },
  { prefix: 'gpt-4o', source: openaiModels, traits: gpt4o },
  { prefix: 'gpt-4o-mini', source: openaiModels, traits: { ...gpt4o, imageTokens: tiles(2_833, 5_667) } },
  { prefix: 'chatgpt-4o', source: openaiModels, traits: gpt4o },
  { prefix: 'gpt-4.1', source: openaiModels, traits: gpt41 },
  { prefix: 'gpt-4.1-mini', source: openaiModels, traits: { ...gpt41, imageTokens: patches(1.62) } },
  { prefix: 'gpt-4.1-nano', source: openaiModels, traits: { ...gpt41, imageTokens: patches(2.46) } },
  { prefix: 'gpt-4.5', source: openaiModels, traits: gpt4o },

  { prefix: 'o1', source: openaiReasoning, traits: oSeries },
  { prefix: 'o3', source: openaiReasoning, traits: oSeries },
  { prefix: 'o3-mini', source: openaiReasoning, traits: { ...oSeries, images: false, files: false } },
  { prefix: 'o4-mini', source: openaiReasoning, traits: { ...oSeries, imageTokens: patches(1.72) } },

  { prefix: 'gpt-5', source: openaiReasoning, traits: gpt5 },
  { prefix: 'gpt-5-mini', source: openaiReasoning, traits: { ...gpt5, imageTokens: patches(1.62) } },
  { prefix: 'gpt-5-nano', source: openaiReasoning, traits: { ...gpt5, imageTokens: patches(2.46) } },
  { prefix: 'gpt-5-codex', source: openaiReasoning, traits: { ...gpt5, efforts: ['low', 'medium', 'high'] } },
  {
    prefix: 'gpt-5-pro',
    source: openaiModels,
    traits: { ...gpt5, maxOutputTokens: 272_000, efforts: ['high'], chatTools: 'refused' },
  },
  { prefix: 'gpt-5-chat', source: openaiRefusals, traits: gpt5Chat },
  { prefix: 'gpt-5.1', source: openaiReasoning, traits: gpt51 },
  {
    prefix: 'gpt-5.1-codex',
    source: openaiReasoning,
    traits: { ...gpt51, efforts: ['low', 'medium', 'high'], sampling: 'refused' },
  },
  {
    prefix: 'gpt-5.1-codex-max',
    source: openaiReasoning,
    traits: { ...gpt51, efforts: ['low', 'medium', 'high', 'xhigh'], sampling: 'refused' },
  },
  { prefix: 'gpt-5.1-chat', source: openaiRefusals, traits: gpt51Chat },
  { prefix: 'gpt-5.2', source: openaiReasoning, traits: gpt52 },
  {
    prefix: 'gpt-5.2-pro',
    source: openaiReasoning,
    traits: { ...gpt52, efforts: ['medium', 'high', 'xhigh'], sampling: 'refused' },
  },
  { prefix: 'gpt-5.2-chat', source: openaiRefusals, traits: gpt51Chat },
  { prefix: 'gpt-5.3-chat', source: openaiRefusals, traits: gpt51Chat },
  {
    prefix: 'gpt-5.3-codex',
    source: openaiReasoning,
    traits: { ...gpt52, efforts: ['low', 'medium', 'high', 'xhigh'], sampling: 'refused' },
  },
  { prefix: 'gpt-5.4', source: openaiRefusals, traits: gpt54 },
  { prefix: 'gpt-5.4-mini', source: openaiRefusals, traits: smallGpt54 },
  { prefix: 'gpt-5.4-nano', source: openaiRefusals, traits: smallGpt54 },
  { prefix: 'gpt-5.5', source: openaiRefusals, traits: gpt54 },
  { prefix: 'gpt-5.5-mini', source: openaiRefusals, traits: smallGpt54 },
  { prefix: 'gpt-5.5-nano', source: openaiRefusals, traits: smallGpt54 },
  // Also what comes after it under this name: the newest known is the best guess for the next.
  { prefix: 'gpt-5.', source: openaiRefusals, traits: gpt56 },
  { prefix: 'gpt-6', source: openaiRefusals, traits: gpt56 },
  { prefix: 'gpt-6-astra', source: openaiRefusals, traits: gpt6Astra },
  { prefix: 'gpt-6.1-sol', source: openaiRefusals, traits: gpt6Astra },
  { prefix: 'gpt-6.2-sol', source: openaiRefusals, traits: gpt6Astra },

  { prefix: 'gpt-oss', source: "the model card; Groq's and Ollama's manuals", traits: gptOss },
  // "none" stands for `thinking: disabled`, a switch of its own there; words between its three steps it maps itself.
  {
    prefix: 'deepseek-v4',
    source: "DeepSeek's API manual",
    traits: { ...deepseek, efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] },
  },
  { prefix: 'deepseek', source: "DeepSeek's API manual", traits: deepseek },
  { prefix: 'grok', source: "xAI's model pages", traits: grok },
  { prefix: 'grok-3-mini', source: "xAI's model pages", traits: { ...grok, efforts: ['low', 'high'] } },
  { prefix: 'grok-4.3', source: "xAI's model pages", traits: { ...grok, efforts: ['none', 'low', 'medium', 'high'] } },

  ...geminiFamilies.map(({ prefix, source, model }) => ({ prefix, source, traits: geminiTraits(model) })),
];
