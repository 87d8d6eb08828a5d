import { claudeFamilies } from './claude-families.ts';
import { type GeminiModel, geminiFamilies } from './gemini-models.ts';
import type { Family, ModelTraits } from './model-traits.ts';
import { openFamilies } from './open-families.ts';
import { unknownModel } from './unknown-model.ts';

const openaiModels = "OpenAI's model pages";
const openaiReasoning = "OpenAI's model pages and reasoning guide";
const openaiRefusals = "OpenAI's model pages; what its API refused, in public issue threads";

const tiles = (base: number, perTile: number) => ({ kind: 'tiles', base, perTile }) as const;
const patches = (factor: number) => ({ kind: 'patches', factor, maxPatches: 1_536 }) as const;

const known: ModelTraits = { ...unknownModel, strength: 'strong' };

const gpt4: ModelTraits = {
  ...known,
  contextWindow: 8_192,
  maxOutputTokens: 8_192,
  efforts: [],
  images: false,
  files: false,
  encoding: 'cl100k_base',
};
const gpt4Turbo: ModelTraits = { ...gpt4, contextWindow: 128_000, maxOutputTokens: 4_096 };
const gpt4o: ModelTraits = {
  ...known,
  contextWindow: 128_000,
  maxOutputTokens: 16_384,
  efforts: [],
  webSearch: true,
};
const gpt41: ModelTraits = { ...gpt4o, contextWindow: 1_047_576, maxOutputTokens: 32_768 };

