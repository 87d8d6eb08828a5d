import type {
  Content as SdkContent,
  FunctionDeclaration as SdkFunctionDeclaration,
  GenerationConfig as SdkGenerationConfig,
  Part as SdkPart,
  SafetySetting as SdkSafetySetting,
  Schema as SdkSchema,
  ThinkingConfig as SdkThinkingConfig,
  Tool as SdkTool,
  ToolConfig as SdkToolConfig,
} from '@google/genai';

// What goes over the wire of `generateContent`, taken from the SDK's types so that the compiler knows every field's name.

/** A type of the SDK as it stands in JSON: its enums are their words, and nobody changes what is built. */
type Json<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? readonly Json<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Json<T[K]> }
      : T;

/** One piece of a content. Exactly one of its data fields is set; `thought` and `thoughtSignature` stand beside that. */
export type Part = Json<
  Pick<
    SdkPart,
    | 'text'
    | 'inlineData'
    | 'fileData'
    | 'functionCall'
    | 'functionResponse'
    | 'executableCode'
    | 'codeExecutionResult'
    | 'toolCall'
    | 'toolResponse'
    | 'thought'
    | 'thoughtSignature'
  >
>;
export type FunctionResponse = NonNullable<Part['functionResponse']>;
export type FunctionResponsePart = NonNullable<FunctionResponse['parts']>[number];

/** A turn. The API knows no other roles. */
export interface Content extends Omit<Json<Pick<SdkContent, 'role' | 'parts'>>, 'role' | 'parts'> {
  readonly role: 'user' | 'model';
  readonly parts: readonly Part[];
}
export interface SystemInstruction {
  readonly parts: readonly Part[];
}

export type Tool = Json<Pick<SdkTool, 'functionDeclarations' | 'googleSearch' | 'urlContext' | 'codeExecution'>>;
export type FunctionDeclaration = Json<
  Pick<SdkFunctionDeclaration, 'name' | 'description' | 'parameters' | 'parametersJsonSchema'>
>;
/** Gemini's own form of a schema, a subset of OpenAPI's. */
export type Schema = Json<SdkSchema>;
export type ToolConfig = Json<
  Pick<SdkToolConfig, 'functionCallingConfig' | 'includeServerSideToolInvocations' | 'retrievalConfig'>
>;

export type ThinkingConfig = Omit<Json<SdkThinkingConfig>, 'thinkingLevel'> & {
  /** `LOW`, or in lower case for a server that wants it so. */
  readonly thinkingLevel?: string;
};
export type GenerationConfig = Json<
  Pick<
    SdkGenerationConfig,
    'maxOutputTokens' | 'temperature' | 'topP' | 'topK' | 'responseMimeType' | 'responseJsonSchema' | 'responseSchema'
  >
> & { readonly thinkingConfig?: ThinkingConfig };
export type SafetySetting = Json<Pick<SdkSafetySetting, 'category' | 'threshold'>>;

/** The body of `generateContent` and `streamGenerateContent`. */
export interface GenerateContentBody {
  readonly systemInstruction?: SystemInstruction;
  readonly tools?: readonly Tool[];
  readonly toolConfig?: ToolConfig;
  readonly generationConfig: GenerationConfig;
  readonly safetySettings?: readonly SafetySetting[];
  readonly contents: readonly Content[];
}
