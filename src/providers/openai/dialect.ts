import type { ServerProfile } from '../../config/config.ts';
import { isOpenAiHost, serverAt } from '../../config/servers.ts';
import type { Effort } from '../../models/model-traits.ts';
import { vendorNameOf } from '../../models/named-model.ts';
import type { Repair, Target } from '../provider.ts';
import { dialects } from './servers.ts';

/** How one server's API differs from another's. Data only: the code asks for a flag, never for a name. */
export interface ChatDialect {
  readonly auth: 'bearer' | 'api-key';
  /** What differs at some of its addresses; the first that fits the base URL counts. */
  readonly atAddress: readonly { readonly address: RegExp; readonly differs: Partial<ChatDialect> }[];
  /** What differs for some models wherever they are served; the first whose name fits counts. */
  readonly forModels: readonly { readonly model: RegExp; readonly differs: Partial<ChatDialect> }[];
  /** OpenAI's own API: what `ModelTraits.chatTools` says of its models holds here. */
  readonly vendorRules: boolean;
  /** Whether it speaks the Responses API as OpenAI does, encrypted reasoning included. */
  readonly responses: boolean;
  /** Calls come as the model happened to write them: how well they are read depends on how the server was set up. */
  readonly rawCalls: boolean;
  /** Its own web search on Chat Completions, and the form it is asked for in. */
  readonly webSearch: 'openrouter' | undefined;
  /** Who counts the tokens of a prompt there: an endpoint beside Responses, or the tokenizer of a server of one's own. */
  readonly tokenCounter: 'responses' | 'vllm' | 'llamacpp' | undefined;

  readonly outputLimitField: 'max_completion_tokens' | 'max_tokens';
  /** Asked of a model of unknown limit where asking for too much is refused; undefined: the client's wish goes through. */
  readonly assumedMaxOutputTokens: number | undefined;

  /** A `system` message in mid-conversation; chat templates of open models often refuse one. */
  readonly midSystem: 'in-place' | 'user-text';
  /** Two messages of one role in a row; strict templates want the roles to alternate. */
  readonly neighbours: 'separate' | 'merged';
  /** The content of an assistant message that only calls tools. */
  readonly emptyContent: null | '';
  readonly emptyToolResult: string;
  /** Whether a `user` message may stand right after a `tool` message. */
  readonly userAfterTool: boolean;
  /** What is added when the conversation ends in an assistant message that the model is to continue. */
  readonly prefill: 'nothing' | 'continue-final-message' | 'prefix-mark';

  readonly toolIds: 'at-most-40' | 'nine-letters' | 'any';
  readonly maxTools: number | undefined;
  /** `words`: only strings, no named tool. `ignored`: the server does not look. `auto-while-thinking`: no force beside reasoning. */
  readonly toolChoice: 'all' | 'words' | 'ignored' | 'auto-while-thinking';
  /** Whether `parallel_tool_calls: false` is obeyed. */
  readonly parallelToolCalls: boolean;
  /** `plain`: grammars that know only the simple words of JSON Schema. */
  readonly schemas: 'full' | 'plain';
  /** `strict` on a function. */
  readonly strictTools: boolean;
  readonly structured: 'json_schema' | 'json_object';

  readonly effort: EffortForm;
  /** Models for which it goes elsewhere; the first that fits decides. */
  readonly effortByModel: readonly { readonly model: RegExp; readonly form: EffortForm }[];
  /** Words the server takes for models of which nothing is known; undefined: send none to them. */
  readonly effortWords: readonly Effort[] | undefined;
  /** Reasoning of earlier turns: never given back, or as it came. */
  readonly reasoningBack: 'never' | 'as-received';
  /** A message field without which an assistant message that calls tools is refused. */
  readonly demandedReasoning: string | undefined;

  readonly images: 'none' | 'png-jpeg' | 'all';
  /** In one request. */
  readonly maxImages: number | undefined;
  readonly imageDetail: boolean;
  readonly files: boolean;

  /** What an answer has cost stands in its usage, in US dollars. */
  readonly tellsCost: boolean;
  readonly streamOptions: boolean;
  readonly promptCacheKey: boolean;
  readonly safetyIdentifier: boolean;
  readonly serviceTier: boolean;
  readonly topK: boolean;
  /** Models for which marks of what is to be cached are passed on; undefined: for none. */
  readonly cacheMarks: RegExp | undefined;
  /** Where the conversation's key goes as a header, for servers that keep a cache per conversation. */
  readonly conversationHeader: string | undefined;
}

/**
 * Where the effort goes. Words: `reasoning_effort` is that field, `reasoning` OpenRouter's object, `thinking` DeepSeek's
 * switch beside `reasoning_effort`. Switches that only know on and off: `thinking-switch` is z.ai's, `enable_thinking`
 * DashScope's, `reasoning-switch` Together's, `template-…` an argument of the model's chat template, `default-or-none`
 * Groq's for Qwen, `high-or-none` Mistral's.
 */
export type EffortForm =
  | 'reasoning_effort'
  | 'reasoning'
  | 'thinking'
  | 'thinking-switch'
  | 'enable_thinking'
  | 'reasoning-switch'
  | 'template-thinking'
  | 'template-enable_thinking'
  | 'default-or-none'
  | 'high-or-none'
  | 'none';

/** The flags of the server behind a target: of the profile that was set, else of the server known to be at its address. */
export function dialectOf(
  target: Pick<Target, 'profile' | 'baseUrl' | 'known'> & { readonly model?: string },
): ChatDialect {
  const { profile, baseUrl, known, model = '' } = target;
  const dialect = dialects[profile === undefined || profile === 'auto' ? profileAt(baseUrl) : profile];
  const name = vendorNameOf({ model, known });
  const there = dialect.atAddress.find(({ address }) => address.test(baseUrl));
  const ofModel = dialect.forModels.find((one) => one.model.test(name));
  return there === undefined && ofModel === undefined
    ? dialect
    : { ...dialect, ...there?.differs, ...ofModel?.differs };
}

function profileAt(baseUrl: string): Exclude<ServerProfile, 'auto'> {
  return isOpenAiHost(baseUrl) ? 'openai' : (serverAt(baseUrl) ?? 'generic');
}

/** The flags as the server's own refusals have corrected them. */
export function repairedDialect(dialect: ChatDialect, repairs: readonly Repair[]): ChatDialect {
  let repaired = dialect;
  for (const repair of repairs) {
    if (repair.kind === 'return-reasoning') {
      repaired = { ...repaired, reasoningBack: 'as-received', demandedReasoning: repair.parameter };
    } else if (repair.kind === 'drop-reasoning') {
      repaired = { ...repaired, reasoningBack: 'never', demandedReasoning: undefined };
    } else if (repair.kind === 'alternate-roles') {
      repaired = { ...repaired, neighbours: 'merged', userAfterTool: false };
    }
  }
  return repaired;
}
