import type {
  EasyInputMessage,
  FunctionTool,
  ResponseCreateParamsBase,
  ResponseFunctionToolCall,
  ResponseInputFileContent,
  ResponseInputImageContent,
  ResponseInputText,
  ResponseOutputText,
  ResponseReasoningItem,
  WebSearchTool,
} from 'openai/resources/responses/responses';

// The request side of the Responses API, as OpenAI's SDK describes it, narrowed to what is written here. Items that an
// answer has written go back without `id` and `status`: nothing is stored that an id could name.

export type TextPart = Pick<ResponseInputText, 'type' | 'text'>;
export type ImagePart = Pick<ResponseInputImageContent, 'type' | 'image_url' | 'detail'>;
export type FilePart = Pick<ResponseInputFileContent, 'type' | 'filename' | 'file_data' | 'file_url'>;
export type InputPart = TextPart | ImagePart | FilePart;

export interface InputMessage extends Pick<EasyInputMessage, 'type'> {
  type: 'message';
  role: 'user' | 'developer' | 'system';
  content: InputPart[];
}

export interface AssistantMessage {
  type: 'message';
  role: 'assistant';
  content: string | Pick<ResponseOutputText, 'type' | 'text'>[];
  /** The vendor's words as they came. */
  phase?: string;
}

export interface FunctionCallOutput {
  type: 'function_call_output';
  call_id: string;
  output: string | InputPart[];
}

/** `id` and `content` are for servers other than OpenAI's. */
export type ReasoningItem = Pick<ResponseReasoningItem, 'type' | 'summary' | 'encrypted_content'> &
  Partial<Pick<ResponseReasoningItem, 'id' | 'content'>>;
export type FunctionCall = Pick<ResponseFunctionToolCall, 'type' | 'call_id' | 'name' | 'arguments'>;
export interface SearchItem {
  type: 'web_search_call';
  [field: string]: unknown;
}

export type InputItem =
  | InputMessage
  | AssistantMessage
  | ReasoningItem
  | FunctionCall
  | FunctionCallOutput
  | SearchItem;

export type SearchTool = Pick<WebSearchTool, 'type' | 'filters' | 'user_location'>;
export type WireTool = FunctionTool | SearchTool;
export type ToolChoice = NonNullable<ResponseCreateParamsBase['tool_choice']>;

type OpenAiFields = Pick<
  ResponseCreateParamsBase,
  | 'model'
  | 'stream'
  | 'stream_options'
  | 'store'
  | 'include'
  | 'max_output_tokens'
  | 'max_tool_calls'
  | 'temperature'
  | 'top_p'
  | 'text'
  | 'tool_choice'
  | 'parallel_tool_calls'
  | 'service_tier'
  | 'safety_identifier'
  | 'prompt_cache_key'
>;

export interface ResponsesBody extends OpenAiFields {
  reasoning?: { effort?: string; summary?: 'auto' };
  tools?: WireTool[];
  input: InputItem[];
}
