// Our language is the Anthropic message. The shapes come from the official SDK, so that a new version of it tells the
// compiler what it adds; what the SDK does not know is kept beside it as "unknown".
import type {
  BetaContentBlockParam,
  BetaMessage,
  BetaMessageDeltaUsage,
  BetaRawContentBlockDelta,
  BetaRawMessageStreamEvent,
  BetaStopReason,
  BetaTextBlockParam,
  BetaToolUnion,
  BetaUsage,
  MessageCreateParamsBase,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';

/** A content block whose `type` the SDK knows. */
export type KnownBlock = BetaContentBlockParam;
export type KnownBlockOf<T extends KnownBlock['type']> = Extract<KnownBlock, { type: T }>;

/** A content block of a type newer than the SDK. Never an error: it is translated as far as it can be, or listed as lost. */
export interface UnknownBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}
export type Block = KnownBlock | UnknownBlock;

export type Role = 'user' | 'assistant' | 'system';
export interface Message {
  readonly role: Role;
  readonly content: string | readonly Block[];
  /** Claude Code repeats its effort on `system` messages; the latest one counts. */
  readonly output_config?: { readonly effort?: string | null } | null;
  /** On a `system` message: `next_user_message` takes it out again once a later user message stands behind it. */
  readonly clear_at?: string | null;
}

export interface UnknownTool {
  readonly type: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}
export type KnownTool = BetaToolUnion;
export type Tool = KnownTool | UnknownTool;

/** Headers of the SDK's own that never stand in the body. */
type NotInBody = 'betas' | 'user_profile_id' | 'workspace_id';
type Replaced = 'model' | 'messages' | 'system' | 'tools';

/**
 * A body of `POST /v1/messages` as `parseMessagesRequest` leaves it: the very object JSON.parse made, its known fields
 * checked, unknown fields still in it.
 */
export interface MessagesRequest extends Readonly<Omit<MessageCreateParamsBase, NotInBody | Replaced>> {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly system?: string | readonly BetaTextBlockParam[];
  readonly tools?: readonly Tool[];
  readonly stream?: boolean;
  /** These three are gone from the newest SDK, but not from clients. */
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}
/** Every field of the body that the SDK knows: a table over it fails to compile when the SDK adds one. */
export type RequestField = keyof MessagesRequest;

export type MessageEvent = BetaRawMessageStreamEvent;
export type MessageEventOf<T extends MessageEvent['type']> = Extract<MessageEvent, { type: T }>;
export type BlockDelta = BetaRawContentBlockDelta;
export type StopReason = BetaStopReason;
export type AnswerMessage = BetaMessage;
export type Usage = BetaUsage;
export type DeltaUsage = BetaMessageDeltaUsage;

/** A part of the request that does not reach the upstream. */
export interface Loss {
  /** A path into the request: `top_k`, `messages.3.content.1`, `tools.2.input_schema`. */
  readonly field: string;
  readonly why: string;
}
