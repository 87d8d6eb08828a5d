import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPart,
  ChatCompletionContentPartImage,
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsBase,
  ChatCompletionFunctionTool,
  ChatCompletionMessageFunctionToolCall,
} from 'openai/resources/chat/completions/completions';
import type { SearchPlace } from '../openai/search-wishes.ts';

// The request side of Chat Completions, as OpenAI's SDK describes it, narrowed to what is written here and widened by
// what compatible servers add.

export type TextPart = Pick<ChatCompletionContentPartText, 'type' | 'text'>;
export type ImagePart = Pick<ChatCompletionContentPartImage, 'type' | 'image_url'>;
export type FilePart = Pick<ChatCompletionContentPart.File, 'type' | 'file'>;
export type MediaPart = ImagePart | FilePart;
export type UserContent = string | (MarkedPart | MediaPart)[];

/** OpenRouter, for models that cache what is marked. */
export type MarkedPart = TextPart & { cache_control?: { type: 'ephemeral'; ttl?: '1h' } };

export interface SystemMessage {
  role: 'system';
  content: string | MarkedPart[];
}
export interface UserMessage {
  role: 'user';
  content: UserContent;
}
export interface AssistantMessage extends Pick<ChatCompletionAssistantMessageParam, 'role'> {
  content: string | null;
  tool_calls?: ToolCall[];
  reasoning_content?: string;
  reasoning?: string;
  reasoning_details?: readonly unknown[];
  /** Mistral: the model goes on writing this message. */
  prefix?: true;
}
export interface ToolMessage {
  role: 'tool';
  tool_call_id: string;
  content: string | MarkedPart[];
}
export type WireMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export type ToolCall = ChatCompletionMessageFunctionToolCall;
export type FunctionTool = ChatCompletionFunctionTool;
/** OpenRouter's own search. */
export interface SearchTool {
  type: 'openrouter:web_search';
  parameters: { allowed_domains?: string[]; excluded_domains?: string[]; user_location?: SearchPlace };
}
export type FunctionDefinition = FunctionTool['function'];

type OpenAiFields = Pick<
  ChatCompletionCreateParamsBase,
  | 'model'
  | 'stream'
  | 'stream_options'
  | 'max_tokens'
  | 'max_completion_tokens'
  | 'temperature'
  | 'top_p'
  | 'reasoning_effort'
  | 'response_format'
  | 'tool_choice'
  | 'parallel_tool_calls'
  | 'service_tier'
  | 'safety_identifier'
  | 'prompt_cache_key'
>;

/** Fields of compatible servers (sources: the manuals of OpenRouter, DeepSeek, vLLM, DashScope, Groq). */
interface CompatibleFields {
  top_k?: number;
  reasoning?: { effort: string } | { enabled: boolean };
  reasoning_format?: 'parsed';
  thinking?: { type: 'enabled' | 'disabled'; clear_thinking?: false };
  enable_thinking?: boolean;
  chat_template_kwargs?: { thinking: boolean } | { enable_thinking: boolean };
  add_generation_prompt?: false;
  continue_final_message?: true;
}

export interface ChatBody extends Omit<OpenAiFields, 'reasoning_effort'>, CompatibleFields {
  /** OpenAI's words, or Groq's `default`. */
  reasoning_effort?: string;
  tools?: (FunctionTool | SearchTool)[];
  messages: WireMessage[];
}
