import { isRecord } from '../json.ts';
import type { Call } from '../script.ts';

/** AI Studio (`generativelanguage.googleapis.com`) or Vertex AI (`aiplatform.googleapis.com`). */
export type Platform = 'ai-studio' | 'vertex';
export type Method = 'generateContent' | 'streamGenerateContent' | 'countTokens';
export type GeminiCall = Call<GeminiRequest>;

/** The body of a call, read loosely and with its names in camelCase, beside what the URL says. */
export interface GeminiRequest {
  readonly model: string;
  readonly method: Method;
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly Tool[];
  readonly toolConfig?: ToolConfig;
  readonly generationConfig?: GenerationConfig;
  readonly [field: string]: unknown;
}

export interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

export interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: InlineData;
  readonly fileData?: { readonly fileUri?: string; readonly mimeType?: string };
  readonly functionCall?: FunctionCall;
  readonly functionResponse?: FunctionResponse;
  readonly [field: string]: unknown;
}

export interface InlineData {
  readonly mimeType?: string;
  readonly data?: string;
}

export interface FunctionCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface FunctionResponse {
  readonly id?: string;
  readonly name?: string;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly parts?: readonly { readonly inlineData?: InlineData }[];
}

export interface Tool {
  readonly functionDeclarations?: readonly FunctionDeclaration[];
  readonly googleSearch?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface FunctionDeclaration {
  readonly name?: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly parametersJsonSchema?: unknown;
}

export interface ToolConfig {
  readonly functionCallingConfig?: {
    readonly mode?: string;
    readonly allowedFunctionNames?: readonly string[];
    readonly streamFunctionCallArguments?: boolean;
  };
  readonly includeServerSideToolInvocations?: boolean;
}

export interface GenerationConfig {
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stopSequences?: readonly string[];
  readonly responseMimeType?: string;
  readonly responseSchema?: Readonly<Record<string, unknown>>;
  readonly responseJsonSchema?: unknown;
  readonly thinkingConfig?: {
    readonly includeThoughts?: boolean;
    readonly thinkingBudget?: number;
    readonly thinkingLevel?: string;
  };
  readonly [field: string]: unknown;
}

/** Whether a body can be read as a GeminiRequest at all. That its fields are well-formed is checked apart from this. */
export function isGeminiRequest(body: unknown): body is GeminiRequest {
  return (
    isRecord(body) &&
    typeof body.model === 'string' &&
    isListOf(body.contents, isContent) &&
    (body.systemInstruction === undefined || isContent(body.systemInstruction)) &&
    (body.tools === undefined || isListOf(body.tools, isTool)) &&
    (body.toolConfig === undefined || isRecord(body.toolConfig)) &&
    (body.generationConfig === undefined || isRecord(body.generationConfig))
  );
}

function isListOf(value: unknown, accepts: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(accepts);
}

function isContent(value: unknown): boolean {
  return isRecord(value) && (value.parts === undefined || isListOf(value.parts, isRecord));
}

function isTool(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return value.functionDeclarations === undefined || isListOf(value.functionDeclarations, isRecord);
}

export function declarationsOf(request: GeminiRequest): readonly FunctionDeclaration[] {
  return (request.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
}
