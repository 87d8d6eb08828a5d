import type { Config, OpenaiApiSetting, ProviderName, ServerProfile } from '../config/config.ts';
import type { Secret } from '../config/secret.ts';
import type { ServerName } from '../config/servers.ts';
import { type ErrorKind, ProxyError } from '../errors/proxy-error.ts';
import type { BodyModel } from '../messages/body-model.ts';
import type { Loss, MessageEvent, MessagesRequest } from '../messages/types.ts';
import type { KnownModel } from '../models/named-model.ts';

/** Where a request goes, decided by routing before anything is translated. */
export interface Target {
  readonly provider: ProviderName;
  /** The server that was named in front of the model, of those that speak OpenAI's language. */
  readonly server?: ServerName;
  /** The upstream's own name of the model, without prefix. */
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: Secret | undefined;
  /** How the server differs from its kind; absent or `auto`: to be guessed from its address. */
  readonly profile?: ServerProfile;
  /** Which of OpenAI's two APIs was set; absent or `auto`: what suits server, model and request. */
  readonly api?: OpenaiApiSetting;
  /** Where on Vertex AI; known for every target of it before a request is built. */
  readonly vertex?: VertexPlace;
  /** What every call to it carries beside what is translated. */
  readonly extra?: TargetExtra;
  /** Which rule chose it, for `x-proxy-route` and the log: `sonnet → BIG_MODEL`. */
  readonly route: string;
  /** What is known of the model, the user's word included; absent: what its name tells. */
  readonly known?: KnownModel;
}

/** Of the user's choosing; the same in every call. */
export interface TargetExtra {
  /** Fields of the body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Who is called, as the user names it: what stands before the model. */
export function callName({ provider, server }: Pick<Target, 'provider' | 'server'>): string {
  return server ?? provider;
}

/** A place on Vertex AI: it is part of every path there. */
export interface VertexPlace {
  /** The Google Cloud project's id. */
  readonly project: string;
  /** `global`, a region or a multi-region. */
  readonly location: string;
}

/** What a translation may know beside the request. Ids come from here, so that a test has one right answer. */
export interface TranslationContext {
  /** The id of the answer, `msg_…`. */
  readonly messageId: string;
  /** A new id of 24 random letters and digits behind `prefix`. */
  readonly newId: (prefix: string) => string;
  /** A cheap count of the prompt's tokens, leaning high. */
  readonly inputTokenEstimate: number;
  /** Which conversation this is, from the client's headers. */
  readonly sessionId: string | undefined;
  /** Which subagent of it, if any. */
  readonly agentId: string | undefined;
  /** What earlier refusals of this upstream have taught, oldest first. */
  readonly repairs: readonly Repair[];
  readonly calls: CallMemory;
  /** Told of each thing that was repaired in a model's calls of tools. */
  readonly noteCallRepair?: (repair: CallRepair) => void;
  /** Told what the upstream itself says that the call has cost, in US dollars. */
  readonly noteCost?: (usd: number) => void;
}

/**
 * What was repaired in a model's call of a tool: arguments that were no JSON, one of another type than the tool takes, an
 * empty one that it does not take and can be without, the tool's name, a call that was written as text.
 */
export const callRepairs = ['json', 'type', 'empty', 'name', 'text'] as const;
export type CallRepair = (typeof callRepairs)[number];

/**
 * What an upstream wants back with a tool call, for clients that throw away the thinking block it travels in. Small,
 * bounded and never relied on: it is lost with the process, and another replica has another one.
 */
export interface CallMemory {
  /** The envelope that belongs to a call of an earlier answer. */
  recall(toolUseId: string): string | undefined;
  remember(toolUseId: string, envelope: string): void;
}

/**
 * One thing to do differently because the upstream refused the first try. `scope` says how long it holds: for this
 * request, or for every later one to the same upstream and model.
 */
export type Repair = { readonly scope: 'request' | 'model' } & (
  | { readonly kind: 'omit-parameter'; readonly parameter: string }
  | { readonly kind: 'rename-parameter'; readonly parameter: string; readonly to: string }
  /** `window`: the room of prompt and answer together, where the refusal told it; it holds for later requests too. */
  | { readonly kind: 'limit-output-tokens'; readonly maximum: number; readonly window?: number }
  | { readonly kind: 'limit-context'; readonly maximum: number }
  /** Answers shorter than that may not be asked for. */
  | { readonly kind: 'raise-output-tokens'; readonly minimum: number }
  | { readonly kind: 'effort-words'; readonly words: readonly string[] }
  | { readonly kind: 'shorten-tool-descriptions'; readonly maximumLength: number }
  | { readonly kind: 'loosen-tool-schema'; readonly tool: string }
  | { readonly kind: 'return-reasoning'; readonly parameter: string }
  | { readonly kind: 'drop-reasoning' }
  /** The upstream cannot read these reasoning items, told by their marks, nor those of earlier refusals: they stay out. */
  | { readonly kind: 'leave-out-reasoning'; readonly items: readonly string[] }
  /** The chat template wants user and assistant in turns: the assistant says a word between results and the user. */
  | { readonly kind: 'alternate-roles' }
  | { readonly kind: 'plain-answer' }
  /** Tool schemas in Gemini's own form (`parameters`) instead of JSON Schema. */
  | { readonly kind: 'own-schema-form' }
  /** Gemini's value that skips its check stands for every thought signature. */
  | { readonly kind: 'skip-signatures' }
  /** The upstream is to hold tool calls to their schemas: it has written one that cannot be read. */
  | { readonly kind: 'validate-calls' }
  /** No call is forced: the tools' schemas together are too much for the upstream to hold calls to. */
  | { readonly kind: 'unforced-calls' }
  /** Calls and their results go out without ids. */
  | { readonly kind: 'omit-call-ids' }
  /** The upstream could not fetch what an address of an image or a document names: the address goes out as text. */
  | { readonly kind: 'addresses-as-text' }
  /** The upstream serves this model, or this kind of request, by the other of OpenAI's two APIs only. */
  | { readonly kind: 'use-api'; readonly api: 'chat' | 'responses' }
);

export interface BuiltRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Nothing is lost in silence: what of the request is not in `body`, and why. */
  readonly losses: readonly Loss[];
}