/** Everything of OpenAI's that reasons, from o1 to the newest: one sampling, no `stop`. */
const reasoning: ModelTraits = { ...known, reasons: true, sampling: 'refused', stop: false, webSearch: true };
const oSeries: ModelTraits = {
  ...reasoning,
  contextWindow: 200_000,
  maxOutputTokens: 100_000,
  efforts: ['low', 'medium', 'high'],
  parallelToolCalls: false,
  imageTokens: tiles(75, 150),
};
const o4Mini: ModelTraits = { ...oSeries, imageTokens: patches(1.72) };
const firstO: ModelTraits = {
  ...oSeries,
  contextWindow: 128_000,
  maxOutputTokens: 65_536,
  efforts: [],
  chatTools: 'refused',
  webSearch: false,
  images: false,
  files: false,
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
/** The ones that only the Responses API serves: tuned for coding, with more thought, or for research. */
const only = (traits: ModelTraits, efforts: ModelTraits['efforts']): ModelTraits => ({
  ...traits,
  efforts,
  sampling: 'refused',
  chatTools: 'refused',
  onlyResponses: true,
});
/** The ones that cannot stop reasoning, and so cannot use function tools on Chat Completions at all. */
const gpt6Astra: ModelTraits = {
  ...gpt56,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  sampling: 'refused',
  chatTools: 'refused',
};

/** What Chat Completions servers in front of Gemini and everybody else needs to know of it; gemini-models.ts knows all. */
function geminiTraits(model: GeminiModel): ModelTraits {
  return {
    ...unknownModel,
    contextWindow: model.contextWindow,
    maxInputTokens: model.maxInputTokens,
    maxOutputTokens: model.maxOutputTokens,
    reasons: model.thinking.kind !== 'none',
    files: model.documents,
    strength: model.documents ? 'strong' : 'weak',
    imageTokens: { kind: 'tiles', ...model.imageTokens },
  };
}

/** Rows in the order of the models' age; `traitsOf` looks for the longest prefix. */
export const families: readonly Family[] = [
  {
    prefix: 'gpt-3.5',
    source: openaiModels,
    traits: { ...gpt4, contextWindow: 16_385, maxOutputTokens: 4_096, strength: 'weak' },
  },
  { prefix: 'gpt-4', source: openaiModels, traits: gpt4 },
  { prefix: 'gpt-4-32k', source: openaiModels, traits: { ...gpt4, contextWindow: 32_768 } },
  { prefix: 'gpt-4-0125', source: openaiModels, traits: gpt4Turbo },
  { prefix: 'gpt-4-1106', source: openaiModels, traits: gpt4Turbo },
  { prefix: 'gpt-4-turbo', source: openaiModels, traits: { ...gpt4Turbo, images: true } },
  { prefix: 'gpt-4-vision', source: openaiModels, traits: { ...gpt4Turbo, images: true } },
  { prefix: 'gpt-4o', source: openaiModels, traits: gpt4o },
  { prefix: 'gpt-4o-mini', source: openaiModels, traits: { ...gpt4o, imageTokens: tiles(2_833, 5_667) } },
  { prefix: 'chatgpt-4o', source: openaiModels, traits: gpt4o },
  { prefix: 'gpt-4.1', source: openaiModels, traits: gpt41 },
  { prefix: 'gpt-4.1-mini', source: openaiModels, traits: { ...gpt41, imageTokens: patches(1.62) } },
  { prefix: 'gpt-4.1-nano', source: openaiModels, traits: { ...gpt41, imageTokens: patches(2.46) } },
  { prefix: 'gpt-4.5', source: openaiModels, traits: gpt4o },

  { prefix: 'o1', source: openaiReasoning, traits: oSeries },
  { prefix: 'o1-mini', source: openaiModels, traits: firstO },
  { prefix: 'o1-preview', source: openaiModels, traits: { ...firstO, maxOutputTokens: 32_768 } },
  { prefix: 'o1-pro', source: openaiModels, traits: only(oSeries, oSeries.efforts) },
  { prefix: 'o3', source: openaiReasoning, traits: oSeries },
  { prefix: 'o3-pro', source: openaiModels, traits: only(oSeries, oSeries.efforts) },
  { prefix: 'o3-deep-research', source: openaiModels, traits: only(oSeries, ['medium']) },
  { prefix: 'o3-mini', source: openaiReasoning, traits: { ...oSeries, images: false, files: false } },
  { prefix: 'o4-mini', source: openaiReasoning, traits: o4Mini },
  { prefix: 'o4-mini-deep-research', source: openaiModels, traits: only(o4Mini, ['medium']) },
  { prefix: 'codex-mini', source: openaiModels, traits: only(o4Mini, o4Mini.efforts) },

  { prefix: 'gpt-5', source: openaiReasoning, traits: gpt5 },
  { prefix: 'gpt-5-mini', source: openaiReasoning, traits: { ...gpt5, imageTokens: patches(1.62) } },
  { prefix: 'gpt-5-nano', source: openaiReasoning, traits: { ...gpt5, imageTokens: patches(2.46) } },
  { prefix: 'gpt-5-codex', source: openaiReasoning, traits: only(gpt5, ['low', 'medium', 'high']) },
  { prefix: 'gpt-5-pro', source: openaiModels, traits: { ...only(gpt5, ['high']), maxOutputTokens: 272_000 } },
  { prefix: 'gpt-5-chat', source: openaiRefusals, traits: gpt5Chat },
  { prefix: 'gpt-5.1', source: openaiReasoning, traits: gpt51 },
  { prefix: 'gpt-5.1-codex', source: openaiReasoning, traits: only(gpt51, ['low', 'medium', 'high']) },
  { prefix: 'gpt-5.1-codex-max', source: openaiReasoning, traits: only(gpt51, ['low', 'medium', 'high', 'xhigh']) },
  { prefix: 'gpt-5.1-chat', source: openaiRefusals, traits: gpt51Chat },
  { prefix: 'gpt-5.2', source: openaiReasoning, traits: gpt52 },
  { prefix: 'gpt-5.2-codex', source: openaiReasoning, traits: only(gpt52, ['low', 'medium', 'high', 'xhigh']) },
  { prefix: 'gpt-5.2-pro', source: openaiReasoning, traits: only(gpt52, ['medium', 'high', 'xhigh']) },
  { prefix: 'gpt-5.2-chat', source: openaiRefusals, traits: gpt51Chat },
  { prefix: 'gpt-5.3', source: openaiRefusals, traits: gpt51Chat },
  { prefix: 'gpt-5.3-codex', source: openaiReasoning, traits: only(gpt52, ['low', 'medium', 'high', 'xhigh']) },
  { prefix: 'gpt-5.4', source: openaiRefusals, traits: gpt54 },
  { prefix: 'gpt-5.4-mini', source: openaiRefusals, traits: smallGpt54 },
  { prefix: 'gpt-5.4-nano', source: openaiRefusals, traits: smallGpt54 },
  { prefix: 'gpt-5.4-pro', source: openaiModels, traits: only(gpt54, ['medium', 'high', 'xhigh']) },
  { prefix: 'gpt-5.5', source: openaiRefusals, traits: gpt54 },
  { prefix: 'gpt-5.5-mini', source: openaiRefusals, traits: smallGpt54 },
  { prefix: 'gpt-5.5-nano', source: openaiRefusals, traits: smallGpt54 },
  { prefix: 'gpt-5.5-pro', source: openaiModels, traits: only(gpt54, ['medium', 'high', 'xhigh']) },
  // Also what comes after it under this name: the newest known is the best guess for the next.
  { prefix: 'gpt-5.', source: openaiRefusals, traits: gpt56 },
  { prefix: 'gpt-6', source: openaiRefusals, traits: gpt56 },
  { prefix: 'gpt-6-astra', source: openaiRefusals, traits: gpt6Astra },
  { prefix: 'gpt-6.1-sol', source: openaiRefusals, traits: gpt6Astra },
  { prefix: 'gpt-6.2-sol', source: openaiRefusals, traits: gpt6Astra },

  ...claudeFamilies,
  ...openFamilies,
  ...geminiFamilies.map(({ prefix, source, model }) => ({ prefix, source, traits: geminiTraits(model) })),
];
