import { families } from './model-families.ts';
import type { NamedModel } from './named-model.ts';
import { unknownModel } from './unknown-model.ts';

/** Effort words of all vendors, weakest first. */
export const effortWords = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof effortWords)[number];

/** What a model can do and refuses, as far as it changes a translation. `undefined` is "not known", never "unlimited". */
export interface ModelTraits {
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number | undefined;
  /** Tokens of the prompt alone, where the vendor limits it below the window. */
  readonly maxInputTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** Effort words the model takes, weakest first; empty: the field must not be sent; undefined: not known. */
  readonly efforts: readonly Effort[] | undefined;
  /** Whether the model spends tokens on reasoning that count against the output limit. */
  readonly reasons: boolean;
  /** `temperature` and `top_p`. */
  readonly sampling: 'accepted' | 'with-effort-none' | 'refused';
  /** The `stop` parameter. */
  readonly stop: boolean;
  /** The `parallel_tool_calls` parameter. */
  readonly parallelToolCalls: boolean;
  /** Function tools on Chat Completions. */
  readonly chatTools: 'accepted' | 'with-effort-none' | 'refused';
  /** OpenAI serves it by the Responses API alone. */
  readonly onlyResponses: boolean;
  /** On the Responses API, its vendor's own web search runs for it. */
  readonly webSearch: boolean;
  readonly images: boolean;
  readonly files: boolean;
  /** Whether its calls of tools may be relied on: arguments that fit the schema, in the form that was agreed. */
  readonly strength: 'strong' | 'weak' | undefined;
  readonly encoding: 'o200k_base' | 'cl100k_base';
  /** How an image is counted: tiles of 512 px, or patches of 32 px times a factor. */
  readonly imageTokens:
    | { readonly kind: 'tiles'; readonly base: number; readonly perTile: number }
    | { readonly kind: 'patches'; readonly factor: number; readonly maxPatches: number };
}

/** What all models have in common whose names begin alike. */
export interface Family {
  readonly prefix: string;
  /** Where the row's facts come from, so that the next person knows where to look again. */
  readonly source: string;
  /** What the source says. */
  readonly told: Partial<ModelTraits>;
  /** The same, and what is assumed of every model. */
  readonly traits: ModelTraits;
}

/** What is known of a model, as far as it changes a translation. */
export function traitsOf({ model, known }: NamedModel): ModelTraits {
  return known?.traits ?? familyOf(model)?.traits ?? unknownModel;
}

/**
 * The row of the family table for a name: the longest prefix that the name begins with. A vendor's name in front
 * (`openai/gpt-5`, `accounts/x/models/gpt-oss-20b`, `us.anthropic.claude-…`), a fine-tuning's mark and letter case make
 * no difference.
 */
export function familyOf(model: string): Family | undefined {
  const name = model
    .slice(model.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(
      /^(?:ft:|(?:[a-z]{2,6}\.)?(?:amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot(?:ai)?|openai|qwen|zai)\.)/,
      '',
    );
  return longestFirst.find(({ prefix }) => name.startsWith(prefix));
}

const longestFirst: readonly Family[] = families.toSorted((a, b) => b.prefix.length - a.prefix.length);
