/** What one family of Claude models takes. Source: Anthropic's model pages and the notes of the official SDK. */
export interface ModelFamily {
  readonly names: RegExp;
  /** One of its models, for the list. */
  readonly example: string;
  readonly displayName: string;
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  /** Forms of `thinking.type` it takes beside `disabled`. */
  readonly thinking: readonly string[];
  /** Whether a conversation may hold messages of the role `system`. */
  readonly systemMessages: boolean;
  /** Whether the last message may be the assistant's. */
  readonly prefill: boolean;
  readonly effort: boolean;
}

const current = {
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  thinking: ['adaptive', 'between_tools'],
  systemMessages: true,
  prefill: false,
  effort: true,
} as const;
const earlier = {
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  thinking: ['enabled'],
  systemMessages: false,
  prefill: true,
  effort: false,
} as const;

/** First match wins. */
export const modelFamilies: readonly ModelFamily[] = [
  { ...current, names: /^claude-opus-(?:4-8|5)/, example: 'claude-opus-5-5', displayName: 'Claude Opus 5.5' },
  { ...current, names: /^claude-(?:sonnet|fable)-5/, example: 'claude-sonnet-5', displayName: 'Claude Sonnet 5' },
  {
    ...earlier,
    names: /^claude-opus-4-[5-7]/,
    example: 'claude-opus-4-5',
    displayName: 'Claude Opus 4.5',
    effort: true,
  },
  { ...earlier, names: /^claude-sonnet-4/, example: 'claude-sonnet-4-5', displayName: 'Claude Sonnet 4.5' },
  { ...earlier, names: /^claude-haiku-4/, example: 'claude-haiku-4-5', displayName: 'Claude Haiku 4.5' },
];

export function familyOf(model: string): ModelFamily | undefined {
  return modelFamilies.find((family) => family.names.test(model));
}
