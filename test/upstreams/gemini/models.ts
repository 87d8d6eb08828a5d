/** What one family of Gemini models takes on generateContent. Source: Google's model, thinking and function calling pages. */
export interface ModelFamily {
  readonly names: RegExp;
  /** One of its models, for the list. */
  readonly example: string;
  readonly generation: number;
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
  readonly thinking:
    | { readonly by: 'nothing' }
    | { readonly by: 'budget'; readonly smallest: number; readonly largest: number; readonly off: boolean }
    | { readonly by: 'level'; readonly levels: readonly string[] };
  /** Whether the first call of each step must bring its thought signature. */
  readonly signatures: 'checked' | 'optional';
  /** Whether calls get an id on AI Studio. */
  readonly callIds: boolean;
  readonly trailingModelTurn: boolean;
  readonly builtInWithFunctions: boolean;
  readonly jsonWithTools: boolean;
  /** Whether a function's response may hold images and PDFs. */
  readonly responseParts: boolean;
  readonly jsonSchema: boolean;
  /** Whether single regions of Vertex AI serve it, or only `global` and the multi-regions. */
  readonly regions: boolean;
  /** Prompts are cached from this length on. */
  readonly smallestCachedTokens: number;
}

const million = { inputTokenLimit: 1_048_576, outputTokenLimit: 65_536 } as const;
const older = {
  ...million,
  signatures: 'optional',
  callIds: false,
  trailingModelTurn: true,
  builtInWithFunctions: false,
  jsonWithTools: false,
  responseParts: false,
  jsonSchema: true,
  regions: true,
  smallestCachedTokens: 2048,
} as const;
const third = {
  ...older,
  signatures: 'checked',
  callIds: true,
  builtInWithFunctions: true,
  jsonWithTools: true,
  responseParts: true,
  regions: false,
  smallestCachedTokens: 4096,
} as const;
const newest = { ...third, trailingModelTurn: false } as const;

function budget(smallest: number, largest: number, off: boolean): ModelFamily['thinking'] {
  return { by: 'budget', smallest, largest, off };
}
const lowHigh = { by: 'level', levels: ['LOW', 'HIGH'] } as const;
const lowToHigh = { by: 'level', levels: ['LOW', 'MEDIUM', 'HIGH'] } as const;
const minimalToHigh = { by: 'level', levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] } as const;

/** First match wins. */
export const modelFamilies: readonly ModelFamily[] = [
  {
    ...older,
    names: /^gemini-2\.0/,
    example: 'gemini-2.0-flash',
    generation: 2,
    outputTokenLimit: 8192,
    thinking: { by: 'nothing' },
    jsonSchema: false,
  },
  {
    ...older,
    names: /^gemini-2\.5-pro/,
    example: 'gemini-2.5-pro',
    generation: 2.5,
    thinking: budget(128, 32_768, false),
  },
  {
    ...older,
    names: /^gemini-2\.5-flash-lite/,
    example: 'gemini-2.5-flash-lite',
    generation: 2.5,
    thinking: budget(512, 24_576, true),
  },
  {
    ...older,
    names: /^gemini-2\.5-flash/,
    example: 'gemini-2.5-flash',
    generation: 2.5,
    thinking: budget(0, 24_576, true),
  },
  { ...third, names: /^gemini-3-pro/, example: 'gemini-3-pro-preview', generation: 3, thinking: lowHigh },
  { ...third, names: /^gemini-3-flash/, example: 'gemini-3-flash-preview', generation: 3, thinking: minimalToHigh },
  { ...third, names: /^gemini-3\.1-pro/, example: 'gemini-3.1-pro-preview', generation: 3.1, thinking: lowToHigh },
  {
    ...third,
    names: /^gemini-3\.(1|5)-flash-lite/,
    example: 'gemini-3.5-flash-lite',
    generation: 3.5,
    thinking: minimalToHigh,
  },
  { ...third, names: /^gemini-3\.[56]-flash/, example: 'gemini-3.6-flash', generation: 3.6, thinking: minimalToHigh },
  { ...newest, names: /^gemini-3\.[78]-flash/, example: 'gemini-3.8-flash', generation: 3.8, thinking: lowToHigh },
  {
    ...newest,
    names: /^gemini-(4|(flash|flash-lite|pro)-latest)/,
    example: 'gemini-4-argon',
    generation: 4,
    thinking: lowToHigh,
    smallestCachedTokens: 6144,
  },
];

export function familyOf(model: string): ModelFamily | undefined {
  return modelFamilies.find((family) => family.names.test(model));
}
