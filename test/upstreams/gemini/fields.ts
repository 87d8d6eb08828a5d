import type * as sdk from '@google/genai';
import type { Platform } from './gemini-request.ts';

/** What a field of a message holds. A `struct` is any object, a `value` anything at all. */
export interface Field {
  readonly holds: 'string' | 'bool' | 'int' | 'number' | 'bytes' | 'struct' | 'value' | MessageName;
  readonly form?: 'list' | 'map';
  /** The words of an enum, in capitals; undefined for all else. */
  readonly words?: readonly string[];
  /** The one platform that knows it. */
  readonly only?: Platform;
}

const string = { holds: 'string' } as const;
const bool = { holds: 'bool' } as const;
const int = { holds: 'int' } as const;
const number = { holds: 'number' } as const;
const bytes = { holds: 'bytes' } as const;
const struct = { holds: 'struct' } as const;
const value = { holds: 'value' } as const;

function message(name: MessageName): Field {
  return { holds: name };
}
function list(field: Field): Field {
  return { ...field, form: 'list' };
}
function map(field: Field): Field {
  return { ...field, form: 'map' };
}
function oneOf(...words: readonly string[]): Field {
  return { holds: 'string', words };
}
function on(only: Platform, field: Field): Field {
  return { ...field, only };
}

/** Where a message of the API has the same fields as a type of the SDK, the compiler compares them. */
interface SdkTypes {
  readonly Content: sdk.Content;
  readonly Part: sdk.Part;
  readonly Blob: sdk.Blob;
  readonly FileData: sdk.FileData;
  readonly FunctionCall: sdk.FunctionCall;
  readonly PartialArg: sdk.PartialArg;
  readonly FunctionResponse: sdk.FunctionResponse;
  readonly FunctionResponsePart: sdk.FunctionResponsePart;
  readonly FunctionResponseBlob: sdk.FunctionResponseBlob;
  readonly FunctionResponseFileData: sdk.FunctionResponseFileData;
  readonly ExecutableCode: sdk.ExecutableCode;
  readonly CodeExecutionResult: sdk.CodeExecutionResult;
  readonly ToolCall: sdk.ToolCall;
  readonly ToolResponse: sdk.ToolResponse;
  readonly VideoMetadata: sdk.VideoMetadata;
  readonly GenerationConfig: sdk.GenerationConfig & Pick<sdk.GenerateContentConfig, 'imageConfig'>;
  readonly ThinkingConfig: sdk.ThinkingConfig;
  readonly Tool: sdk.Tool;
  readonly GoogleSearch: sdk.GoogleSearch;
  readonly EnterpriseWebSearch: sdk.EnterpriseWebSearch;
  readonly UrlContext: sdk.UrlContext;
  readonly CodeExecution: sdk.ToolCodeExecution;
  readonly FunctionDeclaration: sdk.FunctionDeclaration;
  readonly Schema: sdk.Schema;
  readonly ToolConfig: sdk.ToolConfig;
  readonly FunctionCallingConfig: sdk.FunctionCallingConfig;
  readonly RetrievalConfig: sdk.RetrievalConfig;
  readonly LatLng: sdk.LatLng;
  readonly SafetySetting: sdk.SafetySetting;
}
export type MessageName = keyof SdkTypes | 'GenerateContentRequest' | 'CountTokensRequest' | 'FlatCountTokensRequest';

/** A message's fields. */
export type Fields = Readonly<Record<string, Field>>;

type Table = { readonly [M in keyof SdkTypes]: { readonly [F in keyof Required<SdkTypes[M]>]: Field } };

const id: Field = string;
const mediaProcessing = oneOf('MEDIA_PROCESSING_UNSPECIFIED', 'STATIC', 'AGENTIC');

