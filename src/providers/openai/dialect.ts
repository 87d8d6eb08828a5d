import type { ServerProfile } from '../../config/config.ts';
import type { Effort } from '../../models/model-traits.ts';
import type { Repair, Target } from '../provider.ts';

/** How one server's Chat Completions differ from another's. Data only: the code asks for a flag, never for a name. */
export interface ChatDialect {
  readonly auth: 'bearer' | 'api-key';
  /** OpenAI's own API: what `ModelTraits.chatTools` says of its models holds here. */
  readonly vendorRules: boolean;
  /** Whether it speaks the Responses API as OpenAI does, encrypted reasoning included. */
  readonly responses: boolean;

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
  readonly imageDetail: boolean;
  readonly files: boolean;

  readonly streamOptions: boolean;
  readonly promptCacheKey: boolean;
  readonly safetyIdentifier: boolean;
  readonly serviceTier: boolean;
  readonly topK: boolean;
  /** Where the conversation's key goes as a header, for servers that keep a cache per conversation. */
  readonly conversationHeader: string | undefined;
}

/**
 * Where the effort goes. Words: `reasoning_effort` is that field, `reasoning` OpenRouter's object, `thinking` DeepSeek's
 * switch beside `reasoning_effort`. Switches that only know on and off: `thinking-switch` is z.ai's, `enable_thinking`
 * DashScope's, `template-…` an argument of the model's chat template, `default-or-none` Groq's for Qwen.
 */
export type EffortForm =
  | 'reasoning_effort'
  | 'reasoning'
  | 'thinking'
  | 'thinking-switch'
  | 'enable_thinking'
  | 'template-thinking'
  | 'template-enable_thinking'
  | 'default-or-none'
  | 'none';

/** A server nobody knows: the form that most servers take, and nothing that some refuse. */
const generic: ChatDialect = {
  auth: 'bearer',
  vendorRules: false,
  responses: false,
  outputLimitField: 'max_tokens',
  assumedMaxOutputTokens: 16_384,
  midSystem: 'user-text',
  neighbours: 'merged',
  emptyContent: '',
  emptyToolResult: '(no output)',
  userAfterTool: true,
  prefill: 'nothing',
  toolIds: 'at-most-40',
  maxTools: undefined,
  toolChoice: 'all',
  parallelToolCalls: true,
  schemas: 'full',
  strictTools: false,
  structured: 'json_schema',
  effort: 'reasoning_effort',
  effortByModel: [],
  effortWords: undefined,
  reasoningBack: 'never',
  demandedReasoning: undefined,
  images: 'all',
  imageDetail: false,
  files: false,
  streamOptions: true,
  promptCacheKey: false,
  safetyIdentifier: false,
  serviceTier: false,
  topK: false,
  conversationHeader: undefined,
};

/** Everything OpenAI's API reference names. It takes `system` for `developer`, so one word serves all servers. */
const openai: ChatDialect = {
  ...generic,
  vendorRules: true,
  responses: true,
  outputLimitField: 'max_completion_tokens',
  assumedMaxOutputTokens: undefined,
  midSystem: 'in-place',
  neighbours: 'separate',
  emptyContent: null,
  emptyToolResult: '',
  maxTools: 128,
  strictTools: true,
  imageDetail: true,
  files: true,
  promptCacheKey: true,
  safetyIdentifier: true,
  serviceTier: true,
};

/** A server on the user's own machine: a too large limit does no harm, forced and parallel calls are not looked at. */
const local: ChatDialect = {
  ...generic,
  assumedMaxOutputTokens: undefined,
  parallelToolCalls: false,
  reasoningBack: 'as-received',
};

const vllm: ChatDialect = {
  ...local,
  assumedMaxOutputTokens: 16_384,
  effort: 'none',
  effortByModel: [
    { model: /gpt-oss/i, form: 'reasoning_effort' },
    { model: /deepseek|granite/i, form: 'template-thinking' },
    { model: /qwen|glm/i, form: 'template-enable_thinking' },
  ],
  prefill: 'continue-final-message',
  topK: true,
};

