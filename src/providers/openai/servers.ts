import type { ServerProfile } from '../../config/config.ts';
import type { ChatDialect } from './dialect.ts';

// One row for each server: what is not as in the row that it begins with. Where they are stands in config/servers.ts.

/** Its chat templates count turns, and look at the ids of calls (source: the templates beside the models' weights). */
const mistralModels = {
  model: /(?:^|\/)(?:open-)?(?:ministral|mistral|mixtral|devstral|codestral|magistral|pixtral)/i,
  differs: { userAfterTool: false, toolIds: 'nine-letters' },
} as const;

/** A server nobody knows: the form that most servers take, and nothing that some refuse. */
const generic: ChatDialect = {
  auth: 'bearer',
  atAddress: [],
  forModels: [mistralModels],
  vendorRules: false,
  responses: false,
  rawCalls: false,
  webSearch: undefined,
  tokenCounter: undefined,
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
  maxImages: undefined,
  imageDetail: false,
  files: false,
  tellsCost: false,
  streamOptions: true,
  promptCacheKey: false,
  safetyIdentifier: false,
  serviceTier: false,
  topK: false,
  cacheMarks: undefined,
  conversationHeader: undefined,
};

/** Everything OpenAI's API reference names. It takes `system` for `developer`, so one word serves all servers. */
const openai: ChatDialect = {
  ...generic,
  forModels: [],
  vendorRules: true,
  responses: true,
  tokenCounter: 'responses',
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
  rawCalls: true,
  assumedMaxOutputTokens: undefined,
  parallelToolCalls: false,
  reasoningBack: 'as-received',
};

/** Its manual, "Reasoning outputs" and "Tool calling"; `/tokenize` stands beside `/v1`. */
const vllm: ChatDialect = {
  ...local,
  tokenCounter: 'vllm',
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

/** By profile. Where no source is named, it is the vendor's reference of Chat Completions. */
export const dialects: Readonly<Record<Exclude<ServerProfile, 'auto'>, ChatDialect>> = {
  generic,
  openai,
  azure: {
    ...openai,
    auth: 'api-key',
    // Responses is served by the v1 addresses only (source: "Azure OpenAI in Foundry Models v1 API").
    atAddress: [{ address: /\/deployments\//, differs: { responses: false, tokenCounter: undefined } }],
  },
  /** Sources: "Reasoning Tokens", "Prompt Caching", "Usage Accounting", "Web Search" among the server tools, `ChatRequest` of its SDK. */
  openrouter: {
    ...generic,
    webSearch: 'openrouter',
    assumedMaxOutputTokens: undefined,
    neighbours: 'separate',
    emptyToolResult: '',
    strictTools: true,
    effort: 'reasoning',
    effortWords: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    reasoningBack: 'as-received',
    files: true,
    tellsCost: true,
    topK: true,
    cacheMarks: /^~?anthropic\/|^~?google\/gemini/i,
  },
  /** Sources: "Thinking Mode", "Tool Calls", "JSON Output". */
  deepseek: {
    ...generic,
    // Its limits differ by model and year, and it names them where too much is asked.
    assumedMaxOutputTokens: undefined,
    midSystem: 'in-place',
    neighbours: 'separate',
    maxTools: 128,
    toolChoice: 'auto-while-thinking',
    parallelToolCalls: false,
    structured: 'json_object',
    effort: 'thinking',
    reasoningBack: 'as-received',
    demandedReasoning: 'reasoning_content',
    images: 'none',
  },
  /** Sources: "Reasoning", "Tool Use", "Images and Vision". */
  groq: {
    ...generic,
    maxImages: 5,
    outputLimitField: 'max_completion_tokens',
    midSystem: 'in-place',
    neighbours: 'separate',
    maxTools: 128,
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
  /** Sources: its API reference, "Vision". */
  mistral: {
    ...generic,
    maxImages: 8,
    effort: 'none',
    // Source: the model options of its provider in the AI SDK.
    effortByModel: [{ model: /mistral-small/i, form: 'high-or-none' }],
    prefill: 'prefix-mark',
    streamOptions: false,
    toolIds: 'nine-letters',
    userAfterTool: false,
  },
  /** Hybrid models are told whether to reason (source: "Reasoning models"). */
  together: {
    ...generic,
    effort: 'reasoning-switch',
    effortByModel: [{ model: /gpt-oss/i, form: 'reasoning_effort' }],
    reasoningBack: 'as-received',
    topK: true,
  },
  /** Source: "Reasoning"; `none` switches it off. */
  fireworks: {
    ...generic,
    effortWords: ['none', 'low', 'medium', 'high', 'xhigh'],
    reasoningBack: 'as-received',
    topK: true,
  },
  /** Sources: "Chat Completions", "Reasoning". */
  cerebras: {
    ...generic,
    outputLimitField: 'max_completion_tokens',
    strictTools: true,
    reasoningBack: 'as-received',
    images: 'none',
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
  /** Source: "OpenAI compatibility", "Context length". */
  ollama: {
    ...local,
    schemas: 'plain',
    toolChoice: 'ignored',
    effortWords: ['none', 'low', 'medium', 'high'],
  },
  lmstudio: { ...local, schemas: 'plain', toolChoice: 'words' },
  /** A named tool is taken for `auto` without a word (source: the README of its server). */
  llamacpp: {
    ...local,
    tokenCounter: 'llamacpp',
    effort: 'none',
    effortByModel: [
      { model: /gpt-oss/i, form: 'reasoning_effort' },
      { model: /deepseek|granite/i, form: 'template-thinking' },
      { model: /qwen|glm/i, form: 'template-enable_thinking' },
    ],
    schemas: 'plain',
    toolChoice: 'words',
    topK: true,
  },
  vllm,
  sglang: { ...vllm, tokenCounter: undefined },
};