/** What the typed messages of a request may hold, and no name besides. Source: the types of @google/genai. */
const sdkFields = {
  Content: { parts: list(message('Part')), role: string },
  Part: {
    mediaResolution: struct,
    toolCall: on('ai-studio', message('ToolCall')),
    toolResponse: on('ai-studio', message('ToolResponse')),
    audioTranscription: struct,
    codeExecutionResult: message('CodeExecutionResult'),
    executableCode: message('ExecutableCode'),
    fileData: message('FileData'),
    functionCall: message('FunctionCall'),
    functionResponse: message('FunctionResponse'),
    inlineData: message('Blob'),
    text: string,
    thought: bool,
    thoughtSignature: bytes,
    videoMetadata: message('VideoMetadata'),
    partMetadata: on('ai-studio', struct),
    mediaProcessing,
    speechMetadata: struct,
  },
  Blob: { data: bytes, displayName: on('vertex', string), mimeType: string },
  FileData: { displayName: on('vertex', string), fileUri: string, mimeType: string },
  // The SDK sends ids to Vertex AI as well; the service has been seen to refuse them as unknown names.
  FunctionCall: {
    args: struct,
    id: on('ai-studio', id),
    name: string,
    partialArgs: on('vertex', list(message('PartialArg'))),
    willContinue: on('vertex', bool),
  },
  PartialArg: {
    boolValue: bool,
    jsonPath: string,
    nullValue: string,
    numberValue: number,
    stringValue: string,
    willContinue: bool,
  },
  FunctionResponse: {
    id: on('ai-studio', id),
    name: string,
    parts: list(message('FunctionResponsePart')),
    response: struct,
    scheduling: oneOf('SCHEDULING_UNSPECIFIED', 'SILENT', 'WHEN_IDLE', 'INTERRUPT'),
    willContinue: on('ai-studio', bool),
  },
  FunctionResponsePart: {
    fileData: message('FunctionResponseFileData'),
    inlineData: message('FunctionResponseBlob'),
    mediaProcessing: on('ai-studio', mediaProcessing),
  },
  FunctionResponseBlob: { data: bytes, displayName: string, mimeType: string },
  FunctionResponseFileData: { displayName: string, fileUri: string, mimeType: string },
  ExecutableCode: { code: string, language: oneOf('LANGUAGE_UNSPECIFIED', 'PYTHON'), id },
  CodeExecutionResult: {
    outcome: oneOf('OUTCOME_UNSPECIFIED', 'OUTCOME_OK', 'OUTCOME_FAILED', 'OUTCOME_DEADLINE_EXCEEDED'),
    output: string,
    id,
  },
  ToolCall: { id, toolType: string, args: struct },
  ToolResponse: { id, toolType: string, response: struct },
  VideoMetadata: { endOffset: string, fps: number, startOffset: string },
  GenerationConfig: {
    modelSelectionConfig: on('vertex', struct),
    responseJsonSchema: value,
    audioTranscriptionConfig: struct,
    audioTimestamp: on('vertex', bool),
    candidateCount: int,
    enableAffectiveDialog: bool,
    frequencyPenalty: number,
    imageConfig: struct,
    logprobs: int,
    maxOutputTokens: int,
    mediaResolution: string,
    presencePenalty: number,
    responseFormat: list(struct),
    responseLogprobs: bool,
    responseMimeType: string,
    responseModalities: list(oneOf('MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'AUDIO', 'VIDEO')),
    responseSchema: message('Schema'),
    routingConfig: on('vertex', struct),
    seed: int,
    speechConfig: struct,
    stopSequences: list(string),
    temperature: number,
    thinkingConfig: message('ThinkingConfig'),
    topK: number,
    topP: number,
    enableEnhancedCivicAnswers: on('ai-studio', bool),
    translationConfig: struct,
  },
  ThinkingConfig: {
    includeThoughts: bool,
    thinkingBudget: int,
    thinkingLevel: oneOf('THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH'),
  },
  Tool: {
    retrieval: on('vertex', struct),
    googleMaps: struct,
    mcpServers: on('ai-studio', list(struct)),
    codeExecution: message('CodeExecution'),
    computerUse: struct,
    enterpriseWebSearch: on('vertex', message('EnterpriseWebSearch')),
    exaAiSearch: on('vertex', struct),
    functionDeclarations: list(message('FunctionDeclaration')),
    googleSearch: message('GoogleSearch'),
    googleSearchRetrieval: struct,
    parallelAiSearch: on('vertex', struct),
    urlContext: message('UrlContext'),
    fileSearch: on('ai-studio', struct),
  },
  GoogleSearch: {
    blockingConfidence: on('vertex', string),
    excludeDomains: on('vertex', list(string)),
    searchTypes: struct,
    timeRangeFilter: on('ai-studio', struct),
  },
  EnterpriseWebSearch: { blockingConfidence: string, excludeDomains: list(string) },
  UrlContext: {},
  CodeExecution: {},
  FunctionDeclaration: {
    behavior: oneOf('UNSPECIFIED', 'BLOCKING', 'NON_BLOCKING'),
    description: string,
    name: string,
    parameters: message('Schema'),
    parametersJsonSchema: value,
    response: message('Schema'),
    responseJsonSchema: value,
  },
  Schema: {
    anyOf: list(message('Schema')),
    default: value,
    description: string,
    enum: list(string),
    example: value,
    format: string,
    items: message('Schema'),
    maxItems: int,
    maxLength: int,
    maxProperties: int,
    maximum: number,
    minItems: int,
    minLength: int,
    minProperties: int,
    minimum: number,
    nullable: bool,
    pattern: string,
    properties: map(message('Schema')),
    propertyOrdering: list(string),
    required: list(string),
    title: string,
    type: oneOf('TYPE_UNSPECIFIED', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL'),
  },
  ToolConfig: {
    functionCallingConfig: message('FunctionCallingConfig'),
    retrievalConfig: message('RetrievalConfig'),
    includeServerSideToolInvocations: on('ai-studio', bool),
  },
  FunctionCallingConfig: {
    allowedFunctionNames: list(string),
    mode: oneOf('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
    streamFunctionCallArguments: on('vertex', bool),
  },
  RetrievalConfig: { languageCode: string, latLng: message('LatLng') },
  LatLng: { latitude: number, longitude: number },
  SafetySetting: {
    category: oneOf(
      'HARM_CATEGORY_UNSPECIFIED',
      'HARM_CATEGORY_HARASSMENT',
      'HARM_CATEGORY_HATE_SPEECH',
      'HARM_CATEGORY_SEXUALLY_EXPLICIT',
      'HARM_CATEGORY_DANGEROUS_CONTENT',
      'HARM_CATEGORY_CIVIC_INTEGRITY',
      'HARM_CATEGORY_JAILBREAK',
      'HARM_CATEGORY_IMAGE_HATE',
      'HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT',
      'HARM_CATEGORY_IMAGE_HARASSMENT',
      'HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT',
    ),
    method: on('vertex', oneOf('HARM_BLOCK_METHOD_UNSPECIFIED', 'SEVERITY', 'PROBABILITY')),
    threshold: oneOf(
      'HARM_BLOCK_THRESHOLD_UNSPECIFIED',
      'BLOCK_LOW_AND_ABOVE',
      'BLOCK_MEDIUM_AND_ABOVE',
      'BLOCK_ONLY_HIGH',
      'BLOCK_NONE',
      'OFF',
    ),
  },
} satisfies Table;

/** The SDK has no types of whole requests; these are what it builds. */
const requestFields = {
  GenerateContentRequest: {
    model: on('ai-studio', string),
    contents: list(message('Content')),
    systemInstruction: message('Content'),
    tools: list(message('Tool')),
    toolConfig: message('ToolConfig'),
    safetySettings: list(message('SafetySetting')),
    generationConfig: message('GenerationConfig'),
    cachedContent: string,
    labels: on('vertex', struct),
    serviceTier: string,
    store: on('ai-studio', bool),
    continuationToken: bytes,
    modelArmorConfig: on('vertex', struct),
    outputConfig: on('vertex', struct),
  },
  /** AI Studio's: a bare conversation, or a whole request inside. */
  CountTokensRequest: {
    model: string,
    contents: list(message('Content')),
    generateContentRequest: message('GenerateContentRequest'),
  },
  /** Vertex AI's. */
  FlatCountTokensRequest: {
    model: string,
    contents: list(message('Content')),
    systemInstruction: message('Content'),
    tools: list(message('Tool')),
    generationConfig: message('GenerationConfig'),
    instances: list(value),
  },
} satisfies Readonly<Record<Exclude<MessageName, keyof SdkTypes>, Fields>>;

export const fieldsOf: Readonly<Record<MessageName, Fields>> = { ...sdkFields, ...requestFields };

/** A part says one thing: exactly one of these is set. */
export const dataFields = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
  'audioTranscription',
] as const satisfies readonly (keyof sdk.Part)[];