/** One server-sent event: its name, if it had one, and its data lines joined. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** An upstream's answer that is no success, read to its end (or to a cap). */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** An upstream's failure in our words and, where one thing can be done about it, that thing. */
export class UpstreamFailure extends ProxyError {
  readonly repair: Repair | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number | undefined; repair?: Repair | undefined } = {},
  ) {
    super(kind, message, options);
    this.name = 'UpstreamFailure';
    this.repair = options.repair;
  }
}

/** A synchronous state machine from one upstream stream to one Messages stream. Used once. */
export interface StreamTranslator {
  /** One upstream event in; Messages events out in legal order, often none. Throws UpstreamFailure when the upstream says it failed. */
  push(event: SseEvent): readonly MessageEvent[];
  /** The upstream closed. Throws `upstream-truncated` unless it had said it was done. */
  end(): readonly MessageEvent[];
  /**
   * `open`: more is wanted. `finished`: the upstream has said how the answer ends; it may still add what it counted, and
   * `end` makes the answer whole however the connection ends. `complete`: the answer is whole; what still comes may be
   * read and thrown away, so that the connection can be used again. `stopped`: the translator ended it early (a stop
   * sequence): abort the upstream.
   */
  readonly state: 'open' | 'finished' | 'complete' | 'stopped';
}

/** What is spoken to a target. A new provider is one of these. */
export type Provider = TranslatingProvider | VerbatimProvider;

/** Tools of the Messages API that run at the vendor's, by the first words of their types. */
export const hostedTools = ['web_search', 'web_fetch'] as const;
export type HostedTool = (typeof hostedTools)[number];