/** Every server known, by name (sources: the vendors' manuals). */
const dialects: Readonly<Record<Exclude<ServerProfile, 'auto'>, ChatDialect>> = {
  generic,
  openai,
  azure: { ...openai, auth: 'api-key' },
  openrouter: {
    ...generic,
    assumedMaxOutputTokens: undefined,
    neighbours: 'separate',
    emptyToolResult: '',
    strictTools: true,
    effort: 'reasoning',
    effortWords: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
    reasoningBack: 'as-received',
    files: true,
    topK: true,
  },
  deepseek: {
    ...generic,
    // Its limits differ by model and year, and it names them where too much is asked.
    assumedMaxOutputTokens: undefined,
    midSystem: 'in-place',
    neighbours: 'separate',
    toolChoice: 'auto-while-thinking',
    parallelToolCalls: false,
    structured: 'json_object',
    effort: 'thinking',
    reasoningBack: 'as-received',
    demandedReasoning: 'reasoning_content',
    images: 'none',
  },
  groq: {
    ...generic,
    outputLimitField: 'max_completion_tokens',
    midSystem: 'in-place',
    neighbours: 'separate',
    effortByModel: [{ model: /qwen/i, form: 'default-or-none' }],
  },
  xai: {
    ...generic,
    responses: true,
    outputLimitField: 'max_completion_tokens',
    assumedMaxOutputTokens: undefined,
    strictTools: true,
    images: 'png-jpeg',
    promptCacheKey: true,
    conversationHeader: 'x-grok-conv-id',
  },
  mistral: {
    ...generic,
    effort: 'none',
    prefill: 'prefix-mark',
    streamOptions: false,
    toolIds: 'nine-letters',
    userAfterTool: false,
  },
  dashscope: {
    ...generic,
    effort: 'enable_thinking',
    reasoningBack: 'as-received',
    toolChoice: 'auto-while-thinking',
  },
  moonshot: {
    ...generic,
    effort: 'none',
    reasoningBack: 'as-received',
    toolChoice: 'auto-while-thinking',
    toolIds: 'any',
  },
  zai: { ...generic, effort: 'thinking-switch', reasoningBack: 'as-received' },
  minimax: { ...generic, reasoningBack: 'as-received' },
  ollama: {
    ...local,
    schemas: 'plain',
    toolChoice: 'ignored',
    effortWords: ['none', 'low', 'medium', 'high'],
  },
  'lm-studio': { ...local, schemas: 'plain', toolChoice: 'words' },
  vllm,
  sglang: { ...vllm },
};

/** The first pattern that fits `host:port` names the server; the ports are the servers' own defaults. */
const hosts: readonly { readonly host: RegExp; readonly profile: keyof typeof dialects }[] = [
  { host: /(?:^|\.)api\.openai\.com(?::|$)/, profile: 'openai' },
  { host: /\.(?:openai|services\.ai|cognitiveservices)\.azure\.(?:com|us|cn)(?::|$)/, profile: 'azure' },
  { host: /(?:^|\.)openrouter\.ai(?::|$)/, profile: 'openrouter' },
  { host: /(?:^|\.)deepseek\.com(?::|$)/, profile: 'deepseek' },
  { host: /(?:^|\.)groq\.com(?::|$)/, profile: 'groq' },
  { host: /(?:^|\.)x\.ai(?::|$)/, profile: 'xai' },
  { host: /(?:^|\.)mistral\.ai(?::|$)/, profile: 'mistral' },
  { host: /dashscope[\w-]*\.aliyuncs\.com(?::|$)/, profile: 'dashscope' },
  { host: /(?:^|\.)moonshot\.(?:ai|cn)(?::|$)/, profile: 'moonshot' },
  { host: /(?:^|\.)(?:z\.ai|bigmodel\.cn)(?::|$)/, profile: 'zai' },
  { host: /(?:^|\.)minimaxi?\.(?:io|com|chat)(?::|$)/, profile: 'minimax' },
  { host: /:11434$|(?:^|\.)ollama\.com(?::|$)/, profile: 'ollama' },
  { host: /:1234$/, profile: 'lm-studio' },
  { host: /:8000$/, profile: 'vllm' },
  { host: /:30000$/, profile: 'sglang' },
];

/** The flags of the server behind a target: of the profile that was set, else guessed from host and port. */
export function dialectOf(target: Target): ChatDialect {
  if (target.profile !== undefined && target.profile !== 'auto') return dialects[target.profile];
  const host = hostOf(target.baseUrl);
  return dialects[hosts.find((row) => row.host.test(host))?.profile ?? 'generic'];
}

/** The flags as the server's own refusals have corrected them. */
export function repairedDialect(dialect: ChatDialect, repairs: readonly Repair[]): ChatDialect {
  let repaired = dialect;
  for (const repair of repairs) {
    if (repair.kind === 'return-reasoning') {
      repaired = { ...repaired, reasoningBack: 'as-received', demandedReasoning: repair.parameter };
    } else if (repair.kind === 'drop-reasoning') {
      repaired = { ...repaired, reasoningBack: 'never', demandedReasoning: undefined };
    }
  }
  return repaired;
}

/** `host:port`; the port is left out where it is the scheme's own. */
function hostOf(baseUrl: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(baseUrl)?.[1]?.toLowerCase() ?? '';
}
