import type { ChatRequest } from './chat-request.ts';
import { imageRules } from './image-rules.ts';
import { messageRules } from './message-rules.ts';
import { anyModel, familyOf, type ModelFamily, reasons } from './models.ts';
import type { PromptCache } from './prompt-cache.ts';
import { badRequest, type Refusal } from './refusal.ts';
import { requestRules } from './request-rules.ts';
import { toolRules } from './tool-rules.ts';

/** What the fake insists on. The defaults are OpenAI's own API; compatible servers are looser here and odder there. */
export interface Rules {
  /** `openai`: only models OpenAI has, each with its limits; `any`: every name is served and takes what it is given. */
  readonly models: 'openai' | 'any';
  /** Whether a call without a key is let in, as servers on one's own machine do. */
  readonly key: 'required' | 'ignored';
  /** Check bodies against OpenAI's published schema. */
  readonly schema: boolean;
  /** What happens to fields the schema does not know. */
  readonly unknownFields: 'refuse' | 'ignore';
  /** Smaller or larger than the model's own. */
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** `false` is an organisation that is not verified for streaming. */
  readonly streaming: boolean;
  /** `false` is one that is not verified for summaries of reasoning. */
  readonly summaries: boolean;
  readonly maxCallIdLength: number;
  readonly maxDescriptionLength: number | undefined;
  /** `strings`: `none`, `auto`, `required` only. `auto-only`: neither required nor named. */
  readonly toolChoice: 'all' | 'strings' | 'auto-only';
  readonly developerRole: boolean;
  /** `strict`: system only first, then user and assistant in turns, as some chat templates want it. */
  readonly alternation: 'free' | 'strict';
  readonly images: boolean;
  /** The field that must come back on every assistant message with tool calls. */
  readonly mustReturnReasoning: 'reasoning_content' | undefined;
  /** `text`: `{"error": "…"}`; `flat`: the fields at the top with `object: "error"`; `detail`: `{"detail": "…"}`. */
  readonly errorForm: 'openai' | 'text' | 'flat' | 'detail';
}

export const openAiRules: Rules = {
  models: 'openai',
  key: 'required',
  schema: true,
  unknownFields: 'refuse',
  contextWindow: undefined,
  maxOutputTokens: undefined,
  streaming: true,
  summaries: true,
  maxCallIdLength: 40,
  maxDescriptionLength: undefined,
  toolChoice: 'all',
  developerRole: true,
  alternation: 'free',
  images: true,
  mustReturnReasoning: undefined,
  errorForm: 'openai',
};

const compatible = { models: 'any', unknownFields: 'ignore', developerRole: false } as const satisfies Partial<Rules>;

/** Known oddities of compatible servers, as differences from OpenAI. */
export const compatibleRules = {
  deepSeek: {
    ...compatible,
    mustReturnReasoning: 'reasoning_content',
    toolChoice: 'auto-only',
    images: false,
    contextWindow: 1_000_000,
  },
  lmStudio: { ...compatible, key: 'ignored', toolChoice: 'strings', errorForm: 'text', alternation: 'strict' },
  vllm: { ...compatible, key: 'ignored', errorForm: 'flat' },
  ollama: { ...compatible, key: 'ignored' },
} as const satisfies Record<string, Partial<Rules>>;

/** What a rule may look at. */
export interface Ruling {
  readonly body: ChatRequest;
  readonly family: ModelFamily;
  readonly rules: Rules;
}

export type Rule = (ruling: Ruling) => Refusal | undefined;

/** The first thing the real API would not take, in about its order: model, parameters, tools, messages, length. */
export function judge(body: ChatRequest, rules: Rules, cache: PromptCache<ChatRequest>): Refusal | undefined {
  const known = familyOf(body.model);
  if (known === undefined && rules.models === 'openai') {
    const message = `The model \`${body.model}\` does not exist or you do not have access to it.`;
    return { status: 404, message, type: 'invalid_request_error', param: null, code: 'model_not_found' };
  }
  if (known?.onlyResponses === true && rules.models === 'openai') {
    const message = 'This model is only supported in v1/responses and not in v1/chat/completions.';
    return { status: 404, message, type: 'invalid_request_error', param: 'model', code: null };
  }
  const family = rules.models === 'any' ? anyModel : (known ?? anyModel);
  const ruling = {
    body,
    rules,
    family: {
      ...family,
      contextWindow: rules.contextWindow ?? family.contextWindow,
      maxOutputTokens: rules.maxOutputTokens ?? family.maxOutputTokens,
    },
  };
  for (const rule of [...requestRules, ...toolRules, ...messageRules, ...imageRules]) {
    const refusal = rule(ruling);
    if (refusal !== undefined) return refusal;
  }
  return judgeLength(ruling, cache);
}

function judgeLength({ body, family, rules }: Ruling, cache: PromptCache<ChatRequest>): Refusal | undefined {
  const { messageTokens, toolTokens } = cache.measure(body);
  const prompt = messageTokens + toolTokens;
  const parts = `${messageTokens} in the messages, ${toolTokens} in the functions`;
  const inputLimit = rules.contextWindow === undefined ? family.maxInputTokens : undefined;
  if (inputLimit !== undefined && prompt > inputLimit) {
    const message = `Input tokens exceed the configured limit of ${inputLimit} tokens. Your messages resulted in ${prompt} tokens. Please reduce the length of the messages.`;
    return badRequest('messages', 'context_length_exceeded', message);
  }
  const window = `This model's maximum context length is ${family.contextWindow} tokens.`;
  if (prompt > family.contextWindow) {
    const message = `${window} However, your messages resulted in ${prompt} tokens (${parts}). Please reduce the length of the messages or functions.`;
    return badRequest('messages', 'context_length_exceeded', message);
  }
  const answer = body.max_completion_tokens ?? body.max_tokens;
  // Models that reason are judged by their prompt alone.
  if (typeof answer !== 'number' || reasons(family) || prompt + answer <= family.contextWindow) return;
  const message = `${window} However, you requested ${prompt + answer} tokens (${parts}, and ${answer} in the completion). Please reduce the length of the messages, functions, or completion.`;
  return badRequest('messages', 'context_length_exceeded', message);
}
