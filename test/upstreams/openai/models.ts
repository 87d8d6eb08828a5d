/** What one family of OpenAI's models takes. Source: OpenAI's model pages and API reference. */
export interface ModelFamily {
  readonly names: RegExp;
  /** One of its models, for the list. */
  readonly example: string;
  readonly contextWindow: number;
  /** Where the prompt alone is limited below the window. */
  readonly maxInputTokens?: number;
  readonly maxOutputTokens: number;
  /** Words `reasoning_effort` takes; empty: the parameter is refused; undefined: any word is taken. */
  readonly efforts: readonly string[] | undefined;
  /** The effort used when none is asked for. */
  readonly defaultEffort?: string;
  readonly sampling: 'accepted' | 'with-effort-none' | 'refused';
  readonly stop: boolean;
  readonly parallelToolCalls: boolean;
  readonly chatTools: 'accepted' | 'with-effort-none' | 'refused';
  readonly images: boolean;
  /** Not served by Chat Completions at all. */
  readonly onlyResponses: boolean;
  /** Whether OpenAI's own web search may be offered to it. */
  readonly webSearch: boolean;
  /** Whether its messages on the Responses API say which phase of the work they belong to. */
  readonly phases: boolean;
}

const plain = {
  efforts: [],
  sampling: 'accepted',
  stop: true,
  parallelToolCalls: true,
  chatTools: 'accepted',
  images: true,
  onlyResponses: false,
  webSearch: true,
  phases: false,
} as const;
const reasoning = { ...plain, sampling: 'refused', stop: false } as const;
const chosen = { ...reasoning, sampling: 'with-effort-none', defaultEffort: 'none' } as const;
const million = { contextWindow: 1_050_000, maxInputTokens: 922_000, maxOutputTokens: 128_000 } as const;
const fourHundred = { contextWindow: 400_000, maxInputTokens: 272_000, maxOutputTokens: 128_000 } as const;
const onlyResponses = { ...reasoning, ...fourHundred, onlyResponses: true, defaultEffort: 'medium' } as const;
const noneToHigh = ['none', 'low', 'medium', 'high'] as const;
const noneToXhigh = [...noneToHigh, 'xhigh'] as const;
const lowToHigh = ['low', 'medium', 'high'] as const;

/** First match wins. */
export const modelFamilies: readonly ModelFamily[] = [
  {
    ...plain,
    names: /^gpt-3\.5-turbo/,
    example: 'gpt-3.5-turbo',
    contextWindow: 16_385,
    maxOutputTokens: 4096,
    images: false,
    webSearch: false,
  },
  { ...plain, names: /^gpt-4-turbo/, example: 'gpt-4-turbo', contextWindow: 128_000, maxOutputTokens: 4096 },
  { ...plain, names: /^(gpt|chatgpt)-4o/, example: 'gpt-4o', contextWindow: 128_000, maxOutputTokens: 16_384 },
  {
    ...plain,
    names: /^gpt-4\.1-nano/,
    example: 'gpt-4.1-nano',
    contextWindow: 1_047_576,
    maxOutputTokens: 32_768,
    webSearch: false,
  },
  { ...plain, names: /^gpt-4\.1/, example: 'gpt-4.1', contextWindow: 1_047_576, maxOutputTokens: 32_768 },
  {
    ...plain,
    names: /^gpt-4(-\d{4})?$/,
    example: 'gpt-4',
    contextWindow: 8192,
    maxOutputTokens: 8192,
    images: false,
    webSearch: false,
  },
  {
    ...reasoning,
    names: /^o3-mini/,
    example: 'o3-mini',
    contextWindow: 200_000,
    maxOutputTokens: 100_000,
    efforts: lowToHigh,
    defaultEffort: 'medium',
    parallelToolCalls: false,
    images: false,
  },
  {
    ...reasoning,
    names: /^(o1|o3|o4-mini)(-\d|$)/,
    example: 'o4-mini',
    contextWindow: 200_000,
    maxOutputTokens: 100_000,
    efforts: lowToHigh,
    defaultEffort: 'medium',
    parallelToolCalls: false,
  },
  {
    ...reasoning,
    names: /^gpt-5-chat/,
    example: 'gpt-5-chat-latest',
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    efforts: [],
  },
  {
    ...reasoning,
    names: /^gpt-5\.\d+-chat/,
    example: 'gpt-5.1-chat-latest',
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    efforts: ['none', 'medium'],
    defaultEffort: 'medium',
  },
  {
    ...onlyResponses,
    names: /^gpt-5-pro/,
    example: 'gpt-5-pro',
    maxOutputTokens: 272_000,
    efforts: ['high'],
    defaultEffort: 'high',
  },
  { ...onlyResponses, names: /^gpt-5(\.1)?-codex(-mini)?(-\d|$)/, example: 'gpt-5-codex', efforts: lowToHigh },
  { ...onlyResponses, names: /^gpt-5\.1-codex-max/, example: 'gpt-5.1-codex-max', efforts: [...lowToHigh, 'xhigh'] },
  {
    ...onlyResponses,
    names: /^gpt-5\.[23]-codex/,
    example: 'gpt-5.3-codex',
    efforts: [...lowToHigh, 'xhigh'],
    phases: true,
  },
  {
    ...reasoning,
    ...fourHundred,
    names: /^gpt-5(-mini|-nano)?(-\d|$)/,
    example: 'gpt-5',
    efforts: ['minimal', ...lowToHigh],
    defaultEffort: 'medium',
  },
  { ...chosen, ...fourHundred, names: /^gpt-5\.1(-\d|-mini|$)/, example: 'gpt-5.1', efforts: noneToHigh },
  { ...chosen, ...fourHundred, names: /^gpt-5\.2(-\d|$)/, example: 'gpt-5.2', efforts: noneToXhigh },
  {
    ...chosen,
    ...fourHundred,
    names: /^gpt-5\.[45]-(mini|nano)/,
    example: 'gpt-5.4-mini',
    efforts: noneToXhigh,
    chatTools: 'with-effort-none',
    phases: true,
  },
  {
    ...chosen,
    ...million,
    names: /^gpt-5\.[45](-\d|$)/,
    example: 'gpt-5.4',
    efforts: noneToXhigh,
    chatTools: 'with-effort-none',
    phases: true,
  },
  {
    ...chosen,
    ...million,
    names: /^gpt-(5\.6|6)-(sol|terra|luna)/,
    example: 'gpt-5.6-sol',
    efforts: [...noneToXhigh, 'max'],
    // Tools need the word `none` itself: left out, the model reasons.
    defaultEffort: 'medium',
    chatTools: 'with-effort-none',
    phases: true,
  },
  {
    ...reasoning,
    ...million,
    names: /^gpt-6(\.\d)?-(astra|sol)/,
    example: 'gpt-6-astra',
    efforts: [...lowToHigh, 'xhigh', 'max'],
    defaultEffort: 'medium',
    chatTools: 'refused',
    phases: true,
  },
];

/** A model of some other server: it takes what it is given. */
export const anyModel: ModelFamily = {
  ...plain,
  names: /^/,
  example: 'any',
  contextWindow: 128_000,
  maxOutputTokens: Number.MAX_SAFE_INTEGER,
  efforts: undefined,
};

export function familyOf(model: string): ModelFamily | undefined {
  return modelFamilies.find((family) => family.names.test(model));
}

/** Whether the model's reasoning counts against its output limit. */
export function reasons(family: ModelFamily): boolean {
  return family.efforts !== undefined && family.efforts.length > 0;
}
