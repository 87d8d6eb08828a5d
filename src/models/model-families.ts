import { claudeFamilies } from './claude-families.ts';
import { type GeminiModel, geminiFamilies } from './gemini-models.ts';
import type { Family, ModelTraits } from './model-traits.ts';
import { openFamilies } from './open-families.ts';
import { family, unknownModel } from './unknown-model.ts';

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
function geminiTraits(model: GeminiModel): Partial<ModelTraits> {
  return {
    images: true,
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
  family('gpt-3.5', openaiModels, { ...gpt4, contextWindow: 16_385, maxOutputTokens: 4_096, strength: 'weak' }),
  family('gpt-4', openaiModels, gpt4),
  family('gpt-4-32k', openaiModels, { ...gpt4, contextWindow: 32_768 }),
  family('gpt-4-0125', openaiModels, gpt4Turbo),
  family('gpt-4-1106', openaiModels, gpt4Turbo),
  family('gpt-4-turbo', openaiModels, { ...gpt4Turbo, images: true }),
  family('gpt-4-vision', openaiModels, { ...gpt4Turbo, images: true }),
  family('gpt-4o', openaiModels, gpt4o),
  family('gpt-4o-mini', openaiModels, { ...gpt4o, imageTokens: tiles(2_833, 5_667) }),
  family('chatgpt-4o', openaiModels, gpt4o),
  family('gpt-4.1', openaiModels, gpt41),
  family('gpt-4.1-mini', openaiModels, { ...gpt41, imageTokens: patches(1.62) }),
  family('gpt-4.1-nano', openaiModels, { ...gpt41, imageTokens: patches(2.46) }),
  family('gpt-4.5', openaiModels, gpt4o),

  family('o1', openaiReasoning, oSeries),
  family('o1-mini', openaiModels, firstO),
  family('o1-preview', openaiModels, { ...firstO, maxOutputTokens: 32_768 }),
  family('o1-pro', openaiModels, only(oSeries, oSeries.efforts)),
  family('o3', openaiReasoning, oSeries),
  family('o3-pro', openaiModels, only(oSeries, oSeries.efforts)),
  family('o3-deep-research', openaiModels, only(oSeries, ['medium'])),
  family('o3-mini', openaiReasoning, { ...oSeries, images: false, files: false }),
  family('o4-mini', openaiReasoning, o4Mini),
  family('o4-mini-deep-research', openaiModels, only(o4Mini, ['medium'])),
  family('codex-mini', openaiModels, only(o4Mini, o4Mini.efforts)),

  family('gpt-5', openaiReasoning, gpt5),
  family('gpt-5-mini', openaiReasoning, { ...gpt5, imageTokens: patches(1.62) }),
  family('gpt-5-nano', openaiReasoning, { ...gpt5, imageTokens: patches(2.46) }),
  family('gpt-5-codex', openaiReasoning, only(gpt5, ['low', 'medium', 'high'])),
  family('gpt-5-pro', openaiModels, { ...only(gpt5, ['high']), maxOutputTokens: 272_000 }),
  family('gpt-5-chat', openaiRefusals, gpt5Chat),
  family('gpt-5.1', openaiReasoning, gpt51),
  family('gpt-5.1-codex', openaiReasoning, only(gpt51, ['low', 'medium', 'high'])),
  family('gpt-5.1-codex-max', openaiReasoning, only(gpt51, ['low', 'medium', 'high', 'xhigh'])),
  family('gpt-5.1-chat', openaiRefusals, gpt51Chat),
  family('gpt-5.2', openaiReasoning, gpt52),
  family('gpt-5.2-codex', openaiReasoning, only(gpt52, ['low', 'medium', 'high', 'xhigh'])),
  family('gpt-5.2-pro', openaiReasoning, only(gpt52, ['medium', 'high', 'xhigh'])),
  family('gpt-5.2-chat', openaiRefusals, gpt51Chat),
  family('gpt-5.3', openaiRefusals, gpt51Chat),
  family('gpt-5.3-codex', openaiReasoning, only(gpt52, ['low', 'medium', 'high', 'xhigh'])),
  family('gpt-5.4', openaiRefusals, gpt54),
  family('gpt-5.4-mini', openaiRefusals, smallGpt54),
  family('gpt-5.4-nano', openaiRefusals, smallGpt54),
  family('gpt-5.4-pro', openaiModels, only(gpt54, ['medium', 'high', 'xhigh'])),
  family('gpt-5.5', openaiRefusals, gpt54),
  family('gpt-5.5-mini', openaiRefusals, smallGpt54),
  family('gpt-5.5-nano', openaiRefusals, smallGpt54),
  family('gpt-5.5-pro', openaiModels, only(gpt54, ['medium', 'high', 'xhigh'])),
  // Also what comes after it under this name: the newest known is the best guess for the next.
  family('gpt-5.', openaiRefusals, gpt56),
  family('gpt-6', openaiRefusals, gpt56),
  family('gpt-6-astra', openaiRefusals, gpt6Astra),
  family('gpt-6.1-sol', openaiRefusals, gpt6Astra),
  family('gpt-6.2-sol', openaiRefusals, gpt6Astra),
  // Still to come.
  ...['gpt-7', 'gpt-8', 'gpt-9', 'gpt-10'].map((prefix) => family(prefix, openaiRefusals, gpt56)),
  ...['o5', 'o6', 'o7'].map((prefix) => family(prefix, openaiReasoning, o4Mini)),

  ...claudeFamilies,
  ...openFamilies,
  ...geminiFamilies.map(({ prefix, source, model }) => family(prefix, source, geminiTraits(model))),
];