/** What an upstream does by itself for one request. What it does not, the proxy does before it translates. */
export interface Abilities {
  /** Those that run there, beside everything else that the request offers. */
  readonly hostedTools: ReadonlySet<HostedTool>;
  /** PDF documents are read as they are. */
  readonly pdf: boolean;
  /** PDF documents are fetched from an address. */
  readonly pdfAddresses: boolean;
  readonly images: boolean;
}

/** One wire dialect. Pure: no sockets, clock, randomness or environment. */
export interface TranslatingProvider {
  readonly form: 'translated';
  /** What need not be done here. */
  abilitiesOf(request: MessagesRequest, target: Target, context: Pick<TranslationContext, 'repairs'>): Abilities;
  /** Translates a request. Throws ProxyError `invalid-request` where no honest translation exists. */
  buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest;
  /** A fresh translator for one streamed answer. */
  openStream(request: MessagesRequest, target: Target, context: TranslationContext): StreamTranslator;
  /** A whole answer that came as one JSON body, as the events its stream would have been. */
  readAnswer(
    body: string,
    request: MessagesRequest,
    target: Target,
    context: TranslationContext,
  ): readonly MessageEvent[];
  /** An answer that is no success, in our kinds. */
  readError(
    answer: FailedAnswer,
    request: MessagesRequest,
    target: Target,
    context: TranslationContext,
  ): UpstreamFailure;
  /** Where the upstream counts prompts; undefined where nobody does. */
  tokenCounter?(target: Target): TokenCount | undefined;
}

/** The vendor's own count of a prompt. */
export interface TokenCount {
  buildRequest(request: MessagesRequest, target: Target, context: TranslationContext): BuiltRequest;
  /** The tokens of the prompt, or the next call that it takes to count them; undefined where the answer tells none. */
  readAnswer(body: string, built: BuiltRequest): number | BuiltRequest | undefined;
}

/** The upstream speaks our language: bytes pass through as they are, both ways. Pure, as a dialect is. */
export interface VerbatimProvider {
  readonly form: 'verbatim';
  /** The client's own call, changed only where it must be. Throws ProxyError where it cannot be made. */
  buildCall(call: ClientCall, target: Target): VerbatimCall;
  /** Reads along in one answer, for the log. */
  openReader(answer: { readonly status: number; readonly contentType: string }, target: Target): AnswerReader;
}

export type CredentialHeader = 'x-api-key' | 'authorization';

/** A client's request as it came. */
export interface ClientCall {
  /** Begins with `/v1/`. */
  readonly path: string;
  readonly query: string;
  readonly headers: Headers;
  /** The headers that hold the proxy's own key. */
  readonly proxyKeyIn: readonly CredentialHeader[];
  /** Undefined where there is none, or where it goes on unread. */
  readonly body: ClientBody | undefined;
}

export interface ClientBody {
  /** As it came, perhaps packed. */
  readonly sent: Buffer;
  /** Unpacked. */
  readonly plain: Buffer;
  /** The model it names, and where in `plain`. */
  readonly model: BodyModel | undefined;
}

export interface VerbatimCall {
  readonly url: string;
  readonly headers: Headers;
  /** Undefined where the client's body goes on unread. */
  readonly body: Buffer | undefined;
  readonly losses: readonly Loss[];
}

/** What the log is told of an answer whose bytes pass through. */
export interface SeenAnswer {
  /** Of the whole prompt, those from the cache among them. */
  inputTokens: number | undefined;
  cachedTokens: number | undefined;
  /** Of the prompt, those that were written to the cache; of these, those that are kept for an hour. */
  writtenTokens: number | undefined;
  writtenForHourTokens: number | undefined;
  outputTokens: number | undefined;
  stopReason: string | undefined;
  error: { readonly type: string; readonly message: string } | undefined;
  /** `begun`: an answer is under way whose end is still to come. */
  state: 'unknown' | 'begun' | 'whole';
}

export interface AnswerReader {
  readonly seen: SeenAnswer;
  push(bytes: Uint8Array): void;
  /** Nothing more comes. */
  end(): void;
}

/** Which dialect serves a target; throws ProxyError when something is missing to reach it. */
export type ProviderRegistry = (target: Target, config: Config) => Provider;
